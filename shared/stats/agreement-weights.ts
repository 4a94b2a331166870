import { type Category, categoryValues } from './ratings.ts';

/** Agreement weights, q x q row by row: 1 on the diagonal, less the farther two categories are apart. */
export type Weights = Float64Array;

/** Full agreement or none (Cohen 1960). */
export function identityWeights(q: number): Weights {
  const weights = new Float64Array(q * q);
  for (let i = 0; i < q; i++) weights[i * q + i] = 1;
  return weights;
}

/** 1 - |i - j|^power / range^power over positions or values; power 1 linear, 2 quadratic (Cohen 1968). */
function distanceWeights(values: Float64Array, power: number): Weights {
  const q = values.length;
  const range = Math.max(...values) - Math.min(...values);
  const weights = new Float64Array(q * q);
  for (const [i, one] of values.entries())
    for (const [j, other] of values.entries())
      weights[i * q + j] = range === 0 ? 1 : 1 - (Math.abs(one - other) / range) ** power;
  return weights;
}

const positions = (q: number) => Float64Array.from({ length: q }, (_, i) => i);

/** Linear weights on the order of the categories: 1 - |i - j| / (q - 1). */
export const linearWeights = (q: number): Weights => distanceWeights(positions(q), 1);

/** Quadratic weights on the order of the categories: 1 - (i - j)^2 / (q - 1)^2 (Fleiss and Cohen 1973). */
export const quadraticWeights = (q: number): Weights => distanceWeights(positions(q), 2);

/** Linear weights on the categories' values (Gwet 2014, section 3.5); positions where they are no numbers. */
export const linearValueWeights = (categories: readonly Category[]): Weights =>
  distanceWeights(categoryValues(categories), 1);

/** Quadratic weights on the categories' values (Gwet 2014, section 3.5); positions where they are no numbers. */
export const quadraticValueWeights = (categories: readonly Category[]): Weights =>
  distanceWeights(categoryValues(categories), 2);

/**
 * Agreement weights from disagreement weights v >= 0, q rows of q: w = 1 - v / max(v) (Cohen 1968). They need not be symmetric.
 * @throws RangeError unless they are q x q, finite and not negative
 */
export function weightsFromDisagreement(disagreement: readonly (readonly number[])[]): Weights {
  const q = disagreement.length;
  const flat = disagreement.flat();
  if (disagreement.some((row) => row.length !== q) || flat.some((v) => !(v >= 0 && v < Infinity)))
    throw new RangeError('disagreement weights must be a square table of numbers that are not negative');
  const most = Math.max(...flat);
  return Float64Array.from(flat, (v) => (most === 0 ? 1 : 1 - v / most));
}
