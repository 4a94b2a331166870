import { expect, it } from 'vitest';
import type { QueueBatch } from '../../data/types.ts';
import { practiceEnd } from './practice-end.ts';

const practice = { answered: 5, agreed: 4, cases: 5, needed: 4, passed: true };
const opened = [{ name: 'Cardio-renal 7', total: 40 } as QueueBatch];

it('says which work a passed practice has opened', () => {
  expect(practiceEnd(practice, opened)).toEqual({
    title: 'Practice passed',
    text: 'You agreed with the experts in 4 of 5; 4 were needed. Open for you now: Cardio-renal 7 (40 cases).',
  });
  expect(practiceEnd(practice, []).text).toContain('Your lead assigns your work next');
});

it('says what comes next where it was not passed', () => {
  const end = practiceEnd({ ...practice, agreed: 2, passed: false }, opened);
  expect(end.title).toBe('Practice not passed yet');
  expect(end.text).toContain('talk to your lead');
});

it('says that the result is still to come', () => {
  expect(practiceEnd({ ...practice, passed: null }, []).text).toContain('next sync');
});
