import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assignBatch,
  batchProgress,
  createBatch,
  lockBatch,
  recallAssignments,
} from '../../shared/contract/batches.ts';
import { syncBatchPage, syncChanges } from '../../shared/contract/sync.ts';
import type { BatchId } from '../../shared/schema/ids.ts';
import { startLaptop } from '../../test/support/annotate.ts';
import { makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents } from '../db/schema.ts';

const size = 12;

let server: TestServer;
let lead: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server?.stop());

/** A batch of twelve cases that is all Ada's; one is submitted, one begun. */
async function adasBatch(kind: 'work' | 'practice' = 'work') {
  const [ada, ben] = [
    await server.person({ roles: ['physician'], name: 'Ada' }),
    await server.person({ roles: ['physician'], name: 'Ben' }),
  ];
  const study = await makeStudy(server, size, undefined, kind === 'practice' ? size : 0);
  const { batch } = await lead.call(createBatch, {
    params: { studyId: study.id },
    body: { name: 'Batch 1', size, kind },
  });
  await lead.call(assignBatch, {
    params: { batchId: batch.id },
    body: { physicianIds: [ada.user.id] },
  });
  const laptop = await startLaptop(ada);
  const cases = await laptop.assignments(batch.id);
  const idOf = (n: number) => cases[n]?.id ?? '';
  await laptop.save(idOf(0), 'submitted', {});
  await laptop.save(idOf(1), 'draft', {});
  const recall = (over: Partial<{ toId: TestPerson; untouchedOnly: boolean; reason: string }> = {}) =>
    lead.call(recallAssignments, {
      params: { batchId: batch.id },
      body: { ...over, fromId: ada.user.id, toId: over.toId?.user.id ?? null },
    });
  return { ada, ben, batchId: batch.id, studyId: study.id, laptop, cases, idOf, recall };
}

const pageOf = async (person: TestPerson, batchId: BatchId) =>
  (await person.call(syncBatchPage, { params: { batchId }, query: { limit: 200 } })).assignments;
const newsOf = async (person: TestPerson) =>
  (await person.call(syncChanges, { query: { after: 0 } })).events.filter(({ type }) => type !== 'revision');

describe('taking work back', () => {
  it('takes what is not finished, tells the physician, and leaves what is finished', async () => {
    const { ada, batchId, cases, recall } = await adasBatch();
    const done = await recall({ reason: 'On leave.' });
    expect(done).toMatchObject({ recalled: size - 1, begun: 1, given: 0, left: 0 });
    const ids = cases.slice(1).map(({ id }) => id);
    expect((await newsOf(ada)).at(-1)).toMatchObject({
      ...{ type: 'assignments-recalled', batchId, reason: 'On leave.' },
      assignmentIds: ids,
    });
    const page = await pageOf(ada, batchId);
    expect(page.map(({ recalled }) => recalled)).toEqual([false, ...ids.map(() => true)]);
    const { physicians } = await lead.call(batchProgress, { params: { batchId } });
    expect(physicians).toMatchObject([{ assigned: 1, submitted: 1, drafts: 0 }]);
  });

  it('can leave what was begun', async () => {
    const { ada, batchId, idOf, recall } = await adasBatch();
    expect(await recall({ untouchedOnly: true })).toMatchObject({ recalled: size - 2, begun: 0, left: 1 });
    const begun = (await pageOf(ada, batchId)).find(({ id }) => id === idOf(1));
    expect(begun?.recalled).toBe(false);
  });

  it('[S12] keeps what arrives later, marked late', async () => {
    const { idOf, laptop, recall } = await adasBatch();
    await recall();
    await laptop.save(idOf(2), 'submitted', {
      reasoning: { evidence: '', alternatives: '', conclusion: 'late' },
    });
    const { rows } = await server.db.execute(
      `select late from annotation_revisions where assignment_id = '${idOf(2)}'`,
    );
    expect(rows).toEqual([{ late: true }]);
  });

  it('frees the places for somebody else, and for nobody twice', async () => {
    const { ada, ben, batchId, recall } = await adasBatch();
    await recall();
    const assign = (person: TestPerson) =>
      lead.call(assignBatch, { params: { batchId }, body: { physicianIds: [person.user.id] } });
    await expect(assign(ada)).rejects.toMatchObject({ code: 'too-few-physicians' });
    expect(await assign(ben)).toMatchObject({ assignments: size - 1 });
  });
});

describe('giving it to somebody else', () => {
  it('uses ids of its own and a left and right order drawn anew, balanced', async () => {
    const { ada, ben, batchId, cases, recall } = await adasBatch();
    expect(await recall({ toId: ben })).toMatchObject({ recalled: size - 1, given: size - 1 });
    const his = await pageOf(ben, batchId);
    expect(his.map(({ title }) => title)).toEqual(cases.slice(1).map(({ title }) => title));
    const hers = new Set(cases.map(({ id }) => id as string));
    expect(his.filter(({ id }) => hers.has(id))).toEqual([]);
    const { rows } = await server.db.execute<{ swapped: boolean }>(
      `select swapped from assignments where user_id = '${ben.user.id}' and batch_id = '${batchId}'`,
    );
    const turned = rows.filter(({ swapped }) => swapped).length;
    expect([Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]).toContain(turned);
    expect((await newsOf(ben)).at(-1)).toMatchObject({ type: 'batch-assigned', batchId });
    expect(JSON.stringify(await newsOf(ben))).not.toContain(ada.user.id);
  });

  it('leaves with the first what the other one has or had already', async () => {
    const { ada, ben, batchId, recall } = await adasBatch();
    await recall({ toId: ben, untouchedOnly: true });
    const back = lead.call(recallAssignments, {
      params: { batchId },
      body: { fromId: ben.user.id, toId: ada.user.id },
    });
    await expect(back).rejects.toMatchObject({ code: 'nothing-to-recall' });
    expect((await pageOf(ben, batchId)).every(({ recalled }) => !recalled)).toBe(true);
  });

  it('is written to the audit trail with who, whom and what', async () => {
    const { ada, ben, batchId, recall } = await adasBatch();
    await recall({ toId: ben });
    const events = await server.db.select().from(auditEvents);
    const entry = events.find(
      ({ action, subject }) => action === 'assignments-reassigned' && subject.endsWith(batchId),
    );
    expect(entry).toMatchObject({ actorId: lead.user.id, detail: { from: ada.user.id, to: ben.user.id } });
    expect(Object(entry?.detail).assignmentIds).toHaveLength(size - 1);
  });

  it('is one effect however many leads ask at once', async () => {
    const { ben, batchId, recall } = await adasBatch();
    const all = await Promise.allSettled([
      recall({ toId: ben }),
      recall({ toId: ben }),
      recall({ toId: ben }),
    ]);
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await pageOf(ben, batchId)).toHaveLength(size - 1);
  });

  it('is refused in words for a locked batch, for practice, and for the same person', async () => {
    const { ada, ben, batchId, recall } = await adasBatch();
    await expect(recall({ toId: ada })).rejects.toThrow('the same physician twice');
    await expect(recall({ toId: lead })).rejects.toThrow('Not an active physician');
    await lead.call(lockBatch, { params: { batchId }, body: { locked: true } });
    await expect(recall({ toId: ben })).rejects.toThrow('is locked');
    const practice = await adasBatch('practice');
    await expect(practice.recall({ toId: practice.ben })).rejects.toThrow('Practice is given to everybody');
  });
});
