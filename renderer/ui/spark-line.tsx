import type { SeriesPoint } from './series-trend.ts';
import classes from './spark-line.module.css';

export const sparkWidth = 104;
const height = 22;
const inset = 4;
/** More dots than these would hide the curve. */
const mostDots = 14;

type Props = {
  points: readonly SeriesPoint[];
  low: number | undefined;
  high: number | undefined;
  /** The point under the hand or the arrow keys. */
  cursor: number | null;
};

/** The curve of a series over its reference band. Time runs to scale; values out of range and the last are marked. */
export function SparkLine({ points, low, high, cursor }: Props) {
  const values = points.map((point) => point.value);
  const bottom = Math.min(...values, low ?? Number.POSITIVE_INFINITY);
  const top = Math.max(...values, high ?? Number.NEGATIVE_INFINITY);
  const y = (value: number) =>
    Math.round(
      (inset + (height - 2 * inset) * (top === bottom ? 0.5 : (top - value) / (top - bottom))) * 10,
    ) / 10;
  const xs = timeScale(points);
  const path = points.map((point, index) => `${xs[index]},${y(point.value)}`).join(' ');
  const bandTop = high === undefined ? 0 : y(high);
  const bandBottom = low === undefined ? height : y(low);
  const band = low !== undefined || high !== undefined;
  const at = cursor === null ? undefined : points[cursor];
  const dots = points.length <= mostDots ? points : points.slice(-1);
  return (
    <svg className={classes.spark} width={sparkWidth} height={height} aria-hidden="true">
      {band ? (
        <rect
          className={classes.band}
          x="0"
          y={bandTop}
          width={sparkWidth}
          height={Math.max(1, bandBottom - bandTop)}
        />
      ) : null}
      <polyline className={classes.line} points={path} />
      {dots.map((point, index) => {
        const place = points.length - dots.length + index;
        return (
          <circle
            key={place}
            className={classes.dot}
            data-out={point.range === 'normal' ? undefined : true}
            cx={xs[place]}
            cy={y(point.value)}
            r={place === points.length - 1 ? 2.6 : 1.6}
          />
        );
      })}
      {at ? (
        <>
          <line className={classes.cursor} x1={xs[cursor ?? 0]} x2={xs[cursor ?? 0]} y1="0" y2={height} />
          <circle className={classes.at} cx={xs[cursor ?? 0]} cy={y(at.value)} r="3.5" />
        </>
      ) : null}
    </svg>
  );
}

/** Where each point stands, in pixels from the left; a single one stands at the end. */
export function timeScale(points: readonly SeriesPoint[]): number[] {
  const times = points.map((point) => Date.parse(point.at));
  const first = times[0] ?? 0;
  const span = (times[times.length - 1] ?? 0) - first;
  return points.map((_, index) => {
    if (points.length === 1) return sparkWidth - inset;
    const share = span > 0 ? ((times[index] ?? first) - first) / span : index / (points.length - 1);
    return Math.round((inset + share * (sparkWidth - 2 * inset)) * 10) / 10;
  });
}

/** The point nearest to a place on the curve, by its distance from the left in pixels. */
export function nearestPoint(points: readonly SeriesPoint[], x: number): number {
  const distances = timeScale(points).map((place) => Math.abs(place - x));
  return distances.indexOf(Math.min(...distances));
}
