import type { Difference, WordDiff } from './word-diff.ts';

/** Never a round 100 % where something differs, nor 0 % where something is shared. */
function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100) return 'over 99 %';
  return rounded === 0 && share > 0 ? 'under 1 %' : `${rounded} %`;
}

const atMost = (share: number) => (share < 0.005 ? 'nothing' : `at most ${percent(share)}`);
const wordCount = (count: number) => (count === 1 ? '1 word' : `${count.toLocaleString('en-GB')} words`);

/** What a comparison found, in one line. */
export function summaryOf(found: WordDiff): string {
  switch (found.kind) {
    case 'same':
      return 'Both answers have the same words in the same order';
    case 'empty':
      return 'One answer is empty; there is nothing to compare';
    case 'apart':
      return `Almost everything differs: ${atMost(found.share)} is the same. Nothing is marked`;
    case 'gave-up':
      return 'These answers are too long and too different to compare word by word. Nothing is marked';
    case 'differences': {
      const b = found.onlyB.toLocaleString('en-GB');
      return `${wordCount(found.onlyA)} only in A, ${b} only in B; the same: ${percent(found.share)}`;
    }
  }
}

const longestQuote = 160;
const quoted = (text: string) => {
  const flat = text.replace(/\s+/g, ' ').trim();
  return `“${flat.length > longestQuote ? `${flat.slice(0, longestQuote)}…` : flat}”`;
};

/** One difference in words, for those who do not see the marks. */
export function spokenDifference(
  { a, b }: Difference,
  texts: { a: string; b: string },
  place: { number: number; of: number },
): string {
  const inA = a ? quoted(texts.a.slice(a.from, a.to)) : null;
  const inB = b ? quoted(texts.b.slice(b.from, b.to)) : null;
  const lead = `Difference ${place.number} of ${place.of}`;
  if (inA !== null && inB !== null) return `${lead}: A has ${inA}, B has ${inB}`;
  return inA !== null ? `${lead}: only A has ${inA}` : `${lead}: only B has ${inB}`;
}
