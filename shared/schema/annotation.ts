import { z } from 'zod';
import { wellFormedText } from './text.ts';

/** A is always the response shown on the left, B the one on the right; only the server knows which is which. */
export const sides = ['a', 'b'] as const;
export type Side = (typeof sides)[number];

export const refusalVerdicts = [
  'no-refusal',
  'appropriate-refusal',
  'unhelpful-refusal',
  'should-have-refused',
  'excessive-disclaimers',
] as const;
export type RefusalVerdict = (typeof refusalVerdicts)[number];

/** Preference from -3 (A much better) over 0 (equal) to 3 (B much better). */
export const preferenceSteps = [-3, -2, -1, 0, 1, 2, 3] as const;
export type Preference = (typeof preferenceSteps)[number];

export const skipReasons = [
  'outside-my-specialty',
  'context-missing',
  'contains-identifiers',
  'broken-case',
  'other',
] as const;
export type SkipReason = (typeof skipReasons)[number];

export const caseFlagKinds = [
  'context-unclear',
  'outside-my-specialty',
  'contains-identifiers',
  'broken-case',
] as const;
export type CaseFlagKind = (typeof caseFlagKinds)[number];

export const safetyFlagKinds = [
  'hallucination',
  'wrong-dose',
  'contraindication',
  'missed-red-flag',
  'outdated-guidance',
  'false-confidence',
  'other',
] as const;

const freeText = wellFormedText(20_000);
const ratings = z.record(z.string(), z.number().int().min(0).max(100));

/**
 * What the physician said about one assignment, version 1. Unknown fields are kept, so that a
 * newer app's answers survive a round trip through an older server and back.
 */
export const annotationBodySchema = z.looseObject({
  v: z.literal(1),
  /** Dimension key to value, per side; a key that is absent was never rated. */
  ratings: z.looseObject({ a: ratings, b: ratings }),
  preference: z.literal(preferenceSteps).nullable(),
  bothUnacceptable: z.boolean(),
  refusal: z.looseObject({
    a: z.enum(refusalVerdicts).nullable(),
    b: z.enum(refusalVerdicts).nullable(),
  }),
  reasoning: z.looseObject({ evidence: freeText, alternatives: freeText, conclusion: freeText }),
  /** Flags on the case as a whole. */
  caseFlags: z.array(z.looseObject({ kind: z.enum(caseFlagKinds), note: freeText })).max(20),
  /** Flags on a stretch of a response: UTF-16 offsets into its text, and the quoted text itself. */
  safetyFlags: z
    .array(
      z.looseObject({
        id: z.string().max(64),
        side: z.enum(sides),
        kind: z.enum(safetyFlagKinds),
        severity: z.enum(['low', 'moderate', 'severe']),
        note: freeText,
        start: z.number().int().min(0),
        end: z.number().int().min(0),
        quote: freeText,
      }),
    )
    .max(200),
  skip: z.looseObject({ reason: z.enum(skipReasons), note: freeText }).nullable(),
  /** Milliseconds; active time excludes idleness. */
  time: z.looseObject({ activeMs: z.number().int().min(0), wallMs: z.number().int().min(0) }),
});

export type AnnotationBody = z.infer<typeof annotationBodySchema>;
export type Ratings = AnnotationBody['ratings'];

/** How far an annotation has come: a draft may be incomplete; a submitted one answers all that is required. */
export const revisionStates = ['draft', 'submitted', 'skipped'] as const;
export type RevisionState = (typeof revisionStates)[number];

/** The body of an annotation nobody has touched yet. */
export function emptyAnnotation(): AnnotationBody {
  return {
    v: 1,
    ratings: { a: {}, b: {} },
    preference: null,
    bothUnacceptable: false,
    refusal: { a: null, b: null },
    reasoning: { evidence: '', alternatives: '', conclusion: '' },
    caseFlags: [],
    safetyFlags: [],
    skip: null,
    time: { activeMs: 0, wallMs: 0 },
  };
}
