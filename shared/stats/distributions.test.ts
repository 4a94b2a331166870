import { describe, expect, it } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  binomialCdf,
  binomialPmf,
  fisherQuantile,
  fisherUpper,
  studentCdf,
  studentQuantile,
} from './distributions.ts';
import { clopperPearsonInterval, exactBinomialTest, midPBinomialTest } from './proportion.ts';

/** Off by no more than this part of the value. */
const closeTo = (value: number, expected: number, part = 1e-9) =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(part * Math.abs(expected));

describe('exact figures far from the middle', () => {
  // Limits by bisection on sums of 50-digit decimals.
  it.each([
    [0, 1000, 0.999999, 0, 0.014403914337756275],
    [1, 100_000, 0.95, 2.531780477933314e-7, 0.00005571516034774276],
    [2, 5000, 0.99, 0.000020700765290861242, 0.001853409836655643],
    [500, 1000, 0.95, 0.46854917297179194, 0.531450827028208],
  ])('%i of %i trials at level %f have the limits of 50-digit sums', (k, n, level, low, high) => {
    const [gotLow, gotHigh] = clopperPearsonInterval(k, n, level);
    closeTo(gotLow, low, 1e-10);
    closeTo(gotHigh, high, 1e-10);
  });

  it('have no trials too many: a million, or ten millions', () => {
    for (const n of [100_000, 1_000_000, 10_000_000]) {
      const spread = Math.sqrt(n) / 2;
      // The sum of all outcomes up to the middle is a half and half of the middle one.
      closeTo(binomialCdf(n / 2, n, 0.5), 0.5 + binomialPmf(n / 2, n, 0.5) / 2, 1e-12);
      closeTo(binomialPmf(n / 2, n, 0.5) * spread * Math.sqrt(2 * Math.PI), 1, 1 / n);
      closeTo(midPBinomialTest(n / 2, n), 1, 1e-9);
      closeTo(binomialCdf(0, n, 1 / n), (1 - 1 / n) ** n, 1e-8);
    }
  });

  it('keep their digits in the smaller tail, on either side', () => {
    closeTo(midPBinomialTest(100, 100), 2 ** -100, 1e-12);
    closeTo(midPBinomialTest(0, 100), 2 ** -100, 1e-12);
    closeTo(exactBinomialTest(0, 100), 2 ** -99, 1e-12);
    expect(exactBinomialTest(0, 100_000)).toBe(0);
  });
});

describe('quantiles', () => {
  it("are the normal distribution's for Student's with millions of degrees of freedom", () => {
    // Cornish and Fisher's first term: (z^3 + z) / (4 df).
    const z = 1.959963984540054;
    for (const df of [1e4, 1e6, 1e9]) closeTo(studentQuantile(0.975, df), z + (z ** 3 + z) / (4 * df), 1e-7);
    closeTo(studentQuantile(1 - 1e-10, 1e9), 6.361340902404, 1e-6);
    closeTo(studentQuantile(0.975, 1), Math.tan(0.475 * Math.PI), 1e-12);
  });

  it('undo their probabilities from 1e-12 up, whatever the shapes', () => {
    for (const p of [1e-12, 1e-6, 0.025, 0.5, 0.975])
      for (const a of [0.01, 0.5, 3, 400, 30_000])
        for (const b of [0.5, 7, 2000, 1e6]) {
          const x = betaQuantile(p, a, b);
          if (x > 1e-300 && x < 1 - 1e-9) closeTo(betaCdf(x, a, b), p, 1e-6);
          // Where 1 less the upper tail still has digits, and the quantile is a double.
          const f = fisherQuantile(p, 2 * a, 2 * b);
          if (p >= 1e-6 && f > 1e-300) closeTo(1 - fisherUpper(f, 2 * a, 2 * b), p, 1e-6);
        }
  });

  it('are continuous around one half and at the ends', () => {
    closeTo(studentQuantile(0.5 + 1e-7, 1), 1e-7 * Math.PI, 1e-6);
    expect(studentQuantile(0, 5)).toBe(Number.NEGATIVE_INFINITY);
    expect(studentQuantile(1, 5)).toBe(Number.POSITIVE_INFINITY);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    closeTo(studentCdf(-1e5, 1), 1 / (1e5 * Math.PI), 1e-9);
    expect(fisherUpper(Number.POSITIVE_INFINITY, 3, 9)).toBe(0);
  });
});
