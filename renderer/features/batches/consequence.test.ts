import { describe, expect, it } from 'vitest';
import { assignConsequence, batchConsequence } from './consequence.ts';

describe('what a new batch asks of people', () => {
  it('multiplies comparisons by overlap and says the work', () => {
    expect(batchConsequence({ size: 40, overlap: 2, available: 100 })).toBe(
      '40 comparisons × 2 physicians = 80 annotations, about 4 h of work in all, about 2 h for each of 2 physicians (at 3 minutes a case).',
    );
  });
  it('says when fewer are left than were asked for, or none', () => {
    expect(batchConsequence({ size: 40, overlap: 1, available: 12 })).toMatch(
      /^Only 12 comparisons left\. 12 comparisons × 1 physician = 12 annotations/,
    );
    expect(batchConsequence({ size: 40, overlap: 1, available: 0 })).toMatch(/^No comparison fits/);
  });
});

describe('what assigning means', () => {
  it('is refused with the number that is missing', () => {
    expect(assignConsequence({ open: 80, overlap: 3, physicians: 0 }).possible).toBe(false);
    expect(assignConsequence({ open: 80, overlap: 3, physicians: 2 })).toEqual({
      possible: false,
      text: 'Each comparison goes to 3 different physicians: choose 1 more physician.',
    });
  });
  it('says the share of each', () => {
    expect(assignConsequence({ open: 80, overlap: 2, physicians: 4 })).toEqual({
      possible: true,
      text: '80 annotations for 4 physicians: up to 20 cases each, about 1 h of work (at 3 minutes a case).',
    });
  });
});
