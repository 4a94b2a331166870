import { type Agreement, type AgreementOptions, gwetAc, percentAgreement } from './chance-corrected.ts';
import { type CohenKappa, type CohenOptions, cohenKappa } from './cohen-kappa.ts';
import { type Figure, undefinedBecause } from './figure.ts';
import { type AlphaMetric, krippendorffAlpha } from './krippendorff-alpha.ts';
import { onlyRaters, type Ratings, ratings as ratingsTable } from './ratings.ts';

/** One rater's two rounds over the same units: percent agreement, Cohen's kappa and AC1 between them. */
export type IntraRater = {
  percent: Figure<Agreement>;
  kappa: Figure<CohenKappa>;
  ac1: Figure<Agreement>;
  alpha: ReturnType<typeof krippendorffAlpha>;
};

/**
 * Intra-rater reliability: the same rater's first and second rating of each unit, as codes of one category list
 * (-1 missing), compared as if two raters had given them (Gwet 2014, chapter 10).
 */
export function intraRaterReliability(
  first: Int32Array,
  second: Int32Array,
  categories: Ratings['categories'],
  options: CohenOptions & { metric?: AlphaMetric } = {},
): Figure<IntraRater> {
  if (first.length !== second.length) throw new RangeError('both rounds need the same units');
  if (first.length === 0) return undefinedBecause('no-units');
  const codes = new Int32Array(2 * first.length);
  for (const [unit, code] of first.entries()) {
    codes[2 * unit] = code;
    codes[2 * unit + 1] = second[unit] ?? -1;
  }
  const table = ratingsTable(first.length, 2, codes, categories);
  const { weights, level } = options;
  const weighted: AgreementOptions = { ...(weights && { weights }), ...(level !== undefined && { level }) };
  return {
    defined: true,
    percent: percentAgreement(table, weighted),
    kappa: cohenKappa(table, options),
    ac1: gwetAc(table, weighted),
    alpha: krippendorffAlpha(table, options.metric ?? 'nominal'),
  };
}

/** What a figure is without one rater, and how much that changes it: above 0, the others agree better without. */
export type LeftOut = { rater: number; without: Figure<{ value: number }>; change: number | null };

/** A figure of all raters, and with each left out once. `figure` is any coefficient of this folder. */
export function leaveOneRaterOut<T extends { value: number }>(
  table: Ratings,
  figure: (table: Ratings) => Figure<T>,
): { all: Figure<T>; without: LeftOut[] } {
  const all = figure(table);
  const raters = Array.from({ length: table.raters }, (_, rater) => rater);
  const without = raters.map((rater): LeftOut => {
    const rest = raters.filter((other) => other !== rater);
    const found = figure(onlyRaters(table, rest));
    return { rater, without: found, change: found.defined && all.defined ? found.value - all.value : null };
  });
  return { all, without };
}

/** How often a rater agrees with the others on the same units, and over how many pairs of ratings. */
export type OwnAgreement = { rater: number; agreement: Figure<{ value: number; pairs: number }> };

/** Each rater's share of agreeing pairs with all others (leave-one-out agreement). */
export function agreementWithOthers({ units, raters, codes }: Ratings): OwnAgreement[] {
  return Array.from({ length: raters }, (_, rater) => {
    let [pairs, agreeing] = [0, 0];
    for (let unit = 0; unit < units; unit++) {
      const own = codes[unit * raters + rater] ?? -1;
      if (own < 0) continue;
      for (let other = 0; other < raters; other++) {
        const code = codes[unit * raters + other] ?? -1;
        if (other === rater || code < 0) continue;
        pairs++;
        if (code === own) agreeing++;
      }
    }
    return {
      rater,
      agreement:
        pairs === 0
          ? undefinedBecause('nothing-pairable')
          : { defined: true, value: agreeing / pairs, pairs },
    };
  });
}
