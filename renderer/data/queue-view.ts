import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import type { CasePlace, QueueBatch } from './types.ts';
import type { WorkLog } from './work-log.ts';

/** Untouched work that was recalled leaves the queue; it stays on the disk (rule S12). */
const isGone = (place: CasePlace) => place.recalled && place.state === 'untouched';

function allPlaces(content: ContentStore, log: WorkLog, batchId: BatchId): CasePlace[] {
  const waiting = log.unsettledAssignments();
  return content.order(batchId).map((id) => {
    const head = log.head(id);
    return {
      id,
      position: content.placeOf(id)?.position ?? 0,
      state: head?.state ?? 'untouched',
      waiting: waiting.has(id),
      recalled: (head?.recalled ?? null) !== null,
      title: '',
      returned: false,
      feedback: false,
    };
  });
}

export const placesOf = (content: ContentStore, log: WorkLog, batchId: BatchId): CasePlace[] =>
  allPlaces(content, log, batchId).filter((place) => !isGone(place));

/** The last open draft, else the first untouched case. */
function continueAt(log: WorkLog, places: readonly CasePlace[]): AssignmentId | null {
  const open = places.filter((place) => !place.recalled);
  const drafts = open.filter((place) => place.state === 'draft');
  const newest = drafts.sort(
    (a, b) => (log.item(`head|${b.id}`)?.lsn ?? 0) - (log.item(`head|${a.id}`)?.lsn ?? 0),
  )[0];
  return newest?.id ?? open.find((place) => place.state === 'untouched')?.id ?? null;
}

function medianActiveMs(log: WorkLog, places: readonly CasePlace[]): number | null {
  const times = places
    .filter((place) => place.state === 'submitted')
    .map((place) => log.head(place.id))
    .map((head) => (head ? log.bodyOf(head)?.body.time.activeMs : undefined))
    .filter((ms) => ms !== undefined)
    .sort((a, b) => a - b);
  if (times.length === 0) return null;
  const middle = Math.floor(times.length / 2);
  const upper = times[middle] ?? 0;
  return times.length % 2 === 1 ? upper : Math.round(((times[middle - 1] ?? upper) + upper) / 2);
}

function queueBatch(content: ContentStore, log: WorkLog, batch: PhysicianBatch): QueueBatch {
  const all = allPlaces(content, log, batch.id);
  const places = all.filter((place) => !isGone(place));
  const count = (state: CasePlace['state']) => places.filter((place) => place.state === state).length;
  const gone = all.length - places.length;
  return {
    id: batch.id,
    name: batch.name,
    study: batch.study,
    specialty: batch.specialty,
    deadline: batch.deadline,
    kind: batch.kind,
    locked: batch.locked,
    gate: batch.gate,
    practice: batch.practice,
    returned: 0,
    feedback: 0,
    total: Math.max(batch.assignments, all.length) - gone,
    downloaded: places.length,
    untouched: count('untouched'),
    drafts: count('draft'),
    submitted: count('submitted'),
    skipped: count('skipped'),
    waiting: log.unsettledAssignments(batch.id).size,
    continueAt: continueAt(log, places),
    paceMs: medianActiveMs(log, places),
  };
}

/** Every batch on this laptop, the nearest deadline first; a batch that was recalled untouched is not shown. */
export function queueOf(content: ContentStore, log: WorkLog): QueueBatch[] {
  return content
    .batches()
    .map((batch) => queueBatch(content, log, batch))
    .filter((batch) => batch.total > 0 || batch.waiting > 0)
    .sort((a, b) => (a.deadline ?? '9').localeCompare(b.deadline ?? '9') || a.name.localeCompare(b.name));
}
