import { isKnotted, tameLine } from './markdown-depth.ts';
import { fenceFormulas } from './markdown-maths.ts';

/** Texts longer than this are laid out in stretches, so that only what is near the window costs time. */
const stretchFrom = 12_000;
const stretchChars = 5_000;

const fence = /^\s*(`{3,}|~{3,})/;
const reference = /^ {0,3}\[(?!\^)[^\]]+\]:\s*\S/;
const footnote = /^ {0,3}\[\^([^\]\s]+)\]:/;
/** Stands for a footnote that another stretch shows; never seen. */
export const elsewhere = '\uf8ffelsewhere';

/** The Markdown to lay out: formulas over several lines fenced, and nesting no column can show kept as signs. */
export function preparedSource(source: string): string {
  let openFence: string | null = null;
  const tamed = source.split(/\r\n?|\n/).map((line) => {
    const before = openFence;
    openFence = fenceAfter(line, openFence);
    return before === null ? tameLine(line) : line;
  });
  return fenceFormulas(tamed).join('\n');
}

/**
 * Cuts a long Markdown text into stretches at blank lines before an unindented line outside fenced code,
 * so that each renders alone. Link definitions are given to every stretch, and the names of all footnotes.
 */
export function stretches(source: string): string[] {
  if (source.length <= stretchFrom && !isKnotted(source)) return [source];
  const lines = source.split('\n');
  const definitions = lines.filter((line) => reference.test(line));
  const notes = lines.flatMap((line) => footnote.exec(line)?.[1] ?? []);
  // A knotted part is shown as written; cut small, it takes no other part with it.
  const parts = cutAtBlankLines(lines, stretchChars).flatMap((part) =>
    isKnotted(part) ? cutAtBlankLines(part.split('\n'), 0) : [part],
  );
  if (definitions.length + notes.length === 0) return parts;
  return parts.map((part) => {
    const others = notes.filter((name) => part.includes(`[^${name}]`) && !part.includes(`[^${name}]:`));
    const foreign = [...definitions, ...others.map((name) => `\n[^${name}]: ${elsewhere}`)];
    return foreign.length === 0 ? part : `${part}\n\n${foreign.join('\n')}`;
  });
}

function cutAtBlankLines(lines: readonly string[], leastChars: number): string[] {
  const parts: string[] = [];
  let start = 0;
  let chars = 0;
  let openFence: string | null = null;
  lines.forEach((line, index) => {
    const blankBefore = index > 0 && (lines[index - 1] ?? '').trim() === '';
    if (openFence === null && chars >= leastChars && index > start && blankBefore && /^\S/.test(line)) {
      parts.push(lines.slice(start, index).join('\n'));
      start = index;
      chars = 0;
    }
    openFence = fenceAfter(line, openFence);
    chars += line.length + 1;
  });
  parts.push(lines.slice(start).join('\n'));
  return parts;
}

function fenceAfter(line: string, open: string | null): string | null {
  const mark = fence.exec(line)?.[1];
  if (mark === undefined) return open;
  if (open === null) return mark;
  const closes = mark[0] === open[0] && mark.length >= open.length && line.trim() === mark;
  return closes ? null : open;
}

/** Characters that can make a line read in another order than it is stored ("25 mg" as "52 mg"). */
const override = /[\u202d\u202e]/g;
/** Marks nobody sees that break words apart for search and counting; joiners stay, scripts and emoji need them. */
const invisible = /[\u00ad\u200b\u2060-\u2064\ufeff]/g;

/** For plain texts: shows what would deceive and drops what nobody could see. Markdown marks both in place. */
export function harmlessText(text: string): string {
  return text
    .replace(override, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase()}]`)
    .replace(invisible, '');
}

/** Words as a reader counts them: runs of non-blank characters. */
export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** The shallowest heading of a text, 1 to 6, so that its outline can hang under the page's. */
export function shallowestHeading(source: string): number {
  let depth = 6;
  for (const match of source.matchAll(/^ {0,3}(#{1,6})(?=\s|$)/gm))
    depth = Math.min(depth, match[1]?.length ?? 6);
  if (/^\S.*\n=+\s*$/m.test(source)) return 1;
  return /^\S.*\n-+\s*$/m.test(source) ? Math.min(depth, 2) : depth;
}
