import { chiSquaredUpper } from './distributions.ts';
import { type Figure, undefinedBecause } from './figure.ts';

/** Kendall's coefficient of concordance: 0 none, 1 the same ranking by all. */
export type Concordance = {
  /** Corrected for ties within raters. */
  value: number;
  uncorrected: number;
  chiSquared: number;
  df: number;
  p: number;
  units: number;
  raters: number;
};

/** Average ranks from 1, and the sum of t^3 - t over groups of t equal values. */
function ranked(values: readonly number[]): { ranks: Float64Array; ties: number } {
  const order = [...values.keys()].sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const place of order.slice(start, end)) ranks[place] = (start + end + 1) / 2;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { ranks, ties };
}

/**
 * Kendall's W with average ranks and correction for ties (Kendall and Babington Smith 1939; Siegel and Castellan
 * 1988, section 9.9). `rows`: units x raters; units with a missing rating are left out.
 */
export function kendallW(rows: readonly (readonly (number | null)[])[]): Figure<Concordance> {
  const raters = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const complete = rows
    .map((row) => row.filter((value) => value !== null))
    .filter((row) => row.length === raters);
  const n = complete.length;
  if (rows.length === 0) return undefinedBecause('no-units');
  if (raters < 2) return undefinedBecause('one-rater');
  if (n < 2) return undefinedBecause('too-few-units');
  const columns = Array.from({ length: raters }, (_, rater) =>
    ranked(complete.map((row) => row[rater] ?? 0)),
  );
  const sums = Array.from({ length: n }, (_, unit) =>
    columns.reduce((sum, { ranks }) => sum + (ranks[unit] ?? 0), 0),
  );
  const centre = (raters * (n + 1)) / 2;
  const spread = sums.reduce((total, sum) => total + (sum - centre) ** 2, 0);
  const ties = columns.reduce((total, column) => total + column.ties, 0);
  const most = raters ** 2 * (n ** 3 - n) - raters * ties;
  // Rounding leaves a trace of the ties of a million units.
  if (most <= 1e-12 * raters ** 2 * (n ** 3 - n)) return undefinedBecause('no-variation');
  const value = (12 * spread) / most;
  const chiSquared = raters * (n - 1) * value;
  return {
    defined: true,
    value,
    uncorrected: (12 * spread) / (raters ** 2 * (n ** 3 - n)),
    chiSquared,
    df: n - 1,
    p: chiSquaredUpper(chiSquared, n - 1),
    units: n,
    raters,
  };
}
