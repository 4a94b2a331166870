import { describe, expect, it } from 'vitest';
import {
  assignConsequence,
  batchConsequence,
  lockConsequence,
  practiceAssignConsequence,
  practiceConsequence,
  standingWords,
} from './consequence.ts';

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

describe('practice', () => {
  it('says what it takes and what everybody gets', () => {
    expect(practiceConsequence({ size: 40, known: 7 })).toMatch(/^Up to 7 comparisons with a known answer/);
    expect(practiceConsequence({ size: 5, known: 7 })).toMatch(/^Up to 5 comparisons/);
    expect(practiceConsequence({ size: 5, known: 0 })).toContain('this study has none');
    expect(practiceAssignConsequence({ comparisons: 7, physicians: 0 }).possible).toBe(false);
    expect(practiceAssignConsequence({ comparisons: 7, physicians: 2 }).text).toMatch(
      /^2 physicians with 7 cases each/,
    );
  });
  it('says how a physician stands', () => {
    const standing = { answered: 3, agreed: 2, cases: 5, needed: 4 };
    expect(standingWords({ ...standing, passed: null })).toBe('3 of 5, 2 agree');
    expect(standingWords({ ...standing, passed: false })).toBe('not passed, 2 of 5 agree');
    expect(standingWords(null)).toBe('–');
  });
});

describe('a lock', () => {
  const batch = { lockedAt: null, assigned: 10, submitted: 8, skipped: 1 };
  it('says what is still to come, and that nothing is lost', () => {
    expect(lockConsequence(batch)).toContain('1 annotation is still to come.');
    expect(lockConsequence(batch)).toContain('never lost');
    expect(lockConsequence({ ...batch, submitted: 9 })).not.toContain('still to come');
  });
  it('says what opening again means', () => {
    expect(lockConsequence({ ...batch, lockedAt: '2026-11-21T09:00:00.000Z' })).toContain(
      'newest guidelines',
    );
  });
});
