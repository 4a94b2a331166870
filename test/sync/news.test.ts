import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from '../../shared/contract/reviews.ts';
import { changeStudySettings, publishGuidelines } from '../../shared/contract/studies.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { BatchId, StudyId } from '../../shared/schema/ids.ts';
import { bodyWith } from '../contract/sample-work.ts';
import { makeStudy } from '../support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';
import { FaultyNetwork } from './faulty-network.ts';
import { Laptop } from './laptop.ts';
import { freshId } from './sync-server.ts';

let server: TestServer;
let lead: TestPerson;
let qa: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
  qa = await server.person({ roles: ['qa'] });
});
afterAll(() => server?.stop());

/** The workstation's own sync code against the real server, over a network that loses nothing. */
async function desk(): Promise<{ person: TestPerson; laptop: Laptop; sync: () => Promise<void> }> {
  const person = await server.person({ roles: ['physician'] });
  const network = new FaultyNetwork(server.url, { token: person.token } as never, () => 1);
  const laptop = new Laptop(network.transport, () => freshId(randomBytes(10)));
  const sync = async () => {
    if (!(await laptop.trySync())) throw new Error('the sync failed');
  };
  return { person, laptop, sync };
}

async function assign(
  studyId: StudyId,
  kind: 'work' | 'practice',
  size: number,
  to: TestPerson,
): Promise<BatchId> {
  const body = { name: `${kind} of ${size}`, kind, size };
  const { batch } = await lead.call(createBatch, { params: { studyId }, body });
  await lead.call(assignBatch, {
    params: { batchId: batch.id },
    body: { physicianIds: [to.user.id] },
  });
  return batch.id;
}

const preferring = (preference: AnnotationBody['preference']): AnnotationBody => ({
  ...bodyWith('because'),
  preference,
});

it('[S24][S25] keeps real work behind the practice until the server says it is passed', async () => {
  const { person, laptop, sync } = await desk();
  const study = await makeStudy(server, 3, undefined, 1);
  await lead.call(changeStudySettings, {
    params: { studyId: study.id },
    body: { qualification: { required: true, passShare: 1 }, calibrationEvery: null },
  });
  const practiceId = await assign(study.id, 'practice', 1, person);
  const workId = await assign(study.id, 'work', 2, person);
  await sync();
  expect([laptop.content.batch(workId)?.gate, laptop.content.order(workId)]).toEqual(['practice-first', []]);
  const [id] = laptop.content.order(practiceId);
  if (!id) throw new Error('the practice is not here');
  expect(laptop.log.feedbackOn(id)).toBeNull();
  await laptop.save(id, preferring(3), 'submitted');
  await sync();
  const told = laptop.log.feedbackOn(id);
  expect(told).toMatchObject({ kind: 'practice', batchId: practiceId, seen: false });
  const agreed = (told?.answer.preference ?? 0) > 0;
  expect(laptop.content.batch(practiceId)?.practice).toMatchObject({ answered: 1, passed: agreed });
  expect(laptop.content.order(workId)).toHaveLength(agreed ? 2 : 0);
});

it('[S23][S26] brings returns, new guidelines and locks, and takes what answers a return', async () => {
  const { person, laptop, sync } = await desk();
  const study = await makeStudy(server, 1);
  const batchId = await assign(study.id, 'work', 1, person);
  await sync();
  const [id] = laptop.content.order(batchId);
  if (!id) throw new Error('the batch is not here');
  await laptop.save(id, preferring(2), 'submitted');
  await sync();
  const { comparisons } = await qa.call(readBatchReview, { params: { batchId }, query: {} });
  const [first] = comparisons;
  if (!first) throw new Error('nothing to review');
  const params = { batchId, comparisonId: first.comparisonId };
  const read = async () => (await qa.call(readComparisonReview, { params })).annotations[0];
  const revisionId = (await read())?.revisionId ?? '';
  await qa.call(returnAnnotation, { params, body: { revisionId, comment: 'Why so sure?' } });
  await sync();
  expect(laptop.log.returnOf(id)).toMatchObject({ revisionId, comment: 'Why so sure?', answered: false });
  await laptop.save(id, preferring(1), 'submitted');
  await sync();
  expect(laptop.log.returnOf(id)?.answered).toBe(true);
  expect((await read())?.returned?.answered).toBe(true);

  const studyParams = { studyId: study.id };
  const { version } = await lead.call(publishGuidelines, { params: studyParams, body: { markdown: 'New.' } });
  await lead.call(lockBatch, { params: { batchId }, body: { locked: true } });
  await sync();
  expect(laptop.content.batch(batchId)).toMatchObject({
    locked: true,
    guidelines: { version, markdown: 'New.' },
  });
  await laptop.save(id, preferring(0), 'submitted');
  await sync();
  const verdicts = laptop.log.mutations().map(([key]) => laptop.log.progress(key).verdict?.status);
  expect(verdicts).toEqual(['accepted', 'accepted', 'late']);
});
