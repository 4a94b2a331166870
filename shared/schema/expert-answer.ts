import { z } from 'zod';
import {
  type AnnotationBody,
  preferenceSteps,
  refusalVerdicts,
  type Side,
  safetyFlagKinds,
  safetyFlagSeverities,
  sides,
} from './annotation.ts';
import { wellFormedText } from './text.ts';

const ratings = z.record(z.string(), z.number().int().min(0).max(100));

/** What experts said about one response of a pair. */
export const expertSideSchema = z.strictObject({
  ratings: ratings.default({}),
  refusal: z.enum(refusalVerdicts).nullable().default(null),
  flags: z
    .array(
      z.strictObject({
        kind: z.enum(safetyFlagKinds),
        severity: z.enum(safetyFlagSeverities),
        quote: wellFormedText(2000).default(''),
        note: wellFormedText(2000).default(''),
      }),
    )
    .max(50)
    .default([]),
});

/**
 * The known answer to a comparison, with the reason. `a` is the response on the left of whoever reads it:
 * the server keeps it with a = response one and turns it for a physician who saw them the other way round.
 */
export const expertAnswerSchema = z.strictObject({
  preference: z.literal(preferenceSteps).nullable(),
  bothUnacceptable: z.boolean().default(false),
  a: expertSideSchema.prefault({}),
  b: expertSideSchema.prefault({}),
  /** Why, in Markdown. */
  why: wellFormedText(20_000).min(1),
});
export type ExpertAnswer = z.infer<typeof expertAnswerSchema>;

/** The same answer for a reader who sees the two responses the other way round. */
export function turnedExpertAnswer(answer: ExpertAnswer): ExpertAnswer {
  const preference =
    answer.preference === null ? null : preferenceSteps.find((p) => p === -(answer.preference ?? 0));
  return { ...answer, preference: preference ?? null, a: answer.b, b: answer.a };
}

/** How one annotation stands beside the known answer; null where either said nothing. */
export type ExpertComparison = {
  /** Same side preferred, or both equal; with "both unacceptable" that must agree instead. */
  preference: boolean | null;
  /** Same side, or at most one step apart. */
  nearPreference: boolean | null;
  refusal: Record<Side, boolean | null>;
  /** Ratings at most one step away from the known ones (ten on a 0 to 100 scale), and how many were compared. */
  ratings: { near: number; compared: number };
  /** Known flags of either response of which the physician made one of the same kind, and how many are known. */
  flags: { found: number; known: number };
};

const signOf = (value: number | null) => (value === null ? null : Math.sign(value));

function comparedPreference(answer: ExpertAnswer, body: AnnotationBody): boolean | null {
  if (answer.bothUnacceptable) return body.bothUnacceptable;
  if (answer.preference === null) return null;
  if (body.bothUnacceptable) return false;
  return body.preference === null ? null : signOf(body.preference) === signOf(answer.preference);
}

function comparedNear(answer: ExpertAnswer, body: AnnotationBody): boolean | null {
  const same = comparedPreference(answer, body);
  if (same !== false || answer.preference === null || body.preference === null) return same;
  if (answer.bothUnacceptable || body.bothUnacceptable) return false;
  return Math.abs(answer.preference - body.preference) <= 1;
}

/** Compares an annotation with the known answer. `stepOf` gives what counts as one step on a dimension's scale. */
export function compareWithExperts(
  answer: ExpertAnswer,
  body: AnnotationBody,
  stepOf: (dimension: string) => number,
): ExpertComparison {
  const rated = sides.flatMap((side) =>
    Object.entries(answer[side].ratings).flatMap(([dimension, known]) => {
      const said = body.ratings[side][dimension];
      return said === undefined ? [] : [Math.abs(said - known) <= stepOf(dimension)];
    }),
  );
  const known = sides.flatMap((side) => answer[side].flags.map(({ kind }) => ({ side, kind })));
  const verdict = (side: Side) =>
    answer[side].refusal === null || body.refusal[side] === null
      ? null
      : answer[side].refusal === body.refusal[side];
  return {
    preference: comparedPreference(answer, body),
    nearPreference: comparedNear(answer, body),
    refusal: { a: verdict('a'), b: verdict('b') },
    ratings: { near: rated.filter(Boolean).length, compared: rated.length },
    flags: {
      found: known.filter(({ side, kind }) =>
        body.safetyFlags.some((flag) => flag.side === side && flag.kind === kind),
      ).length,
      known: known.length,
    },
  };
}

/** How a study uses known answers; every default is "off". */
export const studySettingsSchema = z.strictObject({
  /** Real work of this study opens only after its practice was passed with this share of agreeing preferences. */
  qualification: z
    .strictObject({ required: z.boolean(), passShare: z.number().min(0).max(1).default(0.8) })
    .default({ required: false, passShare: 0.8 }),
  /** After every so many known cases among the real ones the physician is told what experts said; null: never. */
  calibrationEvery: z.number().int().min(1).max(1000).nullable().default(null),
});
export type StudySettings = z.infer<typeof studySettingsSchema>;
