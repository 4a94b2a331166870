/** A text as it is searched: case, diacritics, kinds of dashes and quotes, and runs of blanks make no difference. */
export type FoldedText = {
  text: string;
  /** Per unit of the folded text, the offsets of what it stands for. */
  starts: Int32Array;
  ends: Int32Array;
};

/** A place in a text, UTF-16 offsets. */
export type Place = { start: number; end: number };

/** Between two blocks: no search words hold it, so that nothing is found across a paragraph or a table cell. */
export const blockBreak = '\u0000';

/** Marks that people leave out when they type; the vowel signs of other scripts are letters and stay. */
const markRanges = [
  '\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f', // Latin, Greek, Cyrillic
  '\\u0591-\\u05c7', // Hebrew
  '\\u064b-\\u065f\\u0670', // Arabic
];
const marks = new RegExp(`[${markRanges.join('')}]`, 'g');
/** Nobody sees these, so nobody can type them. */
const unseen = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const alike: Record<string, string> = {
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '−': '-',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  ς: 'σ',
};

const foldedCharacters = new Map<string, string>();

function foldedCharacter(character: string): string {
  let folded = foldedCharacters.get(character);
  if (folded === undefined) {
    // Compatibility forms fold too, so that "CO2" finds "CO₂", and one sign for micro finds the other.
    const bare = character
      .normalize('NFKD')
      .toLowerCase()
      .normalize('NFKD')
      .replace(marks, '')
      .replace(unseen, '');
    folded = [...bare].map((one) => alike[one] ?? one).join('');
    foldedCharacters.set(character, folded);
  }
  return folded;
}

const isBlank = (unit: string) => unit === ' ' || /\s/.test(unit);

export function foldText(text: string): FoldedText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let afterBlank = false;
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const end = at + character.length;
    const blank = isBlank(character);
    if (blank && afterBlank) ends[ends.length - 1] = end;
    else {
      const folded = blank ? ' ' : foldedCharacter(character);
      // A mark alone belongs to the letter before it.
      if (folded === '' && ends.length > 0) ends[ends.length - 1] = end;
      for (let unit = 0; unit < folded.length; unit++) {
        starts.push(at);
        ends.push(end);
      }
      parts.push(folded);
    }
    afterBlank = blank;
    at = end;
  }
  return { text: parts.join(''), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

/** The words as they are looked for; empty when there is nothing to look for. */
export const foldedWords = (words: string): string => foldText(words.replaceAll(blockBreak, ' ')).text.trim();

/** Every place of some words in a folded text, in order, none within another. */
export function findPlaces({ text, starts, ends }: FoldedText, words: string): Place[] {
  const wanted = foldedWords(words);
  const places: Place[] = [];
  if (wanted === '') return places;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length))
    places.push({ start: starts[at] ?? 0, end: ends[at + wanted.length - 1] ?? 0 });
  return places;
}
