import { normalTwoSided } from './distributions.ts';
import { type Figure, undefinedBecause } from './figure.ts';
import { countByUnit, type Ratings } from './ratings.ts';

/** Fleiss' test of "no agreement beyond chance", and kappa of each category against all others. */
export type FleissTest = {
  value: number;
  z: number;
  /** Two-sided. */
  p: number;
  /** Null where nobody or everybody used the category. */
  categories: readonly ({ value: number; z: number; p: number } | null)[];
};

/** Shares of categories, and how many pairs of raters agreed on each. */
function categoryShares(counts: Int32Array, units: number, q: number, raters: number) {
  const share = new Float64Array(q);
  const squares = new Float64Array(q);
  for (const [at, count] of counts.entries()) {
    share[at % q] = (share[at % q] ?? 0) + count / (units * raters);
    squares[at % q] = (squares[at % q] ?? 0) + count * count;
  }
  return { share, squares };
}

/**
 * Kappa = 0 tested with the large-sample variance of Fleiss, Nee and Landis (1979), for units that all have the same
 * number of ratings; `unequal-ratings` where they do not. Category kappas: Fleiss (1971, equation 15).
 */
export function fleissTest(table: Ratings): Figure<FleissTest> {
  const q = table.categories.length;
  const counts = countByUnit(table);
  const perUnit = Array.from({ length: table.units }, (_, unit) =>
    counts.subarray(unit * q, unit * q + q).reduce((sum, count) => sum + count, 0),
  );
  const raters = perUnit[0] ?? 0;
  if (table.units === 0) return undefinedBecause('no-units');
  if (table.raters < 2) return undefinedBecause('one-rater');
  if (perUnit.some((ratings) => ratings !== raters)) return undefinedBecause('unequal-ratings');
  if (raters < 2) return undefinedBecause('nothing-pairable');
  const { share, squares } = categoryShares(counts, table.units, q, raters);
  const n = table.units;
  const pairs = n * raters * (raters - 1);
  const spread = share.reduce((sum, p) => sum + p * (1 - p), 0);
  if (spread < 1e-12) return undefinedBecause('one-value');
  const skew = share.reduce((sum, p) => sum + p * (1 - p) * (1 - 2 * p), 0);
  const observed = (squares.reduce((sum, square) => sum + square, 0) - n * raters) / pairs;
  const value = (observed - (1 - spread)) / spread;
  const z = value / Math.sqrt((2 / (spread ** 2 * pairs)) * (spread ** 2 - skew));
  return {
    defined: true,
    value,
    z,
    p: normalTwoSided(z),
    categories: [...share].map((p, k) => {
      if (p < 1e-12 || p > 1 - 1e-12) return null;
      const own = ((squares[k] ?? 0) - n * raters * p) / (pairs * p);
      const kappa = (own - p) / (1 - p);
      const ownZ = kappa / Math.sqrt(2 / pairs);
      return { value: kappa, z: ownZ, p: normalTwoSided(ownZ) };
    }),
  };
}

/** Share of agreeing pairs of ratings of each unit (Fleiss 1971, equation 2); null under two ratings. */
export function unitAgreements(table: Ratings): (number | null)[] {
  const q = table.categories.length;
  const counts = countByUnit(table);
  return Array.from({ length: table.units }, (_, unit) => {
    const row = counts.subarray(unit * q, unit * q + q);
    const ratings = row.reduce((sum, count) => sum + count, 0);
    const agreeing = row.reduce((sum, count) => sum + count * (count - 1), 0);
    return ratings < 2 ? null : agreeing / (ratings * (ratings - 1));
  });
}
