import classes from './mark-scale.module.css';
import { type Mark, raterShort } from './marks.ts';

type Lane = { name: string; tone: 'one' | 'two' | 'both'; marks: readonly Mark[] };

type Props = {
  label: string;
  description?: string;
  /** Ticks at equal distances; 0 draws a plain line. */
  steps: number;
  low: string;
  high: string;
  lanes: readonly Lane[];
  /** How many raters there are, to say who is missing. */
  raters: number;
};

/** The lane in words, for those who cannot see the marks. */
const spoken = (lane: Lane): string =>
  lane.marks.length === 0
    ? `${lane.name}: nobody`
    : `${lane.name}: ${lane.marks.map((mark) => `${mark.rater}, ${mark.words}`).join('; ')}`;

function LaneTrack({ lane, steps }: { lane: Lane; steps: number }) {
  return (
    <div className={classes.track} data-tone={lane.tone} aria-hidden="true">
      {Array.from({ length: steps }, (_, tick) => (
        <i
          // biome-ignore lint/suspicious/noArrayIndexKey: ticks are places, not things
          key={tick}
          className={classes.tick}
          style={{ left: `${(100 * tick) / (steps - 1)}%` }}
        />
      ))}
      {lane.marks.map((mark) => (
        <span
          key={mark.rater}
          className={classes.mark}
          title={`${mark.rater}: ${mark.words}`}
          style={{ left: `calc(${100 * mark.at}% + ${mark.place * 21}px)` }}
        >
          {raterShort(mark.rater)}
        </span>
      ))}
    </div>
  );
}

/** All raters' marks on one scale, one lane above the other for the two responses. */
export function MarkScale({ label, description, steps, low, high, lanes, raters }: Props) {
  return (
    <div className={classes.row}>
      <div>
        <h3 className={classes.label}>{label}</h3>
        {description ? <p className={classes.description}>{description}</p> : null}
      </div>
      <div className={classes.lanes}>
        {lanes.map((lane) => (
          <div key={lane.name} className={classes.lane}>
            <span className={classes.name} aria-hidden="true">
              {lane.name}
            </span>
            <LaneTrack lane={lane} steps={steps} />
            <span className={classes.missing} aria-hidden="true">
              {lane.marks.length < raters ? `${raters - lane.marks.length} without` : ''}
            </span>
            <span className="visually-hidden">{spoken(lane)}</span>
          </div>
        ))}
        <div className={classes.ends} aria-hidden="true">
          <span>{low}</span>
          <span>{high}</span>
        </div>
      </div>
    </div>
  );
}
