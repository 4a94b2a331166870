import { type KeyboardEvent, useState } from 'react';
import type { ChartPart } from './context-choices.ts';
import { ContextSection } from './context-section.tsx';
import classes from './series-list.module.css';
import { SeriesRow } from './series-row.tsx';
import { isOutOfRange, type SeriesShape } from './series-trend.ts';

type Props = { part: ChartPart; title: string; series: readonly SeriesShape[] };

const steps: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** Series in the chart's own order: a physician knows where to look; what is out of range is marked and counted. */
export function SeriesList({ part, title, series }: Props) {
  const [tabStop, setTabStop] = useState(0);
  if (series.length === 0) return null;
  const out = series.filter(isOutOfRange).length;
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const curves = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-curve]')];
    const at = curves.indexOf(event.target as HTMLElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = step(at, curves.length - 1);
    setTabStop(next);
    curves[next]?.focus();
  };
  return (
    <ContextSection
      part={part}
      title={title}
      count={series.length}
      alert={out === 0 ? null : `${out} out of range`}
    >
      <ul className={classes.series} onKeyDown={onKeyDown}>
        {series.map((one, index) => (
          <SeriesRow key={one.name + String(index)} series={one} tabStop={index === tabStop} />
        ))}
      </ul>
    </ContextSection>
  );
}
