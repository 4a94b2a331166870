import type { AnnotationBody, Side } from './annotation.ts';
import { type Rubric, scaleBounds } from './rubric.ts';

/** One thing the rubric asks for that an annotation does not have yet, in the order of the screen. */
export type MissingAnswer =
  | { part: 'rating'; dimension: string; side: Side; label: string }
  | { part: 'preference'; label: string }
  | { part: 'refusal'; side: Side; label: string }
  | { part: 'confidence'; label: string }
  | { part: 'reasoning'; label: string };

function missingRatings(rubric: Rubric, body: AnnotationBody): MissingAnswer[] {
  return rubric.dimensions
    .filter((dimension) => dimension.required)
    .flatMap((dimension) =>
      (['a', 'b'] as const)
        .filter((side) => body.ratings[side][dimension.key] === undefined)
        .map((side) => ({
          part: 'rating' as const,
          dimension: dimension.key,
          side,
          label: `${dimension.label}, answer ${side.toUpperCase()}`,
        })),
    );
}

/** Everything a submission still needs under this rubric; an empty list means it may be submitted. */
export function missingAnswers(rubric: Rubric, body: AnnotationBody): MissingAnswer[] {
  const missing = missingRatings(rubric, body);
  if (rubric.preference.required && body.preference === null && !body.bothUnacceptable)
    missing.push({ part: 'preference', label: 'Preference' });
  if (rubric.refusal.ask && rubric.refusal.required)
    for (const side of ['a', 'b'] as const)
      if (body.refusal[side] === null)
        missing.push({ part: 'refusal', side, label: `Refusal verdict, answer ${side.toUpperCase()}` });
  if (rubric.confidence.ask && rubric.confidence.required && (body.confidence ?? null) === null)
    missing.push({ part: 'confidence', label: 'Confidence' });
  if (rubric.reasoning.ask && rubric.reasoning.required && body.reasoning.conclusion.trim() === '')
    missing.push({ part: 'reasoning', label: 'Why: conclusion' });
  return missing;
}

/** Names the first rating that is not on its scale or not in the rubric, or null when all are. */
export function ratingOutsideRubric(rubric: Rubric, body: AnnotationBody): string | null {
  for (const side of ['a', 'b'] as const)
    for (const [key, value] of Object.entries(body.ratings[side])) {
      const dimension = rubric.dimensions.find((d) => d.key === key);
      if (!dimension) return `"${key}" is not a dimension of this rubric`;
      const { min, max } = scaleBounds(dimension.scale);
      if (value < min || value > max) return `${dimension.label} takes ${min} to ${max}, not ${value}`;
    }
  return null;
}
