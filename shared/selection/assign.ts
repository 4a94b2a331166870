import { type Random, seededRandom, shuffled } from './random.ts';

/** An assignment that exists already. A recalled one frees its place, but not for the same physician. */
export type ExistingAssignment<Comparison, Physician> = {
  comparison: Comparison;
  physician: Physician;
  position: number;
  swapped: boolean;
  recalled: boolean;
};

export type AssignmentPlanInput<Comparison, Physician> = {
  /** In the order of the batch. */
  comparisons: readonly Comparison[];
  /** `openElsewhere`: unfinished assignments of other batches; who has fewer takes the odd one. */
  physicians: readonly { id: Physician; openElsewhere: number }[];
  /** How many physicians each comparison shall have. */
  overlap: number;
  existing: readonly ExistingAssignment<Comparison, Physician>[];
  seed: string;
};

export type PlannedAssignment<Comparison, Physician> = {
  comparison: Comparison;
  physician: Physician;
  /** Order in this physician's download, on from what the physician has. */
  position: number;
  /** True when response two is shown on the left, as A. */
  swapped: boolean;
};

export type AssignmentPlan<Comparison, Physician> = {
  assignments: PlannedAssignment<Comparison, Physician>[];
  /** Comparisons these physicians cannot fill: fewer of them are free than places are. */
  unfilled: Comparison[];
};

type Rater<Physician> = {
  id: Physician;
  index: number;
  load: number;
  openElsewhere: number;
  nextPosition: number;
  swapped: number;
};

/** Which raters have met on a comparison: how often each two, and whether a chain of meetings links them. */
type Meetings = { count: Int32Array; group: Int32Array; size: number };

function startMeetings(size: number): Meetings {
  return { count: new Int32Array(size * size), group: Int32Array.from({ length: size }, (_, i) => i), size };
}

function groupOf({ group }: Meetings, rater: number): number {
  let root = rater;
  while (group[root] !== root) root = group[root] ?? root;
  group[rater] = root;
  return root;
}

const timesMet = (meetings: Meetings, a: number, b: number) => meetings.count[a * meetings.size + b] ?? 0;

function recordMeeting(meetings: Meetings, panel: readonly number[]): void {
  for (const a of panel)
    for (const b of panel) {
      if (a === b) continue;
      meetings.count[a * meetings.size + b] = timesMet(meetings, a, b) + 1;
      meetings.group[groupOf(meetings, a)] = groupOf(meetings, b);
    }
}

/** Lower is better, compared part by part: load first, so that loads never drift apart. */
function rank(rater: Rater<unknown>, panel: readonly number[], meetings: Meetings): number[] {
  const linked = panel.filter((other) => groupOf(meetings, other) === groupOf(meetings, rater.index)).length;
  const met = panel.reduce((sum, other) => sum + timesMet(meetings, rater.index, other), 0);
  return [rater.load, linked, met, rater.openElsewhere];
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return value < other;
  }
  return false;
}

function pickBest<P>(
  free: readonly Rater<P>[],
  panel: readonly number[],
  meetings: Meetings,
  random: Random,
): Rater<P> | undefined {
  let best: Rater<P> | undefined;
  let bestRank: number[] = [];
  let ties = 0;
  const lowest = free.reduce((low, rater) => Math.min(low, rater.load), Number.POSITIVE_INFINITY);
  for (const rater of free) {
    if (rater.load !== lowest) continue;
    const ranked = rank(rater, panel, meetings);
    if (best && isLess(bestRank, ranked)) continue;
    ties = best && !isLess(ranked, bestRank) ? ties + 1 : 1;
    // Each of n equals is kept with a chance of 1/n, so ties are broken evenly.
    if (ties > 1 && random() * ties >= 1) continue;
    best = rater;
    bestRank = ranked;
  }
  return best;
}

function startRaters<C, P>(input: AssignmentPlanInput<C, P>): Map<P, Rater<P>> {
  const raters = new Map<P, Rater<P>>();
  for (const { id, openElsewhere } of input.physicians)
    raters.set(id, { id, index: raters.size, load: 0, openElsewhere, nextPosition: 0, swapped: 0 });
  for (const { physician, position, swapped, recalled } of input.existing) {
    const rater = raters.get(physician);
    if (!rater) continue;
    rater.nextPosition = Math.max(rater.nextPosition, position + 1);
    if (recalled) continue;
    rater.load++;
    if (swapped) rater.swapped++;
  }
  return raters;
}

type Panel<P> = { active: Set<P>; barred: Set<P> };

function panelsOf<C, P>(existing: readonly ExistingAssignment<C, P>[]): Map<C, Panel<P>> {
  const panels = new Map<C, Panel<P>>();
  for (const { comparison, physician, recalled } of existing) {
    const panel = panels.get(comparison) ?? { active: new Set<P>(), barred: new Set<P>() };
    panels.set(comparison, panel);
    panel.barred.add(physician);
    if (!recalled) panel.active.add(physician);
  }
  return panels;
}

/** Half of the new places left-right turned, topping up what the physician has to within one; in random order. */
function turns(rater: Rater<unknown>, loadBefore: number, count: number, random: Random): boolean[] {
  const total = loadBefore + count;
  const half = total % 2 === 0 || random() < 0.5 ? Math.floor(total / 2) : Math.ceil(total / 2);
  const turned = Math.min(count, Math.max(0, half - rater.swapped));
  return shuffled(
    Array.from({ length: count }, (_, i) => i < turned),
    random,
  );
}

/**
 * Who gets what: every comparison up to `overlap` different physicians, loads within one of each other,
 * left and right balanced per physician within one, and raters mixed so that a chain of shared
 * comparisons links them all. The same seed gives the same plan; what exists is never changed.
 */
export function planAssignments<C, P>(input: AssignmentPlanInput<C, P>): AssignmentPlan<C, P> {
  const random = seededRandom(input.seed);
  const raters = startRaters(input);
  const everyone = [...raters.values()];
  const loadBefore = new Map(everyone.map((rater) => [rater.id, rater.load]));
  const panels = panelsOf(input.existing);
  const meetings = startMeetings(everyone.length);
  const indicesOf = (ids: Iterable<P>) => [...ids].flatMap((id) => raters.get(id)?.index ?? []);
  for (const { active } of panels.values()) recordMeeting(meetings, indicesOf(active));

  const chosen = new Map<C, Rater<P>[]>();
  const unfilled = new Set<C>();
  // Comparisons are dealt in random order, so that no physician's share follows the order of the file.
  for (const comparison of shuffled(input.comparisons, random)) {
    const panel = panels.get(comparison);
    const places = input.overlap - (panel?.active.size ?? 0);
    if (places <= 0) continue;
    let free = panel ? everyone.filter((rater) => !panel.barred.has(rater.id)) : everyone;
    if (free.length < places) unfilled.add(comparison);
    const together = indicesOf(panel?.active ?? []);
    const picked: Rater<P>[] = [];
    while (picked.length < places) {
      const rater = pickBest(free, together, meetings, random);
      if (!rater) break;
      rater.load++;
      picked.push(rater);
      together.push(rater.index);
      free = free.filter((other) => other !== rater);
    }
    recordMeeting(meetings, together);
    chosen.set(comparison, picked);
  }
  return {
    assignments: inBatchOrder(input.comparisons, chosen, loadBefore, random),
    unfilled: input.comparisons.filter((comparison) => unfilled.has(comparison)),
  };
}

function inBatchOrder<C, P>(
  comparisons: readonly C[],
  chosen: ReadonlyMap<C, readonly Rater<P>[]>,
  loadBefore: ReadonlyMap<P, number>,
  random: Random,
): PlannedAssignment<C, P>[] {
  const turnsLeft = new Map<Rater<P>, boolean[]>();
  const turnsOf = (rater: Rater<P>) => {
    const before = loadBefore.get(rater.id) ?? 0;
    const list = turnsLeft.get(rater) ?? turns(rater, before, rater.load - before, random);
    turnsLeft.set(rater, list);
    return list;
  };
  return comparisons.flatMap((comparison) =>
    (chosen.get(comparison) ?? []).map((rater) => ({
      comparison,
      physician: rater.id,
      position: rater.nextPosition++,
      swapped: turnsOf(rater).pop() ?? false,
    })),
  );
}
