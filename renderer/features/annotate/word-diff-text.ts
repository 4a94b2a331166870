/** The text of an answer as it is read, and the nodes it comes from. */
export type ReadText = { text: string; nodes: readonly { node: Text; from: number }[] };

const block = 'p, li, td, th, pre, blockquote, h1, h2, h3, h4, h5, h6, div';

/** Reads the visible text below an element; blocks are parted by a line end, so that no words grow together. */
export function readText(root: Element): ReadText {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; from: number }[] = [];
  let text = '';
  let lastBlock: Element | null = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!(node instanceof Text) || !parent || parent.closest('.visually-hidden')) continue;
    const own = parent.closest(block);
    if (own !== lastBlock && text !== '') text += '\n';
    lastBlock = own;
    nodes.push({ node, from: text.length });
    text += node.data;
  }
  return { text, nodes };
}

/** The place of offsets in the document; null where the text has changed since it was read. */
export function rangeAt({ nodes }: ReadText, from: number, to: number): Range | null {
  const start = nodes[lastAt(nodes, from)];
  const end = nodes[lastAt(nodes, to - 1)];
  if (!start || !end || from - start.from > start.node.length || to - end.from > end.node.length) return null;
  const range = document.createRange();
  range.setStart(start.node, from - start.from);
  range.setEnd(end.node, to - end.from);
  return range;
}

/** Index of the last node that begins at or before an offset. */
function lastAt(nodes: ReadText['nodes'], offset: number): number {
  let low = 0;
  let high = nodes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((nodes[middle]?.from ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
