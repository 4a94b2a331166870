import { identityWeights, type Weights } from './agreement-weights.ts';
import { normalQuantile, studentQuantile } from './distributions.ts';
import { type Figure, type Interval, type UndefinedReason, undefinedBecause } from './figure.ts';
import { countByUnit, type Ratings } from './ratings.ts';

/**
 * An agreement coefficient (observed - expected) / (1 - expected). `standardError` is Gwet's design-based one
 * (2014, chapter 5; sampling fraction 0), null under two units; the interval is Student's with n - 1 degrees of freedom, not cut at 1.
 */
export type Agreement = {
  value: number;
  observed: number;
  expected: number;
  standardError: number | null;
  interval: Interval | null;
  /** Units with two or more ratings. */
  pairable: number;
};

export type AgreementOptions = {
  /** Default: full agreement or none. */
  weights?: Weights;
  level?: number;
  /** What the squared influences are divided by: n(n - 1), or n x n as for tables of two raters (Gwet 2014, p. 144). */
  divisor?: 'n-1' | 'n';
};

/** Shares, marginals and counts that every coefficient of Gwet's framework is made of. */
type Shares = {
  q: number;
  /** Units with at least one rating, and with at least two. */
  rated: number;
  pairable: number;
  counts: Int32Array;
  perUnit: Int32Array;
  /** Share of each category, averaged over rated units. */
  prevalence: Float64Array;
  weights: Weights;
  /** Weighted agreement within each unit; 0 where it has fewer than two ratings. */
  agreement: Float64Array;
  observed: number;
};

function perUnitOf(counts: Int32Array, units: number, q: number): Int32Array {
  const perUnit = new Int32Array(units);
  for (let unit = 0, at = 0; unit < units; unit++)
    for (let k = 0; k < q; k++) perUnit[unit] = (perUnit[unit] as number) + (counts[at++] as number); // within the table
  return perUnit;
}

/** Share of agreeing pairs of ratings within one unit; the pair of a rating with itself is left out. */
function unitAgreement(
  counts: Int32Array,
  row: number,
  q: number,
  weights: Weights,
  ratings: number,
): number {
  let sum = 0;
  for (let k = 0; k < q; k++) {
    const count = counts[row + k] as number; // within the unit's row
    if (count === 0) continue;
    let near = 0;
    for (let l = 0; l < q; l++) near += (weights[k * q + l] as number) * (counts[row + l] as number);
    sum += count * (near - 1);
  }
  return sum / (ratings * (ratings - 1));
}

function sharesOf(table: Ratings, weights: Weights): Shares {
  const q = table.categories.length;
  const counts = countByUnit(table);
  const perUnit = perUnitOf(counts, table.units, q);
  const prevalence = new Float64Array(q);
  const agreement = new Float64Array(table.units);
  let [rated, pairable, total] = [0, 0, 0];
  for (const [unit, ratings] of perUnit.entries()) {
    if (ratings === 0) continue;
    rated++;
    for (let k = 0; k < q; k++)
      prevalence[k] = (prevalence[k] as number) + (counts[unit * q + k] as number) / ratings; // within the tables
    if (ratings < 2) continue;
    pairable++;
    const share = unitAgreement(counts, unit * q, q, weights, ratings);
    agreement[unit] = share;
    total += share;
  }
  for (let k = 0; k < q; k++) prevalence[k] = (prevalence[k] as number) / Math.max(rated, 1);
  return {
    q,
    rated,
    pairable,
    counts,
    perUnit,
    prevalence,
    weights,
    agreement,
    observed: total / Math.max(pairable, 1),
  };
}

/** Expected agreement, and how much each unit moves it (the unit's own expectation). */
type Expectation = { expected: number; ofUnit: (unit: number) => number };

/** (W v)_k averaged over rows and columns, for weights that need not be symmetric. */
function smoothed({ q, weights }: Pick<Shares, 'q' | 'weights'>, v: Float64Array): Float64Array {
  const result = new Float64Array(q);
  for (let k = 0; k < q; k++)
    for (let l = 0; l < q; l++)
      result[k] =
        (result[k] as number) +
        (((weights[k * q + l] as number) + (weights[l * q + k] as number)) / 2) * (v[l] as number); // within q x q
  return result;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

function ownMean({ q, counts, perUnit }: Shares, unit: number, of: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < q; k++) sum += (counts[unit * q + k] as number) * (of[k] as number); // within the tables
  return sum / (perUnit[unit] as number);
}

const sumOf = (weights: Weights) => weights.reduce((sum, weight) => sum + weight, 0);

function gwetExpectation(shares: Shares): Expectation {
  const { q, prevalence, weights } = shares;
  const scale = q < 2 ? 0 : sumOf(weights) / (q * (q - 1));
  const rest = prevalence.map((share) => scale * (1 - share));
  return { expected: dot(prevalence, rest), ofUnit: (unit) => ownMean(shares, unit, rest) };
}

function fleissExpectation(shares: Shares): Expectation {
  const near = smoothed(shares, shares.prevalence);
  return { expected: dot(shares.prevalence, near), ofUnit: (unit) => ownMean(shares, unit, near) };
}

function brennanPredigerExpectation({ q, weights }: Shares): Expectation {
  const expected = sumOf(weights) / (q * q);
  return { expected, ofUnit: () => expected };
}

/** Mean weighted agreement of two different raters' own marginals (Conger 1980; Gwet 2014, equation 2.15). */
function congerExpectation(shares: Shares, table: Ratings): Expectation {
  const { q } = shares;
  const { raters, units, codes } = table;
  const rated = new Float64Array(raters);
  const marginals = Array.from({ length: raters }, () => new Float64Array(q));
  for (let at = 0; at < units * raters; at++) {
    const code = codes[at] as number; // within the table
    const marginal = marginals[at % raters];
    if (code < 0 || !marginal) continue;
    marginal[code] = (marginal[code] ?? 0) + 1;
    rated[at % raters] = (rated[at % raters] ?? 0) + 1;
  }
  const used = [...rated.keys()].filter((rater) => (rated[rater] ?? 0) > 0);
  const of = (rater: number) =>
    (marginals[rater] as Float64Array).map((count) => count / (rated[rater] as number)); // rater is one of `used`
  const share = new Map(used.map((rater) => [rater, of(rater)]));
  const sum = new Float64Array(q);
  for (const own of share.values())
    for (let k = 0; k < q; k++) sum[k] = (sum[k] as number) + (own[k] as number);
  const pairs = used.length * (used.length - 1);
  const nearAll = smoothed(shares, sum);
  const nearOwn = new Map([...share].map(([rater, own]) => [rater, smoothed(shares, own)]));
  let within = 0;
  for (const [rater, own] of share) within += dot(own, nearOwn.get(rater) ?? sum);
  const expected = pairs === 0 ? 1 : (dot(sum, nearAll) - within) / pairs;
  // What one rating of a rater adds to the expectation, beyond that rater's mean; fewer ratings weigh more.
  const pull = new Map(
    [...nearOwn].map(([rater, near]) => {
      const weight = shares.rated / (rated[rater] as number) / pairs; // rater is one of `used`
      const towards = nearAll.map((all, k) => weight * (all - (near[k] as number))); // near has q entries
      const mean = dot(share.get(rater) ?? towards, towards);
      return [rater, towards.map((one) => one - mean)] as const;
    }),
  );
  return {
    expected,
    ofUnit: (unit) => {
      let moved = expected;
      for (const [rater, by] of pull) {
        const code = codes[unit * raters + rater] as number; // within the table
        if (code >= 0) moved += by[code] as number; // a category
      }
      return moved;
    },
  };
}

type Rule = (shares: Shares, table: Ratings) => Expectation;

function varianceOf(
  shares: Shares,
  value: number,
  { expected, ofUnit }: Expectation,
  divisor: 'n-1' | 'n',
): number {
  const { perUnit, agreement, rated, pairable } = shares;
  let sum = 0;
  for (const [unit, ratings] of perUnit.entries()) {
    if (ratings === 0) continue;
    const own = ratings < 2 ? 0 : (rated / pairable) * ((agreement[unit] as number) - expected); // one per unit
    const moved = 2 * (1 - value) * (ofUnit(unit) - expected);
    sum += ((own - moved) / (1 - expected) - value) ** 2;
  }
  return sum / (rated * (divisor === 'n' ? rated : rated - 1));
}

export const intervalAround = (value: number, standardError: number, level: number): Interval => {
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return [value - reach, value + reach];
};

/** value +- t x standardError. */
export const studentInterval = (
  value: number,
  standardError: number,
  df: number,
  level: number,
): Interval => {
  const reach = studentQuantile((1 + level) / 2, df) * standardError;
  return [value - reach, value + reach];
};

function whyUndefined(table: Ratings, shares: Shares): UndefinedReason | null {
  if (shares.rated === 0) return 'no-units';
  if (table.raters < 2) return 'one-rater';
  return shares.pairable === 0 ? 'nothing-pairable' : null;
}

function coefficient(table: Ratings, options: AgreementOptions, rule: Rule): Figure<Agreement> {
  const { weights = identityWeights(table.categories.length), level = 0.95, divisor = 'n-1' } = options;
  const shares = sharesOf(table, weights);
  const reason = whyUndefined(table, shares);
  if (reason) return undefinedBecause(reason);
  const expectation = rule(shares, table);
  const { expected } = expectation;
  if (1 - expected < 1e-12) return undefinedBecause('one-value');
  const value = (shares.observed - expected) / (1 - expected);
  const standardError = shares.rated < 2 ? null : Math.sqrt(varianceOf(shares, value, expectation, divisor));
  return {
    defined: true,
    value,
    observed: shares.observed,
    expected,
    standardError,
    interval: standardError === null ? null : studentInterval(value, standardError, shares.rated - 1, level),
    pairable: shares.pairable,
  };
}

/**
 * Share of pairs of ratings of the same unit that agree, averaged over units with two or more
 * (Gwet 2014, equation 2.8, with missing ratings). `expected` is 0.
 */
export const percentAgreement = (table: Ratings, options: AgreementOptions = {}): Figure<Agreement> =>
  coefficient(table, options, () => ({ expected: 0, ofUnit: () => 0 }));

/** Brennan and Prediger (1981): every category is as likely as any other. Bennett's S and Randolph's free-marginal kappa are the same. */
export const brennanPrediger = (table: Ratings, options: AgreementOptions = {}): Figure<Agreement> =>
  coefficient(table, options, brennanPredigerExpectation);

/** Gwet's AC1, with weights AC2 (Gwet 2008; 2014, chapter 4 and table 4.10 for missing ratings). */
export const gwetAc = (table: Ratings, options: AgreementOptions = {}): Figure<Agreement> =>
  coefficient(table, options, gwetExpectation);

/**
 * Fleiss' kappa (1971) in Gwet's generalisation to missing ratings and weights (2014, equation 2.17).
 * With two raters and no missing rating it is Scott's pi (1955).
 */
export const fleissKappa = (table: Ratings, options: AgreementOptions = {}): Figure<Agreement> =>
  coefficient(table, options, fleissExpectation);

/** Conger's kappa (1980), with each rater's own marginals; with two raters it is Cohen's kappa. */
export const congerKappa = (table: Ratings, options: AgreementOptions = {}): Figure<Agreement> =>
  coefficient(table, options, congerExpectation);

/** Scott's pi (1955) of two raters, weights as Gwet (2014). @throws RangeError for more than two raters */
export function scottPi(table: Ratings, options: AgreementOptions = {}): Figure<Agreement> {
  if (table.raters > 2) throw new RangeError(`Scott's pi is for two raters, not ${table.raters}`);
  return fleissKappa(table, options);
}
