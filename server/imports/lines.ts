import { isUtf8 } from 'node:buffer';
import type { RecordProblem } from '../../shared/schema/record-line.ts';

/** The longest line taken, in bytes; a longer one is passed over without being held in memory. */
export const maxLineBytes = 5 * 1024 * 1024;

export type Line = { number: number; text: string } | { number: number; problem: RecordProblem };

const lineFeed = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function firstBadByte(bytes: Buffer): number {
  // Halving: the shortest start that is not UTF-8 once cut-off sequences at its end are allowed for.
  const decoder = (end: number) =>
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
  let good = 0;
  let bad = bytes.byteLength;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      decoder(middle);
      good = middle;
    } catch {
      bad = middle;
    }
  }
  let at = bad - 1;
  // The byte that broke a sequence may be good itself: the sequence began up to three bytes before.
  while (at > 0 && !isUtf8(bytes.subarray(0, at))) at--;
  return at;
}

function readLine(number: number, bytes: Buffer): Line | null {
  const end = bytes.at(-1) === 0x0d ? bytes.byteLength - 1 : bytes.byteLength;
  const line = bytes.subarray(0, end);
  if (number === 1 && line.subarray(0, 3).equals(byteOrderMark))
    return {
      number,
      problem: {
        field: '',
        problem: 'begins with a byte order mark (EF BB BF)',
        fix: 'save the file as UTF-8 without a byte order mark',
      },
    };
  if (!isUtf8(line)) {
    const at = firstBadByte(line);
    const hex = (line[at] ?? 0).toString(16).toUpperCase().padStart(2, '0');
    return {
      number,
      problem: {
        field: '',
        problem: `is not UTF-8: byte ${at + 1} (${hex}), after "${line.subarray(Math.max(0, at - 20), at).toString('utf8')}"`,
        fix: 'save the file as UTF-8; it may be Latin-1 or Windows-1252 now',
      },
    };
  }
  const text = line.toString('utf8');
  return text.trim() === '' ? null : { number, text };
}

const tooLong = (number: number): Line => ({
  number,
  problem: {
    field: '',
    problem: `is longer than ${maxLineBytes / 1024 / 1024} MB`,
    fix: 'shorten the record, or put each record on its own line',
  },
});

/** Splits bytes into lines, LF or CRLF, the last with or without one; blank lines are passed over but counted. */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 1;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const hold = (bytes: Uint8Array) => {
    heldBytes += bytes.byteLength;
    if (heldBytes > maxLineBytes) held = [];
    else held.push(bytes);
  };
  const finish = (): Line | null => {
    const line = heldBytes > maxLineBytes ? tooLong(number) : readLine(number, Buffer.concat(held));
    held = [];
    heldBytes = 0;
    number++;
    return line;
  };
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, at));
      from = at + 1;
      const line = finish();
      if (line) yield line;
    }
    if (from < chunk.byteLength) hold(chunk.subarray(from));
  }
  if (heldBytes > 0) {
    const line = finish();
    if (line) yield line;
  }
}
