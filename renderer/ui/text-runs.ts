/** The parts of a rendered text's syntax tree that say where its words stand in the source. */
export type PlacedNode = {
  type: string;
  tagName?: string;
  value?: string;
  position?: { start: { offset?: number | undefined }; end: { offset?: number | undefined } } | undefined;
  children?: PlacedNode[];
};

/**
 * Words as they are rendered, and the stretch of the source each of their UTF-16 units stands for. `value` is
 * null for what is drawn in place of source (an image, a symbol): all of it stands for the whole stretch.
 */
export type TextRun = {
  value: string | null;
  from: number;
  to: number;
  /** Per unit of the value; null: unit `n` is the source's unit `from + n`. */
  starts: Int32Array | null;
  ends: Int32Array | null;
};

type Span = { from: number; to: number };

const blank = /^\s*$/;
const drawn = new Set(['img', 'input', 'svg']);

/** The rendered words of a tree in its order, each with its place in the source the tree was read from. */
export function textRuns(tree: PlacedNode, source: string): TextRun[] {
  const runs: TextRun[] = [];
  let cursor = 0;
  const visit = (node: PlacedNode, within: Span | null, kind: AlignKind) => {
    const own = spanOf(node);
    if (node.type === 'text') {
      const run = runOf(node.value ?? '', source, own, within, cursor, kind);
      runs.push(run);
      cursor = Math.max(run.to, own?.to ?? 0);
      return;
    }
    if (own && node.type !== 'root') cursor = own.from;
    const inner = own && node.type !== 'root' ? own : within;
    if (drawn.has(node.tagName ?? '')) runs.push(drawnRun(own ?? { from: cursor, to: cursor }));
    const next = node.tagName === 'pre' ? 'block-code' : kindWithin(node, kind);
    for (const child of node.children ?? []) visit(child, inner, next);
    if (own && node.type !== 'root') cursor = own.to;
  };
  visit(tree, null, 'text');
  return runs;
}

function spanOf({ position }: PlacedNode): Span | null {
  const from = position?.start.offset;
  const to = position?.end.offset;
  return from === undefined || to === undefined ? null : { from, to };
}

const kindWithin = (node: PlacedNode, kind: AlignKind): AlignKind =>
  node.tagName === 'code' && kind === 'text' ? 'code' : kind;

const drawnRun = ({ from, to }: Span): TextRun => ({ value: null, from, to, starts: null, ends: null });

const unplaced = (value: string, at: number): TextRun => ({
  value,
  from: at,
  to: at,
  starts: new Int32Array(value.length).fill(at),
  ends: new Int32Array(value.length).fill(at),
});

/** A text without a place of its own is looked for in what is left of the element it stands in. */
function runOf(
  value: string,
  source: string,
  own: Span | null,
  within: Span | null,
  cursor: number,
  kind: AlignKind,
): TextRun {
  if (own) return aligned(value, source, own.from, own.to, kind);
  if (within === null || blank.test(value)) return unplaced(value, cursor);
  const whole = kind === 'block-code' && cursor === within.from && value.endsWith('\n');
  if (whole) return aligned(value, source, within.from, within.to, kind);
  const from = kind === 'block-code' ? pastFence(source, cursor, within) : Math.max(cursor, within.from);
  const at = source.indexOf(value, from);
  if (at >= 0 && at + value.length <= within.to) return sameRun(value, at);
  const guess = aligned(value, source, from, within.to, kind === 'block-code' ? 'piece' : kind);
  // Words that are not the source's: a footnote's number, its way back, a symbol drawn for its code.
  return matchedShare(guess) < 0.5 ? unplaced(value, from) : guess;
}

/** Where the words of a code block go on: after the fence's line, or after the piece before. */
const pastFence = (source: string, cursor: number, { from, to }: Span): number =>
  cursor > from ? cursor : Math.min(to, source.indexOf('\n', from) + 1 || from);

const sameRun = (value: string, from: number): TextRun => ({
  value,
  from,
  to: from + value.length,
  starts: null,
  ends: null,
});

function matchedShare({ value, starts, ends }: TextRun): number {
  if (value === null || !starts || !ends) return 1;
  let matched = 0;
  for (let unit = 0; unit < value.length; unit++) if ((ends[unit] ?? 0) > (starts[unit] ?? 0)) matched++;
  return matched / value.length;
}

/** How a stretch of source becomes words: with escapes and references, or letter for letter. */
export type AlignKind = 'text' | 'code' | 'block-code' | 'piece';

/** Finds, for every unit of a rendered value, the units of the source between two offsets it was made from. */
export function aligned(value: string, source: string, from: number, to: number, kind: AlignKind): TextRun {
  if (to - from === value.length && source.startsWith(value, from)) return sameRun(value, from);
  const starts = new Int32Array(value.length);
  const ends = new Int32Array(value.length);
  if (kind === 'block-code') alignLines(value, source, from, to, starts, ends);
  else alignWords({ value, source, kind, starts, ends }, ...withoutFence(source, from, to, kind));
  return { value, from: starts[0] ?? from, to: ends[value.length - 1] ?? from, starts, ends };
}

function withoutFence(source: string, from: number, to: number, kind: AlignKind): [number, number] {
  if (kind !== 'code') return [from, to];
  const fence = /^`*/.exec(source.slice(from, Math.min(to, from + 100)))?.[0] ?? '';
  const closed = source.slice(to - fence.length, to) === fence && to - from >= 2 * fence.length;
  return [from + fence.length, closed ? to - fence.length : to];
}

/** Lines of a code block are the tails of the source's lines: what stands before them is quote bars and indent. */
function alignLines(
  value: string,
  source: string,
  from: number,
  to: number,
  starts: Int32Array,
  ends: Int32Array,
): void {
  let at = source.indexOf('\n', from) + 1;
  if (at <= 0 || at > to) at = from;
  let unit = 0;
  for (const line of value.split('\n')) {
    const newline = source.indexOf('\n', at);
    const stop = newline < 0 || newline > to ? to : newline;
    const lineEnd = source[stop - 1] === '\r' ? stop - 1 : stop;
    const lineStart = Math.max(at, lineEnd - line.length);
    for (let n = 0; n < line.length; n++) {
      starts[unit + n] = Math.min(lineStart + n, lineEnd);
      ends[unit + n] = Math.min(lineStart + n + 1, lineEnd);
    }
    unit += line.length;
    if (unit < value.length) {
      starts[unit] = lineEnd;
      ends[unit] = Math.min(stop + 1, to);
      unit++;
    }
    at = Math.min(stop + 1, to);
  }
}

type Alignment = { value: string; source: string; kind: AlignKind; starts: Int32Array; ends: Int32Array };

function alignWords(work: Alignment, from: number, to: number): void {
  const { value, starts, ends } = work;
  let at = from;
  for (let unit = 0; unit < value.length; ) {
    const found = nextUnits(work, unit, at, to);
    for (let n = 0; n < found.units; n++) {
      starts[unit + n] = found.start;
      ends[unit + n] = found.end;
    }
    unit += found.units;
    at = found.end;
  }
}

type Found = { units: number; start: number; end: number };

/** How many units must agree before a stretch of source is skipped for them. */
const lookAhead = 4;

/** The source of the next unit: right here, else after what agrees with the words first, else nowhere. */
function nextUnits(work: Alignment, unit: number, from: number, to: number): Found {
  const wanted = work.value[unit] ?? '';
  let at = from;
  while (at < to && isSkipped(work.source, at, wanted)) at++;
  const here = stepAt(work, unit, at, to);
  if (here) return here;
  for (let next = at + 1; next < to; next++)
    if (agrees(work, unit, next, to)) return stepAt(work, unit, next, to) ?? nowhere(from, to);
  const last = work.source.indexOf(wanted, at);
  return last >= 0 && last < to ? { units: 1, start: last, end: last + 1 } : nowhere(from, to);
}

const nowhere = (from: number, to: number): Found => ({
  units: 1,
  start: Math.min(from, to),
  end: Math.min(from, to),
});

/** Blanks before a line's end, and blanks and quote bars before its first word. */
const isSkipped = (source: string, at: number, wanted: string): boolean => {
  const here = source[at] ?? '';
  if (here === wanted) return false;
  return wanted === '\n' ? /[ \t\r]/.test(here) : isLinePrefix(source, at);
};

/** What one or more units of the value are in the source at a place, or null. */
function stepAt({ value, source, kind }: Alignment, unit: number, at: number, to: number): Found | null {
  if (at >= to) return null;
  const here = source[at] ?? '';
  const wanted = value[unit] ?? '';
  if (kind === 'text' && isAmbiguous(here) && !source.startsWith(value.slice(unit, unit + 8), at)) {
    if (here === '\\' && source[at + 1] === wanted) return { units: 1, start: at, end: at + 2 };
    const units = referenceUnits(source, at, value, unit);
    if (units) return { units: units.units, start: at, end: at + units.length };
  }
  return standsFor(here, wanted) ? { units: 1, start: at, end: at + 1 } : null;
}

function agrees(work: Alignment, unit: number, from: number, to: number): boolean {
  let at = from;
  for (let ahead = unit; ahead < Math.min(unit + lookAhead, work.value.length); ) {
    while (ahead > unit && at < to && isSkipped(work.source, at, work.value[ahead] ?? '')) at++;
    const step = stepAt(work, ahead, at, to);
    if (!step) return false;
    ahead += step.units;
    at = step.end;
  }
  return true;
}

const isAmbiguous = (unit: string) => unit === '\\' || unit === '&';
const standsFor = (here: string, wanted: string) =>
  here === wanted || (wanted === ' ' && /[\t\n\r]/.test(here)) || (wanted === '\ufffd' && here === '\0');

/** Blanks and quote bars between the start of a line and its first word. */
function isLinePrefix(source: string, at: number): boolean {
  if (!/[\s>]/.test(source[at] ?? '')) return false;
  let before = at - 1;
  while (before >= 0 && /[ \t>]/.test(source[before] ?? '')) before--;
  return before < 0 || source[before] === '\n';
}

const reference = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/y;

function referenceUnits(source: string, at: number, value: string, unit: number) {
  reference.lastIndex = at;
  const written = reference.exec(source)?.[0];
  if (written === undefined) return null;
  const meant = meaningOf(written);
  if (meant === '' || meant === written || !value.startsWith(meant, unit)) return null;
  return { units: meant.length, length: written.length };
}

const meanings = new Map<string, string>();

/** What a character reference such as `&micro;` means, as the browser itself reads it. */
function meaningOf(written: string): string {
  let meant = meanings.get(written);
  if (meant === undefined) {
    const box = document.createElement('textarea');
    // Only a reference of letters, digits and # gets here; a textarea makes no element of anything.
    box.innerHTML = written;
    meant = box.value;
    meanings.set(written, meant);
  }
  return meant;
}
