import { identityWeights, type Weights } from './agreement-weights.ts';
import { intervalAround } from './chance-corrected.ts';
import { normalTwoSided } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import { onlyRaters, type Ratings } from './ratings.ts';

/** Cohen's kappa of two raters, over the units both rated. */
export type CohenKappa = {
  value: number;
  observed: number;
  expected: number;
  units: number;
  /** Large-sample standard error, for the interval (Fleiss, Cohen and Everitt 1969, equation 13). */
  standardError: number;
  interval: Interval;
  /** Standard error if kappa were 0, for the test (the same, equation 14); null where it is 0. */
  nullStandardError: number | null;
  z: number | null;
  /** Two-sided. */
  p: number | null;
};

/** Shares of the q x q cross table and its margins. */
type CrossTable = {
  q: number;
  units: number;
  shares: Float64Array;
  first: Float64Array;
  second: Float64Array;
};

function crossTable({ units, codes, categories }: Ratings): CrossTable {
  const q = categories.length;
  const shares = new Float64Array(q * q);
  let both = 0;
  for (let unit = 0; unit < units; unit++) {
    const [i, j] = [codes[2 * unit] as number, codes[2 * unit + 1] as number]; // two codes a unit
    if (i < 0 || j < 0) continue;
    shares[i * q + j] = (shares[i * q + j] ?? 0) + 1;
    both++;
  }
  const first = new Float64Array(q);
  const second = new Float64Array(q);
  for (let i = 0; i < q; i++)
    for (let j = 0; j < q; j++) {
      const share = (shares[i * q + j] as number) / Math.max(both, 1); // within q x q, as below
      shares[i * q + j] = share;
      first[i] = (first[i] as number) + share;
      second[j] = (second[j] as number) + share;
    }
  return { q, units: both, shares, first, second };
}

/** Sum over all cells of f(i, j). */
function sumCells(q: number, f: (i: number, j: number) => number): number {
  let sum = 0;
  for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) sum += f(i, j);
  return sum;
}

/** Mean weight of each category against the other rater's margin: of the first's rows, and of the second's columns. */
function meanWeights({ q, first, second }: CrossTable, weight: (i: number, j: number) => number) {
  const rows = Float64Array.from({ length: q }, (_, i) =>
    second.reduce((sum, p, j) => sum + p * weight(i, j), 0),
  );
  const columns = Float64Array.from({ length: q }, (_, j) =>
    first.reduce((sum, p, i) => sum + p * weight(i, j), 0),
  );
  return { rows, columns };
}

export type CohenOptions = { weights?: Weights; level?: number };

/**
 * Cohen's kappa (1960), weighted (1968), with the standard errors of Fleiss, Cohen and Everitt (1969).
 * A perfect table has standard error 0 and an interval of one point.
 * @throws RangeError for more than two raters
 */
export function cohenKappa(table: Ratings, options: CohenOptions = {}): Figure<CohenKappa> {
  if (table.raters > 2) throw new RangeError(`Cohen's kappa is for two raters, not ${table.raters}`);
  if (table.units === 0) return undefinedBecause('no-units');
  if (table.raters < 2) return undefinedBecause('one-rater');
  const cross = crossTable(table);
  const { q, units, shares, first, second } = cross;
  const { weights = identityWeights(q), level = 0.95 } = options;
  if (units === 0) return undefinedBecause('nothing-pairable');
  const weight = (i: number, j: number) => weights[i * q + j] as number; // within q x q, as below
  const share = (i: number, j: number) => shares[i * q + j] as number;
  const margin = (i: number, j: number) => (first[i] as number) * (second[j] as number);
  const observed = sumCells(q, (i, j) => weight(i, j) * share(i, j));
  const expected = sumCells(q, (i, j) => weight(i, j) * margin(i, j));
  if (1 - expected < 1e-12) return undefinedBecause('one-value');
  const value = (observed - expected) / (1 - expected);
  const { rows, columns } = meanWeights(cross, weight);
  const mean = (i: number, j: number) => (rows[i] as number) + (columns[j] as number);
  const spread = sumCells(q, (i, j) => share(i, j) * (weight(i, j) - mean(i, j) * (1 - value)) ** 2);
  const variance = (spread - (value - expected * (1 - value)) ** 2) / (units * (1 - expected) ** 2);
  const nullSpread = sumCells(q, (i, j) => margin(i, j) * (weight(i, j) - mean(i, j)) ** 2);
  const nullVariance = (nullSpread - expected ** 2) / (units * (1 - expected) ** 2);
  const standardError = Math.sqrt(Math.max(0, variance));
  const nullStandardError = nullVariance > 1e-15 ? Math.sqrt(nullVariance) : null;
  const z = nullStandardError === null ? null : value / nullStandardError;
  return {
    defined: true,
    value,
    observed,
    expected,
    units,
    standardError,
    interval: intervalAround(value, standardError, level),
    nullStandardError,
    z,
    p: z === null ? null : normalTwoSided(z),
  };
}

/** One cell of the rater x rater matrix. */
export type PairKappa = { first: number; second: number; kappa: Figure<CohenKappa> };

/** Cohen's kappa of every two raters, over the units both rated (Light 1971). */
export function pairwiseCohenKappa(table: Ratings, options: CohenOptions = {}): PairKappa[] {
  const pairs: PairKappa[] = [];
  for (let first = 0; first < table.raters; first++)
    for (let second = first + 1; second < table.raters; second++)
      pairs.push({ first, second, kappa: cohenKappa(onlyRaters(table, [first, second]), options) });
  return pairs;
}

/** Mean of the pairwise kappas that are defined (Light 1971), and of how many pairs. */
export function lightKappa(
  table: Ratings,
  options: CohenOptions = {},
): Figure<{ value: number; pairs: number }> {
  if (table.units === 0) return undefinedBecause('no-units');
  if (table.raters < 2) return undefinedBecause('one-rater');
  const kappas = pairwiseCohenKappa(table, options).map(({ kappa }) => kappa);
  const values = kappas.flatMap((kappa) => (kappa.defined ? [kappa.value] : []));
  const isOneValue = kappas.some((kappa) => !kappa.defined && kappa.reason === 'one-value');
  if (values.length === 0) return undefinedBecause(isOneValue ? 'one-value' : 'nothing-pairable');
  return {
    defined: true,
    value: values.reduce((sum, v) => sum + v, 0) / values.length,
    pairs: values.length,
  };
}
