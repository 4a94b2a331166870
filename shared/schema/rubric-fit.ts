import type { AnnotationBody, Side } from './annotation.ts';
import { sides } from './annotation.ts';
import { type Rubric, scaleBounds } from './rubric.ts';

/** A rating that the rubric has no place for: its dimension is gone, or the value is off its scale. */
export type UnfitRating = { side: Side; dimension: string; value: number };

/** Ratings of an annotation that do not fit this rubric, in the order of its sides. */
export function unfitRatings(rubric: Rubric, body: AnnotationBody): UnfitRating[] {
  return sides.flatMap((side) =>
    Object.entries(body.ratings[side])
      .filter(([dimension, value]) => !fits(rubric, dimension, value))
      .map(([dimension, value]) => ({ side, dimension, value })),
  );
}

function fits(rubric: Rubric, key: string, value: number): boolean {
  const scale = rubric.dimensions.find((dimension) => dimension.key === key)?.scale;
  if (!scale) return false;
  const { min, max } = scaleBounds(scale);
  return value >= min && value <= max;
}

/**
 * An annotation made under another version of the rubric, ready to be gone on with under this one: what does not fit
 * is set aside in `earlierRatings` with the version it was made under, so that it is asked again and never lost.
 * The very same body where everything fits.
 */
export function fittedTo(rubric: Rubric, body: AnnotationBody): AnnotationBody {
  const unfit = unfitRatings(rubric, body);
  if (unfit.length === 0) return body;
  const pick = (side: Side, isUnfit: boolean) =>
    Object.fromEntries(
      Object.entries(body.ratings[side]).filter(
        ([key]) => isUnfit === unfit.some((one) => one.side === side && one.dimension === key),
      ),
    );
  const earlier = { rubricVersion: body.rubricVersion ?? null, a: pick('a', true), b: pick('b', true) };
  return {
    ...body,
    ratings: { ...body.ratings, a: pick('a', false), b: pick('b', false) },
    earlierRatings: [...(body.earlierRatings ?? []), earlier],
  };
}
