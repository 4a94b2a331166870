import { intervalAround } from './chance-corrected.ts';
import { normalTwoSided } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import { wilsonInterval } from './proportion.ts';

export type TwoCounts = { successes1: number; n1: number; successes2: number; n2: number };

/** Interval of p1 - p2 from the two Wilson intervals (Newcombe 1998, method 10). */
export function newcombeInterval({ successes1, n1, successes2, n2 }: TwoCounts, level = 0.95): Interval {
  const [p1, p2] = [successes1 / n1, successes2 / n2];
  const [low1, high1] = wilsonInterval(successes1, n1, level);
  const [low2, high2] = wilsonInterval(successes2, n2, level);
  return [p1 - p2 - Math.hypot(p1 - low1, high2 - p2), p1 - p2 + Math.hypot(high1 - p1, p2 - low2)];
}

export type TwoProportionTest = {
  difference: number;
  /** Unpooled, of the Wald interval. */
  standardError: number;
  interval: Interval;
  /** With the pooled variance under "no difference"; two-sided. */
  z: number;
  p: number;
};

/** Two independent shares: Wald interval of the difference, and the pooled z test (Pearson 1900). */
export function twoProportionTest(counts: TwoCounts, level = 0.95): Figure<TwoProportionTest> {
  const { successes1, n1, successes2, n2 } = counts;
  if (n1 < 1 || n2 < 1) return undefinedBecause('no-units');
  const [p1, p2] = [successes1 / n1, successes2 / n2];
  const pooled = (successes1 + successes2) / (n1 + n2);
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2));
  if (pooledError === 0) return undefinedBecause('no-variation');
  const standardError = Math.sqrt((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
  const z = (p1 - p2) / pooledError;
  return {
    defined: true,
    difference: p1 - p2,
    standardError,
    interval: intervalAround(p1 - p2, standardError, level),
    z,
    p: normalTwoSided(z),
  };
}
