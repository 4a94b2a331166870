import { findBelow, rangeOfPlace, type TextIndex } from './find-index.ts';
import type { Place } from './find-text.ts';

/** The parts of a case that are searched, in reading order. */
export const findPanels = ['context', 'a', 'b'] as const;
export type FindPanel = (typeof findPanels)[number];

export type Hit = { panel: FindPanel; index: TextIndex; place: Place };
/** `counts` is null for a part that is not laid out, such as a folded context. */
export type FoundWords = { hits: readonly Hit[]; counts: Record<FindPanel, number | null> };

export const nothingFound: FoundWords = { hits: [], counts: { context: null, a: null, b: null } };

export const panelElement = (layer: Element | null, panel: FindPanel): HTMLElement | null =>
  layer?.querySelector<HTMLElement>(panel === 'context' ? '[data-context]' : `[data-answer=${panel}]`) ??
  null;

/** Every place of some words in the question and context, answer A and answer B. */
export function findInCase(layer: Element | null, words: string): FoundWords {
  const counts: Record<FindPanel, number | null> = { context: null, a: null, b: null };
  const hits = findPanels.flatMap((panel) => {
    const root = panelElement(layer, panel);
    if (!root) return [];
    const { index, places } = findBelow(root, words);
    counts[panel] = places.length;
    return places.map((place) => ({ panel, index, place }));
  });
  return { hits, counts };
}

export const rangeOfHit = (hit: Hit | undefined): Range | null =>
  hit ? rangeOfPlace(hit.index, hit.place) : null;

const names: Record<FindPanel, string> = { context: 'context', a: 'A', b: 'B' };

/** `3 in context`; a folded context says so instead. */
export function countWordsOf(panel: FindPanel, count: number | null): string {
  return count === null ? `${names[panel]} folded` : `${count.toLocaleString('en-GB')} in ${names[panel]}`;
}

/** Where one is among all places, and how many each part has, in a sentence. */
export function standingOf({ hits, counts }: FoundWords, at: number): string {
  const parts = findPanels.map((panel) => countWordsOf(panel, counts[panel])).join(', ');
  return hits.length === 0 ? `Not found: ${parts}` : `${at + 1} of ${hits.length}: ${parts}`;
}
