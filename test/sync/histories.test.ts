import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../server/audit/domain.ts';
import { systemActor } from '../../server/db/context.ts';
import { appendFeed } from '../../server/db/feed.ts';
import { syncChanges, syncDigest } from '../../shared/contract/sync.ts';
import { type AnnotationBody, emptyAnnotation, revisionStates } from '../../shared/schema/annotation.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import { FaultyNetwork, faults, randomFrom } from './faulty-network.ts';
import { Laptop } from './laptop.ts';
import {
  freshId,
  type Person,
  type SyncServer,
  seedAssignments,
  seedBatch,
  startSyncServer,
} from './sync-server.ts';

/** SYNC_HISTORIES=1000 SYNC_SEED=7 runs a thousand histories from seed 7 on. */
const histories = Number(process.env.SYNC_HISTORIES ?? 60);
const firstSeed = Number(process.env.SYNC_SEED ?? 1);
const steps = 30;

let server: SyncServer;
beforeAll(async () => {
  server = await startSyncServer();
});
afterAll(() => server.stop());

type Desk = { laptop: Laptop; network: FaultyNetwork; person: Person; damaged: Set<string> };
type World = { random: () => number; people: [Person, Person]; desks: Desk[]; batchId: string };

async function openWorld(seed: number): Promise<World> {
  const random = randomFrom(seed);
  const batch = await seedBatch(server, 5);
  const people: World['people'] = [await server.person(), await server.person()];
  for (const person of people) {
    await seedAssignments(server, batch, person);
    await server.connection.db.transaction((tx) =>
      appendFeed(tx, person.id, [{ type: 'batch-assigned', batchId: batch.batchId }]),
    );
  }
  const open = (person: Person): Desk => {
    const network = new FaultyNetwork(server.url, person, random);
    // Ids differ from run to run, so that a seed can be told again on the same database.
    const laptop = new Laptop(network.transport, () => freshId(randomBytes(10)));
    return { laptop, network, person, damaged: new Set() };
  };
  return {
    random,
    people,
    desks: [open(people[0]), open(people[0]), open(people[1])],
    batchId: batch.batchId,
  };
}

function randomBody(random: () => number): AnnotationBody {
  const score = () => 1 + Math.floor(random() * 5);
  const words = ['dose', 'Niereninsuffizienz', 'حساسية', '高钾血症', '🩺', '"\\\n\t', ''];
  const word = () => words[Math.floor(random() * words.length)] ?? '';
  return {
    ...emptyAnnotation(),
    ratings: { a: { accuracy: score() }, b: { accuracy: score(), safety: score() } },
    preference: 0,
    reasoning: { evidence: word(), alternatives: word(), conclusion: `${word()} ${random()}` },
    laterField: { nested: [random(), word(), null] },
  };
}

const oneOf = <T>(random: () => number, list: readonly T[]): T | undefined =>
  list[Math.floor(random() * list.length)];

async function step({ random, desks, batchId }: World): Promise<void> {
  const desk = oneOf(random, desks);
  if (!desk) return;
  const { laptop } = desk;
  const dice = random();
  if (dice < 0.5) {
    const assignmentId = oneOf(random, laptop.content.order(batchId as never));
    const state = oneOf(random, revisionStates) ?? 'draft';
    if (assignmentId) await laptop.save(assignmentId, randomBody(random), state);
  } else if (dice < 0.54) {
    const damaged = laptop.damageNewest((mutation) => ({ ...mutation, madeAt: 'no time' }));
    if (damaged) desk.damaged.add(damaged.revisionId);
  } else if (dice < 0.6) laptop.restart();
  else if (dice < 0.85) await laptop.trySync();
  else await Promise.all(desks.map((each) => each.laptop.trySync()));
}

/** The network is whole again, and every laptop syncs until nothing waits. */
async function comeToRest({ desks }: World): Promise<void> {
  for (const desk of desks) desk.network.rate = 0;
  for (let round = 0; round < 3; round++)
    for (const { laptop } of desks) expect(await laptop.trySync()).toBe(true);
  for (const { laptop } of desks) expect(laptop.sync.waiting()).toBe(0);
}

type RevisionRow = {
  id: string;
  assignment_id: string;
  user_id: string;
  owner_id: string;
  client_user_id: string;
  base_revision_id: string | null;
  state: 'draft' | 'submitted' | 'skipped';
  body: string;
  body_hash: string;
  diverged: boolean;
  head_id: string;
};

async function revisionsOf(batchId: string): Promise<RevisionRow[]> {
  const { rows } = await server.connection.pool.query(
    `SELECT r.*, a.user_id AS owner_id, c.user_id AS client_user_id, a.latest_revision_id AS head_id
     FROM annotation_revisions r JOIN assignments a ON a.id = r.assignment_id JOIN clients c ON c.id = r.client_id
     WHERE a.batch_id = $1 ORDER BY r.ordinal`,
    [batchId],
  );
  return rows as RevisionRow[];
}

/** Every change of every laptop is at the server once and unaltered, or kept raw where it could not be read. */
function expectEveryChangeOnce(world: World, revisions: RevisionRow[]): void {
  const stored = new Map(revisions.map((row) => [row.id, row]));
  const expected = new Set<string>();
  for (const { laptop, damaged } of world.desks)
    for (const [key, { mutation }] of laptop.log.mutations()) {
      const { verdict, movedTo, problem } = laptop.log.progress(key);
      expect(problem).toBeNull();
      if (movedTo !== null) continue;
      const isDamaged = damaged.has(mutation.revisionId);
      expect(verdict?.status).toBe(isDamaged ? 'quarantined' : 'accepted');
      expect(verdict?.receipt).toMatchObject({
        seq: mutation.seq,
        bodyHash: mutation.bodyHash,
        revisionId: mutation.revisionId,
      });
      if (isDamaged) continue;
      expected.add(mutation.revisionId);
      expect(stored.get(mutation.revisionId)).toMatchObject({
        body: canonicalJson(mutation.body),
        body_hash: mutation.bodyHash,
      });
    }
  expect(new Set(stored.keys())).toEqual(expected);
}

async function expectQuarantineKept({ desks }: World): Promise<void> {
  for (const { laptop, damaged } of desks)
    for (const revisionId of damaged) {
      const { rows } = await server.connection.pool.query(
        `SELECT convert_from(raw, 'UTF8') AS raw FROM mutation_log WHERE verdict->'receipt'->>'revisionId' = $1`,
        [revisionId],
      );
      const made = laptop.log.mutations().find(([, value]) => value.mutation.revisionId === revisionId);
      // A damaged draft that a newer one replaced before it left was never sent.
      expect(rows.map((row) => JSON.parse(row.raw))).toEqual(made ? [made[1].mutation] : []);
    }
}

/** Rule S10 in its own words, so that a mistake in the shared decision shows. */
function expectHeads(revisions: RevisionRow[]): void {
  for (const rows of Map.groupBy(revisions, (row) => row.assignment_id).values()) {
    let head: RevisionRow | undefined;
    for (const row of rows) {
      const standsOnHead: boolean = head === undefined || row.base_revision_id === head.id;
      expect(row.diverged).toBe(!standsOnHead);
      if (standsOnHead || (head?.state === 'draft' && row.state !== 'draft')) head = row;
    }
    expect(head?.head_id).toBe(head?.id);
  }
}

/** Every client's log has every seq once, and nothing ever met another body under its seq. */
async function expectLogsWhole({ people }: World): Promise<void> {
  const ids = people.map((person) => person.id);
  const logs = await server.connection.pool.query(
    `SELECT c.id, c.last_seq::int AS last, count(l.seq)::int AS n, coalesce(max(l.seq), 0)::int AS highest
     FROM clients c LEFT JOIN mutation_log l ON l.client_id = c.id WHERE c.user_id = ANY ($1) GROUP BY c.id`,
    [ids],
  );
  for (const { last, n, highest } of logs.rows) expect([n, highest]).toEqual([last, last]);
  const conflicts = await server.connection.pool.query(
    'SELECT 1 FROM mutation_conflicts m JOIN clients c ON c.id = m.client_id WHERE c.user_id = ANY ($1)',
    [ids],
  );
  expect(conflicts.rowCount).toBe(0);
}

async function expectFeedWhole(person: Person, revisions: RevisionRow[]): Promise<void> {
  const seen: number[] = [];
  const inFeed: string[] = [];
  for (;;) {
    const after = seen.at(-1) ?? 0;
    const { events, head } = await person.call(syncChanges, { query: { after, limit: 500 } });
    seen.push(...events.map((event) => event.n));
    inFeed.push(...events.flatMap((event) => (event.type === 'revision' ? [event.revisionId] : [])));
    if ((seen.at(-1) ?? 0) >= head) break;
  }
  expect(seen).toEqual(seen.map((_, i) => i + 1));
  for (const { id, user_id } of revisions)
    expect(inFeed.filter((one) => one === id)).toHaveLength(user_id === person.id ? 1 : 0);
}

async function expectDigests({ desks }: World): Promise<void> {
  for (const { laptop, person } of desks) {
    const { clientId } = laptop.sync.identity();
    const theirs = await person.call(syncDigest, { params: { clientId } });
    expect({ count: theirs.count, digest: theirs.digest }).toEqual(laptop.sync.digest());
  }
}

describe('randomized histories', () => {
  const happened = new Map<string, number>();

  it.each(Array.from({ length: histories }, (_, i) => firstSeed + i))(
    '[S3] [S4] [S6] [S7] [S9] [S10] [S15] [S20] three laptops of two physicians over a bad network, seed %i',
    async (seed) => {
      const world = await openWorld(seed);
      for (const { laptop } of world.desks) while (!(await laptop.trySync())) laptop.restart();
      for (let i = 0; i < steps; i++) await step(world);
      await comeToRest(world);
      for (const { network } of world.desks)
        for (const [fault, times] of network.happened)
          happened.set(fault, (happened.get(fault) ?? 0) + times);
      const revisions = await revisionsOf(world.batchId);
      expectEveryChangeOnce(world, revisions);
      await expectQuarantineKept(world);
      expectHeads(revisions);
      await expectLogsWhole(world);
      for (const { user_id, owner_id, client_user_id } of revisions)
        expect([owner_id, client_user_id]).toEqual([user_id, user_id]);
      for (const person of world.people) await expectFeedWhole(person, revisions);
      await expectDigests(world);
    },
  );

  it('met every fault, and the audit chain of all of it verifies', async () => {
    // A few chosen histories need not meet all of them.
    if (histories >= 20) expect([...happened.keys()].sort()).toEqual([...faults].sort());
    const report = await verifyAudit({
      db: server.connection.db,
      actor: systemActor,
      clock: () => new Date(),
    });
    expect(report.firstBreak).toBeNull();
    expect(report.events).toBeGreaterThan(histories);
  });
});
