import type { Random } from '../selection/random.ts';
import { quadraticValueWeights, type Weights } from './agreement-weights.ts';
import { type Bootstrap, summarizeBootstrap } from './bootstrap.ts';
import { studentInterval } from './chance-corrected.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import {
  type AlphaMetric,
  alphaOf,
  coincidences,
  krippendorffAlpha,
  marginsOf,
  metricValues,
  squaredDistances,
} from './krippendorff-alpha.ts';
import { countByUnit, type Ratings } from './ratings.ts';
import { unitPatterns } from './unit-patterns.ts';

/** What one unit of each pattern adds to the coincidence matrix, upper triangle row by row, and the pattern of each pairable unit. */
type Pairs = { q: number; size: number; found: number; cells: Float64Array; patternOf: Int32Array };

function pairsOf(table: Ratings): Pairs {
  const { q, found, counts, ratings, patternOf } = unitPatterns(table);
  const size = (q * (q + 1)) / 2;
  const cells = new Float64Array(found * size);
  for (let pattern = 0, cell = 0; pattern < found; pattern++) {
    const share = 1 / Math.max(1, (ratings[pattern] as number) - 1); // one for each pattern
    for (let c = 0; c < q; c++)
      for (let k = c; k < q; k++) {
        const [one, other] = [counts[pattern * q + c] as number, counts[pattern * q + k] as number];
        cells[cell++] = one * (c === k ? one - 1 : other) * share;
      }
  }
  const isPairable = (pattern: number) => (ratings[pattern] as number) > 1;
  return { q, size, found, cells, patternOf: patternOf.filter(isPairable) };
}

/** The coincidence matrix of patterns that occur as often as the weights say. */
function mix({ q, cells, size }: Pairs, weights: Int32Array, sums: Float64Array, matrix: Float64Array): void {
  sums.fill(0);
  for (let pattern = 0, at = 0; pattern < weights.length; pattern++, at += size) {
    const weight = weights[pattern] as number; // one for each pattern
    if (weight === 0) continue;
    for (let cell = 0; cell < size; cell++)
      sums[cell] = (sums[cell] as number) + weight * (cells[at + cell] as number); // within the table
  }
  for (let c = 0, cell = 0; c < q; c++)
    for (let k = c; k < q; k++, cell++) {
      matrix[c * q + k] = sums[cell] as number; // within the triangle
      matrix[k * q + c] = sums[cell] as number;
    }
}

type Measured = (weights: Int32Array) => number;

/** Alpha as a function of how often each pattern occurs; NaN where it is undefined. */
function alphaByPattern(patterns: Pairs, metric: AlphaMetric, values: Float64Array): Measured {
  const { q } = patterns;
  const matrix = new Float64Array(q * q);
  const sums = new Float64Array(patterns.size);
  const fixed = metric === 'ordinal' ? null : squaredDistances(metric, values, new Float64Array(q));
  return (weights) => {
    mix(patterns, weights, sums, matrix);
    const found = marginsOf(matrix, q);
    const distances = fixed ?? squaredDistances(metric, values, found.margins);
    return alphaOf({ q, matrix, ...found }, distances)?.value ?? Number.NaN;
  };
}

export type AlphaBootstrapOptions = { replicates?: number; level?: number; random: Random };

/**
 * Bootstrap of alpha over pairable units: counts of units with the same ratings are resampled, the table is not built
 * again. Resamples with a single value left are undefined and dropped. BCa takes each unit out once.
 */
export function alphaUnitBootstrap(
  table: Ratings,
  metric: AlphaMetric,
  { replicates = 1000, level = 0.95, random }: AlphaBootstrapOptions,
): Figure<Bootstrap & { value: number }> {
  const alpha = krippendorffAlpha(table, metric);
  const numbers = metricValues(metric, table.categories);
  if (!alpha.defined) return alpha;
  if (!numbers.defined) return numbers;
  if (alpha.units < 2) return undefinedBecause('too-few-units');
  const patterns = pairsOf(table);
  const measure = alphaByPattern(patterns, metric, numbers.values);
  const weights = new Int32Array(patterns.found);
  const units = patterns.patternOf.length;
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0);
    for (let draw = 0; draw < units; draw++) {
      const pattern = patterns.patternOf[(random() * units) | 0] as number; // a unit
      weights[pattern] = (weights[pattern] as number) + 1;
    }
    values[replicate] = measure(weights);
  }
  const jackknife = jackknifed(patterns, measure);
  const summary = summarizeBootstrap(values, alpha.value, { level, jackknife });
  return summary.defined ? { ...summary, value: alpha.value } : summary;
}

/** Alpha with each unit left out once; units of one pattern give the same value. */
function jackknifed({ patternOf, found }: Pairs, measure: Measured): Float64Array {
  const weights = new Int32Array(found);
  for (const pattern of patternOf) weights[pattern] = (weights[pattern] ?? 0) + 1;
  const without = Float64Array.from(weights, (count, pattern) => {
    if (count === 0) return Number.NaN;
    weights[pattern] = count - 1;
    const value = measure(weights);
    weights[pattern] = count;
    return value;
  });
  return Float64Array.from(patternOf, (pattern) => without[pattern] ?? Number.NaN);
}

/**
 * Krippendorff's own bootstrap (Krippendorff 2006, "Bootstrapping distributions for alpha"; Hayes and Krippendorff
 * 2007): draws as many pairs of values as there are independent ones from the observed coincidences and holds the
 * expected disagreement as observed. It resamples deviations, not units, and
 * never more than 25 for each cell that occurs, so its interval is another one; values below -1 become -1.
 */
export function alphaPairBootstrap(
  table: Ratings,
  metric: AlphaMetric,
  { replicates = 1000, level = 0.95, random }: AlphaBootstrapOptions,
): Figure<Bootstrap & { value: number }> {
  const alpha = krippendorffAlpha(table, metric);
  const numbers = metricValues(metric, table.categories);
  if (!alpha.defined) return alpha;
  if (!numbers.defined) return numbers;
  const { q, matrix, margins, pairable } = coincidences(table);
  const distances = squaredDistances(metric, numbers.values, margins);
  const cumulated = new Float64Array(q * q);
  let sum = 0;
  for (const [cell, value] of matrix.entries()) {
    sum += value / pairable;
    cumulated[cell] = sum;
  }
  // Pairs: n (mean ratings of a unit - 1) / 2, but no more than 25 for each cell that occurs.
  const cells = matrix.filter((value) => value > 0).length;
  const draws = Math.max(1, Math.round(Math.min(25 * cells, ((pairable / alpha.units - 1) * pairable) / 2)));
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    let disagreement = 0;
    for (let draw = 0; draw < draws; draw++) disagreement += distances[cellAt(cumulated, random())] ?? 0;
    values[replicate] = Math.max(-1, 1 - disagreement / draws / alpha.expectedDisagreement);
  }
  const summary = summarizeBootstrap(values, alpha.value, { level });
  return summary.defined ? { ...summary, value: alpha.value } : summary;
}

/** The first cell whose cumulated share exceeds a number below 1. */
function cellAt(cumulated: Float64Array, share: number): number {
  let [low, high] = [0, cumulated.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulated[middle] as number) > share)
      high = middle; // within the table
    else low = middle + 1;
  }
  return low;
}

export type AlphaStandardError = {
  value: number;
  observed: number;
  expected: number;
  standardError: number;
  interval: Interval;
};

/** What Gwet's form of alpha is made of, over units with two or more ratings. */
function weightedShares(table: Ratings, weights: Weights) {
  const q = table.categories.length;
  const counts = countByUnit(table);
  const units = Array.from({ length: table.units }, (_, unit) => counts.subarray(unit * q, unit * q + q))
    .map((row) => ({ row, ratings: row.reduce((sum, count) => sum + count, 0) }))
    .filter(({ ratings }) => ratings > 1);
  const mean = units.reduce((sum, { ratings }) => sum + ratings, 0) / units.length;
  const share = new Float64Array(q);
  for (const { row } of units)
    for (const [k, count] of row.entries()) share[k] = (share[k] ?? 0) + count / (mean * units.length);
  const near = Array.from({ length: q }, (_, k) =>
    share.reduce((sum, p, l) => sum + (((weights[k * q + l] ?? 0) + (weights[l * q + k] ?? 0)) / 2) * p, 0),
  );
  return { q, units, mean, share, near };
}

/**
 * Alpha as a weighted coefficient with Gwet's design-based standard error (Gwet 2014, section 3.4.2 and 5.4; 2011,
 * "On the Krippendorff's alpha coefficient"). Without weights it is nominal alpha, with quadratic ones interval alpha;
 * `observed` holds the small-sample term 1 / (number of ratings).
 */
export function alphaStandardError(
  table: Ratings,
  options: { weights: Weights; level?: number; divisor?: 'n-1' | 'n' },
): Figure<AlphaStandardError> {
  const { weights, level = 0.95, divisor = 'n-1' } = options;
  const { q, units, mean, share, near } = weightedShares(table, weights);
  const n = units.length;
  if (n === 0) return undefinedBecause(table.units === 0 ? 'no-units' : 'nothing-pairable');
  const expected = share.reduce((sum, p, k) => sum + p * (near[k] ?? 0), 0);
  if (1 - expected < 1e-12) return undefinedBecause('one-value');
  if (n < 2) return undefinedBecause('too-few-units');
  const own = units.map(({ row, ratings }) => {
    let [agreeing, chance] = [0, 0];
    for (const [k, count] of row.entries()) {
      const close = row.reduce((sum, other, l) => sum + (weights[k * q + l] ?? 0) * other, 0);
      agreeing += count * (close - 1);
      chance += count * (near[k] ?? 0);
    }
    return {
      agreeing: agreeing / (mean * (ratings - 1)),
      chance: chance / mean,
      excess: (ratings - mean) / mean,
    };
  });
  const raw = own.reduce((sum, unit) => sum + unit.agreeing, 0) / n;
  const small = 1 / (n * mean);
  const observed = (1 - small) * raw + small;
  const rawAlpha = (raw - expected) / (1 - expected);
  const squares = own.reduce((sum, { agreeing, chance, excess }) => {
    const part = (agreeing - observed * excess - expected) / (1 - expected);
    const moved = (2 * (1 - rawAlpha) * (chance - expected * excess - expected)) / (1 - expected);
    return sum + (part - moved - rawAlpha) ** 2;
  }, 0);
  const standardError = Math.sqrt(squares / (n * (divisor === 'n' ? n : n - 1)));
  const value = (observed - expected) / (1 - expected);
  return {
    defined: true,
    value,
    observed,
    expected,
    standardError,
    interval: studentInterval(value, standardError, n - 1, level),
  };
}

/** The weights with which `alphaStandardError` is interval alpha. */
export const intervalAlphaWeights = (table: Ratings): Weights => quadraticValueWeights(table.categories);
