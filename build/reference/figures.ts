import type { Figure } from '../../shared/stats/figure.ts';

/** What `figuresOf` gives for a key that this kind of input has no figure for. */
export const unknownKey = Symbol('unknown key');

/** The figures of one input by key; an undefined statistic is null, as in the case files. */
export type Figures = (key: string) => unknown;

/** A part of a figure, or null where the figure is undefined. */
export const from = <T, Part>(figure: Figure<T>, part: (found: T) => Part): Part | null =>
  figure.defined ? part(figure) : null;

/** Names looked up in a table of computations. */
export const named =
  (computations: Record<string, () => unknown>): Figures =>
  (key) =>
    Object.hasOwn(computations, key) ? computations[key]?.() : unknownKey;

/** The first that knows the key. */
export const firstOf =
  (...all: readonly Figures[]): Figures =>
  (key) => {
    for (const figures of all) {
      const found = figures(key);
      if (found !== unknownKey) return found;
    }
    return unknownKey;
  };

/** "ci95" is 0.95; null for anything else. */
export function levelOf(word: string): number | null {
  const digits = /^ci(\d\d)$/.exec(word)?.[1];
  return digits === undefined ? null : Number(digits) / 100;
}

/** Values by name, as the case files list them for items. */
export const byName = (
  names: readonly string[],
  values: ArrayLike<number>,
): Record<string, number | undefined> => Object.fromEntries(names.map((name, i) => [name, values[i]]));
