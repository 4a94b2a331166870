import { identityWeights, type Weights } from './agreement-weights.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { type Figure, undefinedBecause } from './figure.ts';

/** Smallest whole number from `from` to `most` for which a condition that stays true once it is true holds; null if none. */
function smallestWhere(from: number, most: number, holds: (n: number) => boolean): number | null {
  if (!holds(most)) return null;
  let [low, high] = [from, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const mostPairs = 100_000_000;

/** How much judgements in clusters of `size` with intraclass correlation `rho` inflate a variance (Kish 1965). */
export const designEffect = ({ size, rho }: { size: number; rho: number }): number => 1 + (size - 1) * rho;

export type WinRatePlan = {
  /** Expected win rate with ties as half a win. */
  rate: number;
  /** Expected share of ties. */
  ties?: number;
  /** Inflation of the variance by clusters; 1 where judgements are independent. */
  inflation?: number;
};

/** Variance of one score 1, 1/2 or 0; ties take a quarter of their share away. */
function scoreVariance({ rate, ties = 0, inflation = 1 }: WinRatePlan): number {
  if (!(rate >= ties / 2 && rate <= 1 - ties / 2))
    throw new RangeError('the win rate must leave room for its ties: between ties / 2 and 1 - ties / 2');
  return Math.max(0, rate * (1 - rate) - ties / 4) * inflation;
}

/** Judgements for a win rate's normal interval to be `width` wide from end to end. */
export function pairsForWidth(plan: WinRatePlan, width: number, level = 0.95): Figure<{ pairs: number }> {
  const variance = scoreVariance(plan);
  if (variance === 0) return undefinedBecause('no-variation');
  const z = normalQuantile((1 + level) / 2);
  return { defined: true, pairs: Math.ceil((2 * z * Math.sqrt(variance)) ** 2 / width ** 2) };
}

/** Judgements for a two-sided test of "rate = 1/2" to find this rate with the wanted power. */
export function pairsForPower(
  plan: WinRatePlan,
  { power = 0.8, alpha = 0.05 }: { power?: number; alpha?: number } = {},
): Figure<{ pairs: number }> {
  const distance = Math.abs(plan.rate - 0.5);
  if (distance === 0) return undefinedBecause('out-of-reach');
  const { ties = 0, inflation = 1 } = plan;
  const underNull = Math.sqrt(((1 - ties) / 4) * inflation);
  const actual = Math.sqrt(scoreVariance(plan));
  const reach = normalQuantile(1 - alpha / 2) * underNull + normalQuantile(power) * actual;
  return { defined: true, pairs: Math.ceil((reach / distance) ** 2) };
}

/** Power of two one-sided tests of an estimate with this standard error (Schuirmann 1987; Julious 2004, equation 21). */
export function equivalencePower(
  { distance, margin, standardError }: { distance: number; margin: number; standardError: number },
  alpha = 0.05,
): number {
  const z = normalQuantile(1 - alpha);
  const above = normalCdf((margin - distance) / standardError - z);
  const below = normalCdf((margin + distance) / standardError - z);
  return Math.max(0, above + below - 1);
}

/** Judgements for two one-sided tests to show parity with 1/2 within `margin` with the wanted power. */
export function pairsForParity(
  plan: WinRatePlan,
  margin: number,
  { power = 0.8, alpha = 0.05 }: { power?: number; alpha?: number } = {},
): Figure<{ pairs: number }> {
  const distance = Math.abs(plan.rate - 0.5);
  const variance = scoreVariance(plan);
  if (distance >= margin) return undefinedBecause('out-of-reach');
  if (variance === 0) return undefinedBecause('no-variation');
  const enough = (n: number) =>
    equivalencePower({ distance, margin, standardError: Math.sqrt(variance / n) }, alpha) >= power;
  const pairs = smallestWhere(1, mostPairs, enough);
  return pairs === null ? undefinedBecause('out-of-reach') : { defined: true, pairs };
}

/**
 * What ratings are expected to look like: each rater names the truth with probability root(agreement), else any
 * category by its prevalence. Two raters then agree beyond chance with `agreement`, which is what kappa and alpha are.
 */
export type AgreementPlan = {
  /** Wanted kappa or alpha, 0 to 1. */
  agreement: number;
  /** Shares of the categories; they are scaled to sum 1. */
  prevalence: readonly number[];
  /** Ratings of each unit. */
  raters: number;
  weights?: Weights;
};

/** Every way `raters` ratings fall into q categories. */
function* compositions(raters: number, q: number): Generator<number[]> {
  if (q === 1) {
    yield [raters];
    return;
  }
  for (let first = 0; first <= raters; first++)
    for (const rest of compositions(raters - first, q - 1)) yield [first, ...rest];
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

function multinomial(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce(
    (product, count, k) => (product * (shares[k] ?? 0) ** count) / factorial(count),
    factorial(total),
  );
}

/** Standard deviation of one unit's influence on Fleiss' kappa and alpha under the plan (Gwet 2014, chapter 5, exact over all outcomes). */
export function agreementSpread({ agreement, prevalence, raters, weights }: AgreementPlan): number {
  const q = prevalence.length;
  if (!(agreement >= 0 && agreement < 1))
    throw new RangeError('the agreement must be at least 0 and below 1');
  if (q < 2 || raters < 2 || raters > 20)
    throw new RangeError('a plan needs 2 to 20 raters and 2 or more categories');
  const total = prevalence.reduce((sum, share) => sum + share, 0);
  const shares = prevalence.map((share) => share / total);
  const w = weights ?? identityWeights(q);
  const near = shares.map((_, k) => shares.reduce((sum, share, l) => sum + (w[k * q + l] ?? 0) * share, 0));
  const expected = shares.reduce((sum, share, k) => sum + share * (near[k] ?? 0), 0);
  if (1 - expected < 1e-12) return 0;
  const sure = Math.sqrt(agreement);
  let [mean, squares] = [0, 0];
  for (const counts of compositions(raters, q)) {
    const chance = shares.reduce((sum, truth, t) => {
      const given = shares.map((share, k) => (k === t ? sure : 0) + (1 - sure) * share);
      return sum + truth * multinomial(counts, given);
    }, 0);
    const agreeing = counts.reduce((sum, count, k) => {
      const close = counts.reduce((all, other, l) => all + (w[k * q + l] ?? 0) * other, 0);
      return sum + count * (close - 1);
    }, 0);
    const own = counts.reduce((sum, count, k) => sum + (count * (near[k] ?? 0)) / raters, 0);
    const observed = agreeing / (raters * (raters - 1));
    const influence = (observed - expected - 2 * (1 - agreement) * (own - expected)) / (1 - expected);
    mean += chance * influence;
    squares += chance * influence ** 2;
  }
  return Math.sqrt(Math.max(0, squares - mean ** 2));
}

/** Units for the normal interval of kappa or alpha to be `width` wide from end to end, and the ratings that takes. */
export function unitsForAgreementWidth(
  plan: AgreementPlan,
  width: number,
  level = 0.95,
): Figure<{ units: number; ratings: number }> {
  const spread = agreementSpread(plan);
  if (spread === 0) return undefinedBecause('no-variation');
  const units = Math.ceil((2 * normalQuantile((1 + level) / 2) * spread) ** 2 / width ** 2);
  return { defined: true, units, ratings: units * plan.raters };
}

/** Units for a one-sided test of "agreement is at most `least`" to find the planned agreement with the wanted power. */
export function unitsForAgreementPower(
  plan: AgreementPlan,
  least: number,
  { power = 0.8, alpha = 0.05 }: { power?: number; alpha?: number } = {},
): Figure<{ units: number; ratings: number }> {
  if (!(least >= 0 && least < plan.agreement)) return undefinedBecause('out-of-reach');
  const reach =
    normalQuantile(1 - alpha) * agreementSpread({ ...plan, agreement: least }) +
    normalQuantile(power) * agreementSpread(plan);
  const units = Math.ceil((reach / (plan.agreement - least)) ** 2);
  return { defined: true, units, ratings: units * plan.raters };
}
