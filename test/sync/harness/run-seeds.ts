import { runHistory, type ServerMaker } from './history.ts';
import { drawPlan } from './plan.ts';
import { emptyTally, faultedOf, type Tally } from './tally.ts';

/** Runs seeds one after the other and adds up what happened; tells of each failure at once. */
export async function runSeeds(
  seeds: Iterable<number>,
  onDone: (tally: Tally) => void = () => undefined,
  serverOf: (seed: number) => ServerMaker | undefined = () => undefined,
): Promise<Tally> {
  const tally = emptyTally();
  for (const seed of seeds) {
    const onPostgres = serverOf(seed);
    const outcome = await runHistory(drawPlan(seed), onPostgres);
    if (onPostgres) tally.onPostgres += 1;
    tally.histories += 1;
    tally.requests += outcome.requests;
    tally.faulted += faultedOf(outcome.counts);
    tally.acknowledged += outcome.acknowledged;
    tally.starts += outcome.starts;
    tally.refusedStarts += outcome.refusedStarts;
    tally.events += outcome.events;
    for (const [what, times] of outcome.counts) tally.counts[what] = (tally.counts[what] ?? 0) + times;
    if (outcome.violations.length > 0) tally.failures.push({ seed, violations: outcome.violations });
    onDone(tally);
  }
  return tally;
}
