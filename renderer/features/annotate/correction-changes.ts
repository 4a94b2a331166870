import type { Difference } from './word-diff.ts';
import { wordsOf } from './word-diff-words.ts';

/** A stretch of the corrected answer: as it was, newly written, or taken out of the answer it started from. */
export type ChangedPiece = { kind: 'kept' | 'added' | 'removed'; text: string };

/** The corrected text in order, with what was taken out where it stood. */
export function changedPieces(
  start: string,
  text: string,
  differences: readonly Difference[],
): ChangedPiece[] {
  const words = { a: wordsOf(start), b: wordsOf(text) };
  const pieces: ChangedPiece[] = [];
  const add = (kind: ChangedPiece['kind'], piece: string) => {
    if (piece !== '') pieces.push({ kind, text: piece });
  };
  const at = { a: 0, b: 0 };
  let shown = 0;
  for (const { a, b } of differences) {
    const same = a ? wordsBefore(words.a, a.from, at.a) : b ? wordsBefore(words.b, b.from, at.b) : 0;
    at.a += same;
    at.b += same;
    const here = b?.from ?? words.b[at.b]?.from ?? text.length;
    const kept = text.slice(shown, here);
    add('kept', kept);
    // Removed and kept words would run into one another.
    const glued = a !== null && b === null;
    if (glued && /\S$/.test(kept)) add('kept', ' ');
    if (a) add('removed', start.slice(a.from, a.to));
    if (glued && here < text.length) add('kept', ' ');
    if (b) add('added', text.slice(b.from, b.to));
    shown = b?.to ?? here;
    if (a) at.a += wordsBefore(words.a, a.to, at.a);
    if (b) at.b += wordsBefore(words.b, b.to, at.b);
  }
  add('kept', text.slice(shown));
  return pieces;
}

/** How many words from the given one on begin before an offset. */
function wordsBefore(words: readonly { from: number }[], offset: number, first: number): number {
  let index = first;
  while ((words[index]?.from ?? Number.POSITIVE_INFINITY) < offset) index++;
  return index - first;
}
