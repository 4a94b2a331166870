import { type AnnotationBody, type Preference, preferenceSteps } from './annotation.ts';

const otherSide = { a: 'b', b: 'a' } as const;

function turnedPreference(preference: Preference | null): Preference | null {
  if (preference === null) return null;
  // Looked up rather than negated: -0 is not one of the steps.
  return preferenceSteps[preferenceSteps.length - 1 - preferenceSteps.indexOf(preference)] ?? null;
}

/**
 * The body with A = response one and B = response two, whatever order its physician saw;
 * fields this version does not know are kept as they are.
 * @param swapped true when the physician saw response two on the left, as A
 */
export function turnBody(body: AnnotationBody, swapped: boolean): AnnotationBody {
  if (!swapped) return body;
  const { correction, earlierRatings } = body;
  return {
    ...body,
    ratings: { ...body.ratings, a: body.ratings.b, b: body.ratings.a },
    refusal: { ...body.refusal, a: body.refusal.b, b: body.refusal.a },
    preference: turnedPreference(body.preference),
    safetyFlags: body.safetyFlags.map((flag) => ({ ...flag, side: otherSide[flag.side] })),
    ...(correction?.from ? { correction: { ...correction, from: otherSide[correction.from] } } : {}),
    ...(earlierRatings
      ? { earlierRatings: earlierRatings.map((one) => ({ ...one, a: one.b, b: one.a })) }
      : {}),
  };
}
