import { expect, it } from 'vitest';
import { pairIndices } from './pairs.ts';

it('makes every pair, the earlier response first', () => {
  expect(pairIndices('all', ['a', 'b', 'c'])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
});

it('makes neighbours only', () => {
  expect(pairIndices('adjacent', ['a', 'b', 'c'])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

it('sets the baseline against each other model, in the order of the file', () => {
  expect(pairIndices('baseline:b', ['a', 'b', 'c', 'b'])).toEqual([
    [0, 1],
    [0, 3],
    [1, 2],
    [2, 3],
  ]);
  expect(pairIndices('baseline:x', ['a', 'b'])).toEqual([]);
});
