import { findBelow, rangeOfPlace, type TextIndex } from './find-index.ts';
import type { Place } from './find-text.ts';

/** The parts of a case that are searched, in reading order. */
export const findPanels = ['context', 'a', 'b'] as const;
export type FindPanel = (typeof findPanels)[number];

export type Hit = { panel: FindPanel; index: TextIndex; place: Place };
export type FoundWords = {
  hits: readonly Hit[];
  /** Null for a part that is not there. */
  counts: Record<FindPanel, number | null>;
  /** The context is folded: its places are counted, and seen only once it is opened. */
  contextFolded: boolean;
};

export const nothingFound: FoundWords = {
  hits: [],
  counts: { context: null, a: null, b: null },
  contextFolded: false,
};

/** Where the words of a folded context stand, unseen, while they are looked through. */
export const foldedContextAttribute = 'data-folded-context';

const selectors: Record<FindPanel, string> = {
  context: `[data-context], [${foldedContextAttribute}]`,
  a: '[data-answer=a]',
  b: '[data-answer=b]',
};

export const panelElement = (layer: Element | null, panel: FindPanel): HTMLElement | null =>
  layer?.querySelector<HTMLElement>(selectors[panel]) ?? null;

/** Whether a place cannot be seen as things are folded. */
export const isFolded = ({ hits, contextFolded }: FoundWords, at: number): boolean =>
  contextFolded && hits[at]?.panel === 'context';

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
  const contextFolded = panelElement(layer, 'context')?.hasAttribute(foldedContextAttribute) ?? false;
  return { hits, counts, contextFolded };
}

/** The first place that can be seen; the first of all where none can. */
export const firstSeen = (found: FoundWords): number =>
  Math.max(
    0,
    found.hits.findIndex((_hit, at) => !isFolded(found, at)),
  );

export const rangeOfHit = (hit: Hit | undefined): Range | null =>
  hit ? rangeOfPlace(hit.index, hit.place) : null;

const names: Record<FindPanel, string> = { context: 'context', a: 'A', b: 'B' };

/** `3 in context`, or `3 in folded context`. */
export function countWordsOf({ counts, contextFolded }: FoundWords, panel: FindPanel): string {
  const folded = panel === 'context' && contextFolded ? 'folded ' : '';
  return `${(counts[panel] ?? 0).toLocaleString('en-GB')} in ${folded}${names[panel]}`;
}

/** Where one is among all places, and how many each part has, in a sentence. */
export function standingOf(found: FoundWords, at: number): string {
  const { hits } = found;
  const parts = findPanels.map((panel) => countWordsOf(found, panel)).join(', ');
  return hits.length === 0 ? `Not found: ${parts}` : `${at + 1} of ${hits.length}: ${parts}`;
}
