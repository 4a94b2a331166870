import type { QueueBatch } from '../../data/types.ts';
import { counted, workWords } from '../../ui/work-words.ts';
import { finishedIn, isGated, isToDo } from './batch-words.ts';

const remaining = (batches: readonly QueueBatch[]): number =>
  batches.reduce((sum, batch) => sum + batch.total - finishedIn(batch), 0);

/** In one's own pace; null while there is none for some of it. */
function workIn(batches: readonly QueueBatch[]): string | null {
  const due = batches.filter((batch) => finishedIn(batch) < batch.total);
  if (due.some(({ paceMs }) => paceMs === null)) return null;
  const ms = due.reduce((sum, batch) => sum + remaining([batch]) * (batch.paceMs ?? 0), 0);
  return `${workWords(ms)} of work`;
}

/** A batch was locked before all of it was done. */
const isCutShort = (batches: readonly QueueBatch[]): boolean =>
  batches.some((batch) => batch.locked && finishedIn(batch) < batch.total);

/** What is left in all batches, and how long that takes in one's own pace, where there is one. */
export function leftWords(batches: readonly QueueBatch[]): string {
  const toDo = batches.filter(isToDo);
  const open = toDo.filter((batch) => !isGated(batch));
  const cases = remaining(open);
  const gated = remaining(toDo.filter(isGated));
  const returned = open.reduce((sum, batch) => sum + batch.returned, 0);
  const work = cases > 0 ? workIn(open) : null;
  const parts = [
    cases > 0 ? `${counted(cases, 'case')} to do` : null,
    work,
    returned > 0 ? `${counted(returned, 'returned case')} to look at again` : null,
    gated > 0 ? `${gated.toLocaleString()} more after the practice` : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return isCutShort(batches) ? 'Nothing is left to do.' : 'Every case is done.';
  const sentence = `${parts.join(', ')}.`;
  return cases > 0 && work === null
    ? `${sentence} How long they take you is told after your first three.`
    : sentence;
}
