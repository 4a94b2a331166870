import { type KeyboardEvent, memo, type PointerEvent, useId, useState } from 'react';
import classes from './series-row.module.css';
import { SeriesTable } from './series-table.tsx';
import {
  newestOf,
  rangeMarks,
  rangeText,
  type SeriesPoint,
  type SeriesShape,
  shortDate,
  trendArrows,
} from './series-trend.ts';
import { nearestPoint, SparkLine } from './spark-line.tsx';

type Props = {
  series: SeriesShape;
  /** Only one curve of a list is a tab stop; the arrow keys go to the others. */
  tabStop: boolean;
};

/** A laboratory or vital sign series: its newest values with their trend, its curve, and every date on demand. */
export const SeriesRow = memo(function SeriesRow({ series, tabStop }: Props) {
  const [open, setOpen] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const table = useId();
  const { points, shown, trend } = newestOf(series);
  const last = points.length - 1;
  const out = points[last]?.range !== 'normal';
  const onPointer = (event: PointerEvent<HTMLElement>) =>
    setCursor(nearestPoint(points, event.clientX - event.currentTarget.getBoundingClientRect().left));
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0 || event.shiftKey) return;
    event.preventDefault();
    setCursor(Math.min(last, Math.max(0, (cursor ?? last + 1) + by)));
  };
  return (
    <li className={classes.row}>
      <div className={classes.head}>
        <span className={classes.name} dir="auto">
          {series.name}
        </span>
        <span className={classes.newest}>
          <ol className={classes.values} aria-label={`${series.name}, newest values`}>
            {shown.map((point, index) => (
              <Value
                key={point.at + String(index)}
                point={point}
                before={index > 0 ? ' → ' : points.length > shown.length ? '… ' : ''}
                last={index === shown.length - 1}
              />
            ))}
          </ol>
          <span className={classes.trend} data-out={out || undefined} aria-hidden="true">
            {trendArrows[trend]}
          </span>
          <span className={classes.unit}>{series.unit}</span>
          {trend === 'single' ? null : <span className="visually-hidden">, {trend}</span>}
        </span>
      </div>
      <Readout series={series} point={cursor === null ? undefined : points[cursor]} />
      <button
        type="button"
        className={classes.curve}
        tabIndex={tabStop ? 0 : -1}
        data-curve={true}
        aria-expanded={open}
        aria-controls={open ? table : undefined}
        aria-label={`${series.name}: ${points.length === 1 ? 'its date' : `all ${points.length} values with dates`}`}
        onClick={() => setOpen(!open)}
        onPointerMove={onPointer}
        onPointerLeave={() => setCursor(null)}
        onFocus={(event) => {
          // A press of the mouse focuses too, and is over a point of its own.
          if (event.currentTarget.matches(':focus-visible')) setCursor(last);
        }}
        onBlur={() => setCursor(null)}
        onKeyDown={onKeyDown}
      >
        <SparkLine points={points} low={series.low} high={series.high} cursor={cursor} />
      </button>
      {open ? <SeriesTable id={table} name={series.name} unit={series.unit} points={points} /> : null}
    </li>
  );
});

function Value({ point, before, last }: { point: SeriesPoint; before: string; last: boolean }) {
  const out = point.range !== 'normal';
  return (
    <li className={classes.value} data-out={out || undefined} data-last={last || undefined}>
      <span className={classes.arrow} aria-hidden="true">
        {before}
      </span>
      {point.value}
      <RangeMark range={point.range} />
    </li>
  );
}

/** H or L beside a value out of range: a word for the ear, a letter for the eye. */
export function RangeMark({ range }: { range: SeriesPoint['range'] }) {
  if (range === 'normal') return null;
  return (
    <>
      <span className={classes.mark} aria-hidden="true">
        {rangeMarks[range]}
      </span>
      <span className="visually-hidden"> {range}</span>
    </>
  );
}

/** The reference range; while a point is looked at, that point instead, in the same place. */
function Readout({ series, point }: { series: SeriesShape; point: SeriesPoint | undefined }) {
  if (!point) {
    const range = rangeText(series);
    return (
      <span className={classes.reference}>
        {range === null ? null : (
          <>
            <span className="visually-hidden">Reference </span>
            {range}
          </>
        )}
      </span>
    );
  }
  const words = [
    `${shortDate(point.at)}: ${point.value} ${rangeMarks[point.range]}`.trim(),
    point.note,
  ].filter(Boolean);
  return (
    <span className={classes.readout} aria-live="polite" title={words.join(', ')}>
      {words.join(', ')}
    </span>
  );
}
