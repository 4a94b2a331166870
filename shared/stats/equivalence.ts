import { normalCdf, normalQuantile, studentCdf, studentQuantile } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import { wilsonInterval } from './proportion.ts';

/** The margins within which a difference does not matter, lower < upper. */
export type Margins = { lower: number; upper: number };

/** Two one-sided tests (Schuirmann 1987). `interval` is the 1 - 2 alpha one: equivalent when it lies within the margins. */
export type Equivalence = {
  difference: number;
  standardError: number;
  /** Degrees of freedom of t; null where the statistics are normal. */
  df: number | null;
  /** Above the lower margin. */
  lower: { statistic: number; p: number };
  /** Below the upper margin. */
  upper: { statistic: number; p: number };
  p: number;
  interval: Interval;
  /** The usual two-sided interval at 1 - alpha. */
  wideInterval: Interval;
  equivalent: boolean;
  /** Above the lower margin alone: not worse by more than it. */
  nonInferior: boolean;
};

type Estimate = { difference: number; standardError: number; df: number | null };

/** Both tests from their statistics, and what they decide together. */
function decided(
  { lower, upper }: Margins,
  cdf: (value: number) => number,
  alpha: number,
): Pick<Equivalence, 'lower' | 'upper' | 'p' | 'equivalent' | 'nonInferior'> {
  const [pLower, pUpper] = [cdf(-lower), cdf(upper)];
  const p = Math.max(pLower, pUpper);
  return {
    lower: { statistic: lower, p: pLower },
    upper: { statistic: upper, p: pUpper },
    p,
    equivalent: p < alpha,
    nonInferior: pLower < alpha,
  };
}

function requireMargins({ lower, upper }: Margins, alpha: number): void {
  if (!(lower < upper)) throw new RangeError('the lower margin must be below the upper one');
  if (!(alpha > 0 && alpha < 0.5)) throw new RangeError('alpha must lie between 0 and 0.5');
}

/** Two one-sided tests of an estimate. @throws RangeError unless lower < upper and 0 < alpha < 0.5 */
export function twoOneSidedTests(estimate: Estimate, margins: Margins, alpha = 0.05): Figure<Equivalence> {
  requireMargins(margins, alpha);
  const { difference, standardError, df } = estimate;
  if (!(standardError > 0)) return undefinedBecause('no-variation');
  const cdf = (value: number) => (df === null ? normalCdf(value) : studentCdf(value, df));
  const reach = (level: number) =>
    standardError * (df === null ? normalQuantile(level) : studentQuantile(level, df));
  const statistics = {
    lower: (difference - margins.lower) / standardError,
    upper: (difference - margins.upper) / standardError,
  };
  const around = (by: number): Interval => [difference - by, difference + by];
  return {
    defined: true,
    ...estimate,
    ...decided(statistics, cdf, alpha),
    interval: around(reach(1 - alpha)),
    wideInterval: around(reach(1 - alpha / 2)),
  };
}

/** One mean against `mu`: t test of the summary figures; margins are around 0 (Schuirmann 1987). */
export function meanEquivalence(
  { mean, mu, sd, n }: { mean: number; mu: number; sd: number; n: number },
  margins: Margins,
  alpha = 0.05,
): Figure<Equivalence> {
  if (n < 2) return undefinedBecause('too-few-units');
  return twoOneSidedTests(
    { difference: mean - mu, standardError: sd / Math.sqrt(n), df: n - 1 },
    margins,
    alpha,
  );
}

/** Two means of the same units, from their standard deviations and correlation. @throws RangeError for a correlation beyond 1 */
export function pairedEquivalence(
  paired: { mean1: number; mean2: number; sd1: number; sd2: number; r12: number; n: number },
  margins: Margins,
  alpha = 0.05,
): Figure<Equivalence> {
  const { mean1, mean2, sd1, sd2, r12, n } = paired;
  if (!(r12 >= -1 && r12 <= 1)) throw new RangeError(`a correlation lies between -1 and 1, not at ${r12}`);
  const sd = Math.sqrt(Math.max(0, sd1 ** 2 + sd2 ** 2 - 2 * r12 * sd1 * sd2));
  return meanEquivalence({ mean: mean1 - mean2, mu: 0, sd, n }, margins, alpha);
}

export type TwoMeans = { mean1: number; sd1: number; n1: number; mean2: number; sd2: number; n2: number };

/** Two independent means, mean1 - mean2: Welch's t (1947), or Student's with one pooled variance. */
export function twoMeanEquivalence(
  { mean1, sd1, n1, mean2, sd2, n2 }: TwoMeans,
  margins: Margins,
  alpha = 0.05,
  variance: 'unpooled' | 'pooled' = 'unpooled',
): Figure<Equivalence> {
  if (n1 < 2 || n2 < 2) return undefinedBecause('too-few-units');
  const [of1, of2] = [sd1 ** 2 / n1, sd2 ** 2 / n2];
  const pooled = ((n1 - 1) * sd1 ** 2 + (n2 - 1) * sd2 ** 2) / (n1 + n2 - 2);
  const isPooled = variance === 'pooled';
  const squared = isPooled ? pooled * (1 / n1 + 1 / n2) : of1 + of2;
  const df = isPooled ? n1 + n2 - 2 : squared ** 2 / (of1 ** 2 / (n1 - 1) + of2 ** 2 / (n2 - 1));
  const estimate = { difference: mean1 - mean2, standardError: Math.sqrt(squared), df };
  return twoOneSidedTests(estimate, margins, alpha);
}

/** Paired values: their mean difference x - y. @throws RangeError when they are not equally many */
export function pairedValuesEquivalence(
  x: readonly number[],
  y: readonly number[],
  margins: Margins,
  alpha = 0.05,
): Figure<Equivalence> {
  if (x.length !== y.length) throw new RangeError('paired values must be equally many');
  const differences = x.map((value, i) => value - (y[i] ?? 0));
  const n = differences.length;
  if (n < 2) return undefinedBecause(n === 0 ? 'no-units' : 'too-few-units');
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return meanEquivalence({ mean, mu: 0, sd, n }, margins, alpha);
}

/**
 * One share against margins on its own scale, with the sample's variance (Wald), or with the variance at each margin:
 * then the intervals are Wilson's, which hold exactly the shares that these tests do not refuse.
 */
export function proportionEquivalence(
  { successes, n }: { successes: number; n: number },
  margins: Margins,
  alpha = 0.05,
  variance: 'sample' | 'margin' = 'sample',
): Figure<Equivalence> {
  if (n < 1) return undefinedBecause('no-units');
  const share = successes / n;
  const standardError = Math.sqrt((share * (1 - share)) / n);
  if (variance === 'sample')
    return twoOneSidedTests({ difference: share, standardError, df: null }, margins, alpha);
  requireMargins(margins, alpha);
  if (!(margins.lower > 0 && margins.upper < 1))
    throw new RangeError('margins with a variance of their own must lie between 0 and 1');
  const at = (margin: number) => (share - margin) / Math.sqrt((margin * (1 - margin)) / n);
  const statistics = { lower: at(margins.lower), upper: at(margins.upper) };
  return {
    defined: true,
    difference: share,
    standardError,
    df: null,
    ...decided(statistics, normalCdf, alpha),
    interval: wilsonInterval(successes, n, 1 - 2 * alpha),
    wideInterval: wilsonInterval(successes, n, 1 - alpha),
  };
}

export type TwoProportions = { p1: number; n1: number; p2: number; n2: number };

/** Two independent shares, p1 - p2, with unpooled or pooled variance. */
export function twoProportionEquivalence(
  { p1, n1, p2, n2 }: TwoProportions,
  margins: Margins,
  alpha = 0.05,
  variance: 'unpooled' | 'pooled' = 'unpooled',
): Figure<Equivalence> {
  if (n1 < 1 || n2 < 1) return undefinedBecause('no-units');
  const pooled = (n1 * p1 + n2 * p2) / (n1 + n2);
  const squared =
    variance === 'pooled'
      ? pooled * (1 - pooled) * (1 / n1 + 1 / n2)
      : (p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2;
  return twoOneSidedTests(
    { difference: p1 - p2, standardError: Math.sqrt(squared), df: null },
    margins,
    alpha,
  );
}

/**
 * Two shares of the same n pairs, first - second, from the pairs that changed; the variance is the sample's
 * (Wald; Agresti 2013, equation 11.2). @throws RangeError for more changed pairs than pairs
 */
export function pairedProportionEquivalence(
  { firstOnly, secondOnly, n }: { firstOnly: number; secondOnly: number; n: number },
  margins: Margins,
  alpha = 0.05,
): Figure<Equivalence> {
  if (n < 1) return undefinedBecause('no-units');
  const changed = firstOnly + secondOnly;
  if (changed > n) throw new RangeError(`${changed} pairs cannot have changed among ${n}`);
  const difference = (firstOnly - secondOnly) / n;
  const standardError = Math.sqrt(Math.max(0, changed / n - difference ** 2) / n);
  return twoOneSidedTests({ difference, standardError, df: null }, margins, alpha);
}
