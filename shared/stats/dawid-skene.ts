import type { Random } from '../selection/random.ts';
import { type Figure, undefinedBecause } from './figure.ts';

/** Labels as three columns of equal length: positions of item, rater and category. */
export type Labels = {
  items: number;
  raters: number;
  categories: number;
  item: Int32Array;
  rater: Int32Array;
  label: Int32Array;
};

export type DawidSkeneOptions = {
  maxIterations?: number;
  /** Stops when the log likelihood rises by less, for each label. */
  tolerance?: number;
  /** Pseudo-counts added to each cell of every confusion matrix and to each class: 0 is maximum likelihood. */
  prior?: { confusion?: number; correct?: number; prevalence?: number };
  /** Further starts from vote shares mixed with noise; the likeliest solution is kept. */
  starts?: number;
  /** Needed for more than one start. */
  random?: Random;
};

export type DawidSkene = {
  prevalence: Float64Array;
  /** rater x true x observed, row by row: P(rater says observed | true). */
  confusion: Float64Array;
  /** item x category: P(true category | all labels). Items nobody labelled have the prevalence. */
  posterior: Float64Array;
  logLikelihood: number;
  iterations: number;
  converged: boolean;
};

/** Where each class's vote shares start (Dawid and Skene 1979, equation 3.1). */
function voteShares({ items, categories: q, item, label }: Labels): Float64Array {
  const shares = new Float64Array(items * q);
  for (let at = 0; at < item.length; at++) {
    const cell = (item[at] as number) * q + (label[at] as number); // columns are equally long
    shares[cell] = (shares[cell] as number) + 1;
  }
  return shares;
}

/** Scales each row of length q to sum 1; rows of zeros become the fallback. */
function normalizeRows(table: Float64Array, q: number, fallback: (k: number) => number): void {
  for (let row = 0; row < table.length; row += q) {
    let sum = 0;
    for (let k = 0; k < q; k++) sum += table[row + k] as number; // within the row, as below
    for (let k = 0; k < q; k++) table[row + k] = sum > 0 ? (table[row + k] as number) / sum : fallback(k);
  }
}

/** Confusion is kept rater x observed x true here, so that what one label touches lies side by side. */
type Model = { prevalence: Float64Array; confusion: Float64Array; logConfusion: Float64Array };

/** Scales what each rater says of each true category to sum 1; a category that was never true becomes even. */
function normalizeRaters(confusion: Float64Array, q: number): void {
  for (let rater = 0; rater < confusion.length; rater += q * q)
    for (let k = 0; k < q; k++) {
      let sum = 0;
      for (let said = 0; said < q; said++) sum += confusion[rater + said * q + k] as number; // q x q a rater, as below
      for (let said = 0; said < q; said++) {
        const cell = rater + said * q + k;
        confusion[cell] = sum > 0 ? (confusion[cell] as number) / sum : 1 / q;
      }
    }
}

/** rater x true x observed, as it is given out. */
function turnedConfusion(confusion: Float64Array, q: number): Float64Array {
  const turned = new Float64Array(confusion.length);
  for (let rater = 0; rater < confusion.length; rater += q * q)
    for (let said = 0; said < q; said++)
      for (let k = 0; k < q; k++) turned[rater + k * q + said] = confusion[rater + said * q + k] as number; // q x q a rater
  return turned;
}

/** Maximizes prevalence and confusion for the posterior at hand (equations 2.3 and 2.4). */
function maximize(
  labels: Labels,
  posterior: Float64Array,
  model: Model,
  prior: Required<NonNullable<DawidSkeneOptions['prior']>>,
): void {
  const { categories: q, item, rater, label, items } = labels;
  const { prevalence, confusion, logConfusion } = model;
  prevalence.fill(prior.prevalence);
  for (let i = 0; i < items; i++)
    for (let k = 0; k < q; k++) prevalence[k] = (prevalence[k] as number) + (posterior[i * q + k] as number); // items x q
  const total = prevalence.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < q; k++) prevalence[k] = (prevalence[k] as number) / total;
  confusion.fill(prior.confusion);
  if (prior.correct > 0)
    for (let cell = 0; cell < confusion.length; cell += q * q)
      for (let k = 0; k < q; k++)
        confusion[cell + k * q + k] = (confusion[cell + k * q + k] as number) + prior.correct;
  for (let at = 0; at < item.length; at++) {
    const from = (item[at] as number) * q; // columns are equally long
    const cell = ((rater[at] as number) * q + (label[at] as number)) * q;
    for (let k = 0; k < q; k++)
      confusion[cell + k] = (confusion[cell + k] as number) + (posterior[from + k] as number);
  }
  normalizeRaters(confusion, q);
  for (let cell = 0; cell < confusion.length; cell++)
    logConfusion[cell] = Math.log(Math.max(confusion[cell] as number, 1e-300)); // within the table
}

/** Posterior of every item under the model (equation 2.5), and the log likelihood of all labels. */
function expect(labels: Labels, posterior: Float64Array, { prevalence, logConfusion }: Model): number {
  const { categories: q, item, rater, label, items } = labels;
  const logPrevalence = prevalence.map((share) => Math.log(Math.max(share, 1e-300)));
  for (let i = 0; i < items; i++) posterior.set(logPrevalence, i * q);
  for (let at = 0; at < item.length; at++) {
    const to = (item[at] as number) * q; // columns are equally long
    const cell = ((rater[at] as number) * q + (label[at] as number)) * q;
    for (let k = 0; k < q; k++)
      posterior[to + k] = (posterior[to + k] as number) + (logConfusion[cell + k] as number);
  }
  let logLikelihood = 0;
  for (let row = 0; row < items * q; row += q) {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < q; k++) most = Math.max(most, posterior[row + k] as number); // items x q, as below
    let sum = 0;
    for (let k = 0; k < q; k++) {
      const share = Math.exp((posterior[row + k] as number) - most);
      posterior[row + k] = share;
      sum += share;
    }
    for (let k = 0; k < q; k++) posterior[row + k] = (posterior[row + k] as number) / sum;
    logLikelihood += most + Math.log(sum);
  }
  return logLikelihood;
}

function estimate(labels: Labels, start: Float64Array, options: DawidSkeneOptions): DawidSkene {
  const { maxIterations = 1000, tolerance = 1e-10, prior = {} } = options;
  const { categories: q, raters, item } = labels;
  const { confusion: cell = 0, correct = 0, prevalence = 0 } = prior;
  const model: Model = {
    prevalence: new Float64Array(q),
    confusion: new Float64Array(raters * q * q),
    logConfusion: new Float64Array(raters * q * q),
  };
  const posterior = start;
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let iteration = 1; ; iteration++) {
    maximize(labels, posterior, model, { confusion: cell, correct, prevalence });
    const next = expect(labels, posterior, model);
    const converged = Math.abs(next - logLikelihood) <= tolerance * item.length;
    logLikelihood = next;
    if (converged || iteration >= maxIterations) {
      const { prevalence: share, confusion } = model;
      const turned = turnedConfusion(confusion, q);
      return {
        prevalence: share,
        confusion: turned,
        posterior,
        logLikelihood,
        iterations: iteration,
        converged,
      };
    }
  }
}

function requirePositions(column: Int32Array, size: number, what: string): void {
  for (const position of column)
    if (position < 0 || position >= size) throw new RangeError(`there is no ${what} ${position}`);
}

function noisyStart(shares: Float64Array, q: number, random: Random): Float64Array {
  const start = shares.map((share) => share * (0.5 + random()) + 0.5 * random());
  normalizeRows(start, q, () => 1 / q);
  return start;
}

/** What the pseudo-counts say of a solution: the EM algorithm climbs to the top of likelihood and prior together. */
function logPrior(
  { prevalence, confusion }: DawidSkene,
  q: number,
  { confusion: cell = 0, correct = 0, prevalence: share = 0 }: NonNullable<DawidSkeneOptions['prior']> = {},
): number {
  const log = (value: number) => Math.log(Math.max(value, 1e-300));
  const ofShares = share === 0 ? 0 : prevalence.reduce((sum, value) => sum + share * log(value), 0);
  if (cell === 0 && correct === 0) return ofShares;
  return confusion.reduce((sum, value, at) => {
    const isCorrect = (at % (q * q)) % (q + 1) === 0;
    return sum + (cell + (isCorrect ? correct : 0)) * log(value);
  }, ofShares);
}

/**
 * Observer error rates by EM (Dawid and Skene 1979): true categories, each rater's confusion matrix, prevalence.
 * Starts from the vote shares; with `starts` > 1 also from noisy ones, and the likeliest solution is kept. Raters' labels are taken as independent
 * given the truth, which several labels by one rater on one item are not.
 * @throws RangeError for columns of unequal length, a position outside its list, or several starts without a source of randomness
 */
export function dawidSkene(labels: Labels, options: DawidSkeneOptions = {}): Figure<DawidSkene> {
  const { categories: q, item, rater, label } = labels;
  if (item.length !== rater.length || item.length !== label.length)
    throw new RangeError('the columns of labels must be equally long');
  requirePositions(item, labels.items, 'item');
  requirePositions(rater, labels.raters, 'rater');
  requirePositions(label, q, 'category');
  if (item.length === 0) return undefinedBecause('no-units');
  if (labels.raters < 2) return undefinedBecause('one-rater');
  if (q < 2) return undefinedBecause('one-value');
  const { starts = 1, random } = options;
  if (starts > 1 && !random) throw new RangeError('several starts need a source of randomness');
  const shares = voteShares(labels);
  normalizeRows(shares, q, () => 1 / q);
  let best = estimate(labels, shares.slice(), options);
  let most = best.logLikelihood + logPrior(best, q, options.prior);
  for (let start = 1; start < starts && random; start++) {
    const found = estimate(labels, noisyStart(shares, q, random), options);
    const likely = found.logLikelihood + logPrior(found, q, options.prior);
    if (likely > most) [best, most] = [found, likely];
  }
  return { defined: true, ...best };
}
