import { z } from 'zod';
import { batchIdSchema, rubricIdSchema, studyIdSchema, userIdSchema } from '../schema/ids.ts';
import { wellFormedText } from '../schema/text.ts';
import { endpoint } from './endpoint.ts';
import { studyParams } from './studies.ts';

/** `practice`: only comparisons with a known answer, told after each one; its annotations are no data. */
export const batchKinds = ['work', 'practice'] as const;
export type BatchKind = (typeof batchKinds)[number];

/** How one physician stands in a practice batch; recalled cases count nowhere. */
export const practiceStandingSchema = z.strictObject({
  /** Cases submitted and told of. */
  answered: z.number().int(),
  /** Of those, how many preferences agreed with the experts'. */
  agreed: z.number().int(),
  cases: z.number().int(),
  /** How many preferences must agree to pass. */
  needed: z.number().int(),
  /** Null before the last case is submitted or skipped. */
  passed: z.boolean().nullable(),
});
export type PracticeStanding = z.infer<typeof practiceStandingSchema>;

export const batchSchema = z.strictObject({
  id: batchIdSchema,
  studyId: studyIdSchema,
  name: z.string(),
  specialty: z.string().nullable(),
  rubricId: rubricIdSchema,
  rubricVersion: z.number().int(),
  kind: z.enum(batchKinds),
  /** Since when nothing of it can be changed any more; null while it can. */
  lockedAt: z.iso.datetime().nullable(),
  overlap: z.number().int(),
  deadline: z.iso.date().nullable(),
  createdAt: z.iso.datetime(),
  comparisons: z.number().int(),
  assigned: z.number().int(),
  drafts: z.number().int(),
  submitted: z.number().int(),
  skipped: z.number().int(),
});
export type Batch = z.infer<typeof batchSchema>;

export const batchParams = z.strictObject({ batchId: batchIdSchema });

export const listBatches = endpoint({
  method: 'GET',
  path: '/api/studies/:studyId/batches',
  summary: 'The batches of a study, newest first',
  access: 'batch:read',
  params: studyParams,
  reply: z.strictObject({ batches: z.array(batchSchema) }),
});

export const createBatch = endpoint({
  method: 'POST',
  path: '/api/studies/:studyId/batches',
  summary: 'Put comparisons that are in no batch yet into a new one, in import order or at random',
  access: 'batch:create',
  params: studyParams,
  body: z.strictObject({
    name: wellFormedText(100).min(1),
    /** How many comparisons; fewer are taken when fewer are left. */
    size: z.number().int().min(1).max(100_000),
    specialty: wellFormedText(100).min(1).optional(),
    kind: z.enum(batchKinds).default('work'),
    order: z.enum(['import', 'random']).default('import'),
    /** At most one comparison of each case. */
    onePerCase: z.boolean().default(false),
    overlap: z.number().int().min(1).max(50).default(1),
    deadline: z.iso.date().optional(),
  }),
  reply: z.strictObject({ batch: batchSchema }),
});

export const assignBatch = endpoint({
  method: 'POST',
  path: '/api/batches/:batchId/assign',
  summary: 'Give each comparison of the batch to as many of these physicians as its overlap asks for',
  access: 'batch:assign',
  params: batchParams,
  body: z.strictObject({ physicianIds: z.array(userIdSchema).min(1).max(1000) }),
  reply: z.strictObject({
    batch: batchSchema,
    assignments: z.number().int(),
    perPhysician: z.array(
      z.strictObject({ userId: userIdSchema, name: z.string(), assignments: z.number().int() }),
    ),
  }),
});

export const batchProgress = endpoint({
  method: 'GET',
  path: '/api/batches/:batchId/progress',
  summary: 'How far each physician is with a batch',
  access: 'batch:read',
  params: batchParams,
  reply: z.strictObject({
    batch: batchSchema,
    physicians: z.array(
      z.strictObject({
        userId: userIdSchema,
        name: z.string(),
        assigned: z.number().int(),
        drafts: z.number().int(),
        submitted: z.number().int(),
        skipped: z.number().int(),
        lastReceivedAt: z.iso.datetime().nullable(),
        /** Median active time of submitted annotations, milliseconds. */
        medianActiveMs: z.number().nullable(),
        /** Only for practice. */
        practice: practiceStandingSchema.nullable(),
      }),
    ),
  }),
});

export const lockBatch = endpoint({
  method: 'POST',
  path: '/api/batches/:batchId/lock',
  summary: 'Lock a batch, so that physicians can read but no longer change it, or open it again',
  access: 'batch:lock',
  params: batchParams,
  body: z.strictObject({ locked: z.boolean() }),
  reply: z.strictObject({ batch: batchSchema }),
});

export const recallAssignments = endpoint({
  method: 'POST',
  path: '/api/batches/:batchId/recall',
  summary:
    'Take back what a physician has not finished of a batch, and give it to another one or to nobody yet',
  access: 'batch:recall',
  params: batchParams,
  body: z.strictObject({
    fromId: userIdSchema,
    toId: userIdSchema.nullable().default(null),
    /** Leaves what was begun, as far as the server knows. */
    untouchedOnly: z.boolean().default(false),
    /** Told to the physician it is taken from. */
    reason: wellFormedText(300).default(''),
  }),
  reply: z.strictObject({
    batch: batchSchema,
    recalled: z.number().int(),
    /** Of those, how many had a draft at the server. */
    begun: z.number().int(),
    given: z.number().int(),
    /** Unfinished ones that stay where they are. */
    left: z.number().int(),
  }),
});
