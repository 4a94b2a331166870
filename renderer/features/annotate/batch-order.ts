import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { CasePlace } from '../../data/types.ts';

export type BatchCounts = {
  total: number;
  submitted: number;
  skipped: number;
  drafts: number;
  recalled: number;
};

export const isDone = (place: CasePlace) => place.state === 'submitted' || place.state === 'skipped';

const inOrder = (places: readonly CasePlace[]) =>
  [...places].sort((one, other) => one.position - other.position);

/**
 * The case to do after one is handed in: the next open one in order, else the first open one before it,
 * else null. `handed` are cases whose submission is on its way to the disk.
 */
export function nextOpenCase(
  places: readonly CasePlace[],
  from: AssignmentId,
  handed: ReadonlySet<AssignmentId>,
): AssignmentId | null {
  const order = inOrder(places);
  const at = order.findIndex((place) => place.id === from);
  const around = [...order.slice(at + 1), ...order.slice(0, Math.max(at, 0))];
  return around.find((place) => !isDone(place) && !place.recalled && !handed.has(place.id))?.id ?? null;
}

/** The neighbour in the batch's order, whatever its state; null at the ends. */
export function neighbour(places: readonly CasePlace[], from: AssignmentId, by: 1 | -1): AssignmentId | null {
  const order = inOrder(places);
  const at = order.findIndex((place) => place.id === from);
  return at < 0 ? null : (order[at + by]?.id ?? null);
}

/** Which case of how many, counted from 1; null when it is not in the batch any more. */
export function numberOf(places: readonly CasePlace[], id: AssignmentId): number | null {
  const at = inOrder(places).findIndex((place) => place.id === id);
  return at < 0 ? null : at + 1;
}

export function countBatch(places: readonly CasePlace[]): BatchCounts {
  const counts = { total: places.length, submitted: 0, skipped: 0, drafts: 0, recalled: 0 };
  for (const place of places) {
    if (place.recalled) counts.recalled++;
    if (place.state === 'submitted') counts.submitted++;
    if (place.state === 'skipped') counts.skipped++;
    if (place.state === 'draft') counts.drafts++;
  }
  return counts;
}
