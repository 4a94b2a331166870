import { expect, it } from 'vitest';
import { coverageWarnings } from './coverage-warning.ts';
import poorCoverage from './poor-coverage.json' with { type: 'json' };

it('every known poor figure names its family, its conditions and a rate that is poor', () => {
  expect(poorCoverage.length).toBeGreaterThan(20);
  for (const { family, figure, kind, conditions, rate } of poorCoverage) {
    expect([typeof family, typeof figure]).toEqual(['string', 'string']);
    expect(Object.keys(conditions).length).toBeGreaterThan(0);
    if (kind === 'coverage') expect(rate).toBeLessThan(0.93);
    else expect(rate).toBeGreaterThan(0.065);
  }
});

it('warns of intervals that take clustered judgements as independent, worst first', () => {
  const found = coverageWarnings('as if independent', { clusters: 40, likeness: 0.6, size: 8 });
  expect(found.length).toBeGreaterThan(0);
  expect(found[0]?.rate).toBeLessThan(0.8);
  expect(found.map(({ rate }) => rate)).toEqual(found.map(({ rate }) => rate).sort((a, b) => a - b));
});

it('has nothing against figures or conditions that were found to hold', () => {
  expect(coverageWarnings('Clopper-Pearson', { n: 100 })).toEqual([]);
  expect(coverageWarnings('robust', { clusters: 100, size: 2 })).toEqual([]);
  expect(coverageWarnings('no such figure', {})).toEqual([]);
});
