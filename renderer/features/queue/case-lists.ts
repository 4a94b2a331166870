import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { CasePlace, QueueBatch, Workspace } from '../../data/types.ts';

export type CaseLine = {
  batchId: BatchId;
  batch: string;
  practice: boolean;
  total: number;
  place: CasePlace;
};

export const caseTabs = ['drafts', 'ready', 'sent', 'returned', 'feedback', 'choose'] as const;
export type CaseTab = (typeof caseTabs)[number];

/** Cases by how far they have come, each list with the newest or most urgent first. */
export type CaseLists = Record<CaseTab, CaseLine[]>;

const isFinished = (place: CasePlace) => place.state === 'submitted' || place.state === 'skipped';

/** Newest first; what has no time keeps the order of its batch, behind. */
const newestBy = (timeOf: (place: CasePlace) => string | null) => (one: CaseLine, other: CaseLine) =>
  (timeOf(other.place) ?? '').localeCompare(timeOf(one.place) ?? '');

export function sortCases(queue: readonly { batch: QueueBatch; places: readonly CasePlace[] }[]): CaseLists {
  const lines = queue.flatMap(({ batch, places }) =>
    places.map((place) => ({
      batchId: batch.id,
      batch: batch.name,
      practice: batch.kind === 'practice',
      total: batch.total,
      place,
    })),
  );
  const where = (is: (place: CasePlace) => boolean) => lines.filter(({ place }) => is(place));
  return {
    drafts: where((place) => place.state === 'draft').sort(newestBy(({ savedAt }) => savedAt)),
    ready: where((place) => isFinished(place) && place.waiting).sort(newestBy(({ savedAt }) => savedAt)),
    sent: where((place) => isFinished(place) && !place.waiting).sort(
      newestBy(({ receivedAt }) => receivedAt),
    ),
    returned: where((place) => place.returned).sort(newestBy(({ returnedWith }) => returnedWith?.at ?? null)),
    feedback: where((place) => place.feedback).sort(
      (one, other) => Number(other.place.feedbackIsNew) - Number(one.place.feedbackIsNew),
    ),
    choose: where((place) => place.conflict),
  };
}

/** Those whose title or number has every word in it. */
export function findLines(lines: readonly CaseLine[], words: string): readonly CaseLine[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return lines;
  return lines.filter(({ batch, place }) => {
    const text = `${place.title} case ${place.position + 1} ${batch}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export type QueueView = {
  batches: QueueBatch[];
  lists: CaseLists;
  /** Every case's place, to say where Continue goes. */
  placeOf: (id: AssignmentId) => CasePlace | null;
};

/** Everything the queue shows, in one reading, so that its counts always fit together. */
export async function readQueueView(workspace: Workspace): Promise<QueueView> {
  const batches = await workspace.queue();
  const queue = await Promise.all(
    batches.map(async (batch) => ({ batch, places: await workspace.places(batch.id) })),
  );
  const places = new Map(queue.flatMap((one) => one.places.map((place) => [place.id, place] as const)));
  return { batches, lists: sortCases(queue), placeOf: (id) => places.get(id) ?? null };
}

/** Where Continue goes in a batch: its open case, else its first case to look at again; null while nothing is here. */
export async function caseToOpen(workspace: Workspace, batch: QueueBatch): Promise<AssignmentId | null> {
  if (batch.continueAt !== null) return batch.continueAt;
  const [first] = await workspace.places(batch.id);
  return first?.id ?? null;
}
