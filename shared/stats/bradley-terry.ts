import { type Figure, undefinedBecause } from './figure.ts';
import { invertedSymmetric, isSettled, timesVector } from './linear-system.ts';
import { isStronglyConnected, type PairCount } from './pairwise-counts.ts';

/** Maximum likelihood abilities on the log scale: P(i beats j) = 1 / (1 + exp(ability j - ability i)). */
export type BradleyTerry = {
  /** Relative to the reference item, which has 0 and standard error 0. */
  ability: Float64Array;
  standardError: Float64Array;
  /** Centred, so that they sum to 0. */
  centred: Float64Array;
  centredStandardError: Float64Array;
  /** Advantage of the item shown first, on the log scale; null unless asked for. */
  orderEffect: { value: number; standardError: number } | null;
  /** Against the model with one parameter for each row of counts, and of "every item is equal" against that. */
  residualDeviance: number;
  nullDeviance: number;
  residualDf: number;
  iterations: number;
};

export type BradleyTerryOptions = {
  /** Position of the item whose ability is 0. */
  reference?: number;
  /** Estimate what being shown first is worth. */
  orderEffect?: boolean;
  /** A tie as half a win for each, or left out. */
  ties?: 'half' | 'without';
};

type Row = { first: number; second: number; wins: number; games: number };

const logistic = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** w log(w / m), and 0 for w = 0. */
const logTerm = (w: number, m: number) => (w > 0 ? w * Math.log(w / m) : 0);

/** Twice the log likelihood lost against a share of its own for each row. */
const devianceOf = (rows: readonly Row[], chance: (row: Row) => number) =>
  2 *
  rows.reduce((sum, row) => {
    const expected = row.games * chance(row);
    return sum + logTerm(row.wins, expected) + logTerm(row.games - row.wins, row.games - expected);
  }, 0);

function rowsOf(pairs: readonly PairCount[], ties: 'half' | 'without'): Row[] {
  const half = ties === 'half' ? 0.5 : 0;
  return pairs
    .map(({ first, second, wins, losses, ties: tied }) => ({
      first,
      second,
      wins: wins + half * tied,
      games: wins + losses + 2 * half * tied,
    }))
    .filter(({ games }) => games > 0);
}

/** Parameters: every item but the reference, then the order effect. */
type Layout = { size: number; of: (item: number) => number; order: number | null };

function layoutOf(items: number, reference: number, orderEffect: boolean): Layout {
  const of = (item: number) => (item === reference ? -1 : item < reference ? item : item - 1);
  return { size: items - 1 + (orderEffect ? 1 : 0), of, order: orderEffect ? items - 1 : null };
}

/** Which parameters a row's logit adds (+1) and subtracts (-1). */
function termsOf({ of, order }: Layout, { first, second }: Row): [parameter: number, sign: number][] {
  const terms: [number, number][] = [
    [of(first), 1],
    [of(second), -1],
    [order ?? -1, 1],
  ];
  return terms.filter(([parameter]) => parameter >= 0);
}

const logitOf = (terms: readonly [number, number][], parameters: Float64Array) =>
  terms.reduce((sum, [parameter, sign]) => sum + sign * (parameters[parameter] ?? 0), 0);

/** Score and information of the binomial likelihood at these parameters. */
function derivatives(rows: readonly (Row & { terms: [number, number][] })[], parameters: Float64Array) {
  const n = parameters.length;
  const score = new Float64Array(n);
  const information = new Float64Array(n * n);
  for (const { wins, games, terms } of rows) {
    const p = logistic(logitOf(terms, parameters));
    for (const [a, sign] of terms) {
      score[a] = (score[a] ?? 0) + sign * (wins - games * p);
      for (const [b, other] of terms)
        information[a * n + b] = (information[a * n + b] ?? 0) + sign * other * games * p * (1 - p);
    }
  }
  return { score, information };
}

const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/** A step moves an ability by 3 at most, and a long chain of models can need many. */
const maxIterations = 2000;

/**
 * Bradley-Terry model by Fisher scoring (Bradley and Terry 1952; order effect as in Agresti 2013, section 11.6).
 * `infinite-ability` where no finite maximum exists (Ford 1957): it is never hidden by a penalty.
 * @throws RangeError for a reference that is no item
 */
export function bradleyTerry(
  pairs: readonly PairCount[],
  items: number,
  options: BradleyTerryOptions = {},
): Figure<BradleyTerry> {
  const { reference = 0, orderEffect = false, ties = 'half' } = options;
  if (items < 2 || pairs.length === 0) return undefinedBecause('no-units');
  if (reference < 0 || reference >= items) throw new RangeError(`there is no item ${reference}`);
  if (!isStronglyConnected(pairs, items, ties === 'half')) return undefinedBecause('infinite-ability');
  const layout = layoutOf(items, reference, orderEffect);
  const rows = rowsOf(pairs, ties).map((row) => ({ ...row, terms: termsOf(layout, row) }));
  let parameters = new Float64Array(layout.size);
  let last = Number.POSITIVE_INFINITY;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { score, information } = derivatives(rows, parameters);
    const covariance = invertedSymmetric(information, layout.size);
    // With an order effect the maximum can be infinite though the items are connected; without one it cannot.
    if (!covariance || (orderEffect && largest(parameters) > 30)) return undefinedBecause('infinite-ability');
    const step = timesVector(covariance, layout.size, score);
    if (isSettled(largest(step), last)) {
      const chance = (row: Row) => logistic(logitOf(termsOf(layout, row), parameters));
      return {
        defined: true,
        ...estimatesOf(parameters, covariance, layout, items),
        residualDeviance: devianceOf(rows, chance),
        nullDeviance: devianceOf(rows, () => 0.5),
        residualDf: rows.length - layout.size,
        iterations: iteration,
      };
    }
    last = largest(step);
    const scale = Math.min(1, 3 / largest(step));
    parameters = parameters.map((value, i) => value + scale * (step[i] ?? 0));
  }
  return undefinedBecause('infinite-ability');
}

type Estimates = Pick<
  BradleyTerry,
  'ability' | 'standardError' | 'centred' | 'centredStandardError' | 'orderEffect'
>;

function estimatesOf(
  parameters: Float64Array,
  covariance: Float64Array,
  layout: Layout,
  items: number,
): Estimates {
  const { size, of, order } = layout;
  const value = (item: number) => (of(item) < 0 ? 0 : (parameters[of(item)] ?? 0));
  const shared = (a: number, b: number) =>
    of(a) < 0 || of(b) < 0 ? 0 : (covariance[of(a) * size + of(b)] ?? 0);
  const all = Array.from({ length: items }, (_, item) => item);
  const mean = all.reduce((sum, item) => sum + value(item), 0) / items;
  const rowMean = all.map((item) => all.reduce((sum, other) => sum + shared(item, other), 0) / items);
  const grandMean = rowMean.reduce((sum, one) => sum + one, 0) / items;
  return {
    ability: Float64Array.from(all, value),
    standardError: Float64Array.from(all, (item) => Math.sqrt(shared(item, item))),
    centred: Float64Array.from(all, (item) => value(item) - mean),
    centredStandardError: Float64Array.from(all, (item) =>
      Math.sqrt(Math.max(0, shared(item, item) - 2 * (rowMean[item] ?? 0) + grandMean)),
    ),
    orderEffect:
      order === null
        ? null
        : { value: parameters[order] ?? 0, standardError: Math.sqrt(covariance[order * size + order] ?? 0) },
  };
}
