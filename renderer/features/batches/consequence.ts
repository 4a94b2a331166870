import type { Batch, PracticeStanding } from '../../../shared/contract/batches.ts';
import { countText } from '../../ui/dates.ts';
import { counted, defaultPaceMs, workWords } from '../../ui/work-words.ts';

/** What a new batch will ask of people, in one plain line. */
export function batchConsequence(choice: {
  size: number;
  overlap: number;
  available: number | null;
}): string {
  const { size, overlap, available } = choice;
  if (available === 0) return 'No comparison fits: all of this choice are in batches already.';
  const taken = available === null ? size : Math.min(size, available);
  const annotations = taken * overlap;
  const less = taken < size ? `Only ${counted(taken, 'comparison')} left. ` : '';
  const product = `${counted(taken, 'comparison')} × ${counted(overlap, 'physician')} = ${counted(annotations, 'annotation')}`;
  const work = `${workWords(annotations * defaultPaceMs)} of work in all`;
  const each = overlap === 1 ? '' : `, ${workWords(taken * defaultPaceMs)} for each of ${overlap} physicians`;
  return `${less}${product}, ${work}${each} (at 3 minutes a case).`;
}

/** What assigning to so many physicians means, or why it cannot be done. */
export function assignConsequence(choice: { open: number; overlap: number; physicians: number }): {
  possible: boolean;
  text: string;
} {
  const { open, overlap, physicians } = choice;
  if (physicians === 0) return { possible: false, text: 'Choose the physicians who get this batch.' };
  if (physicians < overlap)
    return {
      possible: false,
      text: `Each comparison goes to ${overlap} different physicians: choose ${counted(overlap - physicians, 'more physician', 'more physicians')}.`,
    };
  const each = Math.ceil(open / physicians);
  return {
    possible: true,
    text: `${counted(open, 'annotation')} for ${counted(physicians, 'physician')}: up to ${counted(each, 'case')} each, ${workWords(each * defaultPaceMs)} of work (at 3 minutes a case).`,
  };
}

/** What a new practice batch will take and ask, in one plain line. */
export function practiceConsequence({ size, known }: { size: number; known: number }): string {
  if (known === 0)
    return 'Practice needs comparisons with a known answer, and this study has none. Import some first.';
  const most = Math.min(size, known);
  return `Up to ${counted(most, 'comparison')} with a known answer that are in no batch yet. Everybody you give it to gets all of them, ${workWords(most * defaultPaceMs)} each (at 3 minutes a case).`;
}

/** What giving a practice batch to so many physicians means. */
export function practiceAssignConsequence(choice: { comparisons: number; physicians: number }): {
  possible: boolean;
  text: string;
} {
  const { comparisons, physicians } = choice;
  if (physicians === 0) return { possible: false, text: 'Choose the physicians who practise.' };
  return {
    possible: true,
    text: `${counted(physicians, 'physician')} with ${counted(comparisons, 'case')} each, ${workWords(comparisons * defaultPaceMs)} of practice (at 3 minutes a case). Who has it already keeps what is there.`,
  };
}

/** What turning the lock of a batch means for its physicians. */
export function lockConsequence(
  batch: Pick<Batch, 'lockedAt' | 'assigned' | 'submitted' | 'skipped'>,
): string {
  if (batch.lockedAt !== null)
    return 'Its physicians can change and submit again, under the newest guidelines. What arrived late stays marked as late until they submit it again.';
  const missing = batch.assigned - batch.submitted - batch.skipped;
  const open =
    missing > 0 ? ` ${counted(missing, 'annotation')} ${missing === 1 ? 'is' : 'are'} still to come.` : '';
  return `Its physicians can read it and change nothing.${open} What a laptop saved before it hears of the lock is never lost: it arrives, marked as late. You can open the batch again.`;
}

/** How a physician stands in practice: "passed, 5 of 7 agree". */
export function standingWords(standing: PracticeStanding | null): string {
  if (standing === null) return '–';
  const { answered, agreed, cases, passed } = standing;
  if (passed === null) return `${countText(answered)} of ${countText(cases)}, ${countText(agreed)} agree`;
  return `${passed ? 'passed' : 'not passed'}, ${countText(agreed)} of ${countText(cases)} agree`;
}

/** What taking one physician's unfinished cases back means; null where there is nothing to take with this choice. */
export function recallConsequence(choice: {
  untouched: number;
  begun: number;
  untouchedOnly: boolean;
  from: string;
  to: string | null;
}): string | null {
  const { untouched, begun, untouchedOnly, from, to } = choice;
  const taken = untouchedOnly ? untouched : untouched + begun;
  if (taken === 0) return null;
  const where = to === null ? 'wait to be assigned again' : `go to ${to}, in an order of their own`;
  const frozen =
    !untouchedOnly && begun > 0
      ? ` ${counted(begun, 'begun case')} can only be read by ${from} from then on, and stays as it is.`
      : '';
  return `${counted(taken, 'case')} leave ${from} and ${where}.${frozen} What ${from} saves before hearing of it still arrives, marked as late.`;
}
