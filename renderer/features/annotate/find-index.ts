import { blockBreak, type FoldedText, findPlaces, foldText, type Place } from './find-text.ts';

/** The visible words below an element as one text, and the way back from its offsets to the page. */
export type TextIndex = {
  text: string;
  /** One entry per paragraph, heading, list item, cell or code block that holds words. */
  blocks: readonly Block[];
  nodes: readonly Text[];
  /** Where each node's words begin in the text. */
  nodeStarts: Int32Array;
};

export type Block = Place & { element: Element };

const blockTags = new Set(
  'P LI H1 H2 H3 H4 H5 H6 TD TH PRE DIV SECTION ARTICLE BLOCKQUOTE DT DD UL OL DL TABLE TR TBODY THEAD CAPTION FIGURE FIGCAPTION DETAILS SUMMARY HEADER FOOTER NAV ASIDE MAIN FORM FIELDSET LEGEND HR BR'.split(
    ' ',
  ),
);

const isHidden = (element: Element) =>
  element.classList.contains('visually-hidden') ||
  element.tagName === 'SCRIPT' ||
  element.tagName === 'STYLE';

/** Reads the words below an element, each block apart from the next; words only for screen readers are left out. */
export function indexText(root: Element): TextIndex {
  const nodes: Text[] = [];
  const nodeStarts: number[] = [];
  const blocks: Block[] = [];
  const parts: string[] = [];
  let length = 0;
  let open: Block | null = null;
  const closeBlock = () => {
    if (open) open.end = length;
    open = null;
  };
  const read = (node: Node, block: Element) => {
    if (node instanceof Text) {
      if (!open) {
        if (node.data.trim() === '') return;
        if (blocks.length > 0) parts.push(blockBreak);
        if (blocks.length > 0) length += 1;
        open = { start: length, end: length, element: block };
        blocks.push(open);
      }
      nodes.push(node);
      nodeStarts.push(length);
      parts.push(node.data);
      length += node.length;
      return;
    }
    if (!(node instanceof Element) || isHidden(node)) return;
    // A line break within a block is a blank, not its end.
    const isBlock = blockTags.has(node.tagName) && node.tagName !== 'BR';
    if (isBlock) closeBlock();
    for (let child = node.firstChild; child; child = child.nextSibling) read(child, isBlock ? node : block);
    if (isBlock) closeBlock();
  };
  read(root, root);
  closeBlock();
  return { text: parts.join(''), blocks, nodes, nodeStarts: Int32Array.from(nodeStarts) };
}

/** The index of the last number of a rising list that is not above a value. */
function lastAtMost(rising: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The part of the page that shows a place of the text. */
export function rangeOfPlace({ nodes, nodeStarts }: TextIndex, { start, end }: Place): Range | null {
  const first = lastAtMost(nodeStarts, start);
  const last = Math.max(first, lastAtMost(nodeStarts, end - 1));
  const [from, to] = [nodes[first], nodes[last]];
  if (!from || !to) return null;
  const range = document.createRange();
  range.setStart(from, Math.min(from.length, start - (nodeStarts[first] ?? 0)));
  range.setEnd(to, Math.min(to.length, end - (nodeStarts[last] ?? 0)));
  return range;
}

/** The offset in the text of a point of the page; null for a point outside its words. */
export function offsetOfPoint({ nodes, nodeStarts }: TextIndex, node: Node, offset: number): number | null {
  const at = nodes.indexOf(node as Text);
  return at < 0 ? null : (nodeStarts[at] ?? 0) + offset;
}

const indexes = new WeakMap<Element, { index: TextIndex; folded: FoldedText }>();

/** The index and its folded text, read anew only when other text nodes stand below the element. */
export function searchable(root: Element): { index: TextIndex; folded: FoldedText } {
  const known = indexes.get(root);
  const index = indexText(root);
  if (
    known &&
    known.index.text === index.text &&
    known.index.nodes.every((node, n) => node === index.nodes[n])
  )
    return known;
  const fresh = { index, folded: foldText(index.text) };
  indexes.set(root, fresh);
  return fresh;
}

/** Every place of some words below an element, in reading order. */
export function findBelow(root: Element, words: string): { index: TextIndex; places: Place[] } {
  const { index, folded } = searchable(root);
  return { index, places: findPlaces(folded, words) };
}
