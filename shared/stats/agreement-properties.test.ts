import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearWeights, quadraticWeights } from './agreement-weights.ts';
import { alphaStandardError, intervalAlphaWeights } from './alpha-interval.ts';
import {
  type Agreement,
  brennanPrediger,
  congerKappa,
  fleissKappa,
  gwetAc,
  percentAgreement,
} from './chance-corrected.ts';
import { cohenKappa } from './cohen-kappa.ts';
import type { Figure } from './figure.ts';
import { kendallW } from './kendall-w.ts';
import { alphaMetrics, krippendorffAlpha } from './krippendorff-alpha.ts';
import { type Ratings, ratings } from './ratings.ts';

const q = 4;
const categories = [1, 2, 3, 4];

/** Tables of 2 to 5 raters and 2 to 12 units, a fifth of the ratings missing. */
const tables = fc
  .record({ units: fc.integer({ min: 2, max: 12 }), raters: fc.integer({ min: 2, max: 5 }) })
  .chain(({ units, raters }) =>
    fc
      .array(
        fc.oneof(
          { weight: 1, arbitrary: fc.constant(-1) },
          { weight: 4, arbitrary: fc.integer({ min: 0, max: q - 1 }) },
        ),
        {
          minLength: units * raters,
          maxLength: units * raters,
        },
      )
      .map((codes) => ratings(units, raters, Int32Array.from(codes), categories)),
  );
const twoRaters = tables.map((table) => takeRaters(table, [0, 1]));

function takeRaters({ units, raters, codes }: Ratings, chosen: number[]): Ratings {
  const kept = Array.from({ length: units }, (_, unit) =>
    chosen.map((rater) => codes[unit * raters + rater] ?? -1),
  );
  return ratings(units, chosen.length, Int32Array.from(kept.flat()), categories);
}

const withCodes = (table: Ratings, change: (rows: number[][]) => number[][]): Ratings => {
  const rows = Array.from({ length: table.units }, (_, unit) => [
    ...table.codes.subarray(unit * table.raters, (unit + 1) * table.raters),
  ]);
  const changed = change(rows);
  return ratings(changed.length, changed[0]?.length ?? 0, Int32Array.from(changed.flat()), table.categories);
};

type Coefficient = (table: Ratings) => Figure<{ value: number }>;
const nominal: Record<string, Coefficient> = {
  'percent agreement': percentAgreement,
  'Brennan-Prediger': brennanPrediger,
  AC1: gwetAc,
  "Fleiss' kappa": fleissKappa,
  "Conger's kappa": congerKappa,
  'nominal alpha': (table) => krippendorffAlpha(table, 'nominal'),
};
const weighted: Record<string, Coefficient> = {
  'AC2, linear': (table) => gwetAc(table, { weights: linearWeights(q) }),
  'AC2, quadratic': (table) => gwetAc(table, { weights: quadraticWeights(q) }),
  "Fleiss' kappa, quadratic": (table) => fleissKappa(table, { weights: quadraticWeights(q) }),
  "Conger's kappa, linear": (table) => congerKappa(table, { weights: linearWeights(q) }),
  ...Object.fromEntries(
    alphaMetrics
      .slice(1)
      .map((metric) => [`${metric} alpha`, (table: Ratings) => krippendorffAlpha(table, metric)]),
  ),
};
const all = { ...nominal, ...weighted };

/** Both undefined for the same reason, or equal to nine digits. */
const expectSame = (one: Figure<{ value: number }>, other: Figure<{ value: number }>) => {
  if (one.defined && other.defined) expect(one.value).toBeCloseTo(other.value, 9);
  else expect(one).toEqual(other);
};
const property = (test: (table: Ratings, seed: number) => void, from = tables) =>
  fc.assert(fc.property(from, fc.integer({ min: 0, max: 1000 }), test), { numRuns: 200 });
const rotated = <T>(items: readonly T[], by: number): T[] => {
  const at = by % Math.max(items.length, 1);
  return [...items.slice(at), ...items.slice(0, at)];
};

describe.each(Object.entries(all))('%s', (name, coefficient) => {
  it('does not change when raters or units change places', () => {
    property((table, seed) => {
      const found = coefficient(table);
      expectSame(found, coefficient(withCodes(table, (rows) => rows.map((row) => rotated(row, seed)))));
      expectSame(found, coefficient(withCodes(table, (rows) => rotated(rows, seed))));
    });
  });

  it('is never NaN and never more than 1', () => {
    property((table) => {
      const found = coefficient(table);
      if (!found.defined) return;
      expect(Number.isFinite(found.value)).toBe(true);
      expect(found.value).toBeLessThanOrEqual(1 + 1e-12);
    });
  });

  it('is 1, or undefined with a reason, when everybody agrees', () => {
    property((table) => {
      const agreed = withCodes(table, (rows) =>
        rows.map((row) => row.map((code) => (code < 0 ? code : (row.find((c) => c >= 0) ?? 0)))),
      );
      const found = coefficient(agreed);
      if (found.defined) expect(found.value).toBeCloseTo(1, 12);
      else expect(['nothing-pairable', 'no-units', 'one-value']).toContain(found.reason);
    });
  });

  it('does not change when every unit is there twice, but for the small-sample term of alpha', () => {
    if (name.includes('alpha')) return;
    property((table) =>
      expectSame(coefficient(table), coefficient(withCodes(table, (rows) => [...rows, ...rows]))),
    );
  });
});

describe.each(Object.entries(nominal))('%s', (_name, coefficient) => {
  it('does not change when categories are relabelled', () => {
    property((table, seed) => {
      const relabelled = withCodes(table, (rows) =>
        rows.map((row) => row.map((code) => (code < 0 ? code : (code + seed) % q))),
      );
      expectSame(coefficient(table), coefficient(relabelled));
    });
  });
});

describe('weighted coefficients', () => {
  it.each(Object.entries(weighted).filter(([name]) => name !== 'ratio alpha'))(
    '%s does not change when the order of categories is turned round',
    (_name, coefficient) => {
      property((table) => {
        const turned = withCodes(table, (rows) =>
          rows.map((row) => row.map((code) => (code < 0 ? code : q - 1 - code))),
        );
        expectSame(coefficient(table), coefficient(turned));
      });
    },
  );

  it('ratio alpha does not change with the unit of measurement, interval alpha not with unit or origin', () => {
    property((table) => {
      const scaled = { ...table, categories: categories.map((value) => 7 * value) };
      expectSame(krippendorffAlpha(table, 'ratio'), krippendorffAlpha(scaled, 'ratio'));
      const moved = { ...table, categories: categories.map((value) => 3 * value - 40) };
      expectSame(krippendorffAlpha(table, 'interval'), krippendorffAlpha(moved, 'interval'));
    });
  });
});

describe('standard errors', () => {
  it('shrink by the root of k when every unit is there k times', () => {
    const k = 5;
    for (const coefficient of [percentAgreement, brennanPrediger, gwetAc, fleissKappa, congerKappa])
      property((table) => {
        const one: Figure<Agreement> = coefficient(table, { divisor: 'n' });
        const many = coefficient(
          withCodes(table, (rows) => Array.from({ length: k }, () => rows).flat()),
          { divisor: 'n' },
        );
        if (!one.defined || !many.defined) return;
        expect(many.standardError ?? 0).toBeCloseTo((one.standardError ?? 0) / Math.sqrt(k), 9);
      });
  });

  it('of Gwet and of Fleiss, Cohen and Everitt are the same for two raters who rated everything', () => {
    property((table) => {
      const complete = withCodes(table, (rows) => rows.map((row) => row.map((code) => Math.max(code, 0))));
      const [cohen, conger] = [cohenKappa(complete), congerKappa(complete, { divisor: 'n' })];
      expectSame(cohen, conger);
      // The root of a difference of nearly equal numbers keeps half of their digits.
      if (cohen.defined && conger.defined)
        expect(cohen.standardError).toBeCloseTo(conger.standardError ?? 0, 6);
    }, twoRaters);
  });
});

describe('relations between coefficients', () => {
  it('alpha of two categories is the same at every level of measurement', () => {
    property((table) => {
      const binary = withCodes(table, (rows) =>
        rows.map((row) => row.map((code) => (code < 0 ? code : code % 2))),
      );
      const two = { ...binary, categories: [0, 1] };
      const first = krippendorffAlpha(two, 'nominal');
      for (const metric of alphaMetrics) expectSame(first, krippendorffAlpha(two, metric));
    });
  });

  it("alpha is Fleiss' kappa with its small-sample term, where all rated everything", () => {
    property((table) => {
      const complete = withCodes(table, (rows) => rows.map((row) => row.map((code) => Math.max(code, 0))));
      const [kappa, alpha] = [fleissKappa(complete), krippendorffAlpha(complete, 'nominal')];
      if (!kappa.defined || !alpha.defined) {
        expect(kappa).toEqual(alpha);
        return;
      }
      const n = complete.units * complete.raters;
      expect(alpha.value).toBeCloseTo(1 - (1 - kappa.value) * ((n - 1) / n), 9);
    });
  });

  it("alpha as a weighted coefficient is Krippendorff's, nominal and interval", () => {
    property((table) => {
      const weights = intervalAlphaWeights(table);
      const [weightedAlpha, interval] = [
        alphaStandardError(table, { weights }),
        krippendorffAlpha(table, 'interval'),
      ];
      if (weightedAlpha.defined && interval.defined)
        expect(weightedAlpha.value).toBeCloseTo(interval.value, 9);
    });
  });

  it("quadratic kappa is Lin's concordance correlation of the two raters", () => {
    property((table) => {
      const complete = withCodes(table, (rows) => rows.map((row) => row.map((code) => Math.max(code, 0))));
      const kappa = cohenKappa(complete, { weights: quadraticWeights(q) });
      if (!kappa.defined) return;
      const column = (rater: number) =>
        Array.from({ length: complete.units }, (_, unit) => complete.codes[unit * 2 + rater] ?? 0);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const [x, y] = [column(0), column(1)];
      const [mx, my] = [mean(x), mean(y)];
      const product = (a: number[], ma: number, b: number[], mb: number) =>
        mean(a.map((value, i) => (value - ma) * ((b[i] ?? 0) - mb)));
      const spread = product(x, mx, x, mx) + product(y, my, y, my) + (mx - my) ** 2;
      expect(kappa.value).toBeCloseTo((2 * product(x, mx, y, my)) / spread, 9);
    }, twoRaters);
  });

  it("Kendall's W of two raters without ties is half of 1 plus Spearman's correlation", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 11 }),
        (values, by) => {
          const other = rotated(values, by);
          const w = kendallW(values.map((value, i) => [value, other[i] ?? 0]));
          const rank = (list: number[]) => list.map((value) => list.filter((v) => v < value).length);
          const [a, b] = [rank(values), rank(other)];
          const n = values.length;
          const distance = a.reduce((sum, r, i) => sum + (r - (b[i] ?? 0)) ** 2, 0);
          const spearman = 1 - (6 * distance) / (n * (n * n - 1));
          expect(w.defined && w.value).toBeCloseTo((1 + spearman) / 2, 9);
        },
      ),
    );
  });
});
