import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { AppError } from '../../shared/errors.ts';
import { isConnectionFailure } from '../db/pg-error.ts';

/** One field that was refused: `body.email`, `query.limit`, and why. */
export type FieldProblem = { where: string; problem: string };

const partNames: Record<string, string> = { querystring: 'query' };

function fieldProblems(error: FastifyError): FieldProblem[] {
  const part = partNames[error.validationContext ?? ''] ?? error.validationContext ?? 'request';
  return (error.validation ?? []).map(({ instancePath, message }) => ({
    where: [part, ...instancePath.split('/').filter((step) => step !== '')].join('.'),
    problem: message ?? 'is not valid',
  }));
}

const badRequest = (where: string, problem: string) =>
  new AppError('bad-request', { details: [{ where, problem }] satisfies FieldProblem[] });

function fromFastify(error: FastifyError): AppError | null {
  if (hasZodFastifySchemaValidationErrors(error))
    return new AppError('bad-request', { details: fieldProblems(error) });
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AppError('body-too-large');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return badRequest('content-type', 'this address takes application/json');
  if (error.statusCode === 413) return new AppError('body-too-large');
  if (error.statusCode === 429) return new AppError('too-many-requests');
  if (error.statusCode === 503)
    return new AppError('server-unreachable', { message: 'The server is stopping. Try again in a minute.' });
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return badRequest('body', error.message);
  return null;
}

/** The one place where a failure of any kind becomes an error of the table. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isConnectionFailure(error)) return new AppError('database-unavailable', { cause: error });
  const known = error instanceof Error ? fromFastify(error as FastifyError) : null;
  return known ?? new AppError('server-error', { cause: error });
}

function detailsOf(error: AppError, request: FastifyRequest): unknown {
  return error.code === 'server-error' ? { requestId: request.id } : error.details;
}

function reply(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = asAppError(error);
  // The cause only: a query's parameters hold what people wrote, so they stay out of the log.
  if (known.status >= 500) request.log.error({ err: known.cause ?? known }, known.code);
  const details = detailsOf(known, request);
  return reply
    .code(known.status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({ error: { code: known.code, message: known.message, ...(details !== undefined && { details }) } });
}

/** Gives every failed request the same form: `{ error: { code, message, details } }`. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, response) => reply(error, request, response));
}

/** The reply for an address that does not exist. */
export const replyNotFound = (request: FastifyRequest, response: FastifyReply): FastifyReply =>
  reply(new AppError('not-found'), request, response);
