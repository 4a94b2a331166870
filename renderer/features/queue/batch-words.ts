import type { QueueBatch } from '../../data/types.ts';
import { counted } from '../../ui/work-words.ts';

export const finishedIn = (batch: QueueBatch): number => batch.submitted + batch.skipped;

/** Whether the batch is on this laptop. */
export function downloadWords(batch: QueueBatch): string {
  if (batch.downloaded >= batch.total) return 'on this laptop';
  return batch.downloaded === 0 ? 'not downloaded yet' : `${batch.downloaded} of ${batch.total} downloaded`;
}

/** How far the batch has come, in two or three words. */
export function stateWords(batch: QueueBatch): string {
  const finished = finishedIn(batch);
  if (batch.total > 0 && finished >= batch.total)
    return batch.waiting > 0 ? `${batch.waiting} to send` : 'all sent';
  if (batch.drafts > 0) return counted(batch.drafts, 'draft');
  return finished === 0 ? 'new' : 'in progress';
}
