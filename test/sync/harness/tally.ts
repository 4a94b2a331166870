import type { Violation } from './judge.ts';
import { networkFaults } from './plan.ts';

/** What many histories came to; adds up over processes. */
export type Tally = {
  histories: number;
  /** Of them against the real server on PostgreSQL. */
  onPostgres: number;
  requests: number;
  faulted: number;
  acknowledged: number;
  starts: number;
  refusedStarts: number;
  events: number;
  counts: Record<string, number>;
  failures: { seed: number; violations: Violation[] }[];
};

export const emptyTally = (): Tally => ({
  histories: 0,
  onPostgres: 0,
  requests: 0,
  faulted: 0,
  acknowledged: 0,
  starts: 0,
  refusedStarts: 0,
  events: 0,
  counts: {},
  failures: [],
});

export function addTally(sum: Tally, more: Tally): void {
  for (const key of [
    'histories',
    'onPostgres',
    'requests',
    'faulted',
    'acknowledged',
    'starts',
    'refusedStarts',
    'events',
  ] as const)
    sum[key] += more[key];
  for (const [what, times] of Object.entries(more.counts)) sum.counts[what] = (sum.counts[what] ?? 0) + times;
  sum.failures.push(...more.failures);
}

/** Requests that met a fault of the network. */
export const faultedOf = (counts: ReadonlyMap<string, number>): number =>
  [...networkFaults, 'offline'].reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0);

/** The figures as lines for a person. */
export function tellTally(tally: Tally, seconds: number): string[] {
  const share = (100 * tally.faulted) / Math.max(1, tally.requests);
  const line = (kinds: readonly string[]) =>
    kinds.map((kind) => `${kind} ${tally.counts[kind] ?? 0}`).join(', ');
  const others = Object.keys(tally.counts).filter((kind) => !networkFaults.some((known) => known === kind));
  return [
    `${tally.histories} histories, ${tally.onPostgres} of them on PostgreSQL, in ${seconds.toFixed(0)} s (${(tally.histories / seconds).toFixed(1)} a second), ${tally.events} events`,
    `${tally.requests} requests, ${share.toFixed(1)} % of them faulted`,
    `network faults: ${line(networkFaults)}`,
    `everything else: ${line(others.filter((kind) => kind !== 'none').sort())}`,
    `${tally.acknowledged} changes acknowledged, ${tally.starts} starts of the workstation, ${tally.refusedStarts} of them refused`,
    `${tally.failures.length} histories with a violation`,
  ];
}
