import { fisherQuantile, fisherUpper } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';

/** The six forms of Shrout and Fleiss (1979): model 1 to 3, of a single rating or of the mean of all k raters. */
export type IccForm = '1,1' | '2,1' | '3,1' | '1,k' | '2,k' | '3,k';

export type IntraclassCorrelations = {
  forms: Record<IccForm, { value: number; interval: Interval | null }>;
  /** MSB / MSW of the one-way model, and MSB / MSE of the two-way model, each with its p. */
  oneWay: { f: number; df1: number; df2: number; p: number };
  twoWay: { f: number; df1: number; df2: number; p: number };
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

/** Two-way analysis of variance without replication (Shrout and Fleiss 1979, table 1). */
function meanSquares(rows: readonly number[][], k: number): MeanSquares {
  const n = rows.length;
  const centre = mean(rows.flat());
  const total = squares(rows.flat(), centre);
  const unitSum = k * squares(rows.map(mean), centre);
  const raterMeans = Array.from({ length: k }, (_, rater) => mean(rows.map((row) => row[rater] ?? 0)));
  const raterSum = n * squares(raterMeans, centre);
  return {
    n,
    k,
    between: unitSum / (n - 1),
    within: (total - unitSum) / (n * (k - 1)),
    raters: raterSum / (k - 1),
    error: (total - unitSum - raterSum) / ((n - 1) * (k - 1)),
  };
}

/** Reliability of the mean of k ratings from that of one (Spearman 1910, Brown 1910). */
const stepUp = (rho: number, k: number) => (k * rho) / (1 + (k - 1) * rho);

/** Limits of ICC(2,1) by the approximation of Shrout and Fleiss (1979, p. 424); null where its degrees of freedom vanish. */
function twoRandomInterval(
  { n, k, between, raters, error }: MeanSquares,
  value: number,
  level: number,
): Interval | null {
  const fj = raters / error;
  const top = (k - 1) * (n - 1) * (k * value * fj + n * (1 + (k - 1) * value) - k * value) ** 2;
  const bottom = (n - 1) * k ** 2 * value ** 2 * fj ** 2 + (n * (1 + (k - 1) * value) - k * value) ** 2;
  const v = top / bottom;
  if (!(v > 1e-9)) return null;
  const tail = (1 + level) / 2;
  const fLow = fisherQuantile(tail, n - 1, v);
  const fHigh = fisherQuantile(tail, v, n - 1);
  const rest = k * raters + (k * n - k - n) * error;
  return [
    (n * (between - fLow * error)) / (fLow * rest + n * between),
    (n * (fHigh * between - error)) / (rest + n * fHigh * between),
  ];
}

/**
 * The six intraclass correlations of Shrout and Fleiss (1979) with F tests and intervals; ICC(2,k)'s interval is
 * ICC(2,1)'s by Spearman-Brown. `rows`: units x raters, null where missing; units with a missing rating are left out.
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
  if (!(found.error > 0)) return found.raters > 0 ? undefinedBecause('no-variation') : perfect(found);
  const { forms, ...tests } = correlations(found, level);
  if (!Object.values(forms).every(({ value }) => Number.isFinite(value)))
    return undefinedBecause('no-variation');
  return { defined: true, forms, ...tests, units: complete.length, raters: k };
}

/** All raters gave the same, different values. */
function perfect({ n, k }: MeanSquares): Figure<IntraclassCorrelations> {
  const one = { value: 1, interval: [1, 1] as Interval };
  const forms = { '1,1': one, '2,1': one, '3,1': one, '1,k': one, '2,k': one, '3,k': one };
  const infinite = (df2: number) => ({ f: Number.POSITIVE_INFINITY, df1: n - 1, df2, p: 0 });
  return {
    defined: true,
    forms,
    oneWay: infinite(n * (k - 1)),
    twoWay: infinite((n - 1) * (k - 1)),
    units: n,
    raters: k,
  };
}

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
  const single = (f: number) => (f - 1) / (f + k - 1);
  const average = (f: number) => 1 - 1 / f;
  const each = ([low, high]: Interval, turn: (f: number) => number): Interval => [turn(low), turn(high)];
  const two = (between - error) / (between + (k - 1) * error + (k * (raters - error)) / n);
  const twoInterval = twoRandomInterval(found, two, level);
  return {
    forms: {
      '1,1': { value: single(fOne), interval: each(limits(fOne, dfOne), single) },
      '1,k': { value: average(fOne), interval: each(limits(fOne, dfOne), average) },
      '2,1': { value: two, interval: twoInterval },
      '2,k': {
        value: (between - error) / (between + (raters - error) / n),
        interval: twoInterval && each(twoInterval, (rho) => stepUp(rho, k)),
      },
      '3,1': { value: single(fTwo), interval: each(limits(fTwo, dfTwo), single) },
      '3,k': { value: average(fTwo), interval: each(limits(fTwo, dfTwo), average) },
    },
    oneWay: { f: fOne, df1, df2: dfOne, p: fisherUpper(fOne, df1, dfOne) },
    twoWay: { f: fTwo, df1, df2: dfTwo, p: fisherUpper(fTwo, df1, dfTwo) },
  };
}
