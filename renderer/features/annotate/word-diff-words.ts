/** One word of a text: how it is compared, and where it stands (offsets in UTF-16 units). */
export type Word = { form: string; from: number; to: number };

/**
 * What a reader compares: words, numbers with their sign and decimals, and the signs that change a dose or a
 * threshold. Full stops, commas, quotes and brackets are layout of the sentence and do not count.
 */
const wordOrSign =
  /(?:(?<![\p{L}\p{N}])[-−–+])?\p{N}+(?:[.,/:]\p{N}+)*|[\p{L}\p{M}\p{N}]+(?:['’.-][\p{L}\p{M}\p{N}]+)*|[<>≤≥=≠≈±%‰°µ→←↑↓+−×÷$€£☑☐]|\p{Extended_Pictographic}/gu;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

let segmenter: Intl.Segmenter | null = null;

/** The words of a text in order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(wordOrSign)) {
    const from = match.index;
    if (unspaced.test(match[0])) words.push(...segmented(match[0], from));
    else words.push({ form: comparedForm(match[0]), from, to: from + match[0].length });
  }
  return words;
}

/** Where words stand without blanks between them, the language's own rules part them. */
function segmented(run: string, at: number): Word[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  const words: Word[] = [];
  for (const { segment, index } of segmenter.segment(run))
    words.push({ form: comparedForm(segment), from: at + index, to: at + index + segment.length });
  return words;
}

/** A capital at the head of a sentence is no difference; Mg and mg, K and k are. */
function comparedForm(word: string): string {
  const plain = word.normalize('NFC').replace(/’/g, "'").replace(/[−–]/g, '-');
  return /^\p{Lu}[\p{Ll}\p{M}'-]{2,}$/u.test(plain) ? plain.toLowerCase() : plain;
}
