import { chiSquaredUpper } from './distributions.ts';
import { type Figure, undefinedBecause } from './figure.ts';
import { exactBinomialTest, midPBinomialTest } from './proportion.ts';

export type SignTest = { positive: number; negative: number; ties: number; p: number };

/** Exact two-sided sign test on differences; zeros decide nothing and are left out (Dixon and Mood 1946). */
export function signTest(differences: readonly number[]): Figure<SignTest> {
  const positive = differences.filter((difference) => difference > 0).length;
  const negative = differences.filter((difference) => difference < 0).length;
  if (positive + negative === 0)
    return undefinedBecause(differences.length === 0 ? 'no-units' : 'no-decisions');
  const ties = differences.length - positive - negative;
  return { defined: true, positive, negative, ties, p: exactBinomialTest(positive, positive + negative) };
}

export type McNemar = {
  /** Two-sided exact, and its less conservative mid-P. */
  exactP: number;
  midP: number;
  chiSquared: number;
  p: number;
  /** With Edwards' continuity correction (1948). */
  correctedChiSquared: number;
  correctedP: number;
};

/** McNemar's test (1947) on the pairs that changed: `firstOnly` yes-no, `secondOnly` no-yes. */
export function mcnemarTest(firstOnly: number, secondOnly: number): Figure<McNemar> {
  const changed = firstOnly + secondOnly;
  if (changed === 0) return undefinedBecause('no-decisions');
  const distance = Math.abs(firstOnly - secondOnly);
  const chiSquared = distance ** 2 / changed;
  const correctedChiSquared = Math.max(0, distance - 1) ** 2 / changed;
  return {
    defined: true,
    exactP: exactBinomialTest(firstOnly, changed),
    midP: midPBinomialTest(firstOnly, changed),
    chiSquared,
    p: chiSquaredUpper(chiSquared, 1),
    correctedChiSquared,
    correctedP: chiSquaredUpper(correctedChiSquared, 1),
  };
}
