import ReactMarkdown from 'react-markdown';
import { markdownPlugins } from './markdown.tsx';
import { isKnotted } from './markdown-depth.ts';
import { preparedSource, stretches } from './markdown-source.ts';
import { firstBeyond, type OffsetMap, preparedOffsets } from './prepared-offsets.ts';
import { aligned, type PlacedNode, type TextRun, textRuns } from './text-runs.ts';

/** UTF-16 offsets into the source of a rendered text. */
export type SourceSpan = { start: number; end: number };

type Stretch = { text: string; at: number; length: number };
/** The words of one laid-out stretch, node by node, with their places in the stretch's text. */
type Placed = { nodes: Text[]; runs: (TextRun | null)[] };

type TextMap = { source: string; offsets: OffsetMap; stretches: Stretch[] };

const maps = new WeakMap<Element, TextMap>();
const placed = new WeakMap<Element, Placed>();

/** The element a Markdown text is rendered in, at or below an element. */
export const markdownRoot = (element: Element | null): HTMLElement | null =>
  element?.querySelector<HTMLElement>('[data-markdown]') ?? null;

/**
 * The stretch of the source that a range of the rendered text shows, from the first to the last of its
 * characters; null when the range holds none of them. Nothing is computed before it is asked for, and only for
 * the parts of a long text that the range touches.
 */
export function sourceOfRange(root: HTMLElement, source: string, range: Range): SourceSpan | null {
  const map = mapOf(root, source);
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  stretchElements(root, map).forEach((element, index) => {
    const stretch = map.stretches[index];
    if (!stretch || !range.intersectsNode(element)) return;
    const span = spanWithin(placedIn(element, stretch.text), range);
    if (!span || span.end <= span.start) return;
    start = Math.min(start, map.offsets.start(stretch.at + span.start));
    end = Math.max(end, map.offsets.end(stretch.at + Math.min(span.end, stretch.length) - 1));
  });
  return end > start ? { start, end } : null;
}

/** The rendered text of a stretch of the source; null while none of it is laid out. */
export function rangeOfSource(root: HTMLElement, source: string, span: SourceSpan): Range | null {
  const map = mapOf(root, source);
  const from = map.offsets.from(span.start);
  const to = map.offsets.from(span.end - 1) + 1;
  const range = document.createRange();
  let begun = false;
  stretchElements(root, map).forEach((element, index) => {
    const { at, length, text } = map.stretches[index] ?? { at: 0, length: -1, text: '' };
    if (at >= to || at + length <= from) return;
    const ends = nodesOfSpan(placedIn(element, text), from - at, Math.min(to - at, length));
    if (!ends) return;
    if (!begun) range.setStart(ends.first, ends.firstAt);
    range.setEnd(ends.last, ends.lastAt);
    begun = true;
  });
  return begun ? range : null;
}

function mapOf(root: HTMLElement, source: string): TextMap {
  const known = maps.get(root);
  if (known?.source === source) return known;
  const prepared = preparedSource(source);
  const map = {
    source,
    offsets: preparedOffsets(source, prepared),
    stretches: placeStretches(prepared, stretches(prepared)),
  };
  maps.set(root, map);
  return map;
}

/** Each part begins with its own words, letter for letter; what may follow them was lent by other parts. */
function placeStretches(prepared: string, parts: readonly string[]): Stretch[] {
  let at = 0;
  return parts.map((text) => {
    let length = 0;
    while (length < text.length && text[length] === prepared[at + length]) length++;
    const stretch = { text, at, length };
    at += length === text.length ? length + 1 : length;
    return stretch;
  });
}

const stretchElements = (root: HTMLElement, { stretches: parts }: TextMap): Element[] =>
  parts.length === 1 ? [root] : [...root.children];

/** Kept until React puts other text nodes in: then their places are found anew. */
function placedIn(element: Element, text: string): Placed {
  const known = placed.get(element);
  const nodes = textNodes(element);
  if (known && sameNodes(known.nodes, nodes)) return known;
  const fresh = { nodes, runs: pairRuns(nodes, runsOf(text), text) };
  placed.set(element, fresh);
  return fresh;
}

const sameNodes = (known: readonly Text[], now: readonly Text[]) =>
  known.length === now.length && known.every((node, index) => node === now[index]);

function textNodes(element: Element): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) nodes.push(node as Text);
  return nodes;
}

/** Reads a part once more, only for the places of its words; a part that was not laid out has none. */
function runsOf(text: string): TextRun[] {
  if (isKnotted(text)) return [];
  let runs: TextRun[] = [];
  // The parser leaves a byte order mark out of its counting.
  const skipped = text.startsWith('\ufeff') ? 1 : 0;
  const collect = () => (tree: PlacedNode) => {
    runs = textRuns(tree, text.slice(skipped));
    tree.children = [];
  };
  try {
    const { remarkPlugins, rehypePlugins } = markdownPlugins;
    ReactMarkdown({ children: text, remarkPlugins, rehypePlugins: [...rehypePlugins, collect] });
  } catch {
    return []; // shown as written
  }
  return skipped === 0 ? runs : runs.map((run) => moved(run, skipped));
}

const moved = (run: TextRun, by: number): TextRun => ({
  ...run,
  from: run.from + by,
  to: run.to + by,
  starts: run.starts?.map((at) => at + by) ?? null,
  ends: run.ends?.map((at) => at + by) ?? null,
});

/** How far the words of the page and those of the tree may be apart before they meet again. */
const lookAhead = 40;

/** Gives every text node its run. Both come in the same order; either may have pieces the other has not. */
function pairRuns(nodes: readonly Text[], runs: readonly TextRun[], text: string): (TextRun | null)[] {
  if (runs.length === 0) return asWritten(nodes, text);
  let next = 0;
  return nodes.map((node) => {
    const found = runFor(node.data, runs, next);
    if (found === null) return null;
    next = runs[found]?.value === null ? found : found + 1;
    return runs[found] ?? null;
  });
}

function runFor(words: string, runs: readonly TextRun[], next: number): number | null {
  let drawn: number | null = null;
  for (let at = next; at < Math.min(next + lookAhead, runs.length); at++) {
    const run = runs[at];
    if (run?.value === words) return at;
    if (run?.value === null) drawn ??= at;
    // What is drawn in place of source has words of its own, until the next words of the source.
    else if (drawn !== null && run?.value?.trim() !== '') return drawn;
  }
  return drawn;
}

/** The places of a text shown as it was written. */
function asWritten(nodes: readonly Text[], text: string): (TextRun | null)[] {
  return nodes.map((node) => {
    const at = text.indexOf(node.data);
    return at < 0 ? null : aligned(node.data, text, at, at + node.data.length, 'code');
  });
}

const startOf = (run: TextRun, unit: number) =>
  run.value === null ? run.from : (run.starts?.[unit] ?? run.from + unit);
const endOf = (run: TextRun, unit: number) =>
  run.value === null ? run.to : (run.ends?.[unit] ?? run.from + unit + 1);

function spanWithin({ nodes, runs }: Placed, range: Range): SourceSpan | null {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  nodes.forEach((node, index) => {
    const run = runs[index];
    if (!run || !range.intersectsNode(node)) return;
    const from = node === range.startContainer ? range.startOffset : 0;
    const to = node === range.endContainer ? range.endOffset : node.length;
    if (from >= to || node.data.slice(from, to).trim() === '') return;
    start = Math.min(start, startOf(run, from));
    end = Math.max(end, endOf(run, to - 1));
  });
  return end > start ? { start, end } : null;
}

type NodeEnds = { first: Text; firstAt: number; last: Text; lastAt: number };

function nodesOfSpan({ nodes, runs }: Placed, from: number, to: number): NodeEnds | null {
  let ends: NodeEnds | null = null;
  nodes.forEach((node, index) => {
    const run = runs[index];
    const units = run ? unitsOf(run, node.length, from, to) : null;
    if (!units) return;
    if (ends) ends = { ...ends, last: node, lastAt: units.to };
    else ends = { first: node, firstAt: units.from, last: node, lastAt: units.to };
  });
  return ends;
}

/** The units of a run that show something of a stretch of source. */
function unitsOf(
  run: TextRun,
  length: number,
  from: number,
  to: number,
): { from: number; to: number } | null {
  if (run.to <= from || run.from >= to || run.from === run.to) return null;
  if (run.value === null) return { from: 0, to: length };
  const first = run.ends ? firstBeyond(run.ends, from) : Math.max(0, from - run.from);
  const last = run.starts ? firstBeyond(run.starts, to - 1) : Math.min(length, to - run.from);
  return first < last ? { from: first, to: last } : null;
}
