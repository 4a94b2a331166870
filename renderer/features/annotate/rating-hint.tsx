import type { Side } from '../../../shared/schema/annotation.ts';
import type { Dimension } from '../../../shared/schema/rubric.ts';
import { useBody } from './case-context.ts';
import classes from './rating-hint.module.css';
import { anchorsOf } from './slider-scale.ts';

type Props = {
  dimension: Dimension;
  /** The value under the pointer. */
  pointed: number | null;
  /** The answer whose slider of this dimension has the focus. */
  side: Side | null;
};

/**
 * What the row at hand asks, and the word of each step of its scale; its place is always kept. The step under the
 * pointer or the focus is never cut short, however long the words are.
 */
export function RatingHint({ dimension, pointed, side }: Props) {
  const { key, label, description, scale } = dimension;
  const rated = useBody((body) => (side === null ? null : (body.ratings[side][key] ?? null)));
  const at = pointed ?? rated;
  return (
    <div className={classes.hint}>
      <p className={classes.question} title={description} dir="auto">
        <b>{label}</b> {description}
      </p>
      <p className={classes.anchors}>
        {anchorsOf(scale).map(({ value, word }) => (
          <span key={value} data-at={value === at || undefined} title={word}>
            <b>{value}</b> <bdi>{word}</bdi>
          </span>
        ))}
      </p>
    </div>
  );
}
