import { memo } from 'react';
import classes from './series-row.module.css';
import {
  pointsInOrder,
  rangeText,
  type SeriesPoint,
  type SeriesShape,
  shortDate,
  spokenSeries,
  trendArrows,
  trendOf,
} from './series-trend.ts';
import { SparkLine } from './spark-line.tsx';

/** More values than these do not fit beside the curve; the curve and the hint show them all. */
const shownValues = 3;

/** A laboratory or vital sign series: name and unit, its curve over the reference band, its values in time's order. */
export const SeriesRow = memo(function SeriesRow({ series }: { series: SeriesShape }) {
  const points = pointsInOrder(series);
  const shown = points.slice(-shownValues);
  const last = points[points.length - 1];
  return (
    <li className={classes.row} title={hint(points)}>
      <span className="visually-hidden">{spokenSeries(series)}</span>
      <span className={classes.name} aria-hidden="true">
        {series.name}
      </span>
      <span className={classes.values} aria-hidden="true">
        {points.length > shown.length ? <span className={classes.arrow}>… → </span> : null}
        {shown.map((point, index) => (
          <Value key={point.at + String(index)} point={point} first={index === 0} last={point === last} />
        ))}
        <span className={classes.trend} data-out={last?.range === 'normal' ? undefined : true}>
          {trendArrows[trendOf(points)]}
        </span>
      </span>
      <span className={classes.unit} aria-hidden="true">
        {[rangeText(series), series.unit].filter(Boolean).join(' ')}
      </span>
      <SparkLine points={points} low={series.low} high={series.high} />
    </li>
  );
});

function Value({ point, first, last }: { point: SeriesPoint; first: boolean; last: boolean }) {
  return (
    <>
      {first ? null : <span className={classes.arrow}> → </span>}
      <span
        className={classes.value}
        data-out={point.range === 'normal' ? undefined : true}
        data-last={last || undefined}
      >
        {point.value}
      </span>
    </>
  );
}

const hint = (points: readonly SeriesPoint[]) =>
  points
    .map((point) => `${shortDate(point.at)}: ${point.value}${point.note ? ` (${point.note})` : ''}`)
    .join('\n');
