import { type LinkedLayer, layerLinks } from './linked-scroll-layer.ts';
import { placeOpposite } from './linked-scroll-map.ts';

const sideOf = (answer: HTMLElement): 'a' | 'b' => (answer.dataset.answer === 'a' ? 'a' : 'b');

function otherOf(layer: HTMLElement, answer: HTMLElement): HTMLElement | null {
  return layer.querySelector<HTMLElement>(`[data-answer=${sideOf(answer) === 'a' ? 'b' : 'a'}]`);
}

/** For this long after an answer was moved by the program, its scroll events are echoes and lead nothing. */
const echoMs = 120;
const movedAt = new WeakMap<HTMLElement, number>();

const isEcho = (answer: HTMLElement) => performance.now() - (movedAt.get(answer) ?? -echoMs) < echoMs;

/** Scrolls one answer without taking the other one along. */
export function scrollAlone(answer: HTMLElement, top: number): void {
  if (Math.abs(answer.scrollTop - top) < 1) return;
  movedAt.set(answer, performance.now());
  answer.scrollTop = top;
}

/** Brings the other answer level with the one that was scrolled; to the same share of its length where nothing matches. */
export function followScroll(layer: HTMLElement, scrolled: HTMLElement): void {
  const other = otherOf(layer, scrolled);
  if (!other || isEcho(scrolled)) return;
  scrollAlone(other, Math.round(placeBeside(layerLinks.get(layer), scrolled, other)));
}

function placeBeside(link: LinkedLayer | undefined, scrolled: HTMLElement, other: HTMLElement): number {
  const map = link?.map();
  if (map) return placeOpposite(map, sideOf(scrolled), scrolled.scrollTop);
  const room = scrolled.scrollHeight - scrolled.clientHeight;
  return room <= 0 ? 0 : (scrolled.scrollTop / room) * (other.scrollHeight - other.clientHeight);
}

/** Scrolls answers by most of a page, so that the last lines stay in view; linked, the longer one leads. */
export function pageAnswers(layer: HTMLElement | null, which: 'both' | 'a' | 'b', direction: 1 | -1): void {
  const selector = which === 'both' ? '[data-answer]' : `[data-answer=${which}]`;
  const answers = [...(layer?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const linked = layer !== null && layerLinks.has(layer);
  const leading = linked
    ? answers.sort((one, other) => other.scrollHeight - one.scrollHeight).slice(0, 1)
    : answers;
  for (const answer of leading) {
    // A key leads even just after an echo.
    movedAt.delete(answer);
    answer.scrollTop += direction * answer.clientHeight * 0.85;
  }
}
