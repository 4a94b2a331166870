import { seededRandom } from '../../shared/selection/random.ts';
import { alphaUnitBootstrap } from '../../shared/stats/alpha-interval.ts';
import { bradleyTerry } from '../../shared/stats/bradley-terry.ts';
import { congerKappa, fleissKappa, gwetAc } from '../../shared/stats/chance-corrected.ts';
import { clusteredRate } from '../../shared/stats/cluster-bootstrap.ts';
import { cohenKappa } from '../../shared/stats/cohen-kappa.ts';
import { davidson } from '../../shared/stats/davidson.ts';
import { dawidSkene } from '../../shared/stats/dawid-skene.ts';
import { eloRatings } from '../../shared/stats/elo.ts';
import { intraclassCorrelations } from '../../shared/stats/icc.ts';
import { kendallW } from '../../shared/stats/kendall-w.ts';
import { type AlphaMetric, krippendorffAlpha } from '../../shared/stats/krippendorff-alpha.ts';
import { countPairs, type Judgements } from '../../shared/stats/pairwise-counts.ts';
import { onlyRaters, type Ratings, ratings } from '../../shared/stats/ratings.ts';

/** How much data at 100x; 10x and 1x are a tenth and a hundredth. */
export type StatsSizes = {
  units: number;
  raters: number;
  missing: number;
  labels: number;
  judgements: number;
  models: number;
};
export type StatsRow = {
  what: string;
  size: string;
  ms: number;
  /** Processor time of the same run: on a machine with other work it is the honest one. */
  cpuMs: number;
  /** Bytes allocated by the fastest run; null where the garbage collector cannot be asked. */
  bytes: number | null;
  /** Times a bare pass over the same typed array in the same run; null where that says nothing. */
  passes: number | null;
  /** What people use today needs on a machine like this, milliseconds, and the wanted share of it. */
  today: number | null;
};

const collect: (() => void) | undefined = (globalThis as { gc?: () => void }).gc;
const held = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

/** The fastest of several runs, after one that warms up: the others were disturbed. */
function fastest(work: () => unknown, runs: number): { ms: number; cpuMs: number; bytes: number | null } {
  work();
  const found = Array.from({ length: runs }, () => {
    collect?.();
    const before = held();
    const processor = process.cpuUsage();
    const started = performance.now();
    const result = work();
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(processor);
    return {
      ms,
      cpuMs: (user + system) / 1000,
      bytes: collect && result !== undefined ? Math.max(0, held() - before) : null,
    };
  });
  return found.reduce((best, one) => (one.ms < best.ms ? one : best));
}

function table(units: number, raters: number, missing: number): Ratings {
  const random = seededRandom(`bench ${units}`);
  const codes = new Int32Array(units * raters);
  for (let unit = 0; unit < units; unit++) {
    const truth = Math.floor(random() * 5);
    for (let rater = 0; rater < raters; rater++) {
      const said = random() < 0.7 ? truth : Math.floor(random() * 5);
      codes[unit * raters + rater] = random() < missing ? -1 : said;
    }
  }
  return ratings(units, raters, codes, [1, 2, 3, 4, 5]);
}

/** The floor: one look at every element. */
function barePass({ codes }: Ratings): number {
  let sum = 0;
  for (let at = 0; at < codes.length; at++) sum += codes[at] as number; // within the array
  return sum;
}

function judgements(n: number, models: number): Judgements {
  const random = seededRandom(`judgements ${n}`);
  const found = { first: new Int32Array(n), second: new Int32Array(n), outcome: new Int8Array(n) };
  for (let at = 0; at < n; at++) {
    const first = Math.floor(random() * models);
    const second = (first + 1 + Math.floor(random() * (models - 1))) % models;
    found.first[at] = first;
    found.second[at] = second;
    const chance = 1 / (1 + Math.exp((second - first) / models));
    found.outcome[at] = random() < 0.1 ? 0 : random() < chance ? 1 : -1;
  }
  return found;
}

const metrics: readonly AlphaMetric[] = ['nominal', 'ordinal', 'interval', 'ratio'];

function ratingRows(sizes: StatsSizes, scale: number): StatsRow[] {
  const units = Math.max(20, Math.round(sizes.units / scale));
  const data = table(units, sizes.raters, sizes.missing);
  const given = data.codes.reduce((count, code) => count + (code < 0 ? 0 : 1), 0);
  const size = `${given.toLocaleString('en')} ratings`;
  const pass = fastest(() => barePass(data), 9);
  const full = scale === 1;
  const row = (what: string, work: () => unknown, today: number | null = null): StatsRow => {
    const found = fastest(work, 5);
    return { what, size, ...found, passes: found.ms / pass.ms, today: full ? today : null };
  };
  const values = Array.from({ length: units }, (_, unit) =>
    Array.from({ length: sizes.raters }, (__, r) => data.codes[unit * sizes.raters + r] ?? 0),
  );
  const two = onlyRaters(data, [0, 1]);
  return [
    { what: 'bare pass', size, ...pass, passes: 1, today: null },
    ...metrics.map((metric) =>
      row(`alpha, ${metric}`, () => krippendorffAlpha(data, metric), metric === 'nominal' ? 112 : null),
    ),
    row("Fleiss' kappa", () => fleissKappa(data)),
    row('AC1', () => gwetAc(data)),
    row("Conger's kappa", () => congerKappa(data)),
    row("Cohen's kappa, two raters", () => cohenKappa(two)),
    row('ICC, six forms', () => intraclassCorrelations(values)),
    row("Kendall's W", () => kendallW(values)),
  ];
}

function otherRows(sizes: StatsSizes, scale: number): StatsRow[] {
  const full = scale === 1;
  const row = (what: string, size: string, work: () => unknown, today: number | null = null): StatsRow => ({
    what,
    size,
    ...fastest(work, 3),
    passes: null,
    today: full ? today : null,
  });
  const items = Math.max(10, Math.round(sizes.labels / 5 / scale));
  const labelled = table(items, 5, 0);
  const labels = {
    items,
    raters: 5,
    categories: 5,
    item: Int32Array.from(labelled.codes, (_, at) => Math.floor(at / 5)),
    rater: Int32Array.from(labelled.codes, (_, at) => at % 5),
    label: labelled.codes,
  };
  const judged = judgements(Math.max(200, Math.round(sizes.judgements / scale)), full ? sizes.models : 10);
  const n = judged.first.length;
  const models = full ? sizes.models : 10;
  const boot = table(Math.max(50, Math.round(1000 / Math.sqrt(scale))), 10, 0.2);
  const clusters = Math.max(10, Math.round(10_000 / scale));
  const scores = {
    score: Float64Array.from({ length: clusters * 3 }, (_, at) => (at * 7919) % 2),
    cluster: Int32Array.from({ length: clusters * 3 }, (_, at) => Math.floor(at / 3)),
    clusters,
  };
  const many = (count: number, what: string) => `${count.toLocaleString('en')} ${what}`;
  const games = Array.from({ length: n }, (_, at) => ({
    first: judged.first[at] ?? 0,
    second: judged.second[at] ?? 0,
    score: 1,
  }));
  return [
    row(
      'alpha, 1,000 resamples',
      `${boot.units} x 10`,
      () => alphaUnitBootstrap(boot, 'ordinal', { replicates: 1000, random: seededRandom('boot') }),
      373,
    ),
    row(
      'Dawid-Skene, 20 steps',
      many(labels.item.length, 'labels'),
      () => dawidSkene(labels, { maxIterations: 20, tolerance: 0 }),
      4500,
    ),
    row(
      `Bradley-Terry, ${models} models`,
      many(n, 'judgements'),
      () => bradleyTerry(countPairs(judged, models), models),
      110,
    ),
    row(`Davidson, ${models} models`, many(n, 'judgements'), () =>
      davidson(countPairs(judged, models), models),
    ),
    row('Elo', many(n, 'judgements'), () => eloRatings(games, models)),
    row('clustered win rate, 2,000 resamples', many(clusters, 'clusters'), () =>
      clusteredRate(scores, { random: seededRandom('rate') }),
    ),
  ];
}

/** Time and memory of every statistic at 1x, 10x and 100x of the data. */
export function benchStats(sizes: StatsSizes): { scale: string; rows: StatsRow[] }[] {
  return [100, 10, 1].map((divisor) => ({
    scale: `${100 / divisor}x`,
    rows: [...ratingRows(sizes, divisor), ...otherRows(sizes, divisor)],
  }));
}
