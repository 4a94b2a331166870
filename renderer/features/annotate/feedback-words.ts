import type { AnnotationBody, Preference } from '../../../shared/schema/annotation.ts';
import {
  compareWithExperts,
  type ExpertAnswer,
  type ExpertComparison,
} from '../../../shared/schema/expert-answer.ts';
import type { Rubric } from '../../../shared/schema/rubric.ts';
import type { QueueBatch, SyncSummary } from '../../data/types.ts';
import { counted } from '../../ui/work-words.ts';

const preferenceNames: Record<Preference, string> = {
  [-3]: 'A much better',
  [-2]: 'A better',
  [-1]: 'A slightly better',
  0: 'equal',
  1: 'B slightly better',
  2: 'B better',
  3: 'B much better',
};
/** What counts as close on a dimension: one step, or ten on a scale from 0 to 100. */
const stepIn =
  (rubric: Rubric) =>
  (key: string): number =>
    rubric.dimensions.find((dimension) => dimension.key === key)?.scale.kind === 'range' ? 10 : 1;

export const comparedIn = (rubric: Rubric, answer: ExpertAnswer, body: AnnotationBody): ExpertComparison =>
  compareWithExperts(answer, body, stepIn(rubric));

/** "A better", "both unacceptable", or that nothing was said. */
export function preferenceWords({
  preference,
  bothUnacceptable,
}: Pick<AnnotationBody, 'preference' | 'bothUnacceptable'>): string {
  if (bothUnacceptable) return 'both unacceptable';
  return preference === null ? 'no preference' : preferenceNames[preference];
}

/** Whether the judgement is the same, in one sentence. */
export function agreementWords(answer: ExpertAnswer, body: AnnotationBody, agreed: boolean | null): string {
  const [theirs, yours] = [preferenceWords(answer), preferenceWords(body)];
  if (agreed === null) return 'Experts gave no preference here.';
  if (!agreed) return `Experts say ${theirs}; you say ${yours}.`;
  if (theirs === yours) return `You and the experts say the same: ${theirs}.`;
  return `You and the experts prefer the same answer: they say ${theirs}, you say ${yours}.`;
}

/** How close the rest is: "7 of 9 ratings within one step", "1 of 2 problems marked". */
export function closenessWords({ ratings, flags }: ExpertComparison): string[] {
  const close =
    ratings.compared > 0 ? [`${ratings.near} of ${ratings.compared} ratings within one step`] : [];
  const marked =
    flags.known > 0
      ? [
          `experts saw ${counted(flags.known, 'problem')}, you marked ${flags.found === 0 ? 'none' : flags.found}`,
        ]
      : [];
  return [...close, ...marked];
}

/** How far the practice has come: "3 of 5 done, 2 agreed, 4 needed". */
export const practiceWords = ({ answered, agreed, cases, needed }: NonNullable<QueueBatch['practice']>) =>
  `${answered} of ${cases} done, ${agreed} agreed, ${needed} needed`;

/** Why there is nothing from the experts yet, and that nobody need wait for it. */
export function awaitedWords(sync: SyncSummary | null): string {
  if (sync?.state === 'sign-in') return 'What experts said comes after you have signed in again.';
  if (sync?.state === 'offline') return 'What experts said comes with the next sync.';
  return 'What experts said is on its way.';
}
