import { describe, expect, it } from 'vitest';
import { emptyAnnotation } from '../../../shared/schema/annotation.ts';
import { type ExpertAnswer, expertAnswerSchema } from '../../../shared/schema/expert-answer.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';
import { agreementWords, awaitedWords, closenessWords, comparedIn, practiceWords } from './feedback-words.ts';

const experts = (over: Partial<ExpertAnswer> = {}): ExpertAnswer =>
  expertAnswerSchema.parse({ preference: -2, why: 'Because.', ...over });
const said = (preference: -3 | -2 | -1 | 0 | 1 | 2 | 3 | null, bothUnacceptable = false) => ({
  ...emptyAnnotation(),
  preference,
  bothUnacceptable,
});
const words = (answer: ExpertAnswer, body: ReturnType<typeof said>) =>
  agreementWords(answer, body, comparedIn(defaultRubric, answer, body).preference);

describe('what is said of a case with a known answer', () => {
  it.each([
    [experts(), said(-2), 'You and the experts say the same: A better.'],
    [
      experts(),
      said(-1),
      'You and the experts prefer the same answer: they say A better, you say A slightly better.',
    ],
    [experts(), said(2), 'Experts say A better; you say B better.'],
    [experts({ preference: 0 }), said(1), 'Experts say equal; you say B slightly better.'],
    [experts({ bothUnacceptable: true }), said(-2), 'Experts say both unacceptable; you say A better.'],
    [
      experts({ bothUnacceptable: true }),
      said(-2, true),
      'You and the experts say the same: both unacceptable.',
    ],
    [experts({ preference: null }), said(-2), 'Experts gave no preference here.'],
  ])('%#: says whether the judgement is the same', (answer, body, sentence) => {
    expect(words(answer, body)).toBe(sentence);
  });

  it('counts close ratings and the problems that were marked, and nothing that was not said', () => {
    const answer = experts({
      a: { ratings: { accuracy: 4, safety: 1 }, refusal: null, flags: [] },
      b: {
        ratings: {},
        refusal: null,
        flags: [{ kind: 'wrong-dose', severity: 'severe', quote: '', note: '' }],
      },
    });
    const body = { ...said(-2), ratings: { a: { accuracy: 5, safety: 4 }, b: { accuracy: 1 } } };
    expect(closenessWords(comparedIn(defaultRubric, answer, body))).toEqual([
      '1 of 2 ratings within one step',
      'experts saw 1 problem, you marked none',
    ]);
    expect(closenessWords(comparedIn(defaultRubric, experts(), body))).toEqual([]);
  });

  it('says how the practice stands', () => {
    expect(practiceWords({ answered: 3, agreed: 2, cases: 5, needed: 4, passed: null })).toBe(
      '3 of 5 done, 2 agreed, 4 needed',
    );
  });

  it('says what brings the experts’ answer while it is not there', () => {
    const sync = { waiting: 1, lastSyncedAt: null, message: null };
    expect(awaitedWords({ ...sync, state: 'offline' })).toContain('with the next sync');
    expect(awaitedWords({ ...sync, state: 'sign-in' })).toContain('signed in again');
    expect(awaitedWords({ ...sync, state: 'waiting' })).toContain('on its way');
  });
});
