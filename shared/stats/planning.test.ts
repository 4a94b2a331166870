import { describe, expect, it } from 'vitest';
import { seededRandom } from '../selection/random.ts';
import { fleissKappa } from './chance-corrected.ts';
import {
  agreementSpread,
  designEffect,
  equivalencePower,
  pairsForParity,
  pairsForPower,
  pairsForWidth,
  unitsForAgreementPower,
  unitsForAgreementWidth,
} from './planning.ts';
import { ratings } from './ratings.ts';

const pairs = (figure: ReturnType<typeof pairsForWidth>) => (figure.defined ? figure.pairs : figure.reason);

describe('pairs for a win rate', () => {
  it('are the textbook numbers without ties', () => {
    // 1.96^2 x 0.25 / 0.05^2 = 384.1; (1.959964 x 0.5 + 0.841621 x root(0.24)) ^2 / 0.1^2 = 193.8
    expect(pairs(pairsForWidth({ rate: 0.5 }, 0.1))).toBe(385);
    expect(pairs(pairsForPower({ rate: 0.6 }))).toBe(194);
  });

  it('are fewer with ties, more with clusters, and four times as many for half the width', () => {
    expect(pairs(pairsForWidth({ rate: 0.5, ties: 0.4 }, 0.1))).toBe(231);
    const inflation = designEffect({ size: 3, rho: 0.25 });
    expect(inflation).toBe(1.5);
    expect(pairs(pairsForWidth({ rate: 0.5, inflation }, 0.1))).toBe(577);
    expect(Number(pairs(pairsForWidth({ rate: 0.5 }, 0.05)))).toBeCloseTo(4 * 384.1, -1);
  });

  it('for parity reach their power, and one less does not', () => {
    for (const rate of [0.5, 0.53]) {
      const n = Number(pairs(pairsForParity({ rate, ties: 0.2 }, 0.1)));
      const variance = rate * (1 - rate) - 0.05;
      const power = (count: number) =>
        equivalencePower({
          distance: Math.abs(rate - 0.5),
          margin: 0.1,
          standardError: Math.sqrt(variance / count),
        });
      expect(power(n)).toBeGreaterThanOrEqual(0.8);
      expect(power(n - 1)).toBeLessThan(0.8);
    }
    expect(pairs(pairsForParity({ rate: 0.62 }, 0.1))).toBe('out-of-reach');
  });

  it('refuse a rate that leaves no room for its ties', () => {
    expect(() => pairsForWidth({ rate: 0.9, ties: 0.4 }, 0.1)).toThrow(RangeError);
    expect(pairs(pairsForPower({ rate: 0.5 }))).toBe('out-of-reach');
  });
});

describe('units for an agreement', () => {
  const plan = { agreement: 0.6, prevalence: [0.5, 0.3, 0.2], raters: 3 };

  it('follow a spread that simulated ratings have', () => {
    const random = seededRandom('planning');
    const draw = () => {
      const at = random();
      return at < 0.5 ? 0 : at < 0.8 ? 1 : 2;
    };
    const sure = Math.sqrt(plan.agreement);
    const units = 20_000;
    const codes = new Int32Array(units * plan.raters);
    for (let unit = 0; unit < units; unit++) {
      const truth = draw();
      for (let rater = 0; rater < plan.raters; rater++)
        codes[unit * plan.raters + rater] = random() < sure ? truth : draw();
    }
    const found = fleissKappa(ratings(units, plan.raters, codes, ['a', 'b', 'c']));
    if (!found.defined) throw new Error('defined');
    expect(found.value).toBeCloseTo(plan.agreement, 1);
    expect((found.standardError ?? 0) * Math.sqrt(units)).toBeCloseTo(agreementSpread(plan), 1);
  });

  it('are fewer with more raters, and more where one category is rare', () => {
    const units = (of: Partial<typeof plan>) => {
      const found = unitsForAgreementWidth({ ...plan, ...of }, 0.2);
      return found.defined ? found.units : Number.NaN;
    };
    expect(units({ raters: 5 })).toBeLessThan(units({}));
    expect(units({})).toBeLessThan(units({ raters: 2 }));
    expect(units({ prevalence: [0.9, 0.05, 0.05] })).toBeGreaterThan(units({}));
  });

  it('for a power grow as the least acceptable agreement comes closer', () => {
    const units = (least: number) => {
      const found = unitsForAgreementPower(plan, least);
      return found.defined ? found.units : found.reason;
    };
    expect(Number(units(0.5))).toBeGreaterThan(Number(units(0.4)));
    expect(units(0.6)).toBe('out-of-reach');
    expect(() => agreementSpread({ ...plan, raters: 1 })).toThrow(RangeError);
  });
});
