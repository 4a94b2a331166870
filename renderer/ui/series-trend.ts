/** One measured quantity over time; the reader sorts by `at` (ISO dates). */
export type SeriesShape = {
  name: string;
  unit?: string | undefined;
  low?: number | undefined;
  high?: number | undefined;
  points: readonly { at: string; value: number; note?: string | undefined }[];
};

export type SeriesPoint = {
  at: string;
  value: number;
  note: string | null;
  range: 'low' | 'normal' | 'high';
};
export type Trend = 'rising' | 'falling' | 'steady' | 'single';

/** The points in time's order, each against the reference range (both limits belong to it). */
export function pointsInOrder(series: SeriesShape): SeriesPoint[] {
  return [...series.points]
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map(({ at, value, note }) => ({ at, value, note: note ?? null, range: rangeOf(value, series) }));
}

function rangeOf(value: number, { low, high }: SeriesShape): SeriesPoint['range'] {
  if (low !== undefined && value < low) return 'low';
  return high !== undefined && value > high ? 'high' : 'normal';
}

/**
 * Where the last value goes from the first. Steady is a change within a tenth of the reference range, or within
 * 3 % of the first value where no range is known.
 */
export function trendOf(
  points: readonly SeriesPoint[],
  range: Pick<SeriesShape, 'low' | 'high'> = {},
): Trend {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length === 1) return 'single';
  const change = last.value - first.value;
  const { low, high } = range;
  const slack =
    low !== undefined && high !== undefined && high > low ? (high - low) / 10 : Math.abs(first.value) * 0.03;
  // Sums of decimals are off by a hair: 4.65 - 4.5 is not quite 0.15.
  if (Math.abs(change) <= slack * (1 + 1e-9)) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}

/** More values than these do not stand beside the name; the trend is told over the same ones, so both agree. */
export const shownValues = 3;

/** The newest values of a series and where they go. */
export function newestOf(series: SeriesShape): { points: SeriesPoint[]; shown: SeriesPoint[]; trend: Trend } {
  const points = pointsInOrder(series);
  const shown = points.slice(-shownValues);
  return { points, shown, trend: trendOf(shown, series) };
}

/** Whether the newest value is outside the reference range. */
export const isOutOfRange = (series: SeriesShape): boolean =>
  (newestOf(series).shown.at(-1)?.range ?? 'normal') !== 'normal';

export const trendArrows: Record<Trend, string> = { rising: '↗', falling: '↘', steady: '→', single: '' };

/** The reference range in words: `3.5–5.0`, `≤ 5`, `≥ 60`, or null. */
export function rangeText({ low, high }: SeriesShape): string | null {
  if (low !== undefined && high !== undefined) return `${low}–${high}`;
  if (high !== undefined) return `≤ ${high}`;
  return low === undefined ? null : `≥ ${low}`;
}

/** The mark beside a value out of range, as laboratories print it. */
export const rangeMarks = { low: 'L', normal: '', high: 'H' } as const;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A chart's date as it was written, without moving it to another time zone: `12 Mar 2026`, `12 Mar 2026, 08:30`. */
export function shortDate(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  const date = `${Number(day)} ${months[Number(month) - 1] ?? ''} ${year}`;
  return iso.length >= 16 ? `${date}, ${iso.slice(11, 16)}` : date;
}
