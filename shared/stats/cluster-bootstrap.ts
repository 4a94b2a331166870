import type { Random } from '../selection/random.ts';
import { type Bootstrap, drawWeights, summarizeBootstrap } from './bootstrap.ts';
import { studentInterval } from './chance-corrected.ts';
import { studentCdf } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';
import type { TieRule } from './win-rate.ts';

/** Judgements with a score for the target (1 win, 1/2 tie, 0 loss) and the clusters they belong to, as positions. */
export type ClusteredScores = {
  score: Float64Array;
  /** For example the case of each judgement, from 0. */
  cluster: Int32Array;
  clusters: number;
  /** For example its rater: then clusters of both kinds are resampled. */
  crossed?: { cluster: Int32Array; clusters: number };
};

/** Scores under a tie rule from outcomes 1, 0, -1 for the target; judgements that do not count are left out. */
export function scoresOf(
  outcomes: ArrayLike<number>,
  tieRule: TieRule,
): { score: Float64Array; kept: Int32Array } {
  const all = Array.from(outcomes, (outcome, at) => ({ outcome, at }));
  const counting = all.filter(({ outcome }) => tieRule !== 'without' || outcome !== 0);
  const half = tieRule === 'half' ? 0.5 : 0;
  return {
    score: Float64Array.from(counting, ({ outcome }) => (outcome > 0 ? 1 : outcome === 0 ? half : 0)),
    kept: Int32Array.from(counting, ({ at }) => at),
  };
}

export type ClusteredRate = {
  value: number;
  n: number;
  clusters: number;
  crossedClusters: number | null;
  /** As if every judgement were independent: standard deviation over the root of n. */
  naiveStandardError: number;
  /** Cluster-robust without small-sample factor (HC0): root of the summed squared cluster residuals over n (Liang and Zeger 1986); two-way as Cameron, Gelbach and Miller (2011). */
  robustStandardError: number;
  /** Of the rarer kind of clusters, less 1: what is known of the robust error rests on no more. */
  df: number;
  bootstrap: Bootstrap | null;
  /** BCa where it exists, else percentile; null when it could not be resampled or no resample differs from another. */
  interval: Interval | null;
};

/** Sums of scores and counts of each cluster. */
function totalsOf(score: Float64Array, cluster: Int32Array, clusters: number) {
  const sums = new Float64Array(clusters);
  const counts = new Float64Array(clusters);
  for (let at = 0; at < score.length; at++) {
    const c = cluster[at] as number; // one for each score
    sums[c] = (sums[c] as number) + (score[at] as number);
    counts[c] = (counts[c] as number) + 1;
  }
  return { sums, counts };
}

const squaredResiduals = ({ sums, counts }: ReturnType<typeof totalsOf>, rate: number) =>
  sums.reduce((total, sum, c) => total + (sum - rate * (counts[c] ?? 0)) ** 2, 0);

/** How many clusters of each kind have a judgement. */
const clusterCounts = ({ cluster, crossed }: ClusteredScores): number[] =>
  [cluster, ...(crossed ? [crossed.cluster] : [])].map((column) => new Set(column).size);

/** Rate with each cluster left out once. */
function leftOut({ sums, counts }: ReturnType<typeof totalsOf>): Float64Array {
  const sum = sums.reduce((all, one) => all + one, 0);
  const count = counts.reduce((all, one) => all + one, 0);
  return sums.map((own, c) => (sum - own) / (count - (counts[c] ?? 0))).filter(Number.isFinite);
}

function oneWayReplicates(
  totals: ReturnType<typeof totalsOf>,
  replicates: number,
  random: Random,
): Float64Array {
  const { sums, counts } = totals;
  const n = sums.length;
  return Float64Array.from({ length: replicates }, () => {
    let [sum, count] = [0, 0];
    for (let draw = 0; draw < n; draw++) {
      const c = (random() * n) | 0;
      sum += sums[c] as number; // a cluster, as below
      count += counts[c] as number;
    }
    return sum / count;
  });
}

/** Both kinds of clusters resampled, each judgement counting as often as both its clusters were drawn (Owen 2007). */
function twoWayReplicates(
  scores: Required<ClusteredScores>,
  replicates: number,
  random: Random,
): Float64Array {
  const { score, cluster, clusters, crossed } = scores;
  const [rows, columns] = [new Int32Array(clusters), new Int32Array(crossed.clusters)];
  return Float64Array.from({ length: replicates }, () => {
    drawWeights(rows, random);
    drawWeights(columns, random);
    let [sum, count] = [0, 0];
    for (let at = 0; at < score.length; at++) {
      // Both are clusters of this judgement.
      const weight =
        (rows[cluster[at] as number] as number) * (columns[crossed.cluster[at] as number] as number);
      sum += weight * (score[at] as number);
      count += weight;
    }
    return sum / count;
  });
}

/** Clusters of both kinds at once, for the third term of the two-way variance. */
function crossedTotals({ score, cluster, crossed }: Required<ClusteredScores>) {
  const cells = new Map<number, number>();
  const cell = Int32Array.from(score, (_, at) => {
    const key = (cluster[at] ?? 0) * crossed.clusters + (crossed.cluster[at] ?? 0);
    const known = cells.get(key) ?? cells.size;
    cells.set(key, known);
    return known;
  });
  return totalsOf(score, cell, cells.size);
}

const isCrossed = (scores: ClusteredScores): scores is Required<ClusteredScores> =>
  scores.crossed !== undefined;

function robustVariance(scores: ClusteredScores, rate: number): number {
  const { score, cluster, clusters } = scores;
  const own = squaredResiduals(totalsOf(score, cluster, clusters), rate);
  if (!isCrossed(scores)) return own;
  const { crossed } = scores;
  const other = squaredResiduals(totalsOf(score, crossed.cluster, crossed.clusters), rate);
  const both = squaredResiduals(crossedTotals(scores), rate);
  // The difference can fall below the larger single term by chance; that would claim too much certainty.
  return Math.max(own + other - both, own, other);
}

/**
 * A rate whose judgements come in clusters (cases, raters, or both), with naive, cluster-robust and bootstrap
 * uncertainty. Clusters are resampled whole (Davison and Hinkley 1997, section 3.8).
 * @throws RangeError when the columns are not equally long
 */
export function clusteredRate(
  scores: ClusteredScores,
  options: { replicates?: number; level?: number; random: Random },
): Figure<ClusteredRate> {
  const { score, cluster, clusters } = scores;
  const { replicates = 2000, level = 0.95, random } = options;
  if (cluster.length !== score.length || (scores.crossed?.cluster.length ?? score.length) !== score.length)
    throw new RangeError('every judgement needs its clusters');
  const n = score.length;
  if (n === 0) return undefinedBecause('no-units');
  if (n < 2) return undefinedBecause('too-few-units');
  if (clusterCounts(scores).some((count) => count < 2)) return undefinedBecause('too-few-units');
  const value = score.reduce((sum, one) => sum + one, 0) / n;
  const totals = totalsOf(score, cluster, clusters);
  const spread = score.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const drawn = isCrossed(scores)
    ? twoWayReplicates(scores, replicates, random)
    : oneWayReplicates(totals, replicates, random);
  const jackknife = Float64Array.from([
    ...leftOut(totals),
    ...(scores.crossed ? leftOut(totalsOf(score, scores.crossed.cluster, scores.crossed.clusters)) : []),
  ]);
  const bootstrap = summarizeBootstrap(drawn, value, { level, jackknife });
  return {
    defined: true,
    value,
    n,
    clusters,
    crossedClusters: scores.crossed?.clusters ?? null,
    naiveStandardError: Math.sqrt(spread / (n - 1) / n),
    robustStandardError: Math.sqrt(robustVariance(scores, value)) / n,
    df: Math.min(...clusterCounts(scores)) - 1,
    bootstrap: bootstrap.defined ? bootstrap : null,
    interval:
      bootstrap.defined && bootstrap.standardError > 0 ? (bootstrap.bca ?? bootstrap.percentile) : null,
  };
}

/**
 * A clustered rate for tests: its robust error times the root of G / (G - 1), with G - 1 degrees of freedom for G
 * clusters of the rarer kind, as few clusters understate their own spread (Cameron and Miller 2015, section VI).
 */
export function clusteredEstimate(rate: ClusteredRate): { value: number; standardError: number; df: number } {
  const { value, robustStandardError, df } = rate;
  return { value, standardError: robustStandardError * Math.sqrt((df + 1) / df), df };
}

/** Parity with one half from a clustered rate: Student's t of `clusteredEstimate`, two-sided, and its interval. */
export function clusteredParityTest(
  rate: ClusteredRate,
  level = 0.95,
): Figure<{ t: number; df: number; p: number; interval: Interval }> {
  const { value, standardError, df } = clusteredEstimate(rate);
  if (!(standardError > 0)) return undefinedBecause('no-variation');
  const t = (value - 0.5) / standardError;
  return {
    defined: true,
    t,
    df,
    p: 2 * studentCdf(-Math.abs(t), df),
    interval: studentInterval(value, standardError, df, level),
  };
}
