import { type Random, seededRandom } from '../../shared/selection/random.ts';
import { intervalAround } from '../../shared/stats/chance-corrected.ts';
import {
  clusteredEstimate,
  clusteredParityTest,
  clusteredRate,
} from '../../shared/stats/cluster-bootstrap.ts';
import { binomialPmf } from '../../shared/stats/distributions.ts';
import { twoOneSidedTests } from '../../shared/stats/equivalence.ts';
import { signTest } from '../../shared/stats/paired-tests.ts';
import {
  clopperPearsonInterval,
  exactBinomialTest,
  jeffreysInterval,
  midPBinomialTest,
  midPInterval,
  scoreTest,
  wilsonCorrectedInterval,
  wilsonInterval,
  wilsonOneSided,
} from '../../shared/stats/proportion.ts';
import { winRate } from '../../shared/stats/win-rate.ts';
import { normal, type Simulation } from './agreement.ts';
import { type Cell, grid, type Rate, Tally } from './cell.ts';

const intervals = {
  Wilson: wilsonInterval,
  'Wilson, corrected': wilsonCorrectedInterval,
  'Clopper-Pearson': clopperPearsonInterval,
  'mid-P': midPInterval,
  Jeffreys: jeffreysInterval,
};

const added = (figure: string, kind: Rate['kind'], rate: number, meanWidth: number | null): Rate => ({
  figure,
  kind,
  nominal: kind === 'coverage' ? 0.95 : 0.05,
  rate,
  monteCarlo: 0,
  undefinedShare: 0,
  meanWidth,
});

/** Shares: every outcome added up with its probability, so there is no simulation error. */
export function proportionCells(): Cell[] {
  return grid({ n: [10, 20, 50, 100, 500], share: [0.5, 0.75, 0.9, 0.98] }).map(({ n, share }) => {
    const outcomes = Array.from({ length: n + 1 }, (_, k) => ({ k, chance: binomialPmf(k, n, share) }));
    const sum = (of: (k: number) => number) =>
      outcomes.reduce((all, { k, chance }) => all + chance * of(k), 0);
    const covered = Object.entries(intervals).map(([name, interval]) => {
      const holds = (k: number) => {
        const [low, high] = interval(k, n);
        return low <= share && share <= high ? 1 : 0;
      };
      return added(
        name,
        'coverage',
        sum(holds),
        sum((k) => interval(k, n)[1] - interval(k, n)[0]),
      );
    });
    for (const [at, name] of ['Wilson, lower limit', 'Wilson, upper limit'].entries())
      covered.push(
        added(
          name,
          'coverage',
          sum((k) => {
            const limit = wilsonOneSided(k, n)[at] ?? Number.NaN;
            return (at === 0 ? limit <= share : share <= limit) ? 1 : 0;
          }),
          null,
        ),
      );
    const errors = Object.entries({
      'exact test': exactBinomialTest,
      'mid-P test': midPBinomialTest,
      'score test': (k: number, of: number, p: number) => scoreTest(k, of, p).p,
      'score test, corrected': (k: number, of: number, p: number) => scoreTest(k, of, p, true).p,
    }).map(([name, test]) =>
      added(
        name,
        'error',
        sum((k) => (test(k, n, share) < 0.05 ? 1 : 0)),
        null,
      ),
    );
    return { family: 'proportion', conditions: { n, share }, rates: [...covered, ...errors] };
  });
}

/** A win rate of independent judgements with ties. */
export function winRateCells({ replicates, seed }: Simulation): Cell[] {
  return grid({ n: [20, 50, 200], rate: [0.5, 0.7, 0.9], ties: [0, 0.1, 0.2] }).map((conditions) => {
    const { n, rate, ties } = conditions;
    const random = seededRandom(`${seed} win ${JSON.stringify(conditions)}`);
    const wins = rate - ties / 2;
    const tally = new Tally();
    for (let i = 0; i < replicates; i++) {
      const outcomes = { wins: 0, ties: 0, losses: 0 };
      for (let judgement = 0; judgement < n; judgement++) {
        const at = random();
        outcomes[at < wins ? 'wins' : at < wins + ties ? 'ties' : 'losses']++;
      }
      const half = winRate(outcomes, 'half');
      tally.interval('normal', half.defined ? half.interval : null, rate);
      tally.interval('Wilson, half ties', half.defined ? half.wilson : null, rate);
      const strict = winRate(outcomes, 'strict');
      tally.interval('Wilson, strict', strict.defined ? strict.wilson : null, wins);
      const without = winRate(outcomes, 'without');
      tally.interval('Wilson, without ties', without.defined ? without.wilson : null, wins / (1 - ties));
      if (rate === 0.5) {
        const signs = signTest([
          ...Array<number>(outcomes.wins).fill(1),
          ...Array<number>(outcomes.losses).fill(-1),
        ]);
        tally.test('sign test', signs.defined ? signs.p : null);
      }
    }
    return { family: 'win rate', conditions, rates: tally.rates() };
  });
}

/** P(judgement is a win) given how its cluster leans; the mean over clusters is `rate`. */
const leaning = (rate: number, spread: number, random: Random) => {
  if (spread === 0) return rate;
  // A beta variable with this mean: of two gamma variables, by the sum of squared normals for half-whole shapes.
  const precision = 1 / spread - 1;
  const gamma = (shape: number) => {
    // Marsaglia and Tsang (2000), raised for shapes below 1.
    const raised = shape < 1 ? shape + 1 : shape;
    const d = raised - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal(random);
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v))
        return d * v * (shape < 1 ? (1 - random()) ** (1 / shape) : 1);
    }
  };
  const [wins, losses] = [gamma(rate * precision), gamma((1 - rate) * precision)];
  return wins / (wins + losses);
};

/** A win rate whose judgements come in clusters of one kind: clusters x size x likeness. */
export function clusterCells({ replicates, resamples, seed }: Simulation): Cell[] {
  return grid({ clusters: [10, 30, 100], size: [2, 8], likeness: [0, 0.2, 0.6], rate: [0.5, 0.8] }).map(
    (conditions) => {
      const { clusters, size, likeness, rate } = conditions;
      const random = seededRandom(`${seed} cluster ${JSON.stringify(conditions)}`);
      const cluster = Int32Array.from({ length: clusters * size }, (_, at) => Math.floor(at / size));
      const tally = new Tally();
      for (let i = 0; i < replicates; i++) {
        const lean = Float64Array.from({ length: clusters }, () => leaning(rate, likeness, random));
        const score = Float64Array.from(cluster, (c) => (random() < (lean[c] ?? 0) ? 1 : 0));
        tallyClusters(tally, { score, cluster, clusters }, rate, resamples, random);
      }
      return { family: 'clustered win rate', conditions, rates: tally.rates() };
    },
  );
}

function tallyClusters(
  tally: Tally,
  scores: Parameters<typeof clusteredRate>[0],
  truth: number,
  resamples: number,
  random: Random,
): void {
  const found = clusteredRate(scores, { replicates: resamples, random });
  if (!found.defined) return;
  tally.interval('as if independent', intervalAround(found.value, found.naiveStandardError, 0.95), truth);
  tally.interval('robust', intervalAround(found.value, found.robustStandardError, 0.95), truth);
  const robust = clusteredParityTest(found);
  tally.interval('robust, t', robust.defined ? robust.interval : null, truth);
  // At the edge of its hypothesis: the truth is the upper margin.
  const { value, standardError, df } = clusteredEstimate(found);
  const margins = { lower: -0.2, upper: 0 };
  const parity = twoOneSidedTests({ difference: value - truth, standardError, df }, margins);
  tally.test('parity', parity.defined ? parity.p : null);
  tally.interval('percentile', found.bootstrap?.percentile ?? null, truth);
  tally.interval('BCa', found.bootstrap?.bca ?? null, truth);
  if (truth === 0.5) {
    const test = clusteredParityTest(found);
    tally.test('robust t', test.defined ? test.p : null);
  }
}

/** Clusters of two kinds: every rater judges every case; both lean. */
export function crossedCells({ replicates, resamples, seed }: Simulation): Cell[] {
  return grid({ cases: [20, 60], raters: [4, 12], likeness: [0, 0.2] }).map((conditions) => {
    const { cases, raters, likeness } = conditions;
    const random = seededRandom(`${seed} crossed ${JSON.stringify(conditions)}`);
    const cluster = Int32Array.from({ length: cases * raters }, (_, at) => Math.floor(at / raters));
    const rater = Int32Array.from({ length: cases * raters }, (_, at) => at % raters);
    const spread = Math.sqrt(likeness);
    const tally = new Tally();
    for (let i = 0; i < replicates / 2; i++) {
      const ofCase = Float64Array.from({ length: cases }, () => spread * normal(random));
      const ofRater = Float64Array.from({ length: raters }, () => (spread / 2) * normal(random));
      const score = Float64Array.from(cluster, (c, at) => {
        const lean = (ofCase[c] ?? 0) + (ofRater[rater[at] ?? 0] ?? 0) + normal(random);
        return lean > 0 ? 1 : 0;
      });
      const crossed = { cluster: rater, clusters: raters };
      tallyClusters(tally, { score, cluster, clusters: cases, crossed }, 0.5, resamples, random);
    }
    return { family: 'win rate, cases and raters', conditions, rates: tally.rates() };
  });
}
