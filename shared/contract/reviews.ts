import { z } from 'zod';
import { annotationBodySchema, revisionStates } from '../schema/annotation.ts';
import { turnSchema } from '../schema/case-record.ts';
import { clinicalContextSchema } from '../schema/clinical-context.ts';
import { comparisonIdSchema } from '../schema/ids.ts';
import { rubricSchema } from '../schema/rubric.ts';
import { wellFormedText } from '../schema/text.ts';
import { batchParams, batchSchema } from './batches.ts';
import { endpoint } from './endpoint.ts';

/** Raw agreement of one asked thing over the comparisons that two or more physicians submitted. */
export const rawAgreementSchema = z.strictObject({
  key: z.string(),
  label: z.string(),
  /** Pairs of annotations on the same comparison in which both answered. */
  pairs: z.number().int(),
  /** Of those, how many gave the same value, and how many at most one step apart (null where it has no order). */
  same: z.number().int(),
  withinOne: z.number().int().nullable(),
});
export type RawAgreement = z.infer<typeof rawAgreementSchema>;

export const reviewSummarySchema = z.strictObject({
  comparisonId: comparisonIdSchema,
  position: z.number().int(),
  title: z.string(),
  specialty: z.string().nullable(),
  expected: z.number().int(),
  submitted: z.number().int(),
  skipped: z.number().int(),
  flagged: z.number().int(),
  /** Annotations given back to their physician that no submission or skip has answered yet. */
  returned: z.number().int(),
  /** Largest distance between two preferences, in steps, once both are seen in the same order; null under two. */
  preferenceSpread: z.number().nullable(),
});

export const readBatchReview = endpoint({
  method: 'GET',
  path: '/api/batches/:batchId/review',
  summary: 'What arrived for a batch, with raw agreement per dimension',
  access: 'annotation:review',
  params: batchParams,
  query: z.strictObject({
    after: z.coerce.number().int().min(-1).default(-1),
    limit: z.coerce.number().int().min(1).max(500).default(200),
    only: z.enum(['all', 'arrived', 'flagged']).default('all'),
  }),
  reply: z.strictObject({
    batch: batchSchema,
    rubric: rubricSchema,
    agreement: z.array(rawAgreementSchema),
    comparisons: z.array(reviewSummarySchema),
    /** Position to pass as `after` for the next page; null at the end. */
    next: z.number().int().nullable(),
  }),
});

/** One physician's annotation, turned so that `one` and `two` mean the same response for every physician. */
export const arrivedAnnotationSchema = z.strictObject({
  /** "Rater 1", "Rater 2": stable within the comparison, never a name. */
  rater: z.string(),
  state: z.enum(revisionStates),
  revisionId: z.uuid(),
  revisions: z.number().int(),
  receivedAt: z.iso.datetime(),
  bodyHash: z.string(),
  late: z.boolean(),
  diverged: z.boolean(),
  /** How many revisions came from a laptop that did not know of another one's (rule S10); all are kept. */
  divergedRevisions: z.number().int(),
  /** True when this physician saw response one on the right. */
  shownSwapped: z.boolean(),
  /** The body with A = response one and B = response two, whatever order this physician saw. */
  body: annotationBodySchema,
  /** The newest return to the physician; `answered` once a submission or a skip came after it (rule S23). */
  returned: z.strictObject({ comment: z.string(), at: z.iso.datetime(), answered: z.boolean() }).nullable(),
});
export type ArrivedAnnotation = z.infer<typeof arrivedAnnotationSchema>;

export const readComparisonReview = endpoint({
  method: 'GET',
  path: '/api/batches/:batchId/review/:comparisonId',
  summary: 'One comparison with every annotation that arrived for it; models stay sealed',
  access: 'annotation:review',
  params: batchParams.extend({ comparisonId: comparisonIdSchema }),
  reply: z.strictObject({
    comparisonId: comparisonIdSchema,
    title: z.string(),
    specialty: z.string().nullable(),
    prompt: z.array(turnSchema),
    contextText: z.string(),
    context: clinicalContextSchema.nullable(),
    one: z.string(),
    two: z.string(),
    rubric: rubricSchema,
    annotations: z.array(arrivedAnnotationSchema),
    /** Whether a submission may be given back: false while the batch is locked, and in practice. */
    returnable: z.boolean(),
    previous: comparisonIdSchema.nullable(),
    next: comparisonIdSchema.nullable(),
  }),
});

export const returnAnnotation = endpoint({
  method: 'POST',
  path: '/api/batches/:batchId/review/:comparisonId/return',
  summary: 'Give a submitted annotation back to its physician with a comment; what was submitted stays',
  access: 'annotation:return',
  params: batchParams.extend({ comparisonId: comparisonIdSchema }),
  body: z.strictObject({
    /** The submission that is meant, as `readComparisonReview` names it; the rater stays unnamed. */
    revisionId: z.uuid(),
    comment: wellFormedText(2000).min(1),
  }),
  reply: z.strictObject({ returnedAt: z.iso.datetime() }),
});
