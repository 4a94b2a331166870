import { z } from 'zod';
import { revisionIdSchema } from './ids.ts';
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

export const safetyFlagSeverities = ['low', 'moderate', 'severe'] as const;
export type SafetyFlagKind = (typeof safetyFlagKinds)[number];
export type SafetyFlagSeverity = (typeof safetyFlagSeverities)[number];

/** How sure the physician is of the whole judgement. */
export const confidences = ['low', 'moderate', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** Longest corrected answer, UTF-16 code units: a response may be as long. */
export const maxCorrectionLength = 1_000_000;

const milliseconds = z.number().int().min(0);
const freeText = wellFormedText(20_000);
const ratings = z.record(z.string(), z.number().int().min(0).max(100));

/** The parts of the screen whose active time is told apart. */
export const timedSections = ['context', 'answers', 'judging', 'reasoning', 'guidelines'] as const;
export type TimedSection = (typeof timedSections)[number];

/** Milliseconds; active time excludes idleness, and is the sum of its sections. */
export const annotationTimeSchema = z.looseObject({
  activeMs: milliseconds,
  wallMs: milliseconds,
  sections: z.partialRecord(z.enum(timedSections), milliseconds).optional(),
  /** The window was out of sight or another one had the focus while the case was open. */
  focusLost: z.looseObject({ times: z.number().int().min(0), ms: milliseconds }).optional(),
  /** Changes made to the answers, undo and redo included. */
  edits: z.number().int().min(0).optional(),
});
export type AnnotationTime = z.infer<typeof annotationTimeSchema>;

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
        severity: z.enum(safetyFlagSeverities),
        note: freeText,
        start: z.number().int().min(0),
        end: z.number().int().min(0),
        quote: freeText,
      }),
    )
    .max(200),
  skip: z.looseObject({ reason: z.enum(skipReasons), note: freeText }).nullable(),
  /** Absent: never asked or never answered. */
  confidence: z.enum(confidences).nullable().optional(),
  /** The answer as the physician would have given it; `from` is the response it was written over, if any. */
  correction: z
    .looseObject({ from: z.enum(sides).nullable(), text: wellFormedText(maxCorrectionLength) })
    .nullable()
    .optional(),
  /** Rules of the rubric the answers went against, each confirmed once by the physician, with the time it was. */
  confirmations: z
    .array(z.looseObject({ rule: z.string().max(200), at: z.iso.datetime() }))
    .max(50)
    .optional(),
  /** The newest version of the guidelines on this laptop when this was saved. */
  guidelinesVersion: z.number().int().min(1).nullable().optional(),
  /** The version of the rubric it was answered under: what was on the screen, whatever the batch asks by now. */
  rubricVersion: z.number().int().min(1).optional(),
  /** Choices between two versions of this case that were made on two laptops apart; both stay as revisions. */
  resolutions: z
    .array(
      z.looseObject({
        /** The version of the laptop the choice was made on, and the other one. */
        revisions: z.array(revisionIdSchema).length(2),
        /** Which one stands; `parts`: some answers of each. */
        kept: z.enum(['own', 'other', 'parts']),
        at: z.iso.datetime(),
      }),
    )
    .max(50)
    .optional(),
  time: annotationTimeSchema,
});

export type AnnotationBody = z.infer<typeof annotationBodySchema>;
export type Ratings = AnnotationBody['ratings'];
export type Resolution = NonNullable<AnnotationBody['resolutions']>[number];
export type SafetyFlag = AnnotationBody['safetyFlags'][number];

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
