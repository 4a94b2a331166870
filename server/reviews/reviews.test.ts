import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assignBatch, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from '../../shared/contract/reviews.ts';
import type { Study } from '../../shared/contract/studies.ts';
import { syncChanges } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { type AnnotationBody, emptyAnnotation } from '../../shared/schema/annotation.ts';
import type { BatchId, ComparisonId, RevisionId } from '../../shared/schema/ids.ts';
import { turnBody } from '../../shared/schema/turn-body.ts';
import { startLaptop, type TestLaptop } from '../../test/support/annotate.ts';
import { canaries, makeStudy } from '../../test/support/clinical-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';

let server: TestServer;
let lead: TestPerson;
let qa: TestPerson;
let raters: { person: TestPerson; laptop: TestLaptop }[];
let study: Study;
beforeAll(async () => {
  server = await startTestServer();
  lead = await server.person({ roles: ['lead'] });
  qa = await server.person({ roles: ['qa'] });
  raters = [];
  for (const name of ['Zelda Unseen', 'Yves Unseen', 'Xenia Unseen']) {
    const person = await server.person({ roles: ['physician'], name });
    raters.push({ person, laptop: await startLaptop(person) });
  }
  study = await makeStudy(server, 60, undefined, 60);
});
afterAll(() => server?.stop());

async function makeBatch(name: string, size: number, overlap: number): Promise<BatchId> {
  const { batch } = await lead.call(createBatch, {
    params: { studyId: study.id },
    body: { name, size, overlap },
  });
  const physicianIds = raters.map(({ person }) => person.user.id);
  await lead.call(assignBatch, { params: { batchId: batch.id }, body: { physicianIds } });
  return batch.id;
}
type Place = { comparison: ComparisonId; title: string };
const placesOf = async (batchId: BatchId): Promise<Place[]> =>
  (
    await server.db.execute<Place>(sql`
      select i.comparison_id as comparison, k.title from batch_items i join comparisons c on c.id = i.comparison_id
      join cases k on k.id = c.case_id where i.batch_id = ${batchId} order by i.position`)
  ).rows;
const failure = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.catch((cause: unknown) => cause);
  return error instanceof AppError ? error.code : String(error);
};

/** A whole annotation from the point of view of the file: `one` is response one, wherever it was shown. */
function judged(one: number, two: number, preference: AnnotationBody['preference']): Partial<AnnotationBody> {
  const all = (value: number) =>
    Object.fromEntries(study.rubric.definition.dimensions.map(({ key }) => [key, value]));
  return { ratings: { a: all(one), b: all(two) }, preference };
}
/** What each laptop last said of an assignment: the next word on it is written on that one. */
const newest = new Map<string, RevisionId>();
/** Says it on the laptop as that physician sees it, and tells whether the order was swapped. */
async function say(
  rater: number,
  batchId: BatchId,
  title: string,
  about: Partial<AnnotationBody>,
  state: 'submitted' | 'draft' | 'skipped' = 'submitted',
) {
  const laptop = raters[rater]?.laptop;
  const assignment = (await laptop?.assignments(batchId))?.find((each) => each.title === title);
  if (!laptop || !assignment) throw new Error(`rater ${rater} has no ${title}`);
  const swapped = assignment.a.startsWith('Answer two');
  const seen = turnBody({ ...emptyAnnotation(), ...about }, swapped);
  const saved = await laptop.save(assignment.id, state, seen, newest.get(assignment.id) ?? null);
  newest.set(assignment.id, saved.revisionId);
  return { swapped, ...saved };
}

describe('the annotation that stands', () => {
  it('[S10] is the newest finished one that was written on the newest, not a diverged one that came later', async () => {
    const batchId = await makeBatch('Diverged', 1, 3);
    const [place] = (await placesOf(batchId)) as [Place];
    const laptop = raters[0]?.laptop;
    const assignment = (await laptop?.assignments(batchId))?.[0];
    if (!laptop || !assignment) throw new Error('nothing assigned');
    const first = await laptop.save(assignment.id, 'submitted', judged(4, 4, 0));
    // Written without having seen the first: diverged, and later.
    await laptop.save(assignment.id, 'submitted', judged(1, 1, 3));
    const review = await qa.call(readComparisonReview, {
      params: { batchId, comparisonId: place.comparison },
    });
    expect(review.annotations.map((one) => one.revisionId)).toEqual([first.revisionId]);
    const { agreement, comparisons } = await qa.call(readBatchReview, { params: { batchId } });
    expect(comparisons[0]?.submitted).toBe(1);
    expect(agreement.every(({ pairs }) => pairs === 0)).toBe(true);
  });
});

describe('the review of a batch', () => {
  it('counts agreement as one would by hand, whatever order each physician saw', async () => {
    const batchId = await makeBatch('By hand', 3, 3);
    const [first, second, third] = (await placesOf(batchId)) as [Place, Place, Place];
    // Ratings of response one: 4, 4, 5; of two: 1, 3, 5; preferences 2, 1, -1: three pairs.
    await say(0, batchId, first.title, judged(4, 1, 2));
    await say(1, batchId, first.title, judged(4, 3, 1));
    await say(2, batchId, first.title, judged(5, 5, -1));
    // A first try, later replaced by what stands; with one other rater: one pair that agrees in all.
    await say(0, batchId, second.title, judged(1, 1, 3));
    await say(0, batchId, second.title, judged(2, 4, 1));
    await say(1, batchId, second.title, judged(2, 4, 1));
    // A draft and a skip make no pair with a submission.
    await say(0, batchId, third.title, judged(1, 1, 0));
    await say(1, batchId, third.title, judged(1, 1, 0), 'draft');
    await say(2, batchId, third.title, { skip: { reason: 'broken-case', note: '' } }, 'skipped');

    const review = await qa.call(readBatchReview, { params: { batchId } });
    const by = new Map(review.agreement.map((row) => [row.key, row]));
    for (const { key } of review.rubric.dimensions) {
      expect(by.get(`${key}:a`)).toMatchObject({ pairs: 4, same: 2, withinOne: 4 });
      expect(by.get(`${key}:b`)).toMatchObject({ pairs: 4, same: 1, withinOne: 1 });
    }
    expect(by.get('preference')).toMatchObject({ pairs: 4, same: 1, withinOne: 2 });
    expect(by.get('both-unacceptable')).toMatchObject({ pairs: 4, same: 4, withinOne: null });
    expect(review.comparisons).toMatchObject([
      {
        comparisonId: first.comparison,
        position: 0,
        expected: 3,
        submitted: 3,
        skipped: 0,
        preferenceSpread: 3,
      },
      { comparisonId: second.comparison, position: 1, submitted: 2, preferenceSpread: 0 },
      { comparisonId: third.comparison, position: 2, submitted: 1, skipped: 1, preferenceSpread: null },
    ]);
  });

  it('pages by position and filters what arrived and what is flagged', async () => {
    const batchId = await makeBatch('Pages', 7, 1);
    const places = await placesOf(batchId);
    const flags = { caseFlags: [{ kind: 'context-unclear' as const, note: '"caseFlags":[{' }] };
    let arrived = 0;
    for (const [rater, { laptop }] of raters.entries())
      for (const { title } of await laptop.assignments(batchId)) {
        if (title === places[6]?.title) continue;
        const isFlagged = title === places[2]?.title;
        const quoting = { reasoning: { evidence: '"safetyFlags":[{', alternatives: '', conclusion: '' } };
        await say(rater, batchId, title, { ...judged(3, 3, 0), ...quoting, ...(isFlagged && flags) });
        arrived++;
      }
    expect(arrived).toBe(6);
    const read = (query: { after?: number; limit?: number; only?: 'all' | 'arrived' | 'flagged' }) =>
      qa.call(readBatchReview, { params: { batchId }, query });
    const pages = [];
    for (let after: number | null = -1; after !== null; ) {
      const page: EndpointReply<typeof readBatchReview> = await read({ after, limit: 3 });
      pages.push(page.comparisons.map(({ position }) => position));
      after = page.next;
    }
    expect(pages).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect((await read({ only: 'arrived' })).comparisons.map(({ position }) => position)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    expect((await read({ only: 'flagged' })).comparisons).toMatchObject([{ position: 2, flagged: 1 }]);
  });
});

describe('the review of one comparison', () => {
  it('turns every body to the order of the file and numbers raters by a stable rank', async () => {
    const batchId = await makeBatch('One', 8, 3);
    const places = await placesOf(batchId);
    const [{ comparison, title }] = places as [Place];
    const said = judged(5, 2, -2);
    const late = await say(2, batchId, title, said);
    const alone = await qa.call(readComparisonReview, { params: { batchId, comparisonId: comparison } });
    const early = await say(0, batchId, title, said);
    const both = await qa.call(readComparisonReview, { params: { batchId, comparisonId: comparison } });
    expect(both).toMatchObject({
      title,
      one: expect.stringMatching(/^Answer one/),
      two: expect.stringMatching(/^Answer two/),
      previous: null,
      next: places[1]?.comparison,
    });
    expect(both.annotations).toHaveLength(2);
    for (const annotation of both.annotations) {
      expect(annotation.body).toMatchObject(said);
      const saved = [late, early].find((each) => each.revisionId === annotation.revisionId);
      expect(annotation).toMatchObject({
        bodyHash: saved?.bodyHash,
        shownSwapped: saved?.swapped,
        revisions: 1,
        state: 'submitted',
      });
      expect(annotation.rater).toMatch(/^Rater [123]$/);
    }
    const stillThere = both.annotations.find(({ revisionId }) => revisionId === late.revisionId);
    expect(stillThere).toEqual(alone.annotations[0]);
  });

  it('keeps the submitted version in view while a later draft is open', async () => {
    const batchId = await makeBatch('Reopened', 1, 1);
    const [{ comparison, title }] = (await placesOf(batchId)) as [Place];
    const rater = (
      await Promise.all(raters.map(({ laptop }) => laptop.assignments(batchId).catch(() => [])))
    ).findIndex((list) => list.length > 0);
    const submitted = await say(rater, batchId, title, judged(4, 4, 0));
    await say(rater, batchId, title, judged(1, 1, 3), 'draft');
    const { annotations } = await qa.call(readComparisonReview, {
      params: { batchId, comparisonId: comparison },
    });
    expect(annotations).toMatchObject([
      { state: 'submitted', revisionId: submitted.revisionId, revisions: 2 },
    ]);
  });
});

describe('a return', () => {
  const giveBack = (batchId: BatchId, comparisonId: ComparisonId, revisionId: string, comment = 'Dose?') =>
    qa.call(returnAnnotation, { params: { batchId, comparisonId }, body: { revisionId, comment } });
  const reviewOf = async (batchId: BatchId, comparisonId: ComparisonId) =>
    (await qa.call(readComparisonReview, { params: { batchId, comparisonId } })).annotations;
  const waitingOf = async (batchId: BatchId) =>
    (await qa.call(readBatchReview, { params: { batchId } })).comparisons.map(({ returned }) => returned);
  const returnsTo = async (rater: number) =>
    (
      (await raters[rater]?.person.call(syncChanges, { query: { after: 0, limit: 500 } }))?.events ?? []
    ).filter((event) => event.type === 'assignment-returned');
  const refused = async (call: Promise<unknown>) => {
    const error = await call.catch((cause: unknown) => cause);
    return error instanceof AppError ? `${error.code}: ${error.message}` : 'not refused';
  };

  it('is told to the physician without a name, and is answered by the next submission', async () => {
    const batchId = await makeBatch('Returned', 2, 3);
    const [{ comparison, title }] = (await placesOf(batchId)) as [Place];
    const sent = await say(0, batchId, title, judged(4, 4, 0));
    await say(1, batchId, title, judged(4, 4, 0));
    const { returnedAt } = await giveBack(batchId, comparison, sent.revisionId, '  Is the dose right? ');
    expect(await returnsTo(0)).toEqual([
      {
        n: expect.any(Number),
        type: 'assignment-returned',
        batchId,
        assignmentId: expect.any(String),
        comment: 'Is the dose right?',
        at: returnedAt,
        revisionId: sent.revisionId,
      },
    ]);
    expect(await returnsTo(1)).toEqual([]);
    const waiting = { comment: 'Is the dose right?', at: returnedAt, answered: false };
    expect((await reviewOf(batchId, comparison)).map(({ returned }) => returned).toSorted()).toEqual([
      waiting,
      null,
    ]);
    expect(await waitingOf(batchId)).toEqual([1, 0]);
    await say(0, batchId, title, judged(4, 3, 0), 'draft');
    expect(await waitingOf(batchId)).toEqual([1, 0]);
    const again = await say(0, batchId, title, judged(4, 3, -1));
    expect(await waitingOf(batchId)).toEqual([0, 0]);
    const answered = (await reviewOf(batchId, comparison)).find(({ returned }) => returned !== null);
    expect(answered).toMatchObject({
      revisionId: again.revisionId,
      returned: { ...waiting, answered: true },
    });
    await giveBack(batchId, comparison, again.revisionId, 'Once more');
    expect(await waitingOf(batchId)).toEqual([1, 0]);
    expect((await returnsTo(0)).map((event) => event.comment)).toEqual(['Is the dose right?', 'Once more']);
    await say(0, batchId, title, { skip: { reason: 'other', note: '' } }, 'skipped');
    expect(await waitingOf(batchId)).toEqual([0, 0]);
    const { rows } = await server.db.execute(
      sql`select actor_id from audit_events where action = 'annotation-returned'`,
    );
    expect(rows).toEqual([{ actor_id: qa.user.id }, { actor_id: qa.user.id }]);
    const traffic = JSON.stringify(await returnsTo(0));
    for (const word of [qa.user.id, qa.user.name, qa.user.email]) expect(traffic).not.toContain(word);
  });

  it('is only of the submission that stands, once, and never of a locked or recalled one', async () => {
    const batchId = await makeBatch('Not returned', 2, 3);
    const [first, second] = (await placesOf(batchId)) as [Place, Place];
    const old = await say(0, batchId, first.title, judged(4, 4, 0));
    const sent = await say(0, batchId, first.title, judged(4, 3, 0));
    const skip = await say(1, batchId, first.title, { skip: { reason: 'other', note: '' } }, 'skipped');
    const draft = await say(2, batchId, first.title, {}, 'draft');
    for (const one of [old, skip, draft])
      expect(await refused(giveBack(batchId, first.comparison, one.revisionId))).toMatch(
        /^nothing-to-return/,
      );
    expect(await refused(giveBack(batchId, second.comparison, sent.revisionId))).toMatch(/^not-found/);
    expect(await refused(giveBack(batchId, first.comparison, sent.revisionId, '  '))).toMatch(/^bad-request/);
    const setLock = (locked: boolean) => lead.call(lockBatch, { params: { batchId }, body: { locked } });
    await setLock(true);
    expect(await refused(giveBack(batchId, first.comparison, sent.revisionId))).toContain(
      'Open the batch first',
    );
    await setLock(false);
    const both = await Promise.allSettled(
      [1, 2].map(() => giveBack(batchId, first.comparison, sent.revisionId)),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await refused(giveBack(batchId, first.comparison, sent.revisionId))).toContain('returned already');
    const other = await say(0, batchId, second.title, judged(4, 4, 0));
    await server.db.execute(sql`
      update assignments set recalled_at = now() where batch_id = ${batchId} and comparison_id = ${second.comparison}`);
    expect(await refused(giveBack(batchId, second.comparison, other.revisionId))).toContain('recalled');
    expect(
      await refused(
        lead.call(returnAnnotation, {
          params: { batchId, comparisonId: first.comparison },
          body: { revisionId: sent.revisionId, comment: 'x' },
        }),
      ),
    ).toMatch(/^forbidden/);
  });
});

describe('a lock', () => {
  it('keeps what stood when it came: what arrives later is kept beside it, marked', async () => {
    const batchId = await makeBatch('Locked', 2, 1);
    const [first] = (await placesOf(batchId)) as [Place];
    const rater = (
      await Promise.all(raters.map(({ laptop }) => laptop.assignments(batchId).catch(() => [])))
    ).findIndex((list) => list.some(({ title }) => title === first.title));
    const inTime = await say(rater, batchId, first.title, judged(4, 4, 0));
    await lead.call(lockBatch, { params: { batchId }, body: { locked: true } });
    await say(rater, batchId, first.title, judged(1, 1, 3));
    const params = { batchId, comparisonId: first.comparison };
    const { annotations } = await qa.call(readComparisonReview, { params });
    expect(annotations).toMatchObject([{ revisionId: inTime.revisionId, late: false, revisions: 2 }]);
    await lead.call(lockBatch, { params: { batchId }, body: { locked: false } });
    const now = await say(rater, batchId, first.title, judged(2, 2, 1));
    const open = await qa.call(readComparisonReview, { params });
    expect(open.annotations).toMatchObject([{ revisionId: now.revisionId, late: false, diverged: false }]);
  });
});

describe('blinding', () => {
  it('names no model, no source, no physician in anything a reviewer reads', async () => {
    const batchId = await makeBatch('Blind', 4, 3);
    const places = await placesOf(batchId);
    for (const rater of [0, 1, 2])
      for (const { title } of places) await say(rater, batchId, title, judged(3, 2, -1));
    const seen = [JSON.stringify(await qa.call(readBatchReview, { params: { batchId } }))];
    for (const { comparison } of places)
      seen.push(
        JSON.stringify(
          await qa.call(readComparisonReview, { params: { batchId, comparisonId: comparison } }),
        ),
      );
    const hidden = [
      ...canaries,
      'Unseen',
      ...raters.flatMap(({ person }) => [person.user.id, person.user.email]),
    ];
    for (const text of seen) for (const word of hidden) expect(text).not.toContain(word);
  });

  it('is for reviewers and administrators alone', async () => {
    const batchId = await makeBatch('Closed', 1, 1);
    const [{ comparison }] = (await placesOf(batchId)) as [Place];
    const physician = await server.person({ roles: ['physician'] });
    for (const person of [lead, physician]) {
      expect(await failure(person.call(readBatchReview, { params: { batchId } }))).toBe('forbidden');
      expect(
        await failure(person.call(readComparisonReview, { params: { batchId, comparisonId: comparison } })),
      ).toBe('forbidden');
    }
    const missing = '00000000-0000-7000-8000-000000000000';
    expect(await failure(qa.call(readBatchReview, { params: { batchId: missing } }))).toBe('not-found');
    expect(await failure(qa.call(readComparisonReview, { params: { batchId, comparisonId: missing } }))).toBe(
      'not-found',
    );
  });
});
