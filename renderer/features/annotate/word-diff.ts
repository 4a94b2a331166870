import { diffArrays } from 'diff';
import { type Word, wordsOf } from './word-diff-words.ts';

/** Half-open offsets in a text. */
export type Span = { from: number; to: number };
/** One place where the answers part: words only in A, only in B, or both. */
export type Difference = { a: Span | null; b: Span | null };

/** What a comparison of two texts came to. Shares are 0 to 1, of the words of both. */
export type WordDiff =
  | { kind: 'same' }
  | { kind: 'differences'; onlyA: number; onlyB: number; share: number; differences: readonly Difference[] }
  /** So little is shared that marking it all would say nothing. */
  | { kind: 'apart'; share: number }
  /** One answer has no words. */
  | { kind: 'empty' }
  /** The time allowed was over. */
  | { kind: 'gave-up' };

/** Below this share of common words in common order, colours would cover both answers. */
const worthMarking = 0.3;
/** Above this share of common words in any order it is worth trying. */
const worthTrying = 0.3;

/** Compares the words of two texts in their order; a word that moved counts as different. */
export function diffWords(a: string, b: string, options: { timeoutMs: number }): WordDiff {
  const words = { a: wordsOf(a), b: wordsOf(b) };
  const total = words.a.length + words.b.length;
  if (words.a.length === 0 || words.b.length === 0) return { kind: total === 0 ? 'same' : 'empty' };
  const common = commonWords(words.a, words.b);
  if ((2 * common) / total < worthTrying) return { kind: 'apart', share: (2 * common) / total };
  const { timeoutMs: timeout } = options;
  const changes = diffArrays(
    words.a.map(({ form }) => form),
    words.b.map(({ form }) => form),
    { timeout },
  );
  if (!changes) return { kind: 'gave-up' };
  return summed(words, changes, total);
}

type Change = { count: number; added: boolean; removed: boolean };

function summed(words: { a: Word[]; b: Word[] }, changes: readonly Change[], total: number): WordDiff {
  const differences: Difference[] = [];
  const at = { a: 0, b: 0 };
  let same = 0;
  let open: { a: Span | null; b: Span | null } | null = null;
  for (const { count, added, removed } of changes) {
    if (!added && !removed) {
      same += count;
      at.a += count;
      at.b += count;
      open = null;
      continue;
    }
    const side = removed ? 'a' : 'b';
    if (!open) {
      open = { a: null, b: null };
      differences.push(open);
    }
    open[side] = { from: words[side][at[side]]?.from ?? 0, to: words[side][at[side] + count - 1]?.to ?? 0 };
    at[side] += count;
  }
  const share = (2 * same) / total;
  if (differences.length === 0) return { kind: 'same' };
  if (share < worthMarking) return { kind: 'apart', share };
  return {
    kind: 'differences',
    onlyA: words.a.length - same,
    onlyB: words.b.length - same,
    share,
    differences,
  };
}

/** How many words both have, in whatever order: the most that can be the same. */
function commonWords(a: readonly Word[], b: readonly Word[]): number {
  const left = new Map<string, number>();
  for (const { form } of a) left.set(form, (left.get(form) ?? 0) + 1);
  let common = 0;
  for (const { form } of b) {
    const count = left.get(form) ?? 0;
    if (count > 0) common += 1;
    left.set(form, count - 1);
  }
  return common;
}
