import type { SeriesPoint } from './series-trend.ts';
import classes from './spark-line.module.css';

const width = 104;
const height = 18;
const inset = 3;

type Props = { points: readonly SeriesPoint[]; low: number | undefined; high: number | undefined };

/** The curve of a series over its reference band. Time runs to scale; the last point is marked. */
export function SparkLine({ points, low, high }: Props) {
  const values = points.map((point) => point.value);
  const bottom = Math.min(...values, low ?? Number.POSITIVE_INFINITY);
  const top = Math.max(...values, high ?? Number.NEGATIVE_INFINITY);
  const y = (value: number) =>
    inset + (height - 2 * inset) * (top === bottom ? 0.5 : (top - value) / (top - bottom));
  const x = timeScale(points);
  const path = points.map((point, index) => `${x(index)},${y(point.value).toFixed(1)}`).join(' ');
  const last = points[points.length - 1];
  const bandTop = high === undefined ? 0 : y(high);
  const bandBottom = low === undefined ? height : y(low);
  const band = low !== undefined || high !== undefined;
  return (
    <svg className={classes.spark} width={width} height={height} aria-hidden="true">
      {band ? (
        <rect
          className={classes.band}
          x="0"
          y={bandTop}
          width={width}
          height={Math.max(1, bandBottom - bandTop)}
        />
      ) : null}
      <polyline className={classes.line} points={path} />
      {last ? (
        <circle
          className={classes.last}
          data-out={last.range === 'normal' ? undefined : true}
          cx={x(points.length - 1)}
          cy={y(last.value)}
          r="2.5"
        />
      ) : null}
    </svg>
  );
}

function timeScale(points: readonly SeriesPoint[]): (index: number) => number {
  const times = points.map((point) => Date.parse(point.at));
  const first = times[0] ?? 0;
  const span = (times[times.length - 1] ?? 0) - first;
  return (index) => {
    if (points.length === 1) return width - inset;
    const share = span > 0 ? ((times[index] ?? first) - first) / span : index / (points.length - 1);
    return Math.round((inset + share * (width - 2 * inset)) * 10) / 10;
  };
}
