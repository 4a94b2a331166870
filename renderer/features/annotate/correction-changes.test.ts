import { describe, expect, it } from 'vitest';
import { changedPieces } from './correction-changes.ts';
import { diffWords } from './word-diff.ts';

function shown(start: string, text: string): string {
  const found = diffWords(start, text, { timeoutMs: 1000 });
  if (found.kind !== 'differences') return found.kind;
  const marks = { kept: ['', ''], added: ['{+', '+}'], removed: ['[-', '-]'] } as const;
  return changedPieces(start, text, found.differences)
    .map(({ kind, text: piece }) => marks[kind][0] + piece + marks[kind][1])
    .join('');
}

describe('what was changed', () => {
  it('stands where it was changed', () => {
    expect(shown('Start 25 mg daily now.', 'Start 12.5 mg daily now.')).toBe(
      'Start [-25-]{+12.5+} mg daily now.',
    );
  });

  it('shows words put in and words taken out', () => {
    expect(shown('Check potassium at one week.', 'Check serum potassium at one week.')).toBe(
      'Check {+serum+} potassium at one week.',
    );
    expect(shown('Check the serum potassium today.', 'Check the potassium today.')).toBe(
      'Check the [-serum-] potassium today.',
    );
    expect(shown('One two three four', 'One two three four five')).toBe('One two three four {+five+}');
    expect(shown('One two three four five', 'One two three four')).toBe('One two three four [-five-]');
  });

  it('keeps every character of the corrected text, whatever it is', () => {
    const start = 'A **b** c.\n\n- d\n- e f g h';
    const text = '0 A **b** x c,\n\n- e f g\n- h i';
    const found = diffWords(start, text, { timeoutMs: 1000 });
    const pieces = found.kind === 'differences' ? changedPieces(start, text, found.differences) : [];
    const kept = pieces.filter(({ kind }) => kind !== 'removed').map(({ text: piece }) => piece);
    expect(kept.join('').replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''));
  });
});
