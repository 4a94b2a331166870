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
