import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { CasePlace } from '../../data/types.ts';

export type BatchCounts = {
  total: number;
  submitted: number;
  skipped: number;
  drafts: number;
  recalled: number;
  /** Returned by a reviewer and not answered yet. */
  returned: number;
};

export const isDone = (place: CasePlace) => place.state === 'submitted' || place.state === 'skipped';

const isOpen = (place: CasePlace) => !isDone(place) || place.returned;

type Order = { places: readonly CasePlace[]; at: ReadonlyMap<AssignmentId, number> };
/** Asked several times for each case that is shown, and the same for as long as the places are. */
const orders = new WeakMap<readonly CasePlace[], Order>();
let latest: Order | null = null;

const isSameOrder = (one: readonly CasePlace[], other: readonly CasePlace[]) =>
  one.length === other.length && one.every((place, n) => place.id === other[n]?.id);

function orderOf(places: readonly CasePlace[]): Order {
  const known = orders.get(places);
  if (known) return known;
  const isSorted = places.every((place, n) => n === 0 || (places[n - 1]?.position ?? 0) <= place.position);
  const sorted = isSorted ? places : [...places].sort((one, other) => one.position - other.position);
  // A save changes what is known of one case and hardly ever where it stands.
  const isKnown = latest !== null && isSameOrder(latest.places, sorted);
  const at = isKnown && latest ? latest.at : new Map(sorted.map((place, n) => [place.id, n]));
  latest = { places: sorted, at };
  orders.set(places, latest);
  return latest;
}

/**
 * The case to do after one is handed in: the next open one in order, else the first open one before it,
 * else null. A case that a reviewer returned is open again. `handed` are cases whose submission is on its way to the disk.
 */
export function nextOpenCase(
  places: readonly CasePlace[],
  from: AssignmentId,
  handed: ReadonlySet<AssignmentId>,
): AssignmentId | null {
  const order = orderOf(places);
  const after = (order.at.get(from) ?? -1) + 1;
  for (let n = 0; n < order.places.length; n++) {
    const place = order.places[(after + n) % order.places.length];
    if (!place || place.missing || place.recalled) continue;
    if (place.id !== from && isOpen(place) && !handed.has(place.id)) return place.id;
  }
  return null;
}

/** The neighbour in the batch's order, whatever its state, of those that can be opened; null at the ends. */
export function neighbour(places: readonly CasePlace[], from: AssignmentId, by: 1 | -1): AssignmentId | null {
  const order = orderOf(places);
  const at = order.at.get(from);
  if (at === undefined) return null;
  let n = at + by;
  while (order.places[n]?.missing) n += by;
  return order.places[n]?.id ?? null;
}

/** Which case of how many, counted from 1; null when it is not in the batch any more. */
export function numberOf(places: readonly CasePlace[], id: AssignmentId): number | null {
  const at = orderOf(places).at.get(id);
  return at === undefined ? null : at + 1;
}

export function countBatch(places: readonly CasePlace[]): BatchCounts {
  const counts = { total: places.length, submitted: 0, skipped: 0, drafts: 0, recalled: 0, returned: 0 };
  for (const place of places) {
    if (place.recalled) counts.recalled++;
    if (place.returned) counts.returned++;
    if (place.state === 'submitted') counts.submitted++;
    if (place.state === 'skipped') counts.skipped++;
    if (place.state === 'draft') counts.drafts++;
  }
  return counts;
}
