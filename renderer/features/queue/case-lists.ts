import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { CasePlace, QueueBatch, Workspace } from '../../data/types.ts';

export type CaseLine = {
  batchId: BatchId;
  batch: string;
  total: number;
  place: CasePlace;
};

/** Cases by how far they have come: open drafts, finished but not at the server yet, and sent. */
export type CaseLists = { drafts: CaseLine[]; ready: CaseLine[]; sent: CaseLine[] };

const isFinished = (place: CasePlace) => place.state === 'submitted' || place.state === 'skipped';

export function sortCases(queue: readonly { batch: QueueBatch; places: readonly CasePlace[] }[]): CaseLists {
  const lines = queue.flatMap(({ batch, places }) =>
    places.map((place) => ({ batchId: batch.id, batch: batch.name, total: batch.total, place })),
  );
  return {
    drafts: lines.filter(({ place }) => place.state === 'draft'),
    ready: lines.filter(({ place }) => isFinished(place) && place.waiting),
    sent: lines.filter(({ place }) => isFinished(place) && !place.waiting),
  };
}

export type QueueView = { batches: QueueBatch[]; lists: CaseLists };

/** Everything the queue shows, in one reading, so that its counts always fit together. */
export async function readQueueView(workspace: Workspace): Promise<QueueView> {
  const batches = await workspace.queue();
  const queue = await Promise.all(
    batches.map(async (batch) => ({ batch, places: await workspace.places(batch.id) })),
  );
  return { batches, lists: sortCases(queue) };
}

/** Where Continue goes in a batch: its open case, else its first case to look at again; null while nothing is here. */
export async function caseToOpen(workspace: Workspace, batch: QueueBatch): Promise<AssignmentId | null> {
  if (batch.continueAt !== null) return batch.continueAt;
  const [first] = await workspace.places(batch.id);
  return first?.id ?? null;
}
