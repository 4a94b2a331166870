import { type ExpertAnswer, expertAnswerSchema } from '../../shared/schema/expert-answer.ts';
import { type KnownAnswer, knownAnswersOf, ratingProblems } from '../../shared/schema/known-answer.ts';
import type { RecordProblem } from '../../shared/schema/record-problems.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import type { ReadRecord } from './record-chunks.ts';

/** What there is of a pair: one this import makes or the study has, with the answer it has already. */
export type PairThere = { answer: ExpertAnswer | null };
export type FindPair = (one: number, two: number) => PairThere | undefined;

const isSame = (stored: ExpertAnswer, given: ExpertAnswer): boolean =>
  canonicalJson(expertAnswerSchema.parse(stored)) === canonicalJson(given);

function pairProblem(known: KnownAnswer, pair: PairThere | undefined): RecordProblem[] {
  const { field } = known;
  if (!pair)
    return [
      {
        field,
        problem: 'is about two responses that this import does not compare',
        fix: 'import with a pairs rule that compares them, such as all',
      },
    ];
  if (pair.answer === null || isSame(pair.answer, known.answer)) return [];
  return [
    {
      field,
      problem: 'is another known answer than the study has for these two responses',
      fix: 'bring back the answer it had: physicians may have been told of it already',
    },
  ];
}

/** What is wrong with the known answers of a record, seen with the study's rubric and pairs. */
export function answerProblems(read: ReadRecord, rubric: Rubric | null, find: FindPair): RecordProblem[] {
  const known = knownAnswersOf(read.record);
  if (known.length === 0) return [];
  return [
    ...(rubric ? ratingProblems(read.record, rubric) : []),
    ...known.flatMap((one) => pairProblem(one, find(one.one, one.two))),
  ];
}

/** The known answers of a record that the study does not have yet. */
export const newAnswers = (read: ReadRecord, find: FindPair): KnownAnswer[] =>
  knownAnswersOf(read.record).filter(({ one, two }) => find(one, two)?.answer === null);
