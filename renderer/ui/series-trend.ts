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

/** Where the last value goes from the first: within 3 % of it is steady. */
export function trendOf(points: readonly SeriesPoint[]): Trend {
  const first = points[0];
  const last = points[points.length - 1];
  if (!first || !last || points.length === 1) return 'single';
  const change = last.value - first.value;
  if (Math.abs(change) <= Math.abs(first.value) * 0.03) return 'steady';
  return change > 0 ? 'rising' : 'falling';
}

export const trendArrows: Record<Trend, string> = { rising: '↗', falling: '↘', steady: '→', single: '' };

/** The reference range in words: `3.5–5.0`, `≤ 5`, `≥ 60`, or null. */
export function rangeText({ low, high }: SeriesShape): string | null {
  if (low !== undefined && high !== undefined) return `${low}–${high}`;
  if (high !== undefined) return `≤ ${high}`;
  return low === undefined ? null : `≥ ${low}`;
}

/** The whole series as one sentence for a screen reader. */
export function spokenSeries(series: SeriesShape): string {
  const points = pointsInOrder(series);
  const values = points.map((point) => {
    const place = point.range === 'normal' ? '' : `, ${point.range}`;
    return `${point.value}${place} on ${shortDate(point.at)}`;
  });
  const trend = trendOf(points);
  const parts = [
    `${series.name}${series.unit ? `, ${series.unit}` : ''}: ${values.join('; ')}`,
    trend === 'single' ? null : trend,
    rangeText(series) === null ? null : `reference ${rangeText(series)}`,
  ];
  return `${parts.filter((part) => part !== null).join('. ')}.`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A chart's date as it was written, without moving it to another time zone: `12 Mar 2026`, `12 Mar 2026, 08:30`. */
export function shortDate(iso: string): string {
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  const date = `${Number(day)} ${months[Number(month) - 1] ?? ''} ${year}`;
  return iso.length >= 16 ? `${date}, ${iso.slice(11, 16)}` : date;
}
