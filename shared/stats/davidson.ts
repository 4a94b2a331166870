import { type Figure, undefinedBecause } from './figure.ts';
import { invertedSymmetric, isSettled, timesVector } from './linear-system.ts';
import { isStronglyConnected, type PairCount } from './pairwise-counts.ts';

/**
 * Davidson's model of ties (1970): P(i wins) : P(j wins) : P(tie) = w_i : w_j : nu sqrt(w_i w_j).
 * Without a single tie nu is 0 and its logarithm null; the worths are then Bradley-Terry's.
 */
export type Davidson = {
  /** Sum to 1. */
  worth: Float64Array;
  nu: number;
  /** Relative to the reference item, with standard errors. */
  logWorth: Float64Array;
  logWorthStandardError: Float64Array;
  logNu: { value: number; standardError: number } | null;
  iterations: number;
};

type Cell = { terms: readonly (readonly [parameter: number, weight: number])[]; count: number };

/** The three outcomes of a pair as log-linear terms: log w_i, log w_j, and half of both plus log nu. */
function cellsOf(pair: PairCount, of: (item: number) => number, nu: number | null): Cell[] {
  const [i, j] = [of(pair.first), of(pair.second)];
  const named = (terms: [number, number][]) => terms.filter(([parameter]) => parameter >= 0);
  const cells: Cell[] = [
    { terms: named([[i, 1]]), count: pair.wins },
    { terms: named([[j, 1]]), count: pair.losses },
  ];
  if (nu === null) return cells;
  const tie = named([
    [i, 0.5],
    [j, 0.5],
    [nu, 1],
  ]);
  return [...cells, { terms: tie, count: pair.ties }];
}

/** Adds one pair's multinomial score and information. */
function addPair(
  cells: readonly Cell[],
  parameters: Float64Array,
  score: Float64Array,
  information: Float64Array,
) {
  const n = parameters.length;
  const weights = cells.map(({ terms }) =>
    Math.exp(terms.reduce((sum, [parameter, weight]) => sum + weight * (parameters[parameter] ?? 0), 0)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const games = cells.reduce((sum, { count }) => sum + count, 0);
  const mean = new Map<number, number>();
  for (const [at, { terms, count }] of cells.entries()) {
    const p = (weights[at] ?? 0) / total;
    for (const [a, weight] of terms) {
      score[a] = (score[a] ?? 0) + weight * (count - games * p);
      mean.set(a, (mean.get(a) ?? 0) + p * weight);
      for (const [b, other] of terms)
        information[a * n + b] = (information[a * n + b] ?? 0) + games * p * weight * other;
    }
  }
  for (const [a, first] of mean)
    for (const [b, second] of mean)
      information[a * n + b] = (information[a * n + b] ?? 0) - games * first * second;
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const maxIterations = 100;

/**
 * Maximum likelihood by Newton's method on the log-linear form (Davidson 1970; Critchlow and Fligner 1991).
 * `infinite-ability` where no finite maximum exists, `no-decisions` where everything is a tie.
 */
export function davidson(pairs: readonly PairCount[], items: number, reference = 0): Figure<Davidson> {
  if (items < 2 || pairs.length === 0) return undefinedBecause('no-units');
  const decided = pairs.some(({ wins, losses }) => wins + losses > 0);
  if (!decided) return undefinedBecause('no-decisions');
  if (!isStronglyConnected(pairs, items, true)) return undefinedBecause('infinite-ability');
  const nu = pairs.some(({ ties }) => ties > 0) ? items - 1 : null;
  const of = (item: number) => (item === reference ? -1 : item < reference ? item : item - 1);
  const size = items - 1 + (nu === null ? 0 : 1);
  const cells = pairs.map((pair) => cellsOf(pair, of, nu));
  let parameters = new Float64Array(size);
  let last = Number.POSITIVE_INFINITY;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const score = new Float64Array(size);
    const information = new Float64Array(size * size);
    for (const pair of cells) addPair(pair, parameters, score, information);
    const covariance = invertedSymmetric(information, size);
    if (!covariance || largest(parameters) > 60) return undefinedBecause('infinite-ability');
    const step = timesVector(covariance, size, score);
    if (isSettled(largest(step), last))
      return { defined: true, ...estimatesOf(parameters, covariance, items, of, nu), iterations: iteration };
    last = largest(step);
    const scale = Math.min(1, 2 / largest(step));
    parameters = parameters.map((value, i) => value + scale * (step[i] ?? 0));
  }
  return undefinedBecause('infinite-ability');
}

function estimatesOf(
  parameters: Float64Array,
  covariance: Float64Array,
  items: number,
  of: (item: number) => number,
  nu: number | null,
): Omit<Davidson, 'iterations'> {
  const size = parameters.length;
  const all = Array.from({ length: items }, (_, item) => item);
  const logWorth = Float64Array.from(all, (item) => (of(item) < 0 ? 0 : (parameters[of(item)] ?? 0)));
  const spread = (at: number) => Math.sqrt(covariance[at * size + at] ?? 0);
  const total = logWorth.reduce((sum, value) => sum + Math.exp(value), 0);
  return {
    worth: logWorth.map((value) => Math.exp(value) / total),
    nu: nu === null ? 0 : Math.exp(parameters[nu] ?? 0),
    logWorth,
    logWorthStandardError: Float64Array.from(all, (item) => (of(item) < 0 ? 0 : spread(of(item)))),
    logNu: nu === null ? null : { value: parameters[nu] ?? 0, standardError: spread(nu) },
  };
}
