import { seededRandom } from '../../shared/selection/random.ts';
import {
  meanEquivalence,
  pairedProportionEquivalence,
  pairedValuesEquivalence,
  proportionEquivalence,
  twoMeanEquivalence,
  twoProportionEquivalence,
} from '../../shared/stats/equivalence.ts';
import { mcnemarTest } from '../../shared/stats/paired-tests.ts';
import { newcombeInterval, twoProportionTest } from '../../shared/stats/two-proportions.ts';
import { normal, type Simulation } from './agreement.ts';
import { type Cell, grid, Tally } from './cell.ts';

/** Tests at the edge of their hypothesis, where they err most often. */
export function testCells({ replicates, seed }: Simulation): Cell[] {
  return grid({ n: [20, 50, 200] }).map(({ n }) => {
    const random = seededRandom(`${seed} tests ${n}`);
    const tally = new Tally();
    const hits = (share: number, of = n) =>
      Array.from({ length: of }, () => (random() < share ? 1 : 0)).reduce<number>((a, b) => a + b, 0);
    const p = (found: { defined: boolean; p?: number }) => (found.defined ? (found.p ?? null) : null);
    for (let i = 0; i < replicates; i++) {
      const sample = Array.from({ length: n }, () => 0.4 + normal(random));
      const mean = sample.reduce((a, b) => a + b, 0) / n;
      const sd = Math.sqrt(sample.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1));
      tally.test('TOST, mean', p(meanEquivalence({ mean, mu: 0, sd, n }, { lower: -0.4, upper: 0.4 })));
      tally.test(
        'TOST, share',
        p(proportionEquivalence({ successes: hits(0.6), n }, { lower: 0.4, upper: 0.6 })),
      );
      const share = { successes: hits(0.6), n };
      const margin = { lower: 0.4, upper: 0.6 };
      tally.test('TOST, share at the margin', p(proportionEquivalence(share, margin, 0.05, 'margin')));
      const other = sample.map((x) => x - 0.4 + 0.8 * normal(random));
      tally.test('TOST, paired', p(pairedValuesEquivalence(sample, other, { lower: -0.4, upper: 0.4 })));
      const second = Array.from({ length: n }, () => 2 * normal(random));
      const of = (values: readonly number[]) => {
        const centre = values.reduce((a, b) => a + b, 0) / n;
        return { mean: centre, sd: Math.sqrt(values.reduce((a, b) => a + (b - centre) ** 2, 0) / (n - 1)) };
      };
      const [one, two] = [of(sample), of(second)];
      const means = { mean1: one.mean, sd1: one.sd, n1: n, mean2: two.mean, sd2: two.sd, n2: n };
      tally.test('TOST, two means', p(twoMeanEquivalence(means, { lower: -0.4, upper: 0.4 })));
      const moved = hits(0.3);
      const up = hits(2 / 3, moved);
      tally.test(
        'TOST, paired shares',
        p(
          pairedProportionEquivalence(
            { firstOnly: up, secondOnly: moved - up, n },
            { lower: -0.1, upper: 0.1 },
          ),
        ),
      );
      const [p1, p2] = [hits(0.65) / n, hits(0.5) / n];
      tally.test(
        'TOST, two shares',
        p(twoProportionEquivalence({ p1, n1: n, p2, n2: n }, { lower: -0.15, upper: 0.15 })),
      );
      const changed = hits(0.4);
      const firstOnly = hits(0.5, changed);
      const mcnemar = mcnemarTest(firstOnly, changed - firstOnly);
      tally.test('McNemar, exact', mcnemar.defined ? mcnemar.exactP : null);
      tally.test('McNemar, mid-P', mcnemar.defined ? mcnemar.midP : null);
      tally.test('McNemar, chi-squared', mcnemar.defined ? mcnemar.p : null);
      tally.test('McNemar, corrected', mcnemar.defined ? mcnemar.correctedP : null);
      const same = twoProportionTest({ successes1: hits(0.7), n1: n, successes2: hits(0.7), n2: n });
      tally.test('two shares, z', same.defined ? same.p : null);
      const [k1, k2] = [hits(0.8), hits(0.6)];
      const wald = twoProportionTest({ successes1: k1, n1: n, successes2: k2, n2: n });
      tally.interval('Wald, two shares', wald.defined ? wald.interval : null, 0.8 - 0.6);
      tally.interval(
        'Newcombe',
        newcombeInterval({ successes1: k1, n1: n, successes2: k2, n2: n }),
        0.8 - 0.6,
      );
    }
    return { family: 'tests', conditions: { n }, rates: tally.rates() };
  });
}
