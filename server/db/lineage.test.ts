import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/server.ts';
import { verifyAudit } from '../audit/domain.ts';
import { appendAudit } from './audit.ts';
import { type Connection, connect } from './client.ts';
import { systemActor } from './context.ts';
import { type Renewal, watchLineage } from './lineage.ts';
import { readSite } from './site.ts';

let dataDir: string;
let database: TestDatabase;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-lineage-'));
  database = await cloneDatabase();
});
afterEach(async () => {
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const clock = () => new Date();
const work = ({ db }: Connection) =>
  db.transaction((tx) => appendAudit(tx, systemActor, clock(), [{ action: 'worked', subject: 'somewhere' }]));

async function watch({ db }: Connection, everyMs = 3_600_000) {
  const renewals: Renewal[] = [];
  const lineage = await watchLineage({
    db,
    dataDir,
    clock,
    everyMs,
    onRenewed: (renewal) => renewals.push(renewal),
    onFailure: (error) => {
      throw error;
    },
  });
  return { renewals, ...lineage };
}

/** A copy of the database as it is on the disk, as a backup is; nothing may be connected to it meanwhile. */
async function backUp(name: string): Promise<string> {
  const url = new URL(database.databaseUrl);
  const from = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()',
    [from],
  );
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${from}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

async function dropDatabase(name: string): Promise<void> {
  const url = new URL(database.databaseUrl);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.end();
}

it('[S13] keeps the epoch of a database that only went on', async () => {
  const { epoch } = await readSite(database.db);
  for (let start = 0; start < 3; start++) {
    const { renewals, end } = await watch(database);
    await work(database);
    await end();
    expect(renewals).toEqual([]);
  }
  expect(await readSite(database.db)).toMatchObject({ epoch });
});

it('[S13] gives a database that was put back to a backup a new epoch at the start, once, and records it', async () => {
  await work(database);
  const name = `backup_${process.pid}_${Date.now()}`;
  const backup = await backUp(name);
  const before = await watch(database);
  await work(database);
  await before.end();
  const { epoch } = await readSite(database.db);
  const restored = connect(backup);
  try {
    const first = await watch(restored);
    const { epoch: renewed } = await readSite(restored.db);
    expect(first.renewals).toEqual([{ from: epoch, to: renewed, reason: 'events-missing' }]);
    expect(renewed).not.toBe(epoch);
    await first.end();
    const second = await watch(restored);
    await second.end();
    expect(second.renewals).toEqual([]);
    expect(await readSite(restored.db)).toMatchObject({ epoch: renewed });
    const { rows } = await restored.db.execute(
      sql`select detail from audit_events where action = 'epoch-renewed'`,
    );
    expect(rows).toEqual([{ detail: { from: epoch, to: renewed, reason: 'events-missing' } }]);
    const report = await verifyAudit({ db: restored.db, actor: systemActor, clock });
    expect(report.firstBreak).toBeNull();
  } finally {
    await restored.close();
    await dropDatabase(name);
  }
});

it('[S13] notices a database that is put back while the server runs', async () => {
  await work(database);
  const watching = await watch(database, 20);
  const { epoch } = await readSite(database.db);
  await database.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`delete from audit_events`);
    await tx.execute(sql`delete from audit_heads`);
  });
  while (watching.renewals.length === 0) await new Promise((settle) => setTimeout(settle, 10));
  await watching.end();
  expect(watching.renewals).toMatchObject([{ from: epoch, reason: 'events-missing' }]);
});
