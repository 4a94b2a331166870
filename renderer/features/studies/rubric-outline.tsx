import type { Rubric, Scale } from '../../../shared/schema/rubric.ts';
import classes from './studies.module.css';

const scaleWords = (scale: Scale): string =>
  scale.kind === 'steps'
    ? scale.anchors.map((anchor, i) => `${i + 1} ${anchor}`).join(' · ')
    : `0 ${scale.low} to 100 ${scale.high}`;

function alsoAsked(rubric: Rubric): string {
  const asked = [
    `a preference${rubric.preference.required ? '' : ' if they have one'}`,
    rubric.refusal.ask
      ? `a refusal verdict per answer${rubric.refusal.required ? '' : ' where it applies'}`
      : null,
    rubric.reasoning.ask
      ? `the reasons${rubric.reasoning.required ? '' : ' in their own words, if they wish'}`
      : null,
  ];
  return asked.filter((part) => part !== null).join(', ');
}

/** What a rubric asks, to read. */
export function RubricOutline({ rubric }: { rubric: Rubric }) {
  return (
    <dl className={classes.dimensions}>
      {rubric.dimensions.map((dimension) => (
        <div key={dimension.key}>
          <dt>{dimension.label}</dt>
          <dd>
            {dimension.description}
            <small>{scaleWords(dimension.scale)}</small>
          </dd>
        </div>
      ))}
      <div>
        <dt>Also asked</dt>
        <dd>{alsoAsked(rubric)}</dd>
      </div>
    </dl>
  );
}
