import { type Figure, undefinedBecause } from './figure.ts';
import { type Category, categoryValues, type Ratings } from './ratings.ts';
import { type UnitPatterns, unitPatterns } from './unit-patterns.ts';

/** How far apart two values are: levels of measurement (Krippendorff 2018, section 12.3). */
export const alphaMetrics = ['nominal', 'ordinal', 'interval', 'ratio'] as const;
export type AlphaMetric = (typeof alphaMetrics)[number];

/** Krippendorff's alpha = 1 - observed / expected disagreement. */
export type Alpha = {
  value: number;
  observedDisagreement: number;
  expectedDisagreement: number;
  /** Ratings in units with two or more of them. */
  pairable: number;
  /** Units with two or more ratings. */
  units: number;
};

/** Coincidences of pairable values (q x q, symmetric) and their margins; the sum of all is `pairable`. */
export type Coincidences = {
  q: number;
  matrix: Float64Array;
  margins: Float64Array;
  pairable: number;
  units: number;
};

export function marginsOf(matrix: Float64Array, q: number): { margins: Float64Array; pairable: number } {
  const margins = new Float64Array(q);
  let pairable = 0;
  for (let at = 0; at < q * q; at++) {
    const value = matrix[at] as number; // within q x q
    margins[(at / q) | 0] = (margins[(at / q) | 0] as number) + value;
    pairable += value;
  }
  return { margins, pairable };
}

/** Adds the pairs of a pattern's values, each counted 1 / (ratings - 1), as often as it occurs. */
function addPattern(
  matrix: Float64Array,
  { q, counts, ratings, units }: UnitPatterns,
  pattern: number,
): void {
  const row = pattern * q;
  const share = (units[pattern] as number) / ((ratings[pattern] as number) - 1); // one for each pattern
  for (let c = 0; c < q; c++) {
    const times = counts[row + c] as number; // within the pattern's row, as below
    if (times === 0) continue;
    matrix[c * q + c] = (matrix[c * q + c] as number) + times * (times - 1) * share;
    for (let k = c + 1; k < q; k++) {
      const both = times * (counts[row + k] as number) * share;
      matrix[c * q + k] = (matrix[c * q + k] as number) + both;
      matrix[k * q + c] = (matrix[k * q + c] as number) + both;
    }
  }
}

/** The coincidence matrix (Krippendorff 2018, equation 3): units with one rating have no pair and do not count. */
export function coincidences(table: Ratings): Coincidences {
  const patterns = unitPatterns(table);
  const { q } = patterns;
  const matrix = new Float64Array(q * q);
  let units = 0;
  for (let pattern = 0; pattern < patterns.found; pattern++) {
    if ((patterns.ratings[pattern] as number) < 2) continue; // one for each pattern
    units += patterns.units[pattern] as number;
    addPattern(matrix, patterns, pattern);
  }
  return { q, matrix, units, ...marginsOf(matrix, q) };
}

/** Squared distances between categories, q x q; the ordinal ones depend on how often each category was used. */
export function squaredDistances(
  metric: AlphaMetric,
  values: Float64Array,
  margins: Float64Array,
): Float64Array {
  const q = margins.length;
  const distances = new Float64Array(q * q);
  const ranks = new Float64Array(q);
  for (let k = 1; k < q; k++)
    // Distance of neighbours in rank: half of each one's frequency, as everything else lies between.
    ranks[k] = (ranks[k - 1] as number) + ((margins[k - 1] as number) + (margins[k] as number)) / 2; // within q
  for (let c = 0; c < q; c++)
    for (let k = c + 1; k < q; k++) {
      const [x, y] = [values[c] as number, values[k] as number];
      let distance = 1;
      if (metric === 'ordinal') distance = (ranks[k] as number) - (ranks[c] as number);
      if (metric === 'interval') distance = x - y;
      if (metric === 'ratio') distance = x + y === 0 ? 0 : (x - y) / (x + y);
      distances[c * q + k] = distance * distance;
      distances[k * q + c] = distance * distance;
    }
  return distances;
}

/** Alpha of a coincidence matrix; null where only one value was used. */
export function alphaOf(
  { q, matrix, margins, pairable }: Pick<Coincidences, 'q' | 'matrix' | 'margins' | 'pairable'>,
  distances: Float64Array,
): Pick<Alpha, 'value' | 'observedDisagreement' | 'expectedDisagreement'> | null {
  let [observed, expected] = [0, 0];
  for (let c = 0; c < q; c++)
    for (let k = c + 1; k < q; k++) {
      const distance = distances[c * q + k] as number; // within q x q
      observed += 2 * (matrix[c * q + k] as number) * distance;
      expected += 2 * (margins[c] as number) * (margins[k] as number) * distance;
    }
  if (!(expected > 0)) return null;
  const observedDisagreement = observed / pairable;
  const expectedDisagreement = expected / (pairable * (pairable - 1));
  return {
    value: 1 - observedDisagreement / expectedDisagreement,
    observedDisagreement,
    expectedDisagreement,
  };
}

/** The values behind the categories, or why this metric has none. */
export function metricValues(
  metric: AlphaMetric,
  categories: readonly Category[],
): Figure<{ values: Float64Array }> {
  const values = categoryValues(categories);
  const areNumbers = categories.every((category) => typeof category === 'number');
  if (metric === 'ratio' && !areNumbers) return undefinedBecause('not-numbers');
  if (metric === 'ratio' && values.some((value) => value < 0)) return undefinedBecause('negative-values');
  return { defined: true, values };
}

/**
 * Krippendorff's alpha with any number of raters and missing ratings (Krippendorff 2018, chapter 12; 2011,
 * "Computing Krippendorff's alpha-reliability"). Interval takes the categories' numbers, or their positions where
 * they are words; ordinal takes their order; ratio needs numbers that are not negative.
 */
export function krippendorffAlpha(table: Ratings, metric: AlphaMetric): Figure<Alpha> {
  const numbers = metricValues(metric, table.categories);
  if (!numbers.defined) return numbers;
  if (table.units === 0) return undefinedBecause('no-units');
  const found = coincidences(table);
  if (found.units === 0) return undefinedBecause('nothing-pairable');
  const alpha = alphaOf(found, squaredDistances(metric, numbers.values, found.margins));
  if (!alpha) return undefinedBecause('one-value');
  return { defined: true, ...alpha, pairable: found.pairable, units: found.units };
}
