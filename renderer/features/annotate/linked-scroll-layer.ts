import { type Anchor, type Extent, type ScrollMap, scrollMap } from './linked-scroll-map.ts';
import { type Block, matchBlocks } from './linked-scroll-match.ts';

export type LinkedLayer = {
  /** Null until the answers are matched and measured. */
  map: () => ScrollMap | null;
};

/** The layers whose answers scroll together. */
export const layerLinks = new WeakMap<HTMLElement, LinkedLayer>();

type Part = { element: HTMLElement; block: Block };
type Pair = { a: HTMLElement; b: HTMLElement };
type Answers = { a: HTMLElement; b: HTMLElement };

const partSelector = 'p, li, tr, pre, h2, h3, h4, h5, h6';
const charsTaken = 600;
const settleMs = 80;

function partsOf(answer: HTMLElement): Part[] {
  return [...answer.querySelectorAll<HTMLElement>(partSelector)].flatMap((element) => {
    // A list item that holds paragraphs is told by them; one that holds a list, by its own first words.
    if (element.matches('li') && element.querySelector('p')) return [];
    if (isHiddenInside(element)) return [];
    const text = wordsOf(element);
    return text.trim() === '' ? [] : [{ element, block: { text, heading: /^H\d$/.test(element.tagName) } }];
  });
}

/** What scrolls inside itself stands at one place, that of its beginning. */
function isHiddenInside(element: HTMLElement): boolean {
  const within = element.closest('[role=group][data-long]');
  return within !== null && within.querySelector('tr, pre') !== element;
}

function wordsOf(element: HTMLElement): string {
  if (element instanceof HTMLTableRowElement)
    return [...element.cells]
      .map((cell) => cell.textContent ?? '')
      .join(' ')
      .slice(0, charsTaken);
  return (element.textContent ?? '').slice(0, charsTaken).split('\n')[0] ?? '';
}

function matchAnswers(answers: Answers): Pair[] {
  const parts = { a: partsOf(answers.a), b: partsOf(answers.b) };
  const matches = matchBlocks(
    parts.a.map(({ block }) => block),
    parts.b.map(({ block }) => block),
  );
  return matches.flatMap(([a, b]) => {
    const pair = { a: parts.a[a]?.element, b: parts.b[b]?.element };
    return pair.a && pair.b ? [{ a: pair.a, b: pair.b }] : [];
  });
}

/**
 * Stretches of a long text that are not near the window stand there with a guessed height. Each is laid out
 * once and keeps what was measured, so that matching parts are where the map says.
 */
function measureStretches(answers: Answers): void {
  for (const answer of [answers.a, answers.b]) {
    const stretches = [...answer.querySelectorAll<HTMLElement>('[data-stretch]')];
    for (const stretch of stretches) stretch.style.contentVisibility = 'visible';
    const heights = stretches.map((stretch) => stretch.getBoundingClientRect().height);
    stretches.forEach((stretch, index) => {
      stretch.style.containIntrinsicBlockSize = `auto ${heights[index] ?? 0}px`;
    });
  }
}

function showStretchesLazily(answers: Answers): void {
  for (const answer of [answers.a, answers.b])
    for (const stretch of answer.querySelectorAll<HTMLElement>('[data-stretch]'))
      stretch.style.contentVisibility = '';
}

const extentOf = (answer: HTMLElement): Extent => ({
  height: answer.scrollHeight,
  view: answer.clientHeight,
});

function measured(answers: Answers, pairs: readonly Pair[]): ScrollMap | null {
  if (answers.a.clientHeight === 0) return null;
  measureStretches(answers);
  const base = {
    a: answers.a.getBoundingClientRect().top - answers.a.scrollTop,
    b: answers.b.getBoundingClientRect().top - answers.b.scrollTop,
  };
  const anchors = pairs.map(
    ({ a, b }): Anchor => ({
      a: a.getBoundingClientRect().top - base.a,
      b: b.getBoundingClientRect().top - base.b,
    }),
  );
  const map = scrollMap(extentOf(answers.a), extentOf(answers.b), anchors);
  showStretchesLazily(answers);
  return map;
}

/** Runs when the page has nothing better to do, and at the latest after a moment. */
function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(run, settleMs);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(run, { timeout: 500 });
  return () => cancelIdleCallback(handle);
}

/**
 * Links the answers of a layer while they are on screen: matches their parts and measures where they stand, off
 * the frame's path; again after a resize or a late layout. Returns the end of it.
 */
export function linkLayer(layer: HTMLElement): () => void {
  const a = layer.querySelector<HTMLElement>('[data-answer=a]');
  const b = layer.querySelector<HTMLElement>('[data-answer=b]');
  if (!a || !b) return () => {};
  const answers = { a, b };
  let pairs: Pair[] | null = null;
  let map: ScrollMap | null = null;
  let cancel = () => {};
  let timer: ReturnType<typeof setTimeout> | null = null;
  const measure = () => {
    pairs ??= matchAnswers(answers);
    map = measured(answers, pairs);
  };
  const soon = () => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => {
      cancel();
      cancel = whenIdle(measure);
    }, settleMs);
  };
  const changed = new MutationObserver(() => {
    pairs = null;
    soon();
  });
  const resized = new ResizeObserver(soon);
  for (const answer of [a, b]) {
    changed.observe(answer, { childList: true, subtree: true });
    resized.observe(answer);
    if (answer.firstElementChild) resized.observe(answer.firstElementChild);
  }
  soon();
  layerLinks.set(layer, { map: () => map });
  return () => {
    layerLinks.delete(layer);
    changed.disconnect();
    resized.disconnect();
    cancel();
    if (timer) clearTimeout(timer);
  };
}
