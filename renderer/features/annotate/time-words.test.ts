import { expect, it } from 'vitest';
import { clockText, inPaceSteps, spanWords } from './time-words.ts';

it('writes a time as a clock does, hours only when there are some', () => {
  expect(clockText(0)).toBe('0:00');
  expect(clockText(155_900)).toBe('2:35');
  expect(clockText(3_755_000)).toBe('1:02:35');
});

it('writes a span as a person says it', () => {
  expect(spanWords(400)).toBe('0 s');
  expect(spanWords(59_700)).toBe('1 min');
  expect(spanWords(155_000)).toBe('2 min 35 s');
  expect(spanWords(3_720_000)).toBe('1 h 2 min');
});

it('shows the header time in steps of five seconds, never ahead of the truth', () => {
  expect(inPaceSteps(9999)).toBe(5000);
  expect(inPaceSteps(10_000)).toBe(10_000);
});
