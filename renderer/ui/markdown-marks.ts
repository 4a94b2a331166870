/**
 * Characters that nobody sees but that change what is read: controls, marks that turn text around, fillers and
 * tags that can hide words. (Tab and line ends are layout; a soft hyphen only shows where a line breaks.)
 */
const unseenRanges = [
  '\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f', // controls
  '\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u3164\\uffa0', // fillers
  '\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff', // zero width and direction
  '\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}', // annotations and tags
];
const unseen = new RegExp(`[${unseenRanges.join('')}]+`, 'gu');

const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const joiners = /^[\u200c\u200d]+$/u;
/** Scripts whose letters change shape beside a joiner; emoji are joined the same way. */
const joined =
  /[\p{sc=Arab}\p{sc=Syrc}\p{sc=Mong}\p{sc=Deva}\p{sc=Beng}\p{sc=Gujr}\p{sc=Guru}\p{sc=Orya}\p{sc=Taml}\p{sc=Telu}\p{sc=Knda}\p{sc=Mlym}\p{sc=Sinh}\p{sc=Khmr}\p{sc=Mymr}\p{Extended_Pictographic}\p{EMod}]\ufe0f?$/u;
/** Scripts without blanks between words, where a zero-width space says where a line may break. */
const unspaced = /[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}]$/u;
/** The flags of England, Scotland and Wales are a black flag and tags. */
const flagTags = /\u{1f3f4}$/u;

const names: Record<number, string> = {
  8203: 'zero-width space',
  8204: 'zero-width non-joiner',
  8205: 'zero-width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  1564: 'Arabic letter mark',
  8234: 'left-to-right embedding',
  8235: 'right-to-left embedding',
  8236: 'end of a direction',
  8237: 'left-to-right override',
  8238: 'right-to-left override',
  8294: 'left-to-right isolate',
  8295: 'right-to-left isolate',
  8296: 'first strong isolate',
  8297: 'end of an isolate',
  8288: 'word joiner',
  65279: 'byte order mark',
};

/** An invisible run as it is shown: a short label, and what it is in words. */
export type UnseenMark = { label: string; words: string; turning: boolean };

export type TextPart = { text: string } | { mark: UnseenMark };

const codeName = (code: number) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

function markOf(run: string): UnseenMark {
  const codes = [...run].map((one) => one.codePointAt(0) ?? 0);
  const first = codes[0] ?? 0;
  const same = codes.every((code) => code === first);
  const what = same ? (names[first] ?? 'invisible character') : 'invisible characters';
  return {
    label: codes.length === 1 ? codeName(first) : `${codeName(first)}${same ? '' : '…'} ×${codes.length}`,
    words: codes.length === 1 ? what : `${codes.length} times ${what}`,
    turning: turning.test(run),
  };
}

/** Some of these marks do honest work where they stand; there they stay as they are. */
function isHonest(run: string, before: string): boolean {
  if (joiners.test(run)) return run.length === 1 && joined.test(before);
  if (/^\u200b$/u.test(run)) return unspaced.test(before);
  return /^[\u{e0020}-\u{e007f}]+$/u.test(run) && flagTags.test(before);
}

/** Cuts a text at its invisible characters; honest ones stay in the text, all others become marks. */
export function partsAtUnseen(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let start = 0;
  for (const match of text.matchAll(unseen)) {
    if (isHonest(match[0], text.slice(Math.max(0, match.index - 4), match.index))) continue;
    if (match.index > start) parts.push({ text: text.slice(start, match.index) });
    parts.push({ mark: markOf(match[0]) });
    start = match.index + match[0].length;
  }
  if (start < text.length) parts.push({ text: text.slice(start) });
  return parts;
}

/** Replacement characters, lost halves of pairs, and controls that only a wrong decoding leaves behind. */
const broken = /[\ufffd\0\x80-\x9f\ud800-\udfff]/gu;
/** UTF-8 read as Windows-1252: "Ã©" for "é", "â€™" for an apostrophe, "Â°" for a degree sign. */
const misread =
  /\u00c3[\u00a0-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac[\u0080-\u00bf\u0153\u017e\u02dc\u2018-\u201d\u2020-\u2022\u2026\u2122\u00a6]|\u00e2\u2030[\u00a4\u00a5]|\u00f0\u0178|\u00ef\u00bb\u00bf/gu;

/** How many characters of a text did not survive some copying before it came here. They are never repaired. */
export function countDamaged(text: string): number {
  return (text.match(broken)?.length ?? 0) + (text.match(misread)?.length ?? 0);
}
