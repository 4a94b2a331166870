import { describe, expect, it } from 'vitest';
import { seededRandom } from '../selection/random.ts';
import { identityWeights } from './agreement-weights.ts';
import { alphaPairBootstrap, alphaStandardError, alphaUnitBootstrap } from './alpha-interval.ts';
import { bradleyTerry } from './bradley-terry.ts';
import {
  brennanPrediger,
  congerKappa,
  fleissKappa,
  gwetAc,
  percentAgreement,
  scottPi,
} from './chance-corrected.ts';
import { clusteredRate } from './cluster-bootstrap.ts';
import { cohenKappa, lightKappa } from './cohen-kappa.ts';
import { davidson } from './davidson.ts';
import { dawidSkene } from './dawid-skene.ts';
import {
  meanEquivalence,
  pairedProportionEquivalence,
  pairedValuesEquivalence,
  proportionEquivalence,
  twoMeanEquivalence,
} from './equivalence.ts';
import { type Figure, undefinedReasons } from './figure.ts';
import { fleissTest } from './fleiss-test.ts';
import { intraclassCorrelations } from './icc.ts';
import { kendallW } from './kendall-w.ts';
import { alphaMetrics, krippendorffAlpha } from './krippendorff-alpha.ts';
import { mcnemarTest, signTest } from './paired-tests.ts';
import { wilsonInterval } from './proportion.ts';
import {
  type Category,
  onlyRaters,
  ratingsFromCounts,
  ratingsFromRows,
  ratingsFromTable,
} from './ratings.ts';
import { winRate } from './win-rate.ts';

const table = (rows: (Category | null)[][], categories: Category[] = ['A', 'B']) =>
  ratingsFromRows(rows, categories);
const random = () => seededRandom('degenerate');
const because = (figure: Figure<unknown>) => (figure.defined ? 'defined' : figure.reason);

const oneCategory = table([
  ['A', 'A'],
  ['A', 'A'],
  ['A', 'A'],
]);
const nothingPairable = table([
  ['A', null],
  [null, 'B'],
  [null, null],
]);
const oneRater = table([['A'], ['B']]);
const allMissing = table([
  [null, null],
  [null, null],
]);
const empty = table([]);

const reasons = Object.keys(undefinedReasons);
const chanceCorrected: Record<string, (of: typeof empty) => Figure<{ value: number }>> = {
  fleissKappa,
  congerKappa,
  scottPi,
  cohenKappa,
  lightKappa,
  'nominal alpha': (of) => krippendorffAlpha(of, 'nominal'),
};
const modelled = { percentAgreement, brennanPrediger, gwetAc };

describe('ratings of which nothing can be said', () => {
  it('have no chance-corrected value when only one category was used', () => {
    for (const [name, figure] of Object.entries(chanceCorrected))
      expect([name, because(figure(oneCategory))]).toEqual([name, 'one-value']);
  });

  it('agree fully where chance is not estimated from the data, though one category was used', () => {
    for (const figure of Object.values(modelled))
      expect(figure(oneCategory)).toMatchObject({ defined: true, value: 1, standardError: 0 });
  });

  it.each(Object.entries({ ...chanceCorrected, ...modelled }))(
    '%s names why it has no value',
    (_, figure) => {
      expect(because(figure(nothingPairable))).toBe('nothing-pairable');
      expect(['no-units', 'nothing-pairable']).toContain(because(figure(allMissing)));
      expect(['one-rater', 'nothing-pairable']).toContain(because(figure(oneRater)));
      expect(['no-units', 'one-rater']).toContain(because(figure(empty)));
    },
  );

  it('give perfect agreement its value when a unit is missing', () => {
    const perfect = table([
      ['A', 'A'],
      ['B', 'B'],
      [null, null],
      ['A', 'A'],
    ]);
    for (const figure of Object.values({ ...chanceCorrected, ...modelled }))
      expect(figure(perfect)).toMatchObject({ defined: true, value: 1 });
  });

  it('of a constant rater give a kappa of 0, not an error', () => {
    const constant = table([
      ['A', 'A'],
      ['A', 'B'],
      ['A', 'A'],
      ['A', 'B'],
    ]);
    expect(cohenKappa(constant)).toMatchObject({ defined: true, value: 0, nullStandardError: null, p: null });
  });

  it('of one unit have a value and no standard error', () => {
    expect(gwetAc(table([['A', 'A']]))).toMatchObject({ value: 1, standardError: null, interval: null });
    expect(because(alphaStandardError(table([['A', 'B']]), { weights: identityWeights(2) }))).toBe(
      'too-few-units',
    );
  });

  it('are not invented by a bootstrap', () => {
    for (const bootstrap of [alphaUnitBootstrap, alphaPairBootstrap]) {
      expect(because(bootstrap(oneCategory, 'nominal', { random: random() }))).toBe('one-value');
      expect(because(bootstrap(nothingPairable, 'nominal', { random: random() }))).toBe('nothing-pairable');
    }
    // Two units of one value each: half of all resamples have a single value left.
    const fragile = table([
      ['A', 'A'],
      ['B', 'B'],
    ]);
    const found = alphaUnitBootstrap(fragile, 'nominal', { random: random(), replicates: 400 });
    if (found.defined) expect(found.replicates).toBeLessThan(400);
    else expect(found.reason).toBe('too-few-replicates');
  });

  it('of raters or counts that are not there are refused, not made up', () => {
    expect(() => onlyRaters(oneCategory, [0, 2])).toThrow(RangeError);
    expect(() => ratingsFromTable([[1, 2], [3]], ['A', 'B'])).toThrow(RangeError);
    expect(() => ratingsFromTable([[1, 2, 0]], ['A', 'B', 'C'])).toThrow(RangeError);
    expect(() => ratingsFromCounts([[0.5, 1]], ['A', 'B'])).toThrow(RangeError);
    expect(() => cohenKappa(table([['A', 'B', 'A']]))).toThrow(RangeError);
  });

  it('say that a ratio needs numbers that are not negative', () => {
    expect(because(krippendorffAlpha(oneCategory, 'ratio'))).toBe('not-numbers');
    expect(
      because(
        krippendorffAlpha(
          table(
            [
              [-1, 2],
              [2, 2],
            ],
            [-1, 2],
          ),
          'ratio',
        ),
      ),
    ).toBe('negative-values');
    const zeros = table(
      [
        [0, 0],
        [0, 1],
      ],
      [0, 1],
    );
    for (const metric of alphaMetrics)
      expect(krippendorffAlpha(zeros, metric)).toMatchObject({ defined: true, value: 0 });
  });

  it('have no test of Fleiss when units have unequal numbers of ratings', () => {
    expect(
      because(
        fleissTest(
          table([
            ['A', 'A', 'B'],
            ['A', 'B', null],
          ]),
        ),
      ),
    ).toBe('unequal-ratings');
    expect(because(fleissTest(oneCategory))).toBe('one-value');
    const found = fleissTest(
      table(
        [
          ['A', 'A'],
          ['B', 'B'],
        ],
        ['A', 'B', 'C'],
      ),
    );
    expect(found.defined && found.categories[2]).toBeNull();
  });
});

describe('measurements that do not vary', () => {
  it('have no intraclass correlation', () => {
    expect(
      because(
        intraclassCorrelations([
          [3, 3],
          [3, 3],
          [3, 3],
        ]),
      ),
    ).toBe('no-variation');
    expect(
      because(
        intraclassCorrelations([
          [1, 2],
          [1, 2],
          [1, 2],
        ]),
      ),
    ).toBe('no-variation');
    expect(
      because(
        intraclassCorrelations([
          [1, null],
          [null, 2],
        ]),
      ),
    ).toBe('too-few-units');
    expect(because(intraclassCorrelations([[1], [2]]))).toBe('one-rater');
    expect(because(intraclassCorrelations([]))).toBe('no-units');
  });

  it('have intraclass correlations of 1 when all raters gave the same different values', () => {
    const found = intraclassCorrelations([
      [1, 1],
      [2, 2],
      [5, 5],
    ]);
    expect(found).toMatchObject({
      defined: true,
      forms: { '1,1': { value: 1 }, '2,1': { value: 1, interval: [1, 1] }, '3,k': { value: 1 } },
      oneWay: { f: null, p: 0 },
      twoWay: { f: null, p: 0 },
    });
  });

  it('that differ by a constant between raters are consistent, not absolute', () => {
    for (const unit of [1, 0.1, 1e6]) {
      const found = intraclassCorrelations([1, 2, 3].map((value) => [value * unit, (value + 1) * unit]));
      if (!found.defined) throw new Error(found.reason);
      expect(found.forms['3,1']).toEqual({ value: 1, interval: [1, 1] });
      expect(found.forms['2,1'].value).toBeCloseTo(2 / 3, 12);
      expect(found.forms['2,1'].interval).toBeNull();
      expect(found.forms['1,1'].value).toBeCloseTo(0.6, 12);
      expect(found.twoWay).toMatchObject({ f: null, p: 0 });
    }
  });

  it('have no interval of a mean whose low end would jump over the pole of Spearman and Brown', () => {
    const found = intraclassCorrelations([
      [1, 5],
      [5, 2],
      [2, 6],
      [6, 1],
    ]);
    if (!found.defined) throw new Error(found.reason);
    const [low = 0] = found.forms['2,1'].interval ?? [];
    expect(low).toBeLessThan(-1);
    expect(found.forms['2,k']).toEqual({ value: null, interval: null });
    for (const { interval } of Object.values(found.forms))
      if (interval) expect(interval[0]).toBeLessThan(interval[1]);
  });

  it('have no concordance', () => {
    expect(
      because(
        kendallW([
          [1, 1],
          [1, 1],
        ]),
      ),
    ).toBe('no-variation');
    expect(because(kendallW([[1], [2]]))).toBe('one-rater');
    expect(because(kendallW([[1, 2]]))).toBe('too-few-units');
  });

  it('have no equivalence test', () => {
    const margins = { lower: -1, upper: 1 };
    expect(because(meanEquivalence({ mean: 0, mu: 0, sd: 0, n: 10 }, margins))).toBe('no-variation');
    expect(because(pairedValuesEquivalence([1], [1], margins))).toBe('too-few-units');
    expect(because(proportionEquivalence({ successes: 0, n: 10 }, { lower: -0.1, upper: 0.1 }))).toBe(
      'no-variation',
    );
    const one = proportionEquivalence({ successes: 40, n: 40 }, { lower: 0.8, upper: 0.95 }, 0.05, 'margin');
    // The variance at the margin is there even when the sample has none.
    expect(one).toMatchObject({ defined: true, nonInferior: true, equivalent: false });
    if (one.defined) expect(one.interval).toEqual(wilsonInterval(40, 40, 0.9));
    const still = { mean1: 1, sd1: 0, n1: 5, mean2: 1, sd2: 0, n2: 5 };
    expect(because(twoMeanEquivalence(still, margins))).toBe('no-variation');
    expect(because(twoMeanEquivalence({ ...still, n2: 1 }, margins))).toBe('too-few-units');
    expect(because(pairedProportionEquivalence({ firstOnly: 0, secondOnly: 0, n: 9 }, margins))).toBe(
      'no-variation',
    );
    expect(() => pairedProportionEquivalence({ firstOnly: 9, secondOnly: 1, n: 9 }, margins)).toThrow();
    expect(() => meanEquivalence({ mean: 0, mu: 0, sd: 1, n: 9 }, { lower: 1, upper: -1 })).toThrow(
      RangeError,
    );
  });
});

describe('preferences that decide nothing', () => {
  it('have no win rate under a rule that leaves ties out, and one half under the one that halves them', () => {
    const ties = { wins: 0, losses: 0, ties: 7 };
    expect(because(winRate(ties, 'without'))).toBe('no-decisions');
    expect(winRate(ties, 'half')).toMatchObject({ value: 0.5, standardError: 0 });
    expect(winRate(ties, 'strict')).toMatchObject({ value: 0 });
    expect(because(winRate({ wins: 0, losses: 0, ties: 0 }, 'half'))).toBe('no-units');
    expect(winRate({ wins: 1, losses: 0, ties: 0 }, 'half')).toMatchObject({ value: 1, standardError: null });
  });

  it('have no sign test and no McNemar test', () => {
    expect(because(signTest([0, 0]))).toBe('no-decisions');
    expect(because(signTest([]))).toBe('no-units');
    expect(because(mcnemarTest(0, 0))).toBe('no-decisions');
  });

  it('say "infinite" for a model that never lost, or two groups that never met', () => {
    const beats = (first: number, second: number, wins: number, losses: number, ties = 0) => ({
      first,
      second,
      wins,
      losses,
      ties,
    });
    expect(because(bradleyTerry([beats(0, 1, 5, 0), beats(1, 2, 3, 2)], 3))).toBe('infinite-ability');
    expect(because(bradleyTerry([beats(0, 1, 2, 1), beats(2, 3, 1, 2)], 4))).toBe('infinite-ability');
    expect(because(davidson([beats(0, 1, 5, 0)], 2))).toBe('infinite-ability');
    expect(because(davidson([beats(0, 1, 0, 0, 4)], 2))).toBe('no-decisions');
    // A tie connects: half a win for each keeps both finite.
    expect(bradleyTerry([beats(0, 1, 5, 0, 1)], 2)).toMatchObject({ defined: true });
    expect(because(bradleyTerry([beats(0, 1, 5, 0, 1)], 2, { ties: 'without' }))).toBe('infinite-ability');
    expect(because(bradleyTerry([], 2))).toBe('no-units');
  });

  it('have abilities however far apart, where a maximum exists', () => {
    const steps = [0, 1, 2, 3, 4, 5];
    const chain = steps.map((first) => ({ first, second: first + 1, wins: 1e6, losses: 1, ties: 0 }));
    const found = bradleyTerry(chain, 7);
    expect(found).toMatchObject({ defined: true });
    if (found.defined) expect(found.ability[6]).toBeCloseTo(-6 * Math.log(1e6), 6);
  });

  it('have no tie model where only ties hold one side up', () => {
    expect(because(davidson([{ first: 0, second: 1, wins: 1, losses: 0, ties: 5 }], 2))).toBe(
      'infinite-ability',
    );
  });

  it('all won have a rate, and no interval made of resamples that are all the same', () => {
    const scores = { score: Float64Array.of(1, 1, 1), cluster: Int32Array.of(0, 1, 2), clusters: 3 };
    expect(clusteredRate(scores, { random: random() })).toMatchObject({ value: 1, interval: null });
  });

  it('have worths without a single tie, with nu 0', () => {
    const pairs = [{ first: 0, second: 1, wins: 3, losses: 1, ties: 0 }];
    expect(davidson(pairs, 2)).toMatchObject({ defined: true, nu: 0, logNu: null });
  });

  it('in one cluster have no clustered interval', () => {
    const scores = { score: Float64Array.of(1, 0), cluster: Int32Array.of(0, 0), clusters: 1 };
    expect(because(clusteredRate(scores, { random: random() }))).toBe('too-few-units');
  });
});

describe('labels of which nothing can be learnt', () => {
  const labels = (raters: number, categories: number, ...rows: [number, number, number][]) => ({
    items: 2,
    raters,
    categories,
    item: Int32Array.from(rows, ([item]) => item),
    rater: Int32Array.from(rows, ([, rater]) => rater),
    label: Int32Array.from(rows, ([, , label]) => label),
  });

  it('have no error rates', () => {
    expect(because(dawidSkene(labels(2, 2)))).toBe('no-units');
    expect(because(dawidSkene(labels(1, 2, [0, 0, 1])))).toBe('one-rater');
    expect(because(dawidSkene(labels(2, 1, [0, 0, 0], [0, 1, 0])))).toBe('one-value');
  });

  it('are refused when they name an item, rater or category that is not there', () => {
    for (const row of [
      [5, 0, 0],
      [0, 2, 0],
      [0, 0, 2],
      [0, 0, -1],
    ] as [number, number, number][])
      expect(() => dawidSkene(labels(2, 2, [0, 0, 1], row))).toThrow(RangeError);
  });

  it('leave an item nobody labelled at the prevalence', () => {
    const found = dawidSkene(labels(2, 2, [0, 0, 1], [0, 1, 1]));
    expect(found.defined && found.converged).toBe(true);
    if (found.defined) expect([...found.posterior].every(Number.isFinite)).toBe(true);
  });
});

it('every reason is a sentence a screen can show', () => {
  for (const sentence of Object.values(undefinedReasons)) expect(sentence).toMatch(/^[A-Z].+\.$/);
  expect(reasons.length).toBeGreaterThan(8);
});
