import { betaQuantile, binomialCdf, binomialPmf, normalQuantile, normalTwoSided } from './distributions.ts';
import type { Interval } from './figure.ts';

function requireTrials(successes: number, n: number): void {
  if (!(n > 0 && n < Infinity && successes >= 0 && successes <= n))
    throw new RangeError(`${successes} of ${n} is no share of trials`);
}

function requireCounts(successes: number, n: number, p: number): void {
  requireTrials(successes, n);
  if (!Number.isInteger(successes) || !Number.isInteger(n))
    throw new RangeError(`an exact test counts whole trials, not ${successes} of ${n}`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`${p} is no probability`);
}

/**
 * Wilson's score interval (1927) for `successes` of n > 0 trials. Successes need not be whole: half a win for a tie
 * goes in as 1/2. @throws RangeError, as all of this file, for more successes than trials, or none of either
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  return wilsonLimits(successes, n, normalQuantile((1 + level) / 2));
}

/** The one-sided limits: each alone holds with probability `level` (Wilson 1927). */
export const wilsonOneSided = (successes: number, n: number, level = 0.95): Interval =>
  wilsonLimits(successes, n, normalQuantile(level));

function wilsonLimits(successes: number, n: number, z: number): Interval {
  requireTrials(successes, n);
  const share = successes / n;
  const centre = share + z ** 2 / (2 * n);
  const reach = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return [
    successes === 0 ? 0 : Math.max(0, (centre - reach) / scale),
    successes === n ? 1 : Math.min(1, (centre + reach) / scale),
  ];
}

/** Wilson's interval with continuity correction (Newcombe 1998, method 4). */
export function wilsonCorrectedInterval(successes: number, n: number, level = 0.95): Interval {
  requireTrials(successes, n);
  const z = normalQuantile((1 + level) / 2);
  const share = successes / n;
  const scale = 2 * (n + z ** 2);
  const middle = 2 * successes + z ** 2;
  const low = z * Math.sqrt(Math.max(0, z ** 2 - 2 - 1 / n + 4 * share * (n * (1 - share) + 1)));
  const high = z * Math.sqrt(Math.max(0, z ** 2 + 2 - 1 / n + 4 * share * (n * (1 - share) - 1)));
  return [
    successes === 0 ? 0 : Math.max(0, (middle - 1 - low) / scale),
    successes === n ? 1 : Math.min(1, (middle + 1 + high) / scale),
  ];
}

/** The exact interval of Clopper and Pearson (1934): never less than its level, wide for few trials. */
export function clopperPearsonInterval(successes: number, n: number, level = 0.95): Interval {
  requireTrials(successes, n);
  const tail = (1 - level) / 2;
  return [
    successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
  ];
}

/** Jeffreys' interval: equal tails of the beta posterior with shapes 1/2 (Brown, Cai and DasGupta 2001). */
export function jeffreysInterval(successes: number, n: number, level = 0.95): Interval {
  requireTrials(successes, n);
  const tail = (1 - level) / 2;
  const [a, b] = [successes + 0.5, n - successes + 0.5];
  return [successes === 0 ? 0 : betaQuantile(tail, a, b), successes === n ? 1 : betaQuantile(1 - tail, a, b)];
}

/** Where a falling function crosses zero in (0, 1), to 1e-18. */
function rootOf(falling: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X < k) + P(X = k) / 2. */
const midCdf = (k: number, n: number, p: number) => binomialCdf(k - 1, n, p) + binomialPmf(k, n, p) / 2;

/** The mid-P interval: the exact one with half of the observed outcome's probability (Lancaster 1961). */
export function midPInterval(successes: number, n: number, level = 0.95): Interval {
  requireTrials(successes, n);
  const tail = (1 - level) / 2;
  return [
    successes === 0 ? 0 : rootOf((p) => midCdf(successes, n, p) - (1 - tail)),
    successes === n ? 1 : rootOf((p) => midCdf(successes, n, p) - tail),
  ];
}

/** How close two probabilities are called equal, as in every known implementation of the exact test. */
const nearlyEqual = 1 + 1e-7;

/** The last of the outcomes `from`, `from` + 1 ... `to` for which a condition that ends once still holds; from - 1 if none. */
function lastWhere(from: number, to: number, holds: (k: number) => boolean): number {
  let [low, high] = [from - 1, to];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Two-sided exact binomial test: the sum over all outcomes no more likely than the observed one (Clopper and Pearson 1934). */
export function exactBinomialTest(successes: number, n: number, p = 0.5): number {
  requireCounts(successes, n, p);
  const limit = binomialPmf(successes, n, p) * nearlyEqual;
  const isRare = (k: number) => binomialPmf(k, n, p) <= limit;
  const mode = Math.min(n, Math.floor((n + 1) * p));
  if (isRare(mode)) return 1;
  const lower = lastWhere(0, mode - 1, isRare);
  const upper = lastWhere(mode, n, (k) => !isRare(k));
  return Math.min(1, binomialCdf(lower, n, p) + binomialCdf(n - upper - 1, n, 1 - p));
}

/** Two-sided mid-P binomial test: twice the smaller tail with half of the observed outcome (Lancaster 1961). */
export function midPBinomialTest(successes: number, n: number, p = 0.5): number {
  requireCounts(successes, n, p);
  const half = binomialPmf(successes, n, p) / 2;
  const below = binomialCdf(successes - 1, n, p) + half;
  const above = binomialCdf(n - successes - 1, n, 1 - p) + half;
  return Math.min(1, 2 * Math.min(below, above));
}

export type ScoreTest = { z: number; p: number };

/** Score test of a share against p (Wilson 1927), with the continuity correction of 1 / (2n) on request. */
export function scoreTest(successes: number, n: number, p: number, corrected = false): ScoreTest {
  requireTrials(successes, n);
  if (!(p > 0 && p < 1)) throw new RangeError('a score test needs a share between 0 and 1 to test against');
  const distance = successes / n - p;
  const reduced = Math.max(0, Math.abs(distance) - (corrected ? 1 / (2 * n) : 0));
  const z = (Math.sign(distance) * reduced) / Math.sqrt((p * (1 - p)) / n);
  return { z, p: normalTwoSided(z) };
}
