import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { verifyAudit } from '../../server/audit/domain.ts';
import { type Connection, connect } from '../../server/db/client.ts';
import { systemActor } from '../../server/db/context.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { embeddedPostgres, startServerProcess } from '../support/server-process.ts';
import { createPerson, seedAssignments, seedBatch } from '../sync/sync-server.ts';
import { type Acknowledged, hashesAgree, type Physician, Pusher } from './pusher.ts';
import { blame, newTally, note, type Part, type Tally } from './tally.ts';

const physicians = 4;
const casesEach = 40;

async function withDatabase<T>(dataDir: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = connect(embeddedPostgres(dataDir).url, { max: 2 });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const seedPhysicians = (dataDir: string): Promise<Physician[]> =>
  withDatabase(dataDir, async (connection) => {
    const made: Physician[] = [];
    for (let n = 0; n < physicians; n += 1) {
      const person = await createPerson(connection, 'http://none.invalid', ['physician']);
      const batch = await seedBatch({ connection }, casesEach);
      made.push({ token: person.token, assignments: await seedAssignments({ connection }, batch, person) });
    }
    return made;
  });

type Stored = { id: string; client_id: string; seq: string; body: string; body_hash: string };

/** Everything the database holds of these clients: the log beside the revisions. */
async function storedOf({ pool }: Connection, clientIds: readonly string[]) {
  const logged = await pool.query<{ client_id: string; seq: string; body_hash: string }>(
    'SELECT client_id, seq, body_hash FROM mutation_log WHERE client_id = ANY($1::uuid[])',
    [clientIds],
  );
  const revisions = await pool.query<Stored>(
    'SELECT id, client_id, seq, body, body_hash FROM annotation_revisions WHERE client_id = ANY($1::uuid[])',
    [clientIds],
  );
  return { logged: logged.rows, revisions: revisions.rows };
}

const placeOf = (row: { client_id: string; seq: string }) => `${row.client_id} ${row.seq}`;

function compare(receipts: readonly Acknowledged[], revisions: readonly Stored[], tally: Tally): void {
  const found = new Map(revisions.map((row) => [row.id, row]));
  for (const one of receipts) {
    const row = found.get(one.sent.revisionId);
    const what = `client ${one.clientId}, change ${one.receipt.seq}`;
    if (!hashesAgree(one)) blame(tally, 'altered', `${what}: the receipt has another hash`);
    if (!row) blame(tally, 'lost', what);
    else if (row.body_hash !== one.sent.bodyHash || sha256Hex(row.body) !== row.body_hash)
      blame(tally, 'altered', what);
  }
}

/** After a restart: every receipt ever given must be in the database with its hash, and every change there once. */
async function checkReceipts(dataDir: string, pushers: readonly Pusher[], tally: Tally): Promise<void> {
  await withDatabase(dataDir, async (connection) => {
    const clientIds = pushers.map(({ clientId }) => clientId);
    const { logged, revisions } = await storedOf(connection, clientIds);
    compare(
      pushers.flatMap(({ receipts }) => receipts),
      revisions,
      tally,
    );
    const inLog = new Set(logged.map(placeOf));
    const seen = new Set<string>();
    for (const place of revisions.map(placeOf)) {
      if (seen.has(place)) blame(tally, 'doubled', place);
      if (!inLog.has(place)) blame(tally, 'altered', `${place}: a revision without its line in the log`);
      seen.add(place);
    }
  });
}

async function checkAudit(dataDir: string, tally: Tally): Promise<void> {
  const report = await withDatabase(dataDir, ({ db }) =>
    verifyAudit({ db, actor: systemActor, clock: () => new Date() }),
  );
  if (report.firstBreak) blame(tally, 'altered', `audit: ${JSON.stringify(report.firstBreak)}`);
  tally.notes['audit events verified'] = report.events;
}

/** SIGKILL to the real server under pushes, in every second round with all of PostgreSQL, whose fsync is on. */
export const serverKills: Part = async ({ rounds, random, progress }) => {
  const tally = newTally('server');
  const dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-kills-server-'));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(dataDir, 0o755);
  let server = await startServerProcess(dataDir, { LOG_LEVEL: 'error' });
  try {
    const made = await seedPhysicians(dataDir);
    // Clients of one round, and of all before: the whole is compared at the end.
    const all: Pusher[] = [];
    let current = made.map((physician) => new Pusher(physician, random));
    all.push(...current);
    for (let round = 0; round < rounds; round += 1) {
      let isKilled = false;
      const { url } = server;
      const before = current.reduce((sum, { receipts }) => sum + receipts.length, 0);
      const running = Promise.all(current.map((pusher) => pusher.run(url, () => isKilled)));
      await Promise.race([running, wait(100 + random() * 1400)]);
      isKilled = true;
      const withPostgres = round % 2 === 1;
      await (withPostgres ? server.killWithPostgres() : server.kill());
      await running;
      note(tally, withPostgres ? 'with PostgreSQL' : 'server alone');
      tally.rounds += 1;
      tally.kills += 1;
      tally.acknowledged += current.reduce((sum, { receipts }) => sum + receipts.length, 0) - before;
      server = await startServerProcess(dataDir, { LOG_LEVEL: 'error' });
      await checkReceipts(dataDir, current, tally);
      // New clients now and then, so that a round compares the newest work and not all of it again.
      if (round % 10 === 9) {
        current = made.map((physician) => new Pusher(physician, random));
        all.push(...current);
      }
      progress(tally);
    }
    await checkReceipts(dataDir, all, tally);
    await checkAudit(dataDir, tally);
  } finally {
    await server.stop().catch(() => server.kill());
    rmSync(dataDir, { recursive: true, force: true });
  }
  return tally;
};
