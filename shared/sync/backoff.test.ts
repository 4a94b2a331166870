import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halvedPush, longestRetryMs, retryDelay, shortestRetryMs } from './backoff.ts';

describe('[S18] waiting between tries', () => {
  it('stays between one second and five minutes for any number of failures and any luck', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (failures, random) => {
        const delay = retryDelay(failures, random);
        expect(delay).toBeGreaterThanOrEqual(shortestRetryMs);
        expect(delay).toBeLessThanOrEqual(longestRetryMs);
        expect(Number.isInteger(delay)).toBe(true);
      }),
      { seed: 4 },
    );
  });

  it('doubles its bound with each failure', () => {
    expect([1, 2, 3, 4, 30].map((failures) => retryDelay(failures, 0.999_999_9))).toEqual([
      2000, 4000, 8000, 16_000, 300_000,
    ]);
  });

  it('never undercuts what the server asked for, however long, and spreads those who were asked', () => {
    expect(retryDelay(1, 0, 900)).toBe(900_000);
    expect(retryDelay(1, 0.5, 900)).toBe(900_500);
    expect(retryDelay(9, 0.9, 1)).toBeGreaterThan(100_000);
  });

  it('halves a push down to one change', () => {
    expect([50, 25, 3, 2, 1].map(halvedPush)).toEqual([25, 12, 1, 1, 1]);
  });
});
