import { findBelow, rangeOfPlace } from './find-index.ts';

const foundName = 'found';
const currentName = 'found-current';

/** Every place of the words in the visible text below an element. */
export function findInText(root: HTMLElement | null, words: string): Range[] {
  if (!root || words.trim() === '') return [];
  const { index, places } = findBelow(root, words);
  return places.map((place) => rangeOfPlace(index, place)).filter((range) => range !== null);
}

/** Marks the places by the CSS Custom Highlight API, which changes no element of the text. */
export function markFound(ranges: readonly Range[], current: number): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  const now = ranges[current];
  const found = new Highlight(...ranges.filter((range) => range !== now));
  const one = new Highlight(...(now ? [now] : []));
  // Above flags and differences, which may stand on the same words.
  found.priority = 10;
  one.priority = 11;
  CSS.highlights.set(foundName, found);
  CSS.highlights.set(currentName, one);
}

/** Scrolls the nearest it can, only inside its own panel; `covered`: how much of it something lies over, in pixels. */
export function showFound(
  panel: HTMLElement | null,
  range: Range,
  covered: { head: number; foot: number } = { head: 0, foot: 0 },
): void {
  const box = range.getBoundingClientRect?.();
  if (!panel || !box) return;
  const frame = panel.getBoundingClientRect();
  if (box.top < frame.top + covered.head || box.bottom > frame.bottom - covered.foot)
    panel.scrollTop += box.top - frame.top - frame.height / 3;
}
