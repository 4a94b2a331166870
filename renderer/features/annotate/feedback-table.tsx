import type { AnnotationBody, Side } from '../../../shared/schema/annotation.ts';
import type { ExpertAnswer } from '../../../shared/schema/expert-answer.ts';
import { type Dimension, type Rubric, scaleBounds } from '../../../shared/schema/rubric.ts';
import classes from './feedback-table.module.css';
import { preferenceWords } from './feedback-words.ts';
import { shareOf, valueWords } from './slider-scale.ts';

type Props = { rubric: Rubric; answer: ExpertAnswer; body: AnnotationBody };

/** One's own marks and the experts' on the same small scales, A on the left as above. */
export function FeedbackTable({ rubric, answer, body }: Props) {
  const cell = (dimension: Dimension, side: Side) => (
    <Marks
      dimension={dimension}
      yours={body.ratings[side][dimension.key] ?? null}
      experts={answer[side].ratings[dimension.key] ?? null}
    />
  );
  return (
    <table className={classes.table}>
      <caption className="visually-hidden">Your marks beside the experts’</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Dimension</span>
          </th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {rubric.dimensions.map((dimension) => (
          <tr key={dimension.key}>
            <th scope="row">{dimension.label}</th>
            <td>{cell(dimension, 'a')}</td>
            <td>{cell(dimension, 'b')}</td>
          </tr>
        ))}
        <tr className={classes.preference}>
          <th scope="row">Preference</th>
          <td colSpan={2}>
            <PreferenceMarks answer={answer} body={body} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** Which mark is whose. */
export function MarkLegend() {
  return (
    <span className={classes.legend} aria-hidden="true">
      <i className={classes.key} data-who="you" /> you
      <i className={classes.key} data-who="experts" /> experts
    </span>
  );
}

type MarksProps = { dimension: Dimension; yours: number | null; experts: number | null };

function Marks({ dimension, yours, experts }: MarksProps) {
  const { scale } = dimension;
  const words = (value: number | null) => (value === null ? '–' : valueWords(scale, value));
  const { min, max } = scaleBounds(scale);
  return (
    <span className={classes.cell}>
      <Track
        yours={yours === null ? null : shareOf(scale, yours)}
        experts={experts === null ? null : shareOf(scale, experts)}
        steps={scale.kind === 'steps' ? max - min : 0}
      />
      <span className={classes.words}>
        <span className="visually-hidden">you: </span>
        <span>{words(yours)}</span>
        <span className="visually-hidden">; experts: </span>
        <span className={classes.theirs}>{words(experts)}</span>
      </span>
    </span>
  );
}

function PreferenceMarks({ answer, body }: Pick<Props, 'answer' | 'body'>) {
  const share = (said: Pick<AnnotationBody, 'preference' | 'bothUnacceptable'>) =>
    said.bothUnacceptable || said.preference === null ? null : (said.preference + 3) / 6;
  return (
    <span className={classes.cell}>
      <Track yours={share(body)} experts={share(answer)} steps={6} />
      <span className={classes.words}>
        <span className="visually-hidden">you: </span>
        <span>{preferenceWords(body)}</span>
        <span className="visually-hidden">; experts: </span>
        <span className={classes.theirs}>{preferenceWords(answer)}</span>
      </span>
    </span>
  );
}

const innerTicks = (steps: number) =>
  Array.from({ length: Math.max(steps - 1, 0) }, (_, index) => (index + 1) / steps);

function Track({ yours, experts, steps }: { yours: number | null; experts: number | null; steps: number }) {
  return (
    <span className={classes.track} aria-hidden="true">
      {innerTicks(steps).map((share) => (
        <i key={share} className={classes.tick} style={{ insetInlineStart: `${share * 100}%` }} />
      ))}
      {experts === null ? null : (
        <i className={classes.mark} data-who="experts" style={{ insetInlineStart: `${experts * 100}%` }} />
      )}
      {yours === null ? null : (
        <i className={classes.mark} data-who="you" style={{ insetInlineStart: `${yours * 100}%` }} />
      )}
    </span>
  );
}
