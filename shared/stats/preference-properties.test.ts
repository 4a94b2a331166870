import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../selection/random.ts';
import { bradleyTerry } from './bradley-terry.ts';
import { clusteredRate, scoresOf } from './cluster-bootstrap.ts';
import { davidson } from './davidson.ts';
import { dawidSkene } from './dawid-skene.ts';
import {
  binomialCdf,
  binomialPmf,
  chiSquaredUpper,
  fisherQuantile,
  fisherUpper,
  normalCdf,
  normalQuantile,
  studentCdf,
  studentQuantile,
} from './distributions.ts';
import { twoOneSidedTests } from './equivalence.ts';
import { mcnemarTest, signTest } from './paired-tests.ts';
import { countPairs, type PairCount } from './pairwise-counts.ts';
import {
  clopperPearsonInterval,
  exactBinomialTest,
  jeffreysInterval,
  midPBinomialTest,
  midPInterval,
  wilsonCorrectedInterval,
  wilsonInterval,
} from './proportion.ts';
import { tieRules, winRate } from './win-rate.ts';

const counts = fc.integer({ min: 0, max: 60 });
const trials = fc.tuple(counts, counts).filter(([k, rest]) => k + rest > 0);

describe('distributions', () => {
  it('agree with one another where they meet', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 0.5, max: 60, noNaN: true }),
        (t, df) => {
          expect(studentCdf(t, df) + studentCdf(-t, df)).toBeCloseTo(1, 12);
          expect(fisherUpper(t * t, 1, df)).toBeCloseTo(2 * studentCdf(-Math.abs(t), df), 10);
          expect(chiSquaredUpper(t * t, 1)).toBeCloseTo(2 * normalCdf(-Math.abs(t)), 10);
        },
      ),
    );
  });

  it('have quantiles that undo their probabilities', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 80 }),
        (p, df) => {
          expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 10);
          expect(studentCdf(studentQuantile(p, df), df)).toBeCloseTo(p, 9);
          expect(1 - fisherUpper(fisherQuantile(p, df, 7), df, 7)).toBeCloseTo(p, 9);
        },
      ),
    );
  });

  it('are 0 where the probability is too small for a number, and never throw', () => {
    expect(chiSquaredUpper(1e6, 10)).toBe(0);
    expect(normalCdf(-1000)).toBe(0);
    expect(fisherUpper(1e9, 5, 1e6)).toBe(0);
    expect(studentCdf(-1e12, 200)).toBeGreaterThanOrEqual(0);
    expect(exactBinomialTest(0, 5000)).toBe(0);
  });

  it('sum to 1', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (n, p) => {
          const all = Array.from({ length: n + 1 }, (_, k) => binomialPmf(k, n, p));
          expect(all.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
          expect(binomialCdf(Math.floor(n / 2), n, p)).toBeCloseTo(
            all.slice(0, Math.floor(n / 2) + 1).reduce((sum, one) => sum + one, 0),
            9,
          );
        },
      ),
    );
  });
});

describe('intervals of a share', () => {
  const intervals = {
    wilsonInterval,
    wilsonCorrectedInterval,
    clopperPearsonInterval,
    jeffreysInterval,
    midPInterval,
  };

  it.each(Object.entries(intervals))(
    '%s holds its estimate, stays within 0 and 1, and mirrors',
    (_name, interval) => {
      fc.assert(
        fc.property(trials, ([k, rest]) => {
          const [low, high] = interval(k, k + rest);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low - 1e-12).toBeLessThanOrEqual(k / (k + rest));
          expect(high + 1e-12).toBeGreaterThanOrEqual(k / (k + rest));
          const [mirroredLow, mirroredHigh] = interval(rest, k + rest);
          expect(mirroredLow).toBeCloseTo(1 - high, 9);
          expect(mirroredHigh).toBeCloseTo(1 - low, 9);
        }),
      );
    },
  );

  it('the exact one is never inside the mid-P one, and both shrink with more trials', () => {
    fc.assert(
      fc.property(trials, ([k, rest]) => {
        const n = k + rest;
        const [exact, mid] = [clopperPearsonInterval(k, n), midPInterval(k, n)];
        expect(exact[0]).toBeLessThanOrEqual(mid[0] + 1e-12);
        expect(exact[1]).toBeGreaterThanOrEqual(mid[1] - 1e-12);
        const more = clopperPearsonInterval(4 * k, 4 * n);
        expect(more[1] - more[0]).toBeLessThan(exact[1] - exact[0]);
      }),
    );
  });
});

describe('exact tests', () => {
  it('sum the probabilities of all outcomes no more likely than the one seen', () => {
    fc.assert(
      fc.property(trials, fc.double({ min: 0.02, max: 0.98, noNaN: true }), ([k, rest], p) => {
        const n = k + rest;
        const seen = binomialPmf(k, n, p) * (1 + 1e-7);
        const all = Array.from({ length: n + 1 }, (_, i) => binomialPmf(i, n, p)).filter(
          (one) => one <= seen,
        );
        expect(exactBinomialTest(k, n, p)).toBeCloseTo(
          Math.min(
            1,
            all.reduce((sum, one) => sum + one, 0),
          ),
          9,
        );
      }),
    );
  });

  it('do not tell the two sides apart, and mid-P is never the larger', () => {
    fc.assert(
      fc.property(trials, ([k, rest]) => {
        expect(exactBinomialTest(k, k + rest)).toBeCloseTo(exactBinomialTest(rest, k + rest), 12);
        expect(midPBinomialTest(k, k + rest)).toBeLessThanOrEqual(exactBinomialTest(k, k + rest) + 1e-12);
        const [one, other] = [mcnemarTest(k, rest), mcnemarTest(rest, k)];
        if (one.defined && other.defined) expect(one.exactP).toBeCloseTo(other.exactP, 12);
        expect({ ...one, exactP: 0, midP: 0 }).toEqual({ ...other, exactP: 0, midP: 0 });
      }),
    );
  });

  it('of signs are those of McNemar', () => {
    fc.assert(
      fc.property(trials, ([k, rest]) => {
        const signs = signTest([...Array(k).fill(1), ...Array(rest).fill(-1), 0]);
        const changes = mcnemarTest(k, rest);
        expect(signs.defined && changes.defined && signs.p === changes.exactP).toBe(true);
      }),
    );
  });
});

describe('two one-sided tests', () => {
  it('call not inferior what lies above the lower margin, whatever the upper one says', () => {
    const far = twoOneSidedTests({ difference: 5, standardError: 1, df: null }, { lower: -1, upper: 1 });
    expect(far).toMatchObject({ nonInferior: true, equivalent: false });
    const low = twoOneSidedTests({ difference: -5, standardError: 1, df: null }, { lower: -1, upper: 1 });
    expect(low).toMatchObject({ nonInferior: false, equivalent: false });
  });

  it('call equivalent exactly what has its interval within the margins', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
        fc.double({ min: 0.001, max: 0.3, noNaN: true }),
        fc.option(fc.integer({ min: 2, max: 50 }), { nil: null }),
        (difference, standardError, df) => {
          const margins = { lower: -0.2, upper: 0.25 };
          const found = twoOneSidedTests({ difference, standardError, df }, margins);
          if (!found.defined) throw new Error('defined');
          const [low, high] = found.interval;
          expect(found.equivalent).toBe(low > margins.lower && high < margins.upper);
        },
      ),
    );
  });
});

describe('win rates', () => {
  const outcomes = fc.record({ wins: counts, ties: counts, losses: counts });

  it('of both sides sum to 1 when ties are halved or left out', () => {
    fc.assert(
      fc.property(outcomes, ({ wins, ties, losses }) => {
        for (const rule of ['half', 'without'] as const) {
          const [one, other] = [
            winRate({ wins, ties, losses }, rule),
            winRate({ wins: losses, ties, losses: wins }, rule),
          ];
          if (one.defined && other.defined) expect(one.value + other.value).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it('are ordered by their tie rule: strict is the lowest', () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const [half, strict, without] = tieRules.map((rule) => winRate(all, rule));
        if (half?.defined && strict?.defined) expect(strict.value).toBeLessThanOrEqual(half.value);
        if (without?.defined && strict?.defined) expect(strict.value).toBeLessThanOrEqual(without.value);
      }),
    );
  });

  const judged = fc.array(
    fc.record({ outcome: fc.constantFrom(-1, 0, 1), cluster: fc.integer({ min: 0, max: 5 }) }),
    {
      minLength: 8,
      maxLength: 60,
    },
  );
  const clustered = (all: { outcome: number; cluster: number }[], seed: string) => {
    const { score } = scoresOf(
      all.map(({ outcome }) => outcome),
      'half',
    );
    return clusteredRate(
      { score, cluster: Int32Array.from(all, ({ cluster }) => cluster), clusters: 6 },
      { random: seededRandom(seed), replicates: 200 },
    );
  };

  it('with clusters have the value of the same judgements without them, and do not change with their order', () => {
    fc.assert(
      fc.property(judged, (all) => {
        const found = clustered(all, 'x');
        const plain = winRate(
          {
            wins: all.filter(({ outcome }) => outcome > 0).length,
            ties: all.filter(({ outcome }) => outcome === 0).length,
            losses: all.filter(({ outcome }) => outcome < 0).length,
          },
          'half',
        );
        const turned = clustered([...all].reverse(), 'x');
        if (!found.defined || !plain.defined || !turned.defined) throw new Error('defined');
        expect(found.value).toBeCloseTo(plain.value, 12);
        expect(found.naiveStandardError).toBeCloseTo(plain.standardError ?? 0, 12);
        expect(turned.robustStandardError).toBeCloseTo(found.robustStandardError, 12);
      }),
      { numRuns: 50 },
    );
  });

  it('of two kinds have the variance of rows and columns less that of cells, or of the larger alone', () => {
    const scores = {
      score: Float64Array.of(1, 0, 1, 1, 0, 0),
      cluster: Int32Array.of(0, 0, 1, 1, 2, 2),
      clusters: 3,
      crossed: { cluster: Int32Array.of(0, 1, 0, 1, 0, 1), clusters: 2 },
    };
    const found = clusteredRate(scores, { random: seededRandom('two ways') });
    // Residuals of one half: rows 0, 1, -1; columns 1/2, -1/2; six cells of 1/4 each.
    expect(found).toMatchObject({ defined: true, value: 0.5, df: 1 });
    if (found.defined)
      expect(found.robustStandardError).toBeCloseTo(Math.sqrt(Math.max(2 + 0.5 - 1.5, 2)) / 6, 12);
    const skewed = { ...scores, score: Float64Array.of(1, 0, 1, 0, 1, 0) };
    const columns = clusteredRate(skewed, { random: seededRandom('two ways') });
    // Rows 0, 0, 0; columns 3/2, -3/2.
    if (columns.defined) expect(columns.robustStandardError).toBeCloseTo(Math.sqrt(4.5) / 6, 12);
    const both = { ...scores, score: Float64Array.of(1, 1, 1, 0, 0, 0) };
    const sum = clusteredRate(both, { random: seededRandom('two ways') });
    // Rows 1, 0, -1; columns 1/2, -1/2; cells 6/4: 2 + 1/2 - 3/2 is below the rows alone.
    if (sum.defined) expect(sum.robustStandardError).toBeCloseTo(Math.sqrt(2) / 6, 12);
  });

  it('of two kinds add up where both lean', () => {
    // Two cases by two raters, judged twice each.
    const scores = {
      score: Float64Array.of(1, 1, 1, 0, 0, 1, 0, 0),
      cluster: Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1),
      clusters: 2,
      crossed: { cluster: Int32Array.of(0, 0, 1, 1, 0, 0, 1, 1), clusters: 2 },
    };
    const found = clusteredRate(scores, { random: seededRandom('adds up') });
    // Rows 1, -1; columns 1, -1; cells 1, 0, 0, -1: 2 + 2 - 2 = 2, no more than one kind alone.
    if (found.defined) expect(found.robustStandardError).toBeCloseTo(Math.sqrt(2) / 8, 12);
    const lean = { ...scores, score: Float64Array.of(1, 1, 1, 1, 1, 1, 0, 0) };
    const more = clusteredRate(lean, { random: seededRandom('adds up') });
    // Residuals 1/4 and -3/4: rows 1, -1; columns 1, -1; cells 1/2, 1/2, 1/2, -3/2: 2 + 2 - 3 = 1, so 2.
    if (more.defined) expect(more.robustStandardError).toBeCloseTo(Math.sqrt(2) / 8, 12);
    expect(found.defined && more.defined).toBe(true);
  });

  it('are resampled the same way from the same seed', () => {
    const all = Array.from({ length: 40 }, (_, i) => ({ outcome: (i % 3) - 1, cluster: i % 6 }));
    expect(clustered(all, 'seed 1')).toEqual(clustered(all, 'seed 1'));
    expect(clustered(all, 'seed 1')).not.toEqual(clustered(all, 'seed 2'));
  });

  it('repeated k times within their clusters are no more certain', () => {
    const all = Array.from({ length: 40 }, (_, i) => ({ outcome: i % 4 === 0 ? 1 : -1, cluster: i % 6 }));
    const [once, often] = [clustered(all, 's'), clustered([...all, ...all, ...all], 's')];
    if (!once.defined || !often.defined) throw new Error('defined');
    expect(often.robustStandardError).toBeCloseTo(once.robustStandardError, 9);
    expect(often.naiveStandardError).toBeLessThan(once.naiveStandardError);
  });
});

/** Every item beats and loses to the next one, so that a maximum exists. */
const rounds = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 9 })),
  {
    minLength: 3,
    maxLength: 7,
  },
);
const pairsOf = (games: readonly [number, number, number][]): PairCount[] =>
  games.map(([wins, losses, ties], i) => ({ first: i, second: (i + 1) % games.length, wins, losses, ties }));

describe('abilities', () => {
  it('keep their differences whatever item is the reference', () => {
    fc.assert(
      fc.property(rounds, fc.nat(), (games, seed) => {
        const reference = seed % games.length;
        const [first, other] = [
          bradleyTerry(pairsOf(games), games.length),
          bradleyTerry(pairsOf(games), games.length, { reference }),
        ];
        if (!first.defined || !other.defined) throw new Error('defined');
        for (const [item, value] of first.centred.entries()) {
          expect(other.centred[item]).toBeCloseTo(value, 8);
          expect(other.centredStandardError[item]).toBeCloseTo(first.centredStandardError[item] ?? 0, 8);
        }
      }),
    );
  });

  it('change sign when every result is turned round, and only shrink their errors when all is counted k times', () => {
    fc.assert(
      fc.property(rounds, (games) => {
        const pairs = pairsOf(games);
        const found = bradleyTerry(pairs, games.length);
        const turned = bradleyTerry(
          pairs.map((pair) => ({ ...pair, wins: pair.losses, losses: pair.wins })),
          games.length,
        );
        const often = bradleyTerry(
          pairs.map((pair) => ({
            ...pair,
            wins: 4 * pair.wins,
            losses: 4 * pair.losses,
            ties: 4 * pair.ties,
          })),
          games.length,
        );
        if (!found.defined || !turned.defined || !often.defined) throw new Error('defined');
        for (const [item, value] of found.ability.entries()) {
          expect(turned.ability[item]).toBeCloseTo(-value, 8);
          expect(often.ability[item]).toBeCloseTo(value, 8);
          expect(often.standardError[item]).toBeCloseTo((found.standardError[item] ?? 0) / 2, 8);
        }
      }),
    );
  });

  it('without ties are those of Davidson', () => {
    fc.assert(
      fc.property(rounds, (games) => {
        const pairs = pairsOf(games.map(([wins, losses]) => [wins, losses, 0]));
        const [simple, tied] = [bradleyTerry(pairs, games.length), davidson(pairs, games.length)];
        if (!simple.defined || !tied.defined) throw new Error('defined');
        for (const [item, value] of simple.ability.entries())
          expect(tied.logWorth[item]).toBeCloseTo(value, 7);
        expect([...tied.worth].reduce((sum, worth) => sum + worth, 0)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('of two items are the logit of the win rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (wins, losses) => {
        const found = bradleyTerry([{ first: 0, second: 1, wins, losses, ties: 0 }], 2);
        expect(found.defined && found.ability[1]).toBeCloseTo(Math.log(losses / wins), 8);
      }),
    );
  });

  it('come out the same from single judgements as from their counts', () => {
    const random = seededRandom('judgements');
    const n = 3000;
    const judgements = { first: new Int32Array(n), second: new Int32Array(n), outcome: new Int8Array(n) };
    for (let at = 0; at < n; at++) {
      judgements.first[at] = Math.floor(random() * 5);
      judgements.second[at] = ((judgements.first[at] ?? 0) + 1 + Math.floor(random() * 4)) % 5;
      judgements.outcome[at] = Math.floor(random() * 3) - 1;
    }
    const pairs = countPairs(judgements, 5);
    expect(pairs.reduce((sum, { wins, losses, ties }) => sum + wins + losses + ties, 0)).toBe(n);
    const found = bradleyTerry(pairs, 5);
    if (!found.defined) throw new Error('defined');
    expect(Math.max(...found.ability.map(Math.abs))).toBeLessThan(0.3);
    expect(() => countPairs({ ...judgements, first: judgements.second }, 5)).toThrow(RangeError);
  });
});

describe('error rates of raters', () => {
  /** Items with a known truth, labelled by raters of known accuracy. */
  const simulated = (accuracies: number[], items: number, q: number) => {
    const random = seededRandom('labels');
    const truth = Int32Array.from({ length: items }, () => Math.floor(random() * q));
    const rows = [...truth].flatMap((right, item) =>
      accuracies.map((accuracy, rater) => {
        const wrong = (right + 1 + Math.floor(random() * (q - 1))) % q;
        return { item, rater, label: random() < accuracy ? right : wrong };
      }),
    );
    const column = (of: (row: (typeof rows)[number]) => number) => Int32Array.from(rows, of);
    const labels = {
      items,
      raters: accuracies.length,
      categories: q,
      item: column(({ item }) => item),
      rater: column(({ rater }) => rater),
      label: column(({ label }) => label),
    };
    return { labels, truth };
  };

  it('find who is reliable and what is true', () => {
    const accuracies = [0.95, 0.85, 0.6, 0.34];
    const { labels, truth } = simulated(accuracies, 2000, 3);
    const found = dawidSkene(labels);
    if (!found.defined) throw new Error('defined');
    for (const [rater, accuracy] of accuracies.entries())
      for (let k = 0; k < 3; k++) expect(found.confusion[rater * 9 + k * 4]).toBeCloseTo(accuracy, 1);
    const right = truth.filter((k, item) => (found.posterior[item * 3 + k] ?? 0) > 0.5).length;
    expect(right / truth.length).toBeGreaterThan(0.94);
  });

  it('do not depend on who comes first, and rise in likelihood with every start', () => {
    const { labels } = simulated([0.9, 0.8, 0.7], 200, 3);
    const found = dawidSkene(labels);
    const turned = dawidSkene({ ...labels, rater: labels.rater.map((rater) => 2 - rater) });
    const several = dawidSkene(labels, { starts: 4, random: seededRandom('starts') });
    if (!found.defined || !turned.defined || !several.defined) throw new Error('defined');
    for (let cell = 0; cell < 9; cell++)
      expect(turned.confusion[18 + cell]).toBeCloseTo(found.confusion[cell] ?? 0, 6);
    expect(several.logLikelihood).toBeGreaterThanOrEqual(found.logLikelihood - 1e-9);
    expect(() => dawidSkene(labels, { starts: 2 })).toThrow(RangeError);
  });

  it('with a prior are never exactly 0', () => {
    const { labels } = simulated([1, 1, 1], 50, 3);
    const [plain, smoothed] = [
      dawidSkene(labels),
      dawidSkene(labels, { prior: { confusion: 0.1, correct: 1 } }),
    ];
    if (!plain.defined || !smoothed.defined) throw new Error('defined');
    expect(Math.min(...plain.confusion)).toBe(0);
    expect(Math.min(...smoothed.confusion)).toBeGreaterThan(0);
    expect(dawidSkene(labels, { maxIterations: 1 })).toMatchObject({ iterations: 1, converged: false });
  });
});
