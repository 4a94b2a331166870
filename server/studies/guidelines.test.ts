import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignBatch, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import * as contract from '../../shared/contract/studies.ts';
import { syncBatch, syncChanges } from '../../shared/contract/sync.ts';
import type { BatchId } from '../../shared/schema/ids.ts';
import { makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents } from '../db/schema.ts';

let server: TestServer;
let lead: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server?.stop());

async function assigned(physician: TestPerson) {
  const study = await makeStudy(server, 2);
  const params = { studyId: study.id };
  const batches: BatchId[] = [];
  for (const name of ['First', 'Second']) {
    const { batch } = await lead.call(createBatch, { params, body: { name, size: 1 } });
    const body = { physicianIds: [physician.user.id] };
    await lead.call(assignBatch, { params: { batchId: batch.id }, body });
    batches.push(batch.id);
  }
  const [first, second] = batches as [BatchId, BatchId];
  return { study, params, first, second };
}
const publish = (params: { studyId: string }, markdown: string) =>
  lead.call(contract.publishGuidelines, { params, body: { markdown } });
const guidelinesOf = async (physician: TestPerson, batchId: BatchId) =>
  (await physician.call(syncBatch, { params: { batchId } })).batch.guidelines;
const changed = async (physician: TestPerson) =>
  (await physician.call(syncChanges, { query: { after: 0 } })).events.flatMap((event) =>
    event.type === 'batch-changed' ? [event.batchId] : [],
  );
const eventsOf = async (subject: string) => {
  const rows = await server.db.select().from(auditEvents).where(eq(auditEvents.subject, subject));
  return rows.map(({ action, actorId, detail }) => ({ action, actorId, detail }));
};

describe('guidelines', () => {
  it('go in a new version to every batch that is not locked, and to whoever works there', async () => {
    const physician = await server.person({ roles: ['physician'] });
    const { study, params, first, second } = await assigned(physician);
    expect((await lead.call(contract.readGuidelines, { params })).guidelines).toBeNull();
    expect(study.guidelinesVersion).toBeNull();
    expect(await publish(params, '# One')).toEqual({ version: 1, batches: 2 });
    await lead.call(lockBatch, { params: { batchId: second }, body: { locked: true } });
    expect(await publish(params, '# Two')).toEqual({ version: 2, batches: 1 });
    expect(await guidelinesOf(physician, first)).toEqual({ version: 2, markdown: '# Two' });
    expect(await guidelinesOf(physician, second)).toEqual({ version: 1, markdown: '# One' });
    expect((await changed(physician)).sort()).toEqual([first, first, second, second].sort());
    expect(await lead.call(contract.readGuidelines, { params })).toEqual({
      guidelines: { version: 2, markdown: '# Two' },
    });
    expect((await lead.call(contract.readStudy, { params })).study.guidelinesVersion).toBe(2);
    expect(await eventsOf(study.id)).toContainEqual({
      action: 'guidelines-published',
      actorId: lead.user.id,
      detail: { version: 2, batches: [first] },
    });
    await lead.call(lockBatch, { params: { batchId: second }, body: { locked: false } });
    expect(await guidelinesOf(physician, second)).toEqual({ version: 2, markdown: '# Two' });
  });

  it('are no new version when the text is the same, and never empty', async () => {
    const physician = await server.person({ roles: ['physician'] });
    const { params } = await assigned(physician);
    await publish(params, 'Same');
    const before = await changed(physician);
    expect(await publish(params, 'Same')).toEqual({ version: 1, batches: 0 });
    await expect(publish(params, ' \n ')).rejects.toMatchObject({ code: 'bad-request' });
    expect(await changed(physician)).toEqual(before);
  });

  it('get every number once when several are published at the same moment', async () => {
    const study = await makeStudy(server, 1);
    const params = { studyId: study.id };
    const done = await Promise.all([1, 2, 3, 4].map((n) => publish(params, `Text ${n}`)));
    expect(done.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
  });

  it('of a study that is not there are not found', async () => {
    const params = { studyId: randomUUID() };
    await expect(publish(params, 'x')).rejects.toMatchObject({ code: 'not-found' });
    await expect(lead.call(contract.readGuidelines, { params })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('settings', () => {
  it('start as off, are changed whole, and leave both sides on the audit trail', async () => {
    const study = await makeStudy(server, 1);
    const off = { qualification: { required: false, passShare: 0.8 }, calibrationEvery: null };
    expect(study.settings).toEqual(off);
    const body = { qualification: { required: true, passShare: 0.6 }, calibrationEvery: 10 };
    const params = { studyId: study.id };
    const done = await lead.call(contract.changeStudySettings, { params, body });
    expect(done.study.settings).toEqual(body);
    expect(await eventsOf(study.id)).toContainEqual({
      action: 'study-settings-changed',
      actorId: lead.user.id,
      detail: { from: off, to: body },
    });
  });
});
