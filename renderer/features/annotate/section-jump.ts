/** A jump leaves room for the line with the question above the part it goes to. */
const roomAbove = 36;

const scrollerOf = (layer: HTMLElement | null) => layer?.querySelector<HTMLElement>('[data-context]') ?? null;

/** Goes to the next part of the context, or the one before, from the focus or else from what is read. */
export function jumpPart(layer: HTMLElement | null, by: 1 | -1): boolean {
  const scroller = scrollerOf(layer);
  const parts = [...(scroller?.querySelectorAll<HTMLElement>('[data-part]') ?? [])];
  if (!scroller || parts.length === 0) return false;
  const at = placeAmong(parts, scroller);
  const next = parts[Math.min(parts.length - 1, Math.max(0, at + by))];
  return next !== undefined && goTo(scroller, next);
}

/** Goes to what A and B answer. */
export function jumpToQuestion(layer: HTMLElement | null): boolean {
  const scroller = scrollerOf(layer);
  const asked = scroller?.querySelector<HTMLElement>('[data-asked]');
  return scroller !== null && asked !== null && asked !== undefined && goTo(scroller, asked);
}

function placeAmong(parts: readonly HTMLElement[], scroller: HTMLElement): number {
  const focused = parts.findIndex((part) => part.contains(document.activeElement));
  if (focused >= 0) return focused;
  if (scroller.scrollTop <= 0) return 0;
  const line = scroller.getBoundingClientRect().top + roomAbove + 4;
  return parts.findLastIndex((part) => part.getBoundingClientRect().top <= line);
}

function goTo(scroller: HTMLElement, part: HTMLElement): boolean {
  const head = part.matches('[data-part-head]') ? part : part.querySelector<HTMLElement>('[data-part-head]');
  head?.focus({ preventScroll: true });
  scroller.scrollTop += part.getBoundingClientRect().top - scroller.getBoundingClientRect().top - roomAbove;
  return true;
}
