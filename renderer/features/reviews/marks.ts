import type { ArrivedAnnotation } from '../../../shared/contract/reviews.ts';
import type { Side } from '../../../shared/schema/annotation.ts';
import { anchorOf, type Dimension, scaleBounds } from '../../../shared/schema/rubric.ts';

/** One rater's mark on a scale. `at` runs from 0 at its low end to 1 at its high end. */
export type Mark = {
  rater: string;
  value: number;
  /** The value in words, such as "4 good". */
  words: string;
  at: number;
  /** 0 for the first mark at this place, 1 for the next one, ...: they stand beside each other. */
  place: number;
};

/** Gives each mark its place among those with the same value, in the order of the raters. */
function placed(marks: readonly Omit<Mark, 'place'>[]): Mark[] {
  const seen = new Map<number, number>();
  return marks.map((mark) => {
    const place = seen.get(mark.value) ?? 0;
    seen.set(mark.value, place + 1);
    return { ...mark, place };
  });
}

/** Every rater's mark for one response on one dimension; who did not rate it has none. */
export function ratingMarks(
  annotations: readonly ArrivedAnnotation[],
  dimension: Dimension,
  side: Side,
): Mark[] {
  const { min, max } = scaleBounds(dimension.scale);
  return placed(
    annotations.flatMap(({ rater, body }) => {
      const value = body.ratings[side][dimension.key];
      if (typeof value !== 'number') return [];
      const words = `${value} ${anchorOf(dimension.scale, value)}`.trim();
      return [{ rater, value, words, at: (value - min) / (max - min) }];
    }),
  );
}

/** Every rater's preference on the seven steps from "Response 1 much better" to "Response 2 much better". */
export function preferenceMarks(
  annotations: readonly ArrivedAnnotation[],
  words: Record<number, string>,
): Mark[] {
  return placed(
    annotations.flatMap(({ rater, body }) =>
      body.preference === null
        ? []
        : [
            {
              rater,
              value: body.preference,
              words: words[body.preference] ?? '',
              at: (body.preference + 3) / 6,
            },
          ],
    ),
  );
}

/** "1" of "Rater 1": what fits into a mark. */
export const raterShort = (rater: string): string => rater.replace(/^\D+/, '') || rater.slice(0, 2);
