import type { PracticeStanding } from '../contract/batches.ts';

/** What one physician did in one practice batch, counted over the cases that are not recalled. */
export type PracticeCounts = {
  cases: number;
  /** Cases whose known answer says which response is better, that both are equal, or both unacceptable. */
  judged: number;
  /** Cases submitted or skipped at least once. */
  finished: number;
  answered: number;
  agreed: number;
};

/**
 * How a physician stands: passed with at least `passShare` (0 to 1) of the known preferences met, once every
 * case is finished; a skipped case counts as not met. It can never go from passed back to not passed.
 */
export function practiceStanding(counts: PracticeCounts, passShare: number): PracticeStanding {
  const { cases, judged, finished, answered, agreed } = counts;
  // A share such as 0.55 of 20 comes out a hair above 11.
  const needed = Math.max(0, Math.ceil(judged * passShare - 1e-9));
  return { answered, agreed, cases, needed, passed: finished < cases ? null : agreed >= needed };
}
