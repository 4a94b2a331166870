import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignBatch, batchProgress, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import { exportRaw } from '../../shared/contract/exports.ts';
import { changeStudySettings, readStudy, type Study } from '../../shared/contract/studies.ts';
import { type FeedEvent, syncBatch, syncBatchPage, syncChanges } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { BatchId } from '../../shared/schema/ids.ts';
import { startLaptop, type TestLaptop } from '../support/annotate.ts';
import { canaries, makeStudy } from '../support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

let server: TestServer;
let lead: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
});
afterAll(() => server?.stop());

type Shown = { id: string; title: string; a: string; b: string };
type Desk = { person: TestPerson; laptop: TestLaptop };

async function desk(): Promise<Desk> {
  const person = await server.person({ roles: ['physician'] });
  return { person, laptop: await startLaptop(person) };
}

async function batchOf(
  study: Study,
  kind: 'work' | 'practice',
  size: number,
  people: Desk[],
): Promise<BatchId> {
  const { batch } = await lead.call(createBatch, {
    params: { studyId: study.id },
    body: { name: `${kind} of ${size}`, kind, size },
  });
  await lead.call(assignBatch, {
    params: { batchId: batch.id },
    body: { physicianIds: people.map(({ person }) => person.user.id) },
  });
  return batch.id;
}

const settings = (study: Study, over: { every?: number | null; required?: boolean; passShare?: number }) =>
  lead.call(changeStudySettings, {
    params: { studyId: study.id },
    body: {
      qualification: { required: over.required ?? false, passShare: over.passShare ?? 0.8 },
      calibrationEvery: over.every ?? null,
    },
  });

/** The first cases of a batch; a test that names a second one has made at least two. */
const firstTwo = async ({ laptop }: Desk, batchId: BatchId) =>
  (await laptop.assignments(batchId)) as unknown as [Shown, Shown];

const feedOf = async ({ person }: Desk, after = 0): Promise<FeedEvent[]> =>
  (await person.call(syncChanges, { query: { after, limit: 500 } })).events;
const feedbackOf = async (one: Desk) =>
  (await feedOf(one)).filter((event) => event.type === 'expert-feedback');
const headOf = async (one: Desk): Promise<number> => (await feedOf(one)).at(-1)?.n ?? 0;
const changedSince = async (one: Desk, n: number) =>
  (await feedOf(one, n)).flatMap((event) => (event.type === 'batch-changed' ? [event.batchId] : []));

/** The preference that agrees with experts, as this physician sees the case; the opposite when asked. */
const preferring = ({ a }: Shown, right = true): Partial<AnnotationBody> => ({
  preference: a.startsWith('Answer one') === right ? -2 : 2,
});
const batchSeenBy = async ({ person }: Desk, batchId: BatchId) =>
  (await person.call(syncBatch, { params: { batchId } })).batch;
const codeOf = async (call: Promise<unknown>) => {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  return error instanceof AppError ? error.code : 'no error';
};

describe('practice', () => {
  it('tells what experts said once the first submission is in, turned as this physician saw it', async () => {
    const study = await makeStudy(server, 6, undefined, 4);
    const one = await desk();
    const batchId = await batchOf(study, 'practice', 4, [one]);
    const cases = await one.laptop.assignments(batchId);
    expect(new Set(cases.map(({ a }) => a.startsWith('Answer one')))).toEqual(new Set([true, false]));
    for (const shown of cases) await one.laptop.save(shown.id, 'draft', preferring(shown));
    expect(await feedbackOf(one)).toEqual([]);
    for (const shown of cases) {
      const head = await headOf(one);
      await one.laptop.save(shown.id, 'submitted', preferring(shown));
      const told = (await feedOf(one, head)).filter((event) => event.type === 'expert-feedback');
      const isFirst = shown.a.startsWith('Answer one');
      expect(told).toMatchObject([
        {
          batchId,
          assignmentId: shown.id,
          kind: 'practice',
          answer: {
            preference: isFirst ? -2 : 2,
            why: expect.stringContaining('CANARY-EXPERT'),
            [isFirst ? 'a' : 'b']: { ratings: { safety: 5 }, flags: [] },
            [isFirst ? 'b' : 'a']: { ratings: { safety: 1 }, flags: [{ kind: 'wrong-dose' }] },
          },
        },
      ]);
      expect(await changedSince(one, head)).toEqual([batchId]);
    }
  });

  it('counts the first submission only, and tells of each case once', async () => {
    const study = await makeStudy(server, 2, undefined, 2);
    const one = await desk();
    const batchId = await batchOf(study, 'practice', 2, [one]);
    const [first, second] = await firstTwo(one, batchId);
    const wrong = await one.laptop.save(first.id, 'submitted', preferring(first, false));
    await one.laptop.save(first.id, 'submitted', preferring(first), wrong.revisionId);
    expect(await feedbackOf(one)).toHaveLength(1);
    expect((await batchSeenBy(one, batchId)).practice).toEqual({
      answered: 1,
      agreed: 0,
      cases: 2,
      needed: 2,
      passed: null,
    });
    await one.laptop.save(second.id, 'submitted', preferring(second));
    expect((await batchSeenBy(one, batchId)).practice).toMatchObject({
      answered: 2,
      agreed: 1,
      passed: false,
    });
    const { physicians } = await lead.call(batchProgress, { params: { batchId } });
    expect(physicians).toMatchObject([{ practice: { answered: 2, agreed: 1, passed: false } }]);
  });

  it('is no data: neither the export nor the figures of the study know of it', async () => {
    const study = await makeStudy(server, 4, undefined, 2);
    const one = await desk();
    const practice = await batchOf(study, 'practice', 2, [one]);
    const work = await batchOf(study, 'work', 2, [one]);
    for (const batchId of [practice, work])
      for (const shown of await one.laptop.assignments(batchId))
        await one.laptop.save(shown.id, 'submitted', preferring(shown));
    const lines = await lead.call(exportRaw, { params: { studyId: study.id } });
    expect(lines.map(({ batch }) => batch)).toEqual(['work of 2', 'work of 2']);
    const read = await lead.call(readStudy, { params: { studyId: study.id } });
    expect(read.study).toMatchObject({ assigned: 2, submitted: 2, known: 2, batches: 2 });
  });
});

describe('qualification', () => {
  it('gives out real work once the practice is passed, and says so to the laptop', async () => {
    const study = await makeStudy(server, 8, undefined, 5);
    await settings(study, { required: true });
    const [good, poor] = [await desk(), await desk()];
    const practice = await batchOf(study, 'practice', 5, [good, poor]);
    const work = await batchOf(study, 'work', 3, [good]);
    const again = await lead
      .call(createBatch, {
        params: { studyId: study.id },
        body: { name: 'none left', size: 1 },
      })
      .catch((error: unknown) => error);
    expect(again).toMatchObject({ code: 'nothing-to-assign' });
    expect(await batchSeenBy(good, work)).toMatchObject({ gate: 'practice-first', assignments: 3 });
    const page = () => good.person.call(syncBatchPage, { params: { batchId: work } });
    expect(await codeOf(page())).toBe('practice-needed');
    const cases = await good.laptop.assignments(practice);
    for (const [i, shown] of cases.entries()) {
      const head = await headOf(good);
      // Four of five agree: just enough.
      await good.laptop.save(shown.id, 'submitted', preferring(shown, i !== 0));
      const isLast = i === cases.length - 1;
      expect(await changedSince(good, head)).toEqual(isLast ? [practice, work] : [practice]);
      if (!isLast) expect(await codeOf(page())).toBe('practice-needed');
    }
    expect(await batchSeenBy(good, practice)).toMatchObject({
      gate: 'open',
      practice: { answered: 5, agreed: 4, needed: 4, passed: true },
    });
    expect((await batchSeenBy(good, work)).gate).toBe('open');
    expect((await page()).assignments).toHaveLength(3);
  });

  it('stays closed after too many other answers, and after a skip, until the skipped case is right', async () => {
    const study = await makeStudy(server, 3, undefined, 2);
    await settings(study, { required: true, passShare: 1 });
    const one = await desk();
    const practice = await batchOf(study, 'practice', 2, [one]);
    const work = await batchOf(study, 'work', 1, [one]);
    const [first, second] = await firstTwo(one, practice);
    await one.laptop.save(first.id, 'submitted', preferring(first));
    const skip = await one.laptop.save(second.id, 'skipped', { skip: { reason: 'other', note: '' } });
    expect((await batchSeenBy(one, practice)).practice).toMatchObject({ answered: 1, passed: false });
    expect((await batchSeenBy(one, work)).gate).toBe('practice-first');
    await one.laptop.save(second.id, 'submitted', preferring(second), skip.revisionId);
    expect((await batchSeenBy(one, work)).gate).toBe('open');
  });

  it('is told of when a lead asks for it or no longer does, and work that arrives is taken either way', async () => {
    const study = await makeStudy(server, 2);
    const one = await desk();
    const work = await batchOf(study, 'work', 2, [one]);
    const [shown] = await firstTwo(one, work);
    const head = await headOf(one);
    await settings(study, { required: true });
    expect(await changedSince(one, head)).toEqual([work]);
    expect((await batchSeenBy(one, work)).gate).toBe('practice-first');
    await one.laptop.save(shown.id, 'submitted', preferring(shown));
    const before = await headOf(one);
    await settings(study, { required: true, every: 7 });
    expect(await changedSince(one, before)).toEqual([]);
    await settings(study, { required: false, every: 7 });
    expect(await changedSince(one, before)).toEqual([work]);
    expect((await batchSeenBy(one, work)).gate).toBe('open');
  });
});

describe('calibration', () => {
  it('tells of known cases in whole groups, each once, and never of one alone', async () => {
    const study = await makeStudy(server, 9, undefined, 5);
    await settings(study, { every: 2 });
    const one = await desk();
    const work = await batchOf(study, 'work', 9, [one]);
    const cases = await one.laptop.assignments(work);
    const told: number[] = [];
    for (const shown of cases) {
      const saved = await one.laptop.save(shown.id, 'submitted', preferring(shown));
      await one.laptop.save(shown.id, 'submitted', preferring(shown), saved.revisionId);
      told.push((await feedbackOf(one)).length);
    }
    expect(told).toEqual([0, 2, 2, 4, 4, 4, 4, 4, 4]);
    const feedback = await feedbackOf(one);
    expect(new Set(feedback.map(({ assignmentId }) => assignmentId)).size).toBe(4);
    expect(new Set(feedback.map(({ kind }) => kind))).toEqual(new Set(['calibration']));
  });

  it('never tells when the study does not ask for it, and catches up once it does', async () => {
    const study = await makeStudy(server, 4, undefined, 4);
    const one = await desk();
    const work = await batchOf(study, 'work', 4, [one]);
    const [last, ...cases] = (await one.laptop.assignments(work)).toReversed();
    for (const shown of cases) await one.laptop.save(shown.id, 'submitted', preferring(shown));
    expect(await feedbackOf(one)).toEqual([]);
    await settings(study, { every: 3 });
    await one.laptop.save(last?.id ?? '', 'submitted', { preference: 0 });
    expect(await feedbackOf(one)).toHaveLength(3);
  });

  it('counts right when two laptops of one physician push at the same moment', async () => {
    const study = await makeStudy(server, 12, undefined, 12);
    await settings(study, { every: 4 });
    const one = await desk();
    const other = await startLaptop(one.person);
    const work = await batchOf(study, 'work', 12, [one]);
    const cases = await one.laptop.assignments(work);
    for (let i = 0; i < 12; i += 2)
      await Promise.all(
        [one.laptop, other].map((laptop, side) => {
          const shown = cases[i + side];
          return shown && laptop.save(shown.id, 'submitted', preferring(shown));
        }),
      );
    const feedback = await feedbackOf(one);
    expect(feedback).toHaveLength(12);
    expect(new Set(feedback.map(({ assignmentId }) => assignmentId)).size).toBe(12);
  });
});

describe('blinding', () => {
  it('[S20] lets no known answer out before the submission it is about', async () => {
    const study = await makeStudy(server, 6, undefined, 5);
    await settings(study, { every: 2, required: false });
    const [one, other] = [await desk(), await desk()];
    const practice = await batchOf(study, 'practice', 2, [one, other]);
    const work = await batchOf(study, 'work', 4, [one]);
    const heard = async () => {
      const texts: string[] = [];
      for (const batchId of [practice, work]) {
        const params = { batchId };
        texts.push(JSON.stringify(await one.person.call(syncBatch, { params })));
        texts.push(JSON.stringify(await one.person.call(syncBatchPage, { params, query: { limit: 200 } })));
      }
      texts.push(JSON.stringify(await feedOf(one)));
      return texts.join('\n');
    };
    const namesOf = (text: string) =>
      [...new Set([...text.matchAll(/CANARY-[A-Z]+(-\d+)?/g)].map(([name]) => name))].sort();
    expect(namesOf(await heard())).toEqual([]);
    // Somebody else's feedback is nobody else's.
    for (const shown of await other.laptop.assignments(practice))
      await other.laptop.save(shown.id, 'submitted', preferring(shown));
    expect(namesOf(await heard())).toEqual([]);
    const [first] = await firstTwo(one, practice);
    await one.laptop.save(first.id, 'submitted', preferring(first));
    const numberOf = ({ title }: Shown) => title.replace('Case ', '');
    const told = ['CANARY-EXPERT', `CANARY-EXPERT-${numberOf(first)}`];
    expect(namesOf(await heard())).toEqual(told);
    const [known] = await firstTwo(one, work);
    await one.laptop.save(known.id, 'submitted', preferring(known));
    expect(namesOf(await heard())).toEqual(told);
    for (const word of canaries.filter((name) => name !== 'CANARY-EXPERT'))
      expect(await heard()).not.toContain(word);
  });

  it('[S20] marks no known case: a page of real work looks the same with and without a known answer', async () => {
    const study = await makeStudy(server, 4, undefined, 2);
    const one = await desk();
    const work = await batchOf(study, 'work', 4, [one]);
    const { assignments } = await one.person.call(syncBatchPage, { params: { batchId: work } });
    const shapes = assignments.map((shown) => Object.keys(shown).sort().join());
    expect(new Set(shapes).size).toBe(1);
    for (const shown of assignments) await one.laptop.save(shown.id, 'submitted', preferring(shown));
    const types = (await feedOf(one)).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['batch-assigned', 'revision']));
  });
});

describe('a lock', () => {
  it('still lets practice submitted before it arrive and be answered', async () => {
    const study = await makeStudy(server, 1, undefined, 1);
    const one = await desk();
    const practice = await batchOf(study, 'practice', 1, [one]);
    const [shown] = await firstTwo(one, practice);
    await lead.call(lockBatch, { params: { batchId: practice }, body: { locked: true } });
    await one.laptop.save(shown.id, 'submitted', preferring(shown));
    expect(await feedbackOf(one)).toHaveLength(1);
    expect(await batchSeenBy(one, practice)).toMatchObject({ locked: true, practice: { passed: true } });
  });
});
