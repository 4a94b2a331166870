import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readBatchReview, readComparisonReview } from '../../shared/contract/reviews.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import { bodyWith } from '../contract/sample-work.ts';
import { FaultyNetwork } from './faulty-network.ts';
import { Laptop } from './laptop.ts';
import {
  freshId,
  type Person,
  rowsOf,
  type SyncServer,
  seedAssignments,
  seedBatch,
  startSyncServer,
} from './sync-server.ts';

let server: SyncServer;
beforeAll(async () => {
  server = await startSyncServer();
});
afterAll(() => server?.stop());

/** Two laptops of one physician with the same case, as both are after their download. */
async function twoLaptops() {
  const person = await server.person();
  const batch = await seedBatch(server, 1);
  const [id = ''] = await seedAssignments(server, batch, person);
  await server.connection.pool.query(`INSERT INTO feed_heads (user_id, head) VALUES ($1, 1)`, [person.id]);
  await server.connection.pool.query(
    `INSERT INTO feed (user_id, n, type, batch_id) VALUES ($1, 1, 'batch-assigned', $2)`,
    [person.id, batch.batchId],
  );
  const [ward, home] = [startLaptop(person), startLaptop(person)];
  await ward.sync();
  await home.sync();
  return { batchId: batch.batchId as BatchId, id: id as AssignmentId, ward, home };
}

function startLaptop(person: Person) {
  const network = new FaultyNetwork(server.url, person, () => 1);
  const laptop = new Laptop(network.transport, () => freshId(randomBytes(10)));
  return {
    laptop,
    sync: async () => {
      if (!(await laptop.trySync())) throw new Error('the sync failed');
    },
  };
}

const headOf = async (id: string) =>
  (await rowsOf(server, 'assignments')).find((row) => row.id === id)?.latest_revision_id;
const revisionsOf = async (id: string) =>
  (await rowsOf(server, 'annotation_revisions')).filter((row) => row.assignment_id === id);

it('[S10][S30] two laptops meet without loss; the choice of one is the head, on both and for the reviewer', async () => {
  const { batchId, id, ward, home } = await twoLaptops();
  await ward.laptop.save(id, bodyWith('on the ward'), 'submitted');
  await home.laptop.save(id, bodyWith('at home'), 'submitted');
  await ward.sync();
  await home.sync();
  await ward.sync();
  const [own, other] = [home.laptop.log.head(id)?.revisionId, home.laptop.log.head(id)?.other];
  expect(other).toBe(ward.laptop.log.head(id)?.revisionId);
  expect(ward.laptop.log.head(id)?.other).toBe(own);
  expect(home.laptop.log.revision(other ?? '')).toMatchObject({ device: 'ward' });

  const resolutions = [
    { revisions: [own, other] as RevisionId[], kept: 'own' as const, at: new Date().toISOString() },
  ];
  const choice: AnnotationBody = { ...bodyWith('at home'), resolutions };
  await home.laptop.save(id, choice, 'submitted');
  await home.sync();
  await ward.sync();
  const chosen = home.laptop.log.head(id)?.revisionId;
  expect(await headOf(id)).toBe(chosen);
  for (const { laptop } of [ward, home])
    expect(laptop.log.head(id)).toMatchObject({ revisionId: chosen, other: null });

  const revisions = await revisionsOf(id);
  expect(revisions.map(({ diverged }) => diverged)).toEqual([false, true, false]);
  const qa = await server.person(['qa']);
  const params = { params: { batchId } };
  const { comparisons } = await qa.call(readBatchReview, { ...params, query: {} });
  const comparisonId = comparisons[0]?.comparisonId;
  if (!comparisonId) throw new Error('nothing to review');
  const review = await qa.call(readComparisonReview, { params: { batchId, comparisonId } });
  expect(review.annotations).toMatchObject([
    { revisionId: chosen, diverged: false, divergedRevisions: 1, body: { resolutions: [{ kept: 'own' }] } },
  ]);
});
