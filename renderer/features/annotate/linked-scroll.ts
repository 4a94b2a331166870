/** Scrolls the other answer to the same share of its length. */
export function followScroll(layer: HTMLElement, scrolled: HTMLElement): void {
  const other = layer.querySelector<HTMLElement>(
    scrolled.dataset.answer === 'a' ? '[data-answer=b]' : '[data-answer=a]',
  );
  const room = scrolled.scrollHeight - scrolled.clientHeight;
  if (!other || room <= 0) return;
  const top = Math.round((scrolled.scrollTop / room) * (other.scrollHeight - other.clientHeight));
  if (Math.abs(other.scrollTop - top) > 1) other.scrollTop = top;
}

/** Scrolls answers by most of a page, so that the last lines stay in view. */
export function pageAnswers(layer: HTMLElement | null, which: 'both' | 'a' | 'b', direction: 1 | -1): void {
  const selector = which === 'both' ? '[data-answer]' : `[data-answer=${which}]`;
  for (const answer of layer?.querySelectorAll<HTMLElement>(selector) ?? [])
    answer.scrollTop += direction * answer.clientHeight * 0.85;
}
