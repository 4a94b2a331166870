import type { FastifyInstance } from 'fastify';
import {
  maxMutationBytes,
  maxPushBytes,
  syncBatch,
  syncBatchPage,
  syncChanges,
  syncDigest,
  syncHello,
  syncPush,
} from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { type RouteDeps, route } from '../http/route.ts';
import { changes, digest, hello, readBatch, readBatchPage } from './domain.ts';
import { push } from './push.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Size of a push as it was before it was gzipped for the wire. */
    plainBytes: number;
  }
}

/** What a push may weigh beyond its mutations: the names around them. */
const wrapperBytes = 4096;

/**
 * JSON of a push is read without the guard against odd keys: a key such as `__proto__` would refuse the
 * whole request, and one bad item must never block the others (rule S7). Items are only ever read by schema.
 */
function readJsonPerItem(app: FastifyInstance): void {
  app.decorateRequest('plainBytes', 0);
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    request.plainBytes = Buffer.byteLength(text);
    try {
      done(null, JSON.parse(String(text)));
    } catch {
      done(new AppError('bad-request', { details: 'the body is not JSON' }));
    }
  });
}

function registerPush(app: FastifyInstance, deps: RouteDeps): void {
  readJsonPerItem(app);
  app.addHook('onRoute', (options) => {
    options.bodyLimit = maxMutationBytes;
  });
  route(app, deps, syncPush, (context, { body }, { request }) => {
    if (body.mutations.length > 1 && request.plainBytes > maxPushBytes + wrapperBytes)
      throw new AppError('body-too-large');
    return push(context, body);
  });
}

export function registerSync(app: FastifyInstance, deps: RouteDeps): void {
  route(app, deps, syncHello, (context, { body }) => hello(context, body));
  void app.register(async (scope) => registerPush(scope, deps));
  route(app, deps, syncChanges, (context, { query }) => changes(context, query));
  route(app, deps, syncBatch, (context, { params }) => readBatch(context, params.batchId));
  route(app, deps, syncBatchPage, (context, { params, query }) =>
    readBatchPage(context, params.batchId, query),
  );
  route(app, deps, syncDigest, (context, { params }) => digest(context, params.clientId));
}
