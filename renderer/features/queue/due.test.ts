import { describe, expect, it } from 'vitest';
import { dueWords } from './due.ts';

const minute = 60_000;
const now = new Date(2026, 10, 21, 22, 15);
const due = (deadline: string | null, remaining = 28, paceMs: number | null = 2.5 * minute) =>
  dueWords({ deadline, now, remaining, paceMs }).text;

describe('when a batch is due', () => {
  it('says the days left and the work left in the pace of this physician', () => {
    expect(due('2026-11-24')).toBe('due in 3 days, about 1 h 10 of work');
  });
  it('says only how many cases are left before there is a pace', () => {
    expect(due('2026-11-24', 40, null)).toBe('due in 3 days, 40 cases to do');
  });
  it('counts calendar days, so late in the evening tomorrow is still tomorrow', () => {
    expect(due('2026-11-22')).toContain('due tomorrow');
    expect(due('2026-11-21')).toContain('due today');
  });
  it('says by how much it is late, and marks it late', () => {
    expect(due('2026-11-20')).toContain('overdue since yesterday');
    expect(due('2026-11-16')).toContain('overdue by 5 days');
    expect(dueWords({ deadline: '2026-11-20', now, remaining: 1, paceMs: null }).late).toBe(true);
    expect(dueWords({ deadline: '2026-11-21', now, remaining: 1, paceMs: null }).late).toBe(false);
  });
  it('counts weeks and months when it is far away', () => {
    expect(due('2026-12-12')).toContain('due in 3 weeks');
    expect(due('2027-02-20')).toContain('due in 3 months');
  });
  it('says only the work when there is no deadline, and nothing of lateness when all is done', () => {
    expect(due(null, 2, 2 * minute)).toBe('about 4 min of work');
    expect(dueWords({ deadline: '2026-11-01', now, remaining: 0, paceMs: null })).toEqual({
      text: 'all cases done',
      late: false,
    });
  });
});
