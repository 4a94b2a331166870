import { describe, expect, it } from 'vitest';
import { counted, workWords } from './work-words.ts';

const minute = 60_000;

describe('a length of work', () => {
  it.each([
    [0.4, 'under a minute'],
    [3, 'about 3 min'],
    [23, 'about 25 min'],
    [57, 'about 55 min'],
    [58, 'about 1 h'],
    [70, 'about 1 h 10'],
    [116, 'about 1 h 55'],
    [119, 'about 2 h'],
    [260, 'about 4 h 30'],
  ])('%d minutes are %s', (minutes, words) => {
    expect(workWords(minutes * minute)).toBe(words);
  });
});

describe('a count with its noun', () => {
  it('is singular for one only', () => {
    expect(counted(1, 'case')).toBe('1 case');
    expect(counted(0, 'case')).toBe('0 cases');
    expect(counted(2, 'entry', 'entries')).toBe('2 entries');
  });
});
