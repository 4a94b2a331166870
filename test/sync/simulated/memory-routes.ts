import type { z } from 'zod';
import { expiryOf, isTouchDue, type SessionPolicy } from '../../../server/auth/session-policy.ts';
import { readSession, signOut } from '../../../shared/contract/auth.ts';
import { deviceContact } from '../../../shared/contract/devices.ts';
import type { Endpoint, EndpointInput, EndpointReply } from '../../../shared/contract/endpoint.ts';
import {
  maxMutationBytes,
  maxPushBytes,
  syncBatch,
  syncBatchPage,
  syncChanges,
  syncDigest,
  syncHello,
  syncPush,
} from '../../../shared/contract/sync.ts';
import { AppError } from '../../../shared/errors.ts';
import { requirePermission } from '../../../shared/permissions.ts';
import { changes, digest, hello, readBatch, readBatchPage } from './memory-pull.ts';
import { push } from './memory-push.ts';
import { appendAudit, type MemoryState, type Session } from './memory-state.ts';
import type { SimRequest } from './server-port.ts';

export type Asked = {
  state: MemoryState;
  request: SimRequest;
  at: Date;
  policy: SessionPolicy;
  recoveryPublicKey: string | null;
};
type Caller = Parameters<typeof push>[1] & { session: Session };
type Route = {
  definition: Endpoint;
  pattern: RegExp;
  bodyLimit: number;
  /** Keys such as `__proto__` are refused everywhere but in a push. */
  readJson: (text: string) => unknown;
  run: (asked: Asked, caller: Caller, input: EndpointInput<Endpoint>) => unknown;
};

const badRequest = (where: string, problem: string) =>
  new AppError('bad-request', { details: [{ where, problem }] });

function parseJson(text: string): unknown {
  if (text === '')
    throw badRequest('body', "Body cannot be empty when content-type is set to 'application/json'");
  try {
    const value: unknown = JSON.parse(text);
    if (!/"__proto__"\s*:/.test(text)) return value;
  } catch {
    // Told below, as for a refused key.
  }
  throw badRequest('body', "Body is not valid JSON but content-type is set to 'application/json'");
}

function parseJsonPerItem(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('bad-request', { details: 'the body is not JSON' });
  }
}

function route<const E extends Endpoint>(
  definition: E,
  run: (asked: Asked, caller: Caller, input: EndpointInput<E>) => EndpointReply<E>,
): Route {
  const pattern = new RegExp(`^${definition.path.replace(/:([a-zA-Z]+)/g, '(?<$1>[^/]+)')}$`);
  return { definition, pattern, bodyLimit: 1024 * 1024, readJson: parseJson, run: run as Route['run'] };
}

/** As a new database has them. */
const siteSettings = { offlineLeaseDays: 30, idleLockMinutes: 15 };

const routes: Route[] = [
  route(syncHello, ({ state, at, recoveryPublicKey }, caller, { body }) =>
    hello(state, caller, body, { at, recoveryPublicKey }),
  ),
  {
    ...route(syncPush, ({ state, request, at }, caller, { body }) => {
      if (body.mutations.length > 1 && Buffer.byteLength(request.body ?? '') > maxPushBytes + 4096)
        throw new AppError('body-too-large');
      return push(state, caller, body, at);
    }),
    bodyLimit: maxMutationBytes,
    readJson: parseJsonPerItem,
  },
  route(syncChanges, ({ state }, caller, { query }) => changes(state, caller, query)),
  route(syncBatch, ({ state }, caller, { params }) => readBatch(state, caller, params.batchId)),
  route(syncBatchPage, ({ state }, caller, { params, query }) =>
    readBatchPage(state, caller, params.batchId, query),
  ),
  route(syncDigest, ({ state, at }, caller, { params }) => digest(state, caller, params.clientId, at)),
  // Nobody gives an order here, and without one a contact leaves nothing but the time of its visit.
  route(deviceContact, () => ({ ...siteSettings, order: null })),
  route(readSession, ({ state }, { userId, session }) => {
    const user = state.users.get(userId);
    if (!user) throw new AppError('session-expired');
    return { user, expiresAt: session.expiresAt.toISOString() };
  }),
  route(signOut, ({ state, at }, caller) => {
    const { session } = caller;
    state.sessions.set(session.token, { ...session, revokedAt: at });
    appendAudit(state, caller, at, [{ action: 'signed-out', subject: session.id }]);
    return { ended: true as const };
  }),
];

/** As `createAuthenticate` of the server, for bearer tokens. */
function authenticate({ state, request, at, policy }: Asked): Caller {
  if (request.token === null || !/^[\w-]{1,200}$/.test(request.token)) throw new AppError('sign-in-required');
  const found = state.sessions.get(request.token);
  if (!found || found.revokedAt !== null || found.expiresAt <= at) throw new AppError('session-expired');
  const session = isTouchDue(found.lastSeenAt, at)
    ? { ...found, lastSeenAt: at, expiresAt: expiryOf(policy, found.createdAt, at) }
    : found;
  state.sessions.set(session.token, session);
  const user = state.users.get(session.userId);
  if (!user) throw new AppError('session-expired');
  return { userId: user.id, roles: user.roles, name: user.name, session };
}

function check(schema: z.ZodType | undefined, part: string, value: unknown): unknown {
  if (!schema) return value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map(({ path, message }) => ({
    where: [part, ...path.map(String)].join('.'),
    problem: message,
  }));
  throw new AppError('bad-request', { details });
}

function readQuery(text: string): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  const given = new URLSearchParams(text);
  for (const key of new Set(given.keys())) {
    const values = given.getAll(key);
    query[key] = values.length > 1 ? values : values[0];
  }
  return query;
}

const nowhere = { bodyLimit: 1024 * 1024, readJson: parseJson };

function readBody(
  { bodyLimit, readJson }: Pick<Route, 'bodyLimit' | 'readJson'>,
  { body }: SimRequest,
): unknown {
  if (Buffer.byteLength(body ?? '') > bodyLimit) throw new AppError('body-too-large');
  return readJson(body ?? '');
}

/** The value a request is answered with. @throws AppError as the server would */
export function answer(asked: Asked): unknown {
  const { request } = asked;
  const [path = '', query = ''] = request.path.split('?');
  const found = routes.find(
    ({ definition, pattern }) => definition.method === request.method && pattern.test(path),
  );
  if (!found) {
    // A body is read before it is clear that nothing takes it.
    if (request.method === 'POST') readBody(nowhere, request);
    throw new AppError('not-found');
  }
  const { definition } = found;
  const caller = authenticate(asked);
  if (definition.access !== 'signed-in' && definition.access !== 'public')
    requirePermission(caller.roles, definition.access);
  const received = definition.method === 'GET' ? undefined : readBody(found, request);
  const named = Object.entries(found.pattern.exec(path)?.groups ?? {});
  const params = Object.fromEntries(named.map(([name, value]) => [name, decodeURIComponent(value)]));
  const input = {
    params: check(definition.params, 'params', params),
    body: check(definition.body, 'body', received),
    query: check(definition.query, 'query', readQuery(query)),
  };
  return found.run(asked, caller, input as EndpointInput<Endpoint>);
}
