const foundName = 'found';
const currentName = 'found-current';

/** Every place of the words in the visible text below an element, ignoring case. */
export function findInText(root: HTMLElement | null, words: string): Range[] {
  const wanted = words.trim().toLocaleLowerCase();
  if (!root || wanted === '') return [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const ranges: Range[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement?.closest('.visually-hidden')) ranges.push(...findInNode(node, wanted));
  return ranges;
}

function findInNode(node: Node, wanted: string): Range[] {
  const text = (node.nodeValue ?? '').toLocaleLowerCase();
  const ranges: Range[] = [];
  for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + wanted.length)) {
    // A letter whose lower case is longer can push offsets past the end; such a place is left out.
    if (start + wanted.length > (node.nodeValue ?? '').length) break;
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, start + wanted.length);
    ranges.push(range);
  }
  return ranges;
}

/** Marks the places by the CSS Custom Highlight API, which changes no element of the text. */
export function markFound(ranges: readonly Range[], current: number): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  const now = ranges[current];
  CSS.highlights.set(foundName, new Highlight(...ranges.filter((range) => range !== now)));
  CSS.highlights.set(currentName, new Highlight(...(now ? [now] : [])));
}

/** Scrolls the nearest it can, only inside its own panel. */
export function showFound(panel: HTMLElement | null, range: Range): void {
  const box = range.getBoundingClientRect?.();
  if (!panel || !box) return;
  const frame = panel.getBoundingClientRect();
  if (box.top < frame.top || box.bottom > frame.bottom)
    panel.scrollTop += box.top - frame.top - frame.height / 3;
}
