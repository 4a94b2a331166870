import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Endpoint, EndpointInput, EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { Db } from '../db/client.ts';
import type { Actor, Context } from '../db/context.ts';

/** What the app gives every route. */
export type RouteDeps = {
  db: Db;
  clock: () => Date;
  /** The address people open, when it is configured; links are made for it. */
  publicUrl: string | null;
  /** The caller's account by cookie or bearer token. @throws AppError `sign-in-required` or `session-expired` */
  authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<Actor>;
};

/** Someone who has no account (yet): may reach public endpoints only. */
const nobody: Actor = { userId: null, roles: [], name: '' };

async function actorFor(
  definition: Endpoint,
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Actor> {
  if (definition.access === 'public') return nobody;
  const actor = await deps.authenticate(request, reply);
  if (definition.access !== 'signed-in') requirePermission(actor.roles, definition.access);
  return actor;
}

function schemaOf(definition: Endpoint) {
  return {
    summary: definition.summary,
    tags: [definition.path.split('/')[2] ?? 'api'],
    ...(definition.params && { params: definition.params }),
    ...(definition.query && { querystring: definition.query }),
    ...(definition.body && { body: definition.body }),
    // A streamed reply is written line by line by its handler, which validates each line itself.
    ...(!definition.streams && { response: { 200: definition.reply } }),
  };
}

/** The largest import file that is taken over the network. */
const maxUploadBytes = 2 * 1024 ** 3;

function refuseOversize(definition: Endpoint, request: FastifyRequest): void {
  if (definition.upload && Number(request.headers['content-length'] ?? 0) > maxUploadBytes)
    throw new AppError('body-too-large');
}

/** Replies that hold a secret beside what a caller chose are not compressed, so that lengths tell nothing (BREACH). */
const holdsSecret = (definition: Endpoint): boolean =>
  definition.path.startsWith('/api/auth/') || definition.path === '/api/people/invite';

/** Registers one endpoint of the contract: validation, access and the reply's allow-list come from its definition. */
export function route<const E extends Endpoint>(
  app: FastifyInstance,
  deps: RouteDeps,
  definition: E,
  handler: (
    context: Context,
    input: EndpointInput<E>,
    http: { request: FastifyRequest; reply: FastifyReply },
  ) => Promise<E['streams'] extends 'ndjson' ? FastifyReply : EndpointReply<E>>,
): void {
  app.route({
    method: definition.method,
    url: definition.path,
    schema: schemaOf(definition),
    ...(definition.upload && { bodyLimit: maxUploadBytes }),
    // A progress line must leave at once; a compressor would hold it back.
    ...((definition.upload || holdsSecret(definition)) && { compress: false }),
    // Authentication comes before the body is read, so that strangers cannot make the server parse anything.
    onRequest: async (request, reply) => {
      refuseOversize(definition, request);
      request.actor = await actorFor(definition, deps, request, reply);
    },
    handler: async (request, reply) => {
      if (!request.actor) throw new AppError('sign-in-required');
      const context: Context = { db: deps.db, actor: request.actor, clock: deps.clock };
      const input = { params: request.params, query: request.query, body: request.body } as EndpointInput<E>;
      return handler(context, input, { request, reply });
    },
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor;
  }
}
