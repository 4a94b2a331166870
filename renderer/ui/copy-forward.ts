/** A note of a chart: its date as it was written (ISO date, or date and time) and its text. */
export type DatedNote = { date: string; text: string };

/** A stretch of a note, as offsets into its text (end exclusive), that already stood in the note at index `from`. */
export type RepeatedRun = { start: number; end: number; from: number };

type Unit = { start: number; end: number; key: string };
type Place = { note: number; unit: number };
type Match = Place | null;

/** Shorter sentences than this ("No fever.") are repeated by chance; they count only inside a repeated stretch. */
const leastChars = 24;
const leastWords = 4;

/**
 * What each note repeats word for word from a note of an earlier date: sentences and lines are compared whole,
 * wherever they stand, ignoring case, blanks and bullet marks. A sentence with one other letter or digit is new:
 * a potassium of 5.8 never counts as a repetition of 4.5, nor "no rash" of "rash". Short sentences count only
 * beside a longer one they already stood beside. Linear in the length of all notes.
 * @returns per note, in the order given, its runs in the order of its text
 */
export function repeatedText(notes: readonly DatedNote[]): RepeatedRun[][] {
  const units = notes.map(({ text }) => unitsOf(text));
  const first = new Map<string, Place>();
  const runs: RepeatedRun[][] = notes.map(() => []);
  for (const index of inOrderOfDate(notes)) {
    const own = units[index] ?? [];
    runs[index] = runsOf(own, matchesOf(own, index, { notes, units, first }));
    own.forEach(({ key }, unit) => {
      if (isLong(key) && !first.has(key)) first.set(key, { note: index, unit });
    });
  }
  return runs;
}

type Known = {
  notes: readonly DatedNote[];
  units: readonly (readonly Unit[])[];
  first: ReadonlyMap<string, Place>;
};

function matchesOf(own: readonly Unit[], index: number, { notes, units, first }: Known): Match[] {
  const date = notes[index]?.date ?? '';
  const matches = own.map(({ key }): Match => {
    const place = first.get(key);
    return place && isEarlier(notes[place.note]?.date ?? '', date) ? place : null;
  });
  const grow = (unit: number, step: 1 | -1) => {
    const beside = matches[unit - step];
    if (matches[unit] || !beside) return;
    const there = { note: beside.note, unit: beside.unit + step };
    if (units[there.note]?.[there.unit]?.key === own[unit]?.key) matches[unit] = there;
  };
  for (let unit = 1; unit < own.length; unit++) grow(unit, 1);
  for (let unit = own.length - 2; unit >= 0; unit--) grow(unit, -1);
  return matches;
}

function runsOf(own: readonly Unit[], matches: readonly Match[]): RepeatedRun[] {
  const runs: RepeatedRun[] = [];
  own.forEach(({ start, end }, unit) => {
    const from = matches[unit]?.note;
    if (from === undefined) return;
    const last = runs[runs.length - 1];
    const follows = last && unit > 0 && matches[unit - 1]?.note === from;
    if (last && follows) last.end = end;
    else runs.push({ start, end, from });
  });
  return runs;
}

const isLong = (key: string) => key.length >= leastChars && key.split(' ').length >= leastWords;

const bullet = /^[-*•–·]\s+/;
const normalised = (text: string) =>
  text.normalize('NFC').replace(/\s+/g, ' ').trim().replace(bullet, '').toLowerCase();

/** A sentence ends at its mark before a blank, or at a full stop of a script that writes none after it. */
const sentenceEnd = /[.!?]+["'”’)\]]*(?=\s)|[。！？]+/g;

function unitsOf(text: string): Unit[] {
  const units: Unit[] = [];
  const add = (from: number, to: number) => {
    const piece = text.slice(from, to);
    const start = from + (piece.length - piece.trimStart().length);
    const end = to - (piece.length - piece.trimEnd().length);
    if (end > start) units.push({ start, end, key: normalised(text.slice(start, end)) });
  };
  for (const { start, end } of linesOf(text)) {
    let from = start;
    for (const mark of text.slice(start, end).matchAll(sentenceEnd)) {
      const to = start + mark.index + mark[0].length;
      add(from, to);
      from = to;
    }
    add(from, end);
  }
  return units;
}

/** Lines, with those wrapped by an old editor put together: a full line, then one that begins in lower case. */
function linesOf(text: string): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); start <= text.length; end = text.indexOf('\n', start)) {
    const stop = end < 0 ? text.length : end;
    const last = lines[lines.length - 1];
    if (last && isWrapped(text, last, start)) last.end = stop;
    else lines.push({ start, end: stop });
    start = stop + 1;
  }
  return lines;
}

const leastWrapped = 32;

function isWrapped(text: string, before: { start: number; end: number }, next: number): boolean {
  if (before.end - before.start < leastWrapped || !/\p{Ll}/u.test(text.charAt(next))) return false;
  return /[\p{L},]\s*$/u.test(text.slice(Math.max(before.start, before.end - 8), before.end));
}

/** Whether a chart's date is surely before another's; the same day without both times is not. */
function isEarlier(one: string, other: string): boolean {
  const [day, otherDay] = [one.slice(0, 10), other.slice(0, 10)];
  if (day !== otherDay) return day < otherDay;
  return one.length > 10 && other.length > 10 && timeOf(one) < timeOf(other);
}

/** What stood on the clock of the place where it was written: notes of one patient and day share that place. */
const timeOf = (date: string) => date.slice(11, 19).padEnd(8, ':00');

/** Within a day the notes with a time come first, so that a later time finds them. */
function inOrderOfDate(notes: readonly DatedNote[]): number[] {
  const orderOf = (date: string) => (date.length > 10 ? `${date.slice(0, 10)}T${timeOf(date)}` : `${date}U`);
  const keys = notes.map(({ date }) => orderOf(date));
  return notes
    .map((_, index) => index)
    .sort((one, other) => ((keys[one] ?? '') < (keys[other] ?? '') ? -1 : keys[one] === keys[other] ? 0 : 1));
}
