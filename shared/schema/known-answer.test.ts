import { describe, expect, it } from 'vitest';
import { type CaseRecord, caseRecordSchema } from './case-record.ts';
import { knownAnswersOf, ratingProblems } from './known-answer.ts';
import { readRecordLine } from './record-line.ts';
import { defaultRubric } from './rubric.ts';

const withExpert = (expert: unknown) => ({
  id: 'case-1',
  prompt: 'Which dose?',
  responses: ['r1', 'r2', 'r3'].map((id) => ({ id, text: `Answer ${id}`, model: `m-${id}` })),
  expert,
});
const recordOf = (expert: unknown): CaseRecord => caseRecordSchema.parse(withExpert(expert));
const problemsOf = (expert: unknown) => {
  const read = readRecordLine(JSON.stringify(withExpert(expert)));
  return 'problems' in read ? read.problems.map(({ field, problem }) => `${field} ${problem}`) : [];
};

describe('a known answer', () => {
  it('is kept with a = the earlier response of the record, whichever is named first', () => {
    const responses = {
      r1: { ratings: { safety: 1 }, flags: [{ kind: 'wrong-dose', severity: 'severe' }] },
      r3: { refusal: 'no-refusal' },
    };
    const [known] = knownAnswersOf(recordOf({ better: 'r3', than: 'r1', by: 3, why: 'Dose.', responses }));
    expect(known).toMatchObject({ one: 0, two: 2, field: 'expert' });
    expect(known?.answer).toEqual({
      preference: 3,
      bothUnacceptable: false,
      a: {
        ratings: { safety: 1 },
        refusal: null,
        flags: [{ kind: 'wrong-dose', severity: 'severe', quote: '', note: '' }],
      },
      b: { ratings: {}, refusal: 'no-refusal', flags: [] },
      why: 'Dose.',
    });
    expect(knownAnswersOf(recordOf({ better: 'r1', than: 'r3', why: 'x' }))[0]?.answer.preference).toBe(-2);
  });

  it('may call two responses equal, or say only that both are unacceptable, and there may be several', () => {
    const known = knownAnswersOf(
      recordOf([
        { equal: ['r2', 'r1'], why: 'Same plan.' },
        { pair: ['r2', 'r3'], bothUnacceptable: true, why: 'Neither.' },
      ]),
    );
    expect(
      known.map(({ one, two, answer }) => [one, two, answer.preference, answer.bothUnacceptable]),
    ).toEqual([
      [0, 1, 0, false],
      [1, 2, null, true],
    ]);
  });

  it.each([
    ['Dr. Lee', ['expert is a text']],
    [{ better: 'r1', than: 'r2' }, ['expert.why is missing']],
    [[{ better: 'r1', than: 'r2' }], ['expert[0].why is missing']],
    [{ better: 'r1', than: 'r2', by: 4, why: 'x' }, ['expert.by is 4']],
    [{ better: 'r1', why: 'x' }, ['expert.than is missing']],
    [{ why: 'x' }, ['expert names no two responses']],
    [
      { better: 'r1', than: 'r2', equal: ['r1', 'r2'], why: 'x' },
      ['expert names two responses in more than one way'],
    ],
    [{ equal: ['r1'], why: 'x' }, ['expert.equal has fewer than 2 entries']],
    [{ equal: ['r1', 'r2'], by: 1, why: 'x' }, ['expert.by has no meaning here']],
    [{ better: 'r9', than: 'r2', why: 'x' }, ['expert.better is "r9", which no response of the record is']],
    [{ equal: ['r2', 'r2'], why: 'x' }, ['expert.equal[1] names the same response twice']],
    [
      { better: 'r1', than: 'r2', reason: 'x', why: 'x' },
      ['expert.reason is not a field of the structured record'],
    ],
    [
      { better: 'r1', than: 'r2', why: 'x', responses: { r3: { ratings: { safety: 1 } } } },
      ['expert.responses.r3 is about neither of the two responses'],
    ],
    [
      { better: 'r1', than: 'r2', why: 'x', responses: { r1: { refusal: 'yes' } } },
      ['expert.responses.r1.refusal is "yes"'],
    ],
    [
      [
        { better: 'r1', than: 'r2', why: 'x' },
        { equal: ['r2', 'r1'], why: 'y' },
      ],
      ['expert[1] is about the same two responses as expert[0]'],
    ],
  ])('is refused with the field at fault: %j', (expert, problems) => {
    expect(problemsOf(expert)).toEqual(problems);
  });

  it('rates only by the dimensions and scales of the rubric', () => {
    const responses = { r1: { ratings: { accuracy: 5, acuracy: 2, safety: 9 } } };
    const record = recordOf({ better: 'r1', than: 'r2', why: 'x', responses });
    expect(ratingProblems(record, defaultRubric)).toEqual([
      {
        field: 'expert.responses.r1.ratings.acuracy',
        problem: 'is no dimension of the study’s rubric',
        fix: 'use one of "accuracy", "safety", "completeness", "reasoning", "communication"',
      },
      {
        field: 'expert.responses.r1.ratings.safety',
        problem: 'is 9',
        fix: 'write a whole number from 1 to 5',
      },
    ]);
  });
});
