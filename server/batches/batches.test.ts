import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as contract from '../../shared/contract/batches.ts';
import { syncBatch, syncChanges } from '../../shared/contract/sync.ts';
import { listPeople } from '../../shared/contract/users.ts';
import { AppError } from '../../shared/errors.ts';
import type { BatchId, StudyId, UserId } from '../../shared/schema/ids.ts';
import { startLaptop } from '../../test/support/annotate.ts';
import { makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';

let server: TestServer;
let lead: TestPerson;
let physicians: TestPerson[];
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
  physicians = [];
  for (const name of ['Ada', 'Ben', 'Cleo'])
    physicians.push(await server.person({ roles: ['physician'], name }));
});
afterAll(() => server?.stop());

const create = async (studyId: StudyId, body: { name: string; size: number } & Record<string, unknown>) =>
  (await lead.call(contract.createBatch, { params: { studyId }, body })).batch;
const assign = (batchId: BatchId, people: readonly TestPerson[]) =>
  lead.call(contract.assignBatch, {
    params: { batchId },
    body: { physicianIds: people.map((person) => person.user.id) },
  });
const failure = async (promise: Promise<unknown>): Promise<AppError> => {
  const error = await promise.catch((cause: unknown) => cause);
  if (error instanceof AppError) return error;
  throw new Error(`no AppError: ${String(error)}`);
};
const itemsOf = async (batchId: BatchId) => {
  const { rows } = await server.db.execute<{
    title: string;
    position: number;
    comparison: string;
    kase: string;
  }>(sql`
    select k.title, i.position, i.comparison_id as comparison, c.case_id as kase from batch_items i
    join comparisons c on c.id = i.comparison_id join cases k on k.id = c.case_id
    where i.batch_id = ${batchId} order by i.position`);
  return rows;
};
type StoredAssignment = { user_id: UserId; comparison_id: string; position: number; swapped: boolean };
const assignmentsOf = async (batchId: BatchId) =>
  (
    await server.db.execute<StoredAssignment>(
      sql`select * from assignments where batch_id = ${batchId} order by user_id, position`,
    )
  ).rows;
const auditOf = async (batchId: BatchId, action: string) =>
  (
    await server.db.execute<{ detail: Record<string, unknown> }>(
      sql`select detail from audit_events where subject = ${`batch:${batchId}`} and action = ${action}`,
    )
  ).rows;

describe('createBatch', () => {
  it('takes what is in no batch yet, in order of import', async () => {
    const study = await makeStudy(server, 5);
    const first = await create(study.id, { name: 'First', size: 3 });
    expect(first).toMatchObject({
      comparisons: 3,
      overlap: 1,
      assigned: 0,
      rubricVersion: 1,
      deadline: null,
    });
    expect((await itemsOf(first.id)).map(({ title, position }) => `${position} ${title}`)).toEqual([
      '0 Case 0',
      '1 Case 1',
      '2 Case 2',
    ]);
    const second = await create(study.id, { name: 'Second', size: 100, deadline: '2027-01-31' });
    expect(second).toMatchObject({ comparisons: 2, deadline: '2027-01-31' });
    const error = await failure(create(study.id, { name: 'Third', size: 1 }));
    expect(error.code).toBe('nothing-to-assign');
    expect(error.message).toBe(
      'All 5 comparisons of the study are in batches already or hold the same text twice. Import more cases first.',
    );
  });

  it('never puts a comparison of the same text with itself before a physician', async () => {
    const study = await makeStudy(server, 3);
    await server.db.execute(sql`
      update comparisons set identical = true where id in (
        select id from comparisons where study_id = ${study.id} order by ordinal limit 1)`);
    expect((await create(study.id, { name: 'Two left', size: 9 })).comparisons).toBe(2);
    expect((await failure(create(study.id, { name: 'None left', size: 1 }))).code).toBe('nothing-to-assign');
  });

  it('takes one specialty only, and says what else is free when none is left', async () => {
    const study = await makeStudy(server, 4);
    const batch = await create(study.id, { name: 'Hearts', size: 10, specialty: 'Cardiology' });
    expect((await itemsOf(batch.id)).map(({ title }) => title)).toEqual(['Case 0', 'Case 2']);
    const error = await failure(create(study.id, { name: 'More', size: 1, specialty: 'Cardiology' }));
    expect(error.message).toContain(
      'No comparison of the specialty "Cardiology" is left for a new batch. Still free: Nephrology (2).',
    );
  });

  it('shuffles by a seed that the audit trail keeps', async () => {
    const study = await makeStudy(server, 30);
    const batch = await create(study.id, { name: 'Shuffled', size: 30, order: 'random' });
    const items = await itemsOf(batch.id);
    expect(items.map(({ position }) => position)).toEqual(items.map((_, i) => i));
    expect(items.map(({ title }) => title)).not.toEqual(items.map((_, i) => `Case ${i}`));
    const [event] = await auditOf(batch.id, 'batch-created');
    const { rows } = await server.db.execute<{ id: string }>(sql`
      select id from comparisons where study_id = ${study.id} order by md5(${String(event?.detail.seed)}::text || id::text)`);
    expect(items.map(({ comparison }) => comparison)).toEqual(rows.map(({ id }) => id));
  });

  it('takes at most one comparison of each case when asked', async () => {
    const study = await makeStudy(server, 2);
    await server.db.execute(sql`
      insert into comparisons (id, study_id, case_id, response_one_id, response_two_id)
      select gen_random_uuid(), study_id, case_id, response_two_id, response_one_id from comparisons where study_id = ${study.id}`);
    for (const order of ['import', 'random']) {
      const batch = await create(study.id, { name: `One each, ${order}`, size: 4, onePerCase: true, order });
      const items = await itemsOf(batch.id);
      expect(new Set(items.map(({ kase }) => kase)).size).toBe(2);
      expect(items).toHaveLength(2);
    }
  });

  it('refuses a name that is taken', async () => {
    const study = await makeStudy(server, 2);
    await create(study.id, { name: 'Twice', size: 1 });
    expect(await failure(create(study.id, { name: 'Twice', size: 1 }))).toMatchObject({ code: 'name-taken' });
  });

  it('puts no comparison into two batches made at once', async () => {
    const study = await makeStudy(server, 10);
    const made = await Promise.all(
      ['A', 'B', 'C'].map((name) => create(study.id, { name, size: 4 }).catch(() => null)),
    );
    const items = (await Promise.all(made.map((batch) => (batch ? itemsOf(batch.id) : [])))).flat();
    expect(items).toHaveLength(10);
    expect(new Set(items.map(({ comparison }) => comparison)).size).toBe(10);
  });
});

describe('assignBatch', () => {
  it('gives every comparison its physicians, balanced, and tells each of them once', async () => {
    const study = await makeStudy(server, 10);
    const batch = await create(study.id, { name: 'Both', size: 10, overlap: 2 });
    const done = await assign(batch.id, physicians);
    expect(done).toMatchObject({ assignments: 20, batch: { assigned: 20 } });
    expect(done.perPhysician.map((given) => given.assignments).sort()).toEqual([6, 7, 7]);
    const rows = await assignmentsOf(batch.id);
    for (const { user } of physicians) {
      const mine = rows.filter((row) => row.user_id === user.id);
      expect(mine.map((row) => row.position)).toEqual(mine.map((_, i) => i));
      expect(Math.abs(mine.length - 2 * mine.filter((row) => row.swapped).length)).toBeLessThanOrEqual(1);
    }
    for (const physician of physicians) {
      const { events } = await physician.call(syncChanges, { query: { after: 0 } });
      expect(
        events.filter((event) => event.type === 'batch-assigned' && event.batchId === batch.id),
      ).toHaveLength(1);
    }
    expect(await auditOf(batch.id, 'batch-assigned')).toHaveLength(1);
  });

  it('fills only what is missing when it runs again', async () => {
    const study = await makeStudy(server, 6);
    const batch = await create(study.id, { name: 'Again', size: 6, overlap: 2 });
    await assign(batch.id, physicians.slice(0, 2));
    const before = await assignmentsOf(batch.id);
    expect(await assign(batch.id, physicians)).toMatchObject({ assignments: 0, perPhysician: [] });
    expect(await assignmentsOf(batch.id)).toEqual(before);
    await server.db.execute(sql`
      update assignments set recalled_at = now(), recall_reason = 'test' where batch_id = ${batch.id} and user_id = ${physicians[0]?.user.id}`);
    const refilled = await assign(batch.id, physicians);
    expect(refilled.perPhysician).toMatchObject([{ userId: physicians[2]?.user.id, assignments: 6 }]);
    expect(await auditOf(batch.id, 'batch-assigned')).toHaveLength(2);
  });

  it('assigns nothing when the physicians are too few', async () => {
    const study = await makeStudy(server, 2);
    const batch = await create(study.id, { name: 'Three each', size: 2, overlap: 3 });
    const error = await failure(assign(batch.id, physicians.slice(0, 2)));
    expect(error.code).toBe('too-few-physicians');
    expect(error.message).toContain(
      'Each comparison of "Three each" needs 3 physicians, and of the 2 chosen too few are free',
    );
    expect(await assignmentsOf(batch.id)).toEqual([]);
  });

  it('assigns nothing to someone who is no physician', async () => {
    const study = await makeStudy(server, 2);
    const batch = await create(study.id, { name: 'Wrong', size: 2 });
    const error = await failure(assign(batch.id, [lead]));
    expect(error.message).toContain(`Not an active physician: ${lead.user.email}`);
  });

  it('settles when several leads assign crosswise at once', async () => {
    const study = await makeStudy(server, 24);
    const batches = [];
    for (let i = 0; i < 6; i++)
      batches.push(await create(study.id, { name: `Cross ${i}`, size: 4, overlap: 2 }));
    const done = await Promise.all(
      batches.map((batch, i) => assign(batch.id, i % 2 === 0 ? physicians : [...physicians].reverse())),
    );
    expect(done.map(({ assignments }) => assignments)).toEqual([8, 8, 8, 8, 8, 8]);
  });
});

describe('practice', () => {
  const practice = (studyId: StudyId, name: string, over: Record<string, unknown> = {}) =>
    create(studyId, { name, size: 9, kind: 'practice', ...over });

  it('takes only comparisons with a known answer that are in no batch, and work takes none of these', async () => {
    const study = await makeStudy(server, 5, undefined, 3);
    const work = await create(study.id, { name: 'Work', size: 1 });
    const made = await practice(study.id, 'Practice', { overlap: 3 });
    expect(made).toMatchObject({ kind: 'practice', comparisons: 2, overlap: 1 });
    expect((await itemsOf(made.id)).map(({ title }) => title)).toEqual(['Case 1', 'Case 2']);
    const rest = await create(study.id, { name: 'Rest', size: 9 });
    expect((await itemsOf(rest.id)).map(({ title }) => title)).toEqual(['Case 3', 'Case 4']);
    expect(work.kind).toBe('work');
  });

  it('says how many known answers there are when none is left', async () => {
    const bare = await makeStudy(server, 2);
    expect((await failure(practice(bare.id, 'P'))).message).toBe(
      'Practice needs comparisons with a known answer, and the study has none. Import cases with the field "expert" first.',
    );
    const study = await makeStudy(server, 4, undefined, 1);
    expect((await failure(practice(study.id, 'P', { specialty: 'Nephrology' }))).message).toBe(
      '1 comparison of the study has a known answer, 1 of them in no batch, but none of the specialty "Nephrology". Choose another specialty, or none.',
    );
    await practice(study.id, 'P');
    const error = await failure(practice(study.id, 'Q'));
    expect(error.code).toBe('nothing-to-assign');
    expect(error.message).toContain(
      '1 comparison of the study has a known answer, and all of them are in batches',
    );
  });

  it('is given whole to everybody, also to those who come later, half of it turned', async () => {
    const study = await makeStudy(server, 6, undefined, 6);
    const batch = await practice(study.id, 'All of it');
    const [ada, ben, cleo] = physicians as [TestPerson, TestPerson, TestPerson];
    const first = await assign(batch.id, [ada, ben]);
    expect(first).toMatchObject({ assignments: 12, batch: { overlap: 2, assigned: 12 } });
    const later = await assign(batch.id, [ada, cleo]);
    expect(later.perPhysician).toEqual([{ userId: cleo.user.id, name: 'Cleo', assignments: 6 }]);
    expect(later.batch).toMatchObject({ overlap: 3, assigned: 18 });
    for (const { user } of [ada, ben, cleo]) {
      const mine = (await assignmentsOf(batch.id)).filter((row) => row.user_id === user.id);
      expect(mine.map((row) => row.position)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(mine.filter((row) => row.swapped)).toHaveLength(3);
    }
  });

  it('is given to nobody twice after a recall', async () => {
    const study = await makeStudy(server, 2, undefined, 2);
    const batch = await practice(study.id, 'Recalled');
    const [ada] = physicians as [TestPerson];
    await assign(batch.id, [ada]);
    await server.db.execute(sql`
      update assignments set recalled_at = now() where batch_id = ${batch.id} and position = 0`);
    expect((await assign(batch.id, [ada])).assignments).toBe(0);
  });
});

describe('a lock', () => {
  const lock = (batchId: BatchId, locked: boolean) =>
    lead.call(contract.lockBatch, { params: { batchId }, body: { locked } });

  it('is told to everybody with work in the batch, and is on the audit trail once', async () => {
    const study = await makeStudy(server, 2);
    const batch = await create(study.id, { name: 'Locked', size: 2 });
    const [ada, ben] = physicians as [TestPerson, TestPerson];
    await assign(batch.id, [ada]);
    const changes = async (person: TestPerson) =>
      (await person.call(syncChanges, { query: { after: 0, limit: 500 } })).events.filter(
        (event) => event.type === 'batch-changed' && event.batchId === batch.id,
      ).length;
    expect((await lock(batch.id, true)).batch.lockedAt).toMatch(/^2\d{3}-/);
    await lock(batch.id, true);
    expect([await changes(ada), await changes(ben)]).toEqual([1, 0]);
    expect((await ada.call(syncBatch, { params: { batchId: batch.id } })).batch.locked).toBe(true);
    expect((await lock(batch.id, false)).batch.lockedAt).toBeNull();
    expect(await changes(ada)).toBe(2);
    expect(await auditOf(batch.id, 'batch-locked')).toHaveLength(1);
    expect(await auditOf(batch.id, 'batch-opened')).toHaveLength(1);
  });

  it('takes the batch off the desks of its physicians', async () => {
    const study = await makeStudy(server, 3);
    const batch = await create(study.id, { name: 'Off the desk', size: 3 });
    const physician = await server.person({ roles: ['physician'] });
    await assign(batch.id, [physician]);
    const openOf = async () =>
      (await lead.call(listPeople, { query: {} })).people.find(({ id }) => id === physician.user.id)
        ?.openAssignments;
    expect(await openOf()).toBe(3);
    await lock(batch.id, true);
    expect(await openOf()).toBe(0);
  });

  it('lets nothing more be assigned', async () => {
    const study = await makeStudy(server, 1);
    const batch = await create(study.id, { name: 'Shut', size: 1 });
    await lock(batch.id, true);
    const error = await failure(assign(batch.id, physicians));
    expect(error).toMatchObject({ code: 'nothing-to-assign', message: expect.stringContaining('is locked') });
  });
});

describe('progress', () => {
  it('counts what arrived, by physician and for the batch', async () => {
    const study = await makeStudy(server, 4);
    const batch = await create(study.id, { name: 'Progress', size: 4 });
    const [ada] = physicians as [TestPerson];
    await assign(batch.id, [ada]);
    const laptop = await startLaptop(ada);
    const mine = await laptop.assignments(batch.id);
    const ratings = Object.fromEntries(study.rubric.definition.dimensions.map(({ key }) => [key, 3]));
    const whole = { ratings: { a: ratings, b: ratings }, preference: 1 as const };
    await laptop.save(mine[0]?.id ?? '', 'submitted', { ...whole, time: { activeMs: 1000, wallMs: 9000 } });
    await laptop.save(mine[1]?.id ?? '', 'submitted', { ...whole, time: { activeMs: 3000, wallMs: 9000 } });
    await laptop.save(mine[2]?.id ?? '', 'draft', {});
    await laptop.save(mine[3]?.id ?? '', 'skipped', { skip: { reason: 'broken-case', note: '' } });
    const counts = { assigned: 4, drafts: 1, submitted: 2, skipped: 1 };
    const progress = await lead.call(contract.batchProgress, { params: { batchId: batch.id } });
    expect(progress.batch).toMatchObject(counts);
    expect(progress.physicians).toMatchObject([{ name: 'Ada', ...counts, medianActiveMs: 2000 }]);
    expect(progress.physicians[0]?.lastReceivedAt).not.toBeNull();
    const { batches } = await lead.call(contract.listBatches, { params: { studyId: study.id } });
    expect(batches).toEqual([progress.batch]);
  });
});

describe('who may', () => {
  it('lets only leads and administrators make and assign batches, and reviewers read them', async () => {
    const study = await makeStudy(server, 2);
    const batch = await create(study.id, { name: 'Roles', size: 1 });
    const qa = await server.person({ roles: ['qa'] });
    const [physician] = physicians as [TestPerson];
    const params = { studyId: study.id };
    const ids = { batchId: batch.id };
    for (const person of [qa, physician]) {
      expect(
        (await failure(person.call(contract.createBatch, { params, body: { name: 'x', size: 1 } }))).code,
      ).toBe('forbidden');
      expect(
        (
          await failure(
            person.call(contract.assignBatch, { params: ids, body: { physicianIds: [physician.user.id] } }),
          )
        ).code,
      ).toBe('forbidden');
    }
    expect((await failure(physician.call(contract.listBatches, { params }))).code).toBe('forbidden');
    expect((await failure(physician.call(contract.batchProgress, { params: ids }))).code).toBe('forbidden');
    expect((await qa.call(contract.listBatches, { params })).batches).toHaveLength(1);
    const missing = '00000000-0000-7000-8000-000000000000';
    expect((await failure(lead.call(contract.batchProgress, { params: { batchId: missing } }))).code).toBe(
      'not-found',
    );
    expect((await failure(lead.call(contract.listBatches, { params: { studyId: missing } }))).code).toBe(
      'not-found',
    );
  });
});
