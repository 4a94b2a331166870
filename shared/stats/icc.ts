import { fisherQuantile, fisherUpper } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';

/** The six forms of Shrout and Fleiss (1979): model 1 to 3, of a single rating or of the mean of all k raters. */
export type IccForm = '1,1' | '2,1' | '3,1' | '1,k' | '2,k' | '3,k';

/** `f` is null where nothing is left to divide by: the units differ, and nothing else does. */
export type FTest = { f: number | null; df1: number; df2: number; p: number };

export type IntraclassCorrelations = {
  /** ICC(2,k) is null where units differ so much less than chance that its estimated total variance is not above 0. */
  forms: Record<IccForm, { value: number | null; interval: Interval | null }>;
  /** MSB / MSW of the one-way model, and MSB / MSE of the two-way model, each with its p. */
  oneWay: FTest;
  twoWay: FTest;
  /** Units with a rating of every rater: the others are left out. */
  units: number;
  raters: number;
};

type MeanSquares = { n: number; k: number; between: number; within: number; raters: number; error: number };

function completeRows(rows: readonly (readonly (number | null)[])[]): number[][] {
  const k = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return rows.flatMap((row) => {
    const values = row.filter((value) => value !== null);
    return values.length === k ? [values] : [];
  });
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squares = (values: readonly number[], centre: number) =>
  values.reduce((sum, value) => sum + (value - centre) ** 2, 0);

/** Two-way analysis of variance without replication (Shrout and Fleiss 1979, table 1), each sum of squares from its own residuals. */
function meanSquares(rows: readonly number[][], k: number): MeanSquares {
  const n = rows.length;
  const flat = rows.flat();
  const centre = mean(flat);
  const unitMeans = rows.map(mean);
  const raterMeans = Array.from({ length: k }, (_, rater) => mean(rows.map((row) => row[rater] ?? 0)));
  const left = rows.flatMap((row, unit) =>
    row.map((value, rater) => value - (unitMeans[unit] ?? 0) - (raterMeans[rater] ?? 0) + centre),
  );
  const raterSum = n * squares(raterMeans, centre);
  // What rounding leaves of a difference that is none.
  const rounding = 1e-28 * squares(flat, 0);
  const errorSum = squares(left, 0);
  const error = errorSum > rounding ? errorSum : 0;
  const betweenRaters = raterSum > rounding ? raterSum : 0;
  const unitSum = k * squares(unitMeans, centre);
  return {
    n,
    k,
    between: unitSum > rounding ? unitSum / (n - 1) : 0,
    within: (error + betweenRaters) / (n * (k - 1)),
    raters: betweenRaters / (k - 1),
    error: error / ((n - 1) * (k - 1)),
  };
}

/** Reliability of the mean of k ratings from that of one (Spearman 1910, Brown 1910). */
const stepUp = (rho: number, k: number) => (k * rho) / (1 + (k - 1) * rho);

/** The interval stepped up; null where its low end is at or beyond the pole at -1 / (k - 1), as the mean's then has no low end. */
const stepUpInterval = ([low, high]: Interval, k: number): Interval | null =>
  1 + (k - 1) * low > 0 ? [stepUp(low, k), stepUp(high, k)] : null;

/** Limits of ICC(2,1) by the approximation of Shrout and Fleiss (1979, p. 424); null where its degrees of freedom vanish. */
function twoRandomInterval(
  { n, k, between, raters, error }: MeanSquares,
  value: number,
  level: number,
): Interval | null {
  if (error === 0) return raters === 0 ? [1, 1] : null;
  const fj = raters / error;
  const top = (k - 1) * (n - 1) * (k * value * fj + n * (1 + (k - 1) * value) - k * value) ** 2;
  const bottom = (n - 1) * k ** 2 * value ** 2 * fj ** 2 + (n * (1 + (k - 1) * value) - k * value) ** 2;
  const v = top / bottom;
  if (!(v > 1e-9)) return null;
  const tail = (1 + level) / 2;
  const fLow = fisherQuantile(tail, n - 1, v);
  const fHigh = fisherQuantile(tail, v, n - 1);
  const rest = k * raters + (k * n - k - n) * error;
  const limits = [
    (n * (between - fLow * error)) / (fLow * rest + n * between),
    (n * (fHigh * between - error)) / (rest + n * fHigh * between),
  ] as const;
  return limits.every(Number.isFinite) ? limits : null;
}

/**
 * The six intraclass correlations of Shrout and Fleiss (1979) with F tests and intervals; ICC(2,k)'s interval is
 * ICC(2,1)'s by Spearman-Brown, or null where that has no low end. `rows`: units x raters, null where missing; units with a missing rating are left out.
 */
export function intraclassCorrelations(
  rows: readonly (readonly (number | null)[])[],
  level = 0.95,
): Figure<IntraclassCorrelations> {
  const complete = completeRows(rows);
  const k = complete[0]?.length ?? rows[0]?.length ?? 0;
  if (rows.length === 0) return undefinedBecause('no-units');
  if (k < 2) return undefinedBecause('one-rater');
  if (complete.length < 2) return undefinedBecause('too-few-units');
  const found = meanSquares(complete, k);
  // Means of units that are all equal leave every form without a value: 0 / 0, or minus infinity.
  if (!(found.between > 1e-12 * (found.within + found.error))) return undefinedBecause('no-variation');
  const { forms, ...tests } = correlations(found, level);
  if (Object.values(forms).some(({ value }) => value !== null && !Number.isFinite(value)))
    return undefinedBecause('no-variation');
  return { defined: true, forms, ...tests, units: complete.length, raters: k };
}

const testOf = (f: number, df1: number, df2: number): FTest => ({
  f: Number.isFinite(f) ? f : null,
  df1,
  df2,
  p: fisherUpper(f, df1, df2),
});

function correlations(
  found: MeanSquares,
  level: number,
): Pick<IntraclassCorrelations, 'forms' | 'oneWay' | 'twoWay'> {
  const { n, k, between, within, raters, error } = found;
  const tail = (1 + level) / 2;
  const [df1, dfOne, dfTwo] = [n - 1, n * (k - 1), (n - 1) * (k - 1)];
  const [fOne, fTwo] = [between / within, between / error];
  const limits = (f: number, df2: number): Interval => [
    f / fisherQuantile(tail, df1, df2),
    f * fisherQuantile(tail, df2, df1),
  ];
  // So written, both are 1 where F is infinite.
  const single = (f: number) => 1 - k / (f + k - 1);
  const average = (f: number) => 1 - 1 / f;
  const each = ([low, high]: Interval, turn: (f: number) => number): Interval => [turn(low), turn(high)];
  const two = (between - error) / (between + (k - 1) * error + (k * (raters - error)) / n);
  const twoInterval = twoRandomInterval(found, two, level);
  const total = between + (raters - error) / n;
  return {
    forms: {
      '1,1': { value: single(fOne), interval: each(limits(fOne, dfOne), single) },
      '1,k': { value: average(fOne), interval: each(limits(fOne, dfOne), average) },
      '2,1': { value: two, interval: twoInterval },
      '2,k': {
        value: total > 0 ? (between - error) / total : null,
        interval: twoInterval && stepUpInterval(twoInterval, k),
      },
      '3,1': { value: single(fTwo), interval: each(limits(fTwo, dfTwo), single) },
      '3,k': { value: average(fTwo), interval: each(limits(fTwo, dfTwo), average) },
    },
    oneWay: testOf(fOne, df1, dfOne),
    twoWay: testOf(fTwo, df1, dfTwo),
  };
}
