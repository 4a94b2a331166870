import type { QueueBatch } from '../../data/types.ts';
import { isLetGo } from './batch-words.ts';
import type { QueueView } from './case-lists.ts';

/** What Continue opens: one's own drafts first, then what a reviewer returned, then the next new case. */
const ranks = ['draft', 'returned', 'new'] as const;
type Rank = (typeof ranks)[number];

function rankOf(batch: QueueBatch): Rank | null {
  if (batch.continueAt === null) return null;
  if (batch.drafts > 0) return 'draft';
  return batch.returned > 0 ? 'returned' : 'new';
}

/** The batch that Continue is about; practice comes before other new work because it stands first in the queue. */
export function batchToContinue(batches: readonly QueueBatch[]): QueueBatch | undefined {
  for (const rank of ranks) {
    const found = batches.find((batch) => rankOf(batch) === rank);
    if (found) return found;
  }
  return batches.find((batch) => batch.downloaded > 0) ?? batches.find((batch) => !isLetGo(batch));
}

/** Which case Continue opens, in words; empty where it opens none. */
export function continueWords(batch: QueueBatch, view: QueueView): string {
  const place = batch.continueAt === null ? null : view.placeOf(batch.continueAt);
  if (!place) return '';
  const name = place.title === '' ? `case ${place.position + 1}` : `“${place.title}”`;
  if (place.state === 'draft') return `Continue opens your draft of ${name}.`;
  if (place.returned) return `Continue opens ${name}, which a reviewer returned.`;
  return batch.submitted + batch.skipped === 0
    ? `Continue opens the first case, ${name}.`
    : `Continue opens the next case, ${name}.`;
}
