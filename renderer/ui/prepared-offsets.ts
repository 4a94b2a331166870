import { aligned } from './text-runs.ts';

/** Where every unit of a text that was prepared for layout stands in the text it was prepared from. */
export type OffsetMap = {
  /** The first source unit of a prepared unit. */
  start: (prepared: number) => number;
  /** One past the last source unit of a prepared unit. */
  end: (prepared: number) => number;
  /** The first prepared unit that stands for the source from an offset on. */
  from: (source: number) => number;
};

const same: OffsetMap = { start: (at) => at, end: (at) => at + 1, from: (at) => at };

/** How many lines that were put in may follow one another. */
const mostAdded = 3;

/**
 * Maps a prepared text back to its source, line by line: preparing changes line ends, puts in lines of its own
 * (fences) and signs within a line, and keeps the order of all others.
 */
export function preparedOffsets(source: string, prepared: string): OffsetMap {
  if (source === prepared) return same;
  const starts = new Int32Array(prepared.length);
  const ends = new Int32Array(prepared.length);
  const from = linesOf(source);
  let next = 0;
  let at = 0;
  for (const line of prepared.split('\n')) {
    const found = lineLike(from, next, line);
    const { start, end, stop } = from[found ?? next] ?? { start: source.length, end: source.length, stop: 0 };
    if (found === null) fill(starts, ends, at, line.length + 1, start);
    else {
      const run = aligned(line, source, start, end, 'code');
      for (let unit = 0; unit < line.length; unit++) {
        starts[at + unit] = run.starts?.[unit] ?? run.from + unit;
        ends[at + unit] = run.ends?.[unit] ?? run.from + unit + 1;
      }
      starts[at + line.length] = end;
      ends[at + line.length] = stop;
      next = found + 1;
    }
    at += line.length + 1;
  }
  return mapOf(starts, ends, source.length);
}

function fill(starts: Int32Array, ends: Int32Array, at: number, count: number, offset: number): void {
  starts.fill(offset, at, at + count);
  ends.fill(offset, at, at + count);
}

function mapOf(starts: Int32Array, ends: Int32Array, length: number): OffsetMap {
  return {
    start: (at) => starts[at] ?? length,
    end: (at) => ends[at] ?? length,
    from: (offset) => firstBeyond(ends, offset),
  };
}

/** The first place of a rising list whose value is greater than a number. */
export function firstBeyond(rising: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

type Line = { words: string; start: number; end: number; stop: number };

function linesOf(source: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const match of source.matchAll(/\r\n?|\n/g)) {
    const stop = match.index + match[0].length;
    lines.push({ words: source.slice(start, match.index), start, end: match.index, stop });
    start = stop;
  }
  lines.push({ words: source.slice(start), start, end: source.length, stop: source.length });
  return lines;
}

/** The source line a prepared line was made from, or null for a line that was put in. */
function lineLike(lines: readonly Line[], next: number, line: string): number | null {
  for (let at = next; at < Math.min(next + mostAdded, lines.length); at++)
    if (lines[at]?.words === line) return at;
  const words = lines[next]?.words;
  return words !== undefined && bare(words) === bare(line) ? next : null;
}

const bare = (line: string) => line.replace(/[\s\\]/g, '');
