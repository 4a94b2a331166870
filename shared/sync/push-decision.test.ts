import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type AnnotationBody, emptyAnnotation, revisionStates } from '../schema/annotation.ts';
import { uuidv7 } from '../schema/ids.ts';
import { defaultRubric } from '../schema/rubric.ts';
import { bodyHash } from './body-hash.ts';
import { readMutation } from './mutation-reading.ts';
import { advance, decideMutation, decidePush, type PushState, seqsOf } from './push-decision.ts';
import { isDiverged, movesHead } from './revision-head.ts';

// Generated inputs are slow on a machine that is busy with other suites.
vi.setConfig({ testTimeout: 60_000 });

const idOf = (kind: number, n: number) => uuidv7(1_700_000_000_000 + kind, new Uint8Array(10).fill(n));
const assignmentId = (n: number) => idOf(1, n);
const revisionId = (n: number) => idOf(2, n);

const complete: AnnotationBody = {
  ...emptyAnnotation(),
  ratings: {
    a: { accuracy: 1, safety: 2, completeness: 3, reasoning: 4, communication: 5 },
    b: { accuracy: 1, safety: 2, completeness: 3, reasoning: 4, communication: 5 },
  },
  preference: 0,
};

type Given = { assignment?: number; base?: string | null; state?: string; body?: unknown; revision?: number };

function sent(seq: number, given: Given = {}) {
  const body = given.body ?? complete;
  return {
    version: 1,
    seq,
    state: given.state ?? 'submitted',
    assignmentId: assignmentId(given.assignment ?? 1),
    revisionId: revisionId(given.revision ?? seq),
    baseRevisionId: given.base ?? null,
    bodyHash: bodyHash(body),
    body,
    madeAt: '2024-01-01T00:00:00.000Z',
  };
}
const read = (seq: number, given: Given = {}) => readMutation(sent(seq, given));

const fresh = (
  assignments: Partial<PushState['assignments'] extends ReadonlyMap<string, infer A> ? A : never> = {},
): PushState => ({
  lastSeq: 0,
  known: new Map(),
  assignments: new Map(
    [1, 2, 3].map((n) => [
      assignmentId(n),
      { closed: null, head: null, rubric: defaultRubric, ...assignments },
    ]),
  ),
  revisions: new Map(),
});

describe('decideMutation', () => {
  it('[S4] calls a known seq with the same hash and revision a duplicate', () => {
    const reading = read(1);
    const state = {
      ...fresh(),
      lastSeq: 1,
      known: new Map([[1, { hash: reading.hash, revisionId: reading.revisionId }]]),
    };
    expect(decideMutation(reading, state, 1)).toEqual({ kind: 'duplicate', seq: 1 });
  });

  it('[S5] calls a known seq with another hash or another revision a conflict', () => {
    const reading = read(1);
    for (const known of [
      { hash: 'f'.repeat(64), revisionId: reading.revisionId },
      { hash: reading.hash, revisionId: revisionId(9) },
    ])
      expect(
        decideMutation(reading, { ...fresh(), lastSeq: 1, known: new Map([[1, known]]) }, 1),
      ).toMatchObject({
        kind: 'conflict',
        reason: { code: 'seq-used' },
      });
  });

  it('[S6] takes nothing beyond the next seq', () => {
    expect(decideMutation(read(2), fresh(), 2)).toBeNull();
    expect(decidePush([read(1), read(3), read(2)], fresh())).toMatchObject({
      decisions: [{ seq: 1 }],
      expectedSeq: 2,
    });
  });

  it('[S7] quarantines somebody else’s assignment with the words of an unknown one', () => {
    expect(decideMutation(read(1, { assignment: 9 }), fresh(), 1)).toMatchObject({
      kind: 'quarantined',
      reason: { code: 'not-yours' },
    });
  });

  it('[S12] takes work on a recalled assignment as late', () => {
    const decision = decideMutation(read(1), fresh({ closed: 'recalled' }), 1);
    expect(decision).toMatchObject({
      kind: 'taken',
      status: 'late',
      isNew: true,
      reason: { code: 'recalled' },
    });
  });

  it('[S13] takes a revision it stores already without a second effect, and only with the same content', () => {
    const known = {
      own: true,
      assignmentId: assignmentId(1),
      hash: bodyHash(complete),
      state: 'submitted',
      late: false,
      diverged: true,
    };
    const decide = (changed: Partial<typeof known>) =>
      decideMutation(
        read(1),
        { ...fresh(), revisions: new Map([[revisionId(1), { ...known, ...changed }]]) },
        1,
      );
    expect(decide({})).toMatchObject({
      kind: 'taken',
      isNew: false,
      movesHead: false,
      diverged: true,
      status: 'accepted',
    });
    expect(decide({ late: true })).toMatchObject({ status: 'late', isNew: false });
    for (const other of [
      { own: false },
      { hash: 'f'.repeat(64) },
      { state: 'draft' },
      { assignmentId: assignmentId(2) },
    ])
      expect(decide(other)).toMatchObject({ kind: 'quarantined', reason: { code: 'revision-id-used' } });
  });

  it('[S19] accepts incomplete and out-of-scale work with a reason, and a draft without one', () => {
    const empty = emptyAnnotation();
    expect(decideMutation(read(1, { body: empty }), fresh(), 1)).toMatchObject({
      kind: 'taken',
      reason: { code: 'incomplete' },
    });
    expect(decideMutation(read(1, { body: empty, state: 'draft' }), fresh(), 1)).toMatchObject({
      kind: 'taken',
      reason: null,
    });
    const outside = { ...complete, ratings: { a: { accuracy: 9 }, b: {} } };
    expect(decideMutation(read(1, { body: outside, state: 'draft' }), fresh(), 1)).toMatchObject({
      reason: { code: 'outside-rubric' },
    });
  });
});

describe('head of an assignment', () => {
  it.each([
    [null, null, false],
    [null, 'x', false],
    ['a', 'a', false],
    ['a', null, true],
    ['a', 'b', true],
  ])('[S10] head %s and base %s: diverged %s', (head, base, diverged) => {
    expect(isDiverged(head === null ? null : { revisionId: head, state: 'draft' }, base)).toBe(diverged);
  });

  it('[S10] moves to what was written on it, and to a diverged one only from draft to finished', () => {
    const moves = revisionStates.flatMap((headState) =>
      revisionStates.flatMap((state) =>
        [false, true].map((diverged) => [
          headState,
          state,
          diverged,
          movesHead({ revisionId: 'x', state: headState }, { state, diverged }),
        ]),
      ),
    );
    const refused = moves.filter(([, , , moved]) => moved === false);
    for (const [, , diverged] of refused) expect(diverged).toBe(true);
    expect(moves.filter(([, , diverged, moved]) => diverged === true && moved === true)).toEqual([
      ['draft', 'submitted', true, true],
      ['draft', 'skipped', true, true],
    ]);
    expect(movesHead(null, { state: 'draft', diverged: false })).toBe(true);
  });
});

describe('seqsOf', () => {
  it('[S7] gives an item without a seq the one of its place', () => {
    const none = readMutation(null);
    expect(seqsOf([none, read(5), none, none, read(9)])).toEqual([4, 5, 6, 7, 9]);
    expect(seqsOf([none, none])).toBeNull();
    expect(seqsOf([none, read(1)])).toBeNull();
  });
});

const givenMutation = fc.record({
  assignment: fc.integer({ min: 1, max: 4 }),
  state: fc.constantFrom(...revisionStates),
  base: fc.option(fc.integer({ min: 1, max: 9 }).map(revisionId), { nil: null }),
  revision: fc.integer({ min: 1, max: 12 }),
  body: fc.constantFrom<unknown>(complete, emptyAnnotation(), { v: 2 }),
});
const item = fc.tuple(fc.integer({ min: 1, max: 8 }), givenMutation).map(([seq, given]) => read(seq, given));
const garbage = fc.anything().map(readMutation);

describe('decidePush over any history', () => {
  it('[S4] decides a repeated push by duplicates and conflicts alone, and it changes nothing', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), (readings) => {
        const first = decidePush(readings, fresh());
        if (first === null) return;
        const again = decidePush(readings.slice(0, first.decisions.length), first.after);
        for (const decision of again?.decisions ?? [])
          expect(['duplicate', 'conflict']).toContain(decision.kind);
        if (again) expect(again.after).toEqual(first.after);
      }),
    );
  });

  it('[S3] comes to the same end however the changes are cut into pushes', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), fc.nat(20), (readings, cut) => {
        const whole = decidePush(readings, fresh());
        const left = decidePush(readings.slice(0, cut), fresh());
        if (!whole || !left || left.expectedSeq !== null) return;
        const right = decidePush(readings.slice(cut), left.after);
        if (right) expect([...left.decisions, ...right.decisions]).toEqual(whole.decisions);
      }),
    );
  });

  it('[S6] uses every seq from 1 to lastSeq exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(item, garbage), { maxLength: 20 }), (readings) => {
        const decided = decidePush(readings, fresh());
        if (!decided) return;
        const used = decided.decisions
          .filter(({ kind }) => kind === 'taken' || kind === 'quarantined')
          .map(({ seq }) => seq);
        expect(used).toEqual(Array.from({ length: decided.after.lastSeq }, (_, i) => i + 1));
        expect([...decided.after.known.keys()]).toEqual(used);
      }),
    );
  });

  it('[S10] stores a revision once and moves a finished head to a draft only when that was written on it', () => {
    fc.assert(
      fc.property(fc.array(givenMutation, { maxLength: 20 }), (given) => {
        const stored = new Set<string>();
        given
          .map((one, i) => read(i + 1, one))
          .reduce((state, reading, i) => {
            const decision = decideMutation(reading, state, i + 1);
            if (decision === null) throw new Error('no gap in a contiguous run');
            if (decision.kind === 'taken') {
              expect(stored.has(decision.mutation.revisionId)).toBe(!decision.isNew);
              stored.add(decision.mutation.revisionId);
              const head = state.assignments.get(decision.mutation.assignmentId)?.head;
              if (decision.movesHead && decision.mutation.state === 'draft' && head && head.state !== 'draft')
                expect(decision.mutation.baseRevisionId).toBe(head.revisionId);
            }
            return advance(state, reading, decision);
          }, fresh());
      }),
    );
  });
});
