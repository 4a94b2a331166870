import 'fake-indexeddb/auto';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openWorkspace, syncStoreOf } from '../../renderer/data/workspace.ts';
import { platformOf } from '../../renderer/platform.ts';
import { createSyncEngine } from '../../renderer/sync/engine.ts';
import { platformTransport } from '../../renderer/sync/transport.ts';
import { buildApp } from '../../server/app.ts';
import { type Connection, connect } from '../../server/db/client.ts';
import { systemActor } from '../../server/db/context.ts';
import { appendFeed } from '../../server/db/feed.ts';
import { migrate } from '../../server/db/migrate.ts';
import * as tables from '../../server/db/schema.ts';
import { hashToken, newToken } from '../../server/db/tokens.ts';
import { publishRubric } from '../../server/studies/domain.ts';
import type { User } from '../../shared/contract/auth.ts';
import type { NetRequest } from '../../shared/ipc.ts';
import type { BatchId, StudyId, UserId } from '../../shared/schema/ids.ts';
import { defaultRubric } from '../../shared/schema/rubric.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { createMemoryHost } from '../contract/memory-host.ts';
import { bodyWith } from '../contract/sample-work.ts';
import { freshId, type SyncServer, seedAssignments, seedBatch } from './sync-server.ts';

const caseCount = 1000;
/** A draft and a submission of each. */
const changes = 2 * caseCount;
const days = 30;
/** Two migrations of a later server come while the laptop is away: they widen tables that hold what it sends. */
const laterMigrations = [
  'ALTER TABLE "annotation_revisions" ADD COLUMN "later_note" text NOT NULL DEFAULT \'\';',
  'CREATE TABLE "later_things" ("id" uuid PRIMARY KEY, "client_id" uuid REFERENCES "clients"("id"));\n--> statement-breakpoint\nALTER TABLE "clients" ADD COLUMN "later_count" bigint NOT NULL DEFAULT 0;',
];

const looseLimits = { perAddress: 1_000_000, authPerAddress: 1_000_000, authPerAccount: 1_000_000 };

const migrationsFolder = join(import.meta.dirname, '../../server/db/migrations');
const folder = mkdtempSync(join(tmpdir(), 'second-opinion-older-'));
const name = `test_${randomUUID().replaceAll('-', '')}`;
let databaseUrl: string;
let connection: Connection;
let app: Awaited<ReturnType<typeof buildApp>>;
let serverUrl: string;

async function onMaintenance(text: string): Promise<void> {
  const url = new URL(inject('postgresUrl'));
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(text);
  await client.end();
}

/** A database as the server of the first day made it. */
async function makeDatabase(): Promise<void> {
  await onMaintenance(`CREATE DATABASE ${name}`);
  await migrate(databaseUrl);
}

type MigrationEntry = { idx: number; version: string; when: number; tag: string; breakpoints: boolean };

/** What a later server does at its start. */
async function upgradeDatabase(): Promise<void> {
  cpSync(migrationsFolder, folder, { recursive: true });
  const journal = join(folder, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: MigrationEntry[] };
  for (const [i, text] of laterMigrations.entries()) {
    const last = entries.at(-1);
    if (!last) throw new Error('no migrations');
    const tag = `later_${i}`;
    writeFileSync(join(folder, `${tag}.sql`), text);
    entries.push({ ...last, idx: last.idx + 1, when: last.when + 1000, tag });
  }
  writeFileSync(journal, JSON.stringify({ ...rest, entries }));
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await applyMigrations(drizzle({ client }), { migrationsFolder: folder });
  const { rows } = await client.query('SELECT count(*)::int AS n FROM drizzle.__drizzle_migrations');
  expect(rows[0]?.n).toBe(entries.length);
  await client.end();
}

async function startServer(): Promise<void> {
  connection = connect(databaseUrl);
  app = await buildApp({ rateLimits: looseLimits, db: connection.db });
  await app.listen({ host: '127.0.0.1', port: 0 });
  serverUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

async function stopServer(): Promise<void> {
  await app.close();
  await connection.close();
}

beforeAll(async () => {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  databaseUrl = url.href;
  await makeDatabase();
  await startServer();
});
afterAll(async () => {
  await stopServer();
  await onMaintenance(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  rmSync(folder, { recursive: true, force: true });
});

async function openSession(user: User): Promise<string> {
  const token = newToken();
  const expiresAt = new Date(Date.now() + 86_400_000);
  await connection.db
    .insert(tables.sessions)
    .values({ id: freshId(), tokenHash: hashToken(token), userId: user.id, carrier: 'token', expiresAt });
  return token;
}

/** A physician with a whole batch assigned, as a lead's commands leave it. */
async function makeWork(): Promise<{ user: User; studyId: StudyId; batchId: BatchId; ids: string[] }> {
  const { db } = connection;
  const id = freshId() as UserId;
  const user: User = { id, email: 'ada@test.example', name: 'Ada', roles: ['physician'] };
  await db.insert(tables.users).values({ ...user, status: 'active' });
  const server = { connection } as SyncServer;
  const { batchId, studyId, comparisonIds } = await seedBatch(server, caseCount);
  const ids = await seedAssignments(server, { batchId, studyId, comparisonIds }, { id } as never);
  await db.transaction((tx) => appendFeed(tx, id, [{ type: 'batch-assigned', batchId }]));
  return { user, studyId: studyId as StudyId, batchId: batchId as BatchId, ids };
}

/** The workstation's own data and sync code, with real keys, over a disk in memory and the real server. */
async function startLaptop(user: User) {
  const session = { token: await openSession(user), online: true };
  const host = createMemoryHost();
  host.server = async ({ method, path, body }: NetRequest) => {
    if (!session.online) return { kind: 'unreachable', reason: 'ward basement' };
    const headers = { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' };
    const response = await fetch(serverUrl + path, { method, headers, body });
    const contentType = response.headers.get('content-type') ?? '';
    return {
      kind: 'reply',
      status: response.status,
      contentType,
      body: await response.text(),
      retryAfter: null,
    };
  };
  const uses = ['encrypt', 'decrypt'] as const;
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, uses);
  let now = Date.now() - days * 86_400_000;
  const open = async () => {
    const dataKey = { id: '00112233445566aa', key };
    const workspace = await openWorkspace(user, dataKey, {
      host: platformOf(host),
      clock: () => new Date(now),
    });
    const engine = createSyncEngine({
      ...{ clock: () => now, random: () => 0.5, timers: { after: () => () => {} } },
      transport: platformTransport(platformOf(host)),
      store: syncStoreOf(workspace),
      ...{ userId: user.id, appVersion: '0.0.0-test', deviceName: 'ward laptop' },
    });
    const sync = async () => {
      engine.trigger('asked');
      await engine.settled();
    };
    return { workspace, sync };
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { session, open, pass };
}

it(`[S13][S18][S29] ${days} days offline with ${changes} changes, an upgraded server, an ended session and a new rubric: all of it arrives once`, async () => {
  const { user, studyId, batchId, ids } = await makeWork();
  const laptop = await startLaptop(user);
  let { workspace, sync } = await laptop.open();
  await sync();
  expect((await workspace.queue())[0]).toMatchObject({ downloaded: caseCount });

  laptop.session.online = false;
  const { rubricVersion } = await workspace.loadCase((ids[0] ?? '') as never);
  expect(rubricVersion).toBe(1);
  for (const [n, id] of ids.entries()) {
    laptop.pass((days * 86_400_000) / caseCount);
    const said = (state: string) => ({ ...bodyWith(`${state} of case ${n}`), rubricVersion });
    await workspace.save(id as never, said('draft'), 'draft');
    await workspace.save(id as never, said('submission'), 'submitted');
    // Now and then the laptop is restarted, and looks for the network in vain.
    if (n % 400 === 399) {
      await workspace.close();
      ({ workspace, sync } = await laptop.open());
      await sync();
      expect((await workspace.syncSummary()).state).toBe('offline');
    }
  }
  expect(await workspace.syncSummary()).toMatchObject({ waiting: caseCount });

  await stopServer();
  await upgradeDatabase();
  await startServer();
  const context = { db: connection.db, actor: systemActor, clock: () => new Date() };
  const [first, ...others] = defaultRubric.dimensions;
  if (!first) throw new Error('a rubric has dimensions');
  const rubric = { ...defaultRubric, dimensions: [{ ...first, label: 'Correctness' }, ...others] };
  expect(await publishRubric(context, studyId, { rubric, openBatches: true })).toEqual({
    version: 2,
    batches: 1,
  });
  await connection.db.update(tables.sessions).set({ expiresAt: new Date(Date.now() - 1000) });

  laptop.session.online = true;
  await sync();
  expect(await workspace.syncSummary()).toMatchObject({ state: 'sign-in', waiting: caseCount });
  laptop.session.token = await openSession(user);
  await sync();
  expect(await workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });

  const { entries, total } = await workspace.ledger({ offset: 0, limit: changes + 10 });
  expect(total).toBe(changes);
  expect(entries.every(({ status, auditHash }) => status === 'accepted' && auditHash !== null)).toBe(true);
  const stored = await connection.db
    .select({
      seq: tables.annotationRevisions.seq,
      bodyHash: tables.annotationRevisions.bodyHash,
      body: tables.annotationRevisions.body,
      version: tables.rubrics.version,
    })
    .from(tables.annotationRevisions)
    .innerJoin(tables.rubrics, eq(tables.rubrics.id, tables.annotationRevisions.rubricId))
    .orderBy(sql`seq`);
  expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: changes }, (_, n) => n + 1));
  expect(stored.filter(({ body, bodyHash }) => sha256Hex(body) !== bodyHash)).toEqual([]);
  expect(stored.map(({ bodyHash }) => bodyHash)).toEqual(entries.map(({ bodyHash }) => bodyHash).reverse());
  // Made under the old rubric, and says so, although its batch asks by the new one.
  expect(new Set(stored.map(({ version }) => version))).toEqual(new Set([1]));
  const [{ rubricId } = {}] = await connection.db
    .select({ rubricId: tables.batches.rubricId })
    .from(tables.batches)
    .where(eq(tables.batches.id, batchId));
  expect(rubricId).not.toBeUndefined();
  const again = await workspace.loadCase((ids[0] ?? '') as never);
  expect(again).toMatchObject({ rubricVersion: 2, body: { rubricVersion: 1 }, state: 'submitted' });
  expect(again.rubric.dimensions[0]?.label).toBe('Correctness');
  await workspace.close();
});
