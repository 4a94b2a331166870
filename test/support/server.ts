import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { type AppOptions, buildApp } from '../../server/app.ts';
import { acceptLink } from '../../server/auth/domain.ts';
import { defaultSessionPolicy } from '../../server/auth/session-policy.ts';
import { type Connection, connect, type Db } from '../../server/db/client.ts';
import { type Context, systemActor } from '../../server/db/context.ts';
import { invitePerson } from '../../server/users/domain.ts';
import type { User } from '../../shared/contract/auth.ts';
import {
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  urlOf,
} from '../../shared/contract/endpoint.ts';
import { errorFromReply } from '../../shared/error-reply.ts';
import type { Role } from '../../shared/permissions.ts';

export type TestServerOptions = Partial<Omit<AppOptions, 'db'>> & {
  /** Where to clone the template; from vitest's globalSetup when left out. */
  postgres?: { postgresUrl: string; templateName: string };
};

/** A streamed reply is read to its end and given as a list of its lines. */
export type CallReply<E extends Endpoint> = E extends { streams: 'ndjson' }
  ? EndpointReply<E>[]
  : EndpointReply<E>;
/** The file of an upload endpoint, and headers to add or replace. */
export type CallExtras = { upload?: BodyInit; headers?: Record<string, string> };
type CallParts = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };
export type Call = <const E extends Endpoint>(
  definition: E,
  input: EndpointCall<E> & CallParts,
  extras?: CallExtras,
) => Promise<CallReply<E>>;

export type NewTestPerson = { roles: Role[]; email?: string; name?: string; specialties?: string[] };
export type TestPerson = { user: User; password: string; token: string; call: Call };

export type TestServer = {
  url: string;
  app: FastifyInstance;
  db: Db;
  databaseUrl: string;
  /** The command line's context on this database. */
  context: Context;
  /** A person with an account, a password and an open session. */
  person: (input: NewTestPerson) => Promise<TestPerson>;
  /** Calls without an account. */
  call: Call;
  stop: () => Promise<void>;
};

/** High enough that no test meets them; tests of the limits pass their own. */
export const looseLimits = { perAddress: 1_000_000, authPerAddress: 1_000_000, authPerAccount: 1_000_000 };

async function fromVitest() {
  const { inject } = await import('vitest');
  return { postgresUrl: inject('postgresUrl'), templateName: inject('templateName') };
}

async function onMaintenance<T>(postgresUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(postgresUrl);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export type TestDatabase = Connection & { databaseUrl: string; drop: () => Promise<void> };

/** A fresh clone of the template with an epoch of its own; `drop` closes and removes it. */
export async function cloneDatabase(postgres?: TestServerOptions['postgres']): Promise<TestDatabase> {
  const { postgresUrl, templateName } = postgres ?? (await fromVitest());
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onMaintenance(postgresUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${templateName}`),
  );
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  const connection = connect(url.href);
  await connection.pool.query('UPDATE site SET epoch = $1', [randomUUID()]);
  const drop = async () => {
    await connection.close();
    await onMaintenance(postgresUrl, (client) =>
      client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    );
  };
  return { ...connection, databaseUrl: url.href, drop };
}

function bodyOf(definition: Endpoint, input: { body?: unknown }, extras: CallExtras) {
  if (definition.upload)
    return { headers: { 'content-type': 'application/x-ndjson' }, body: extras.upload ?? '', duplex: 'half' };
  if (definition.method === 'GET') return {};
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(input.body ?? {}) };
}

const parseLines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

/** Calls endpoints over real HTTP, with or without a token; a failed reply is thrown as AppError. */
export function createCall(url: string, token?: string): Call {
  return async (definition, input, extras = {}) => {
    const { headers, ...rest } = bodyOf(definition, input, extras);
    const response = await fetch(`${url}${urlOf(definition, input)}`, {
      method: definition.method,
      ...rest,
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }), ...extras.headers },
    });
    const text = await response.text();
    if (!response.ok) throw errorFromReply(JSON.parse(text));
    const parsed = definition.streams
      ? parseLines(text).map((line) => definition.reply.parse(line))
      : definition.reply.parse(JSON.parse(text));
    return parsed as CallReply<typeof definition>;
  };
}

let peopleMade = 0;

async function createPerson(context: Context, url: string, input: NewTestPerson): Promise<TestPerson> {
  peopleMade += 1;
  const {
    roles,
    email = `person-${peopleMade}@test.example`,
    name = `Person ${peopleMade}`,
    specialties = [],
  } = input;
  const password = randomBytes(15).toString('base64url');
  const { link } = await invitePerson(context, { email, name, roles, specialties }, { baseUrl: url });
  const linkToken = new URL(link).hash.slice(1);
  const device = { carrier: 'token' as const, deviceName: 'test' };
  const { user, token } = await acceptLink(context, defaultSessionPolicy, {
    token: linkToken,
    name,
    password,
    ...device,
  });
  return { user, password, token, call: createCall(url, token) };
}

/** The real app on a port of its own, over its own clone of the migrated template. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { postgres, ...appOptions } = options;
  const database = await cloneDatabase(postgres);
  const { db, databaseUrl } = database;
  const app = await buildApp({ rateLimits: looseLimits, ...appOptions, db });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const context: Context = { db, actor: systemActor, clock: appOptions.clock ?? (() => new Date()) };
  return {
    url,
    app,
    db,
    databaseUrl,
    context,
    person: (input) => createPerson(context, url, input),
    call: createCall(url),
    stop: async () => {
      await app.close();
      await database.drop();
    },
  };
}
