import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { type DestinationStream, pino } from 'pino';

/** A query may hold names of files or people: only the path is logged. */
const pathOf = (url: string): string => url.split('?')[0] ?? '';

// A failed query's error carries the statement and its values; its class, message head and stack's places are enough.
function errorForLog(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error };
  const cause = error.cause instanceof Error ? error.cause : null;
  const isQuery = 'query' in error && 'params' in error;
  // Class 22, data that does not fit its type, is the one whose message quotes what was given.
  const quotes = cause && 'code' in cause && String(cause.code).startsWith('22');
  const why = quotes ? 'the data does not fit its type' : (cause?.message ?? 'no cause given');
  return {
    type: error.name,
    message: isQuery ? `query failed: ${why}` : error.message,
    ...('code' in error && { code: String(error.code) }),
    ...(cause && 'code' in cause && { causeCode: String(cause.code) }),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .slice(0, 12),
  };
}

/** Structured logs without bodies, headers, queries or tokens. */
export function createLogger(
  level: string,
  sink: DestinationStream = pino.destination(1),
): FastifyBaseLogger {
  const options = {
    level,
    redact: ['*.password', '*.token', '*.authorization', '*.cookie', 'password', 'token'],
    serializers: {
      req: (request: FastifyRequest) => ({
        id: request.id,
        method: request.method,
        path: pathOf(request.url),
      }),
      res: (reply: FastifyReply) => ({ status: reply.statusCode }),
      err: errorForLog,
    },
  };
  return pino(options, sink);
}
