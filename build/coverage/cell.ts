import type { Interval } from '../../shared/stats/figure.ts';

/** Under which circumstances data were made. */
export type Conditions = Record<string, number | string>;

/** How often an interval held the truth, or a test rejected a true hypothesis. */
export type Rate = {
  figure: string;
  kind: 'coverage' | 'error';
  /** Wanted: 0.95 for intervals, at most 0.05 for tests. */
  nominal: number;
  rate: number;
  /** Standard error of the simulated rate; 0 where all outcomes were added up. */
  monteCarlo: number;
  /** Share of data sets in which the figure was undefined; they are left out of the rate. */
  undefinedShare: number;
  meanWidth: number | null;
};
export type Cell = { family: string; conditions: Conditions; rates: Rate[] };

/** Counts intervals and tests of one cell over many data sets. */
export class Tally {
  readonly #counts = new Map<
    string,
    { hits: number; seen: number; none: number; width: number; kind: Rate['kind'] }
  >();

  #of(figure: string, kind: Rate['kind']) {
    const count = this.#counts.get(figure) ?? { hits: 0, seen: 0, none: 0, width: 0, kind };
    this.#counts.set(figure, count);
    return count;
  }

  interval(figure: string, found: Interval | null, truth: number): void {
    const count = this.#of(figure, 'coverage');
    if (!found) {
      count.none++;
      return;
    }
    count.seen++;
    // A truth at the very end of an interval is in it, whatever the last bit of a double says.
    if (found[0] <= truth + 1e-12 && truth <= found[1] + 1e-12) count.hits++;
    count.width += found[1] - found[0];
  }

  /** `p` of a hypothesis that is true in these data. */
  test(figure: string, p: number | null, alpha = 0.05): void {
    const count = this.#of(figure, 'error');
    if (p === null) {
      count.none++;
      return;
    }
    count.seen++;
    if (p < alpha) count.hits++;
  }

  rates(): Rate[] {
    return [...this.#counts].map(([figure, { hits, seen, none, width, kind }]) => {
      const rate = seen === 0 ? Number.NaN : hits / seen;
      return {
        figure,
        kind,
        nominal: kind === 'coverage' ? 0.95 : 0.05,
        rate,
        monteCarlo: seen === 0 ? 0 : Math.sqrt((rate * (1 - rate)) / seen),
        undefinedShare: none / (seen + none),
        meanWidth: kind === 'coverage' && seen > 0 ? width / seen : null,
      };
    });
  }
}

/** Every combination of the listed conditions. */
export function grid<T extends Record<string, readonly unknown[]>>(
  lists: T,
): { [K in keyof T]: T[K][number] }[] {
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (cells, [name, values]) => cells.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  ) as { [K in keyof T]: T[K][number] }[];
}
