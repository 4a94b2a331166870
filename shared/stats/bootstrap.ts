import type { Random } from '../selection/random.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { type Figure, type Interval, undefinedBecause } from './figure.ts';

/** What a bootstrap says of a statistic. Percentile and BCa limits follow Efron and Tibshirani (1993, chapters 13 and 14). */
export type Bootstrap = {
  standardError: number;
  percentile: Interval;
  /** Bias-corrected and accelerated; null where no jackknife was given or it does not vary. */
  bca: Interval | null;
  /** Resamples in which the statistic was defined; only these count. */
  replicates: number;
};

/** Draws n units with replacement: how often each of n was drawn, into `weights`. */
export function drawWeights(weights: Int32Array, random: Random): void {
  const n = weights.length;
  weights.fill(0);
  for (let draw = 0; draw < n; draw++) {
    const i = (random() * n) | 0;
    weights[i] = (weights[i] as number) + 1; // i is below n
  }
}

/** Quantile of ascending values by linear interpolation (Hyndman and Fan 1996, type 7). */
export function quantileOf(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, p));
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN; // the caller gives at least one value
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (place - below) * (high - low);
}

/** Acceleration from leave-one-out values: a sixth of their skewness (Efron 1987). */
function acceleration(jackknife: Float64Array): number | null {
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : null;
}

function bcaInterval(
  sorted: Float64Array,
  estimate: number,
  jackknife: Float64Array,
  level: number,
): Interval | null {
  const a = acceleration(jackknife);
  if (a === null) return null;
  const below = sorted.reduce(
    (count, value) => count + (value < estimate ? 1 : value === estimate ? 0.5 : 0),
    0,
  );
  const bias = normalQuantile(
    Math.min(1 - 0.5 / sorted.length, Math.max(0.5 / sorted.length, below / sorted.length)),
  );
  const limit = (tail: number) => {
    const z = bias + normalQuantile(tail);
    return quantileOf(sorted, normalCdf(bias + z / (1 - a * z)));
  };
  return [limit((1 - level) / 2), limit((1 + level) / 2)];
}

/** Fewer defined resamples than this share of all make no honest interval. */
const leastDefined = 0.5;

/**
 * Sums up resampled values; those that are not finite were undefined resamples and are left out.
 * `jackknife`: the statistic with each unit left out once, for BCa.
 */
export function summarizeBootstrap(
  replicates: Float64Array,
  estimate: number,
  options: { level?: number; jackknife?: Float64Array } = {},
): Figure<Bootstrap> {
  const { level = 0.95, jackknife } = options;
  const sorted = replicates.filter(Number.isFinite).sort();
  if (sorted.length < 2 || sorted.length < leastDefined * replicates.length)
    return undefinedBecause('too-few-replicates');
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const left = jackknife?.filter(Number.isFinite);
  return {
    defined: true,
    standardError: Math.sqrt(squares / (sorted.length - 1)),
    percentile: [quantileOf(sorted, (1 - level) / 2), quantileOf(sorted, (1 + level) / 2)],
    bca: left && left.length > 1 ? bcaInterval(sorted, estimate, left, level) : null,
    replicates: sorted.length,
  };
}
