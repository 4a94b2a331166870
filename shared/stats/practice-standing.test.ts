import { expect, it } from 'vitest';
import { practiceStanding } from './practice-standing.ts';

const five = { cases: 5, judged: 5, finished: 5, answered: 5, agreed: 4 };

it('is passed with the share of agreeing preferences asked for, and not with one fewer', () => {
  expect(practiceStanding(five, 0.8)).toEqual({ answered: 5, agreed: 4, cases: 5, needed: 4, passed: true });
  expect(practiceStanding({ ...five, agreed: 3 }, 0.8).passed).toBe(false);
});

it('is open until the last case is in', () => {
  expect(practiceStanding({ ...five, finished: 4, answered: 4 }, 0.8).passed).toBeNull();
});

it('asks only about cases whose known answer says which is better', () => {
  expect(practiceStanding({ ...five, judged: 3, agreed: 3 }, 0.8)).toMatchObject({ needed: 3, passed: true });
  expect(practiceStanding({ ...five, judged: 0, agreed: 0 }, 0.8)).toMatchObject({ needed: 0, passed: true });
});

it('counts a skipped case as one that did not agree', () => {
  expect(practiceStanding({ ...five, answered: 4, agreed: 4 }, 1).passed).toBe(false);
});

it('needs no more than the share says, whatever binary fractions make of it', () => {
  expect(practiceStanding({ ...five, cases: 20, judged: 20, agreed: 11 }, 0.55).needed).toBe(11);
});
