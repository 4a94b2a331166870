import { z } from 'zod';
import { annotationBodySchema, revisionStates } from '../schema/annotation.ts';
import { turnSchema } from '../schema/case-record.ts';
import { clinicalContextSchema } from '../schema/clinical-context.ts';
import { expertAnswerSchema } from '../schema/expert-answer.ts';
import { assignmentIdSchema, batchIdSchema, clientIdSchema, revisionIdSchema } from '../schema/ids.ts';
import { rubricSchema } from '../schema/rubric.ts';
import { wellFormedText } from '../schema/text.ts';
import { batchKinds, practiceStandingSchema } from './batches.ts';
import { endpoint } from './endpoint.ts';

/** Every mutation version this server can still read; it only ever grows (rule S14). */
export const mutationVersions = [1] as const;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const seqSchema = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** One physician's change, numbered by its local database without gaps. */
export const mutationSchema = z.looseObject({
  version: z.literal(1),
  seq: seqSchema,
  /** The state the annotation has after this change. */
  state: z.enum(revisionStates),
  assignmentId: assignmentIdSchema,
  revisionId: revisionIdSchema,
  /** The revision this one was written on; null for the first. */
  baseRevisionId: revisionIdSchema.nullable(),
  bodyHash: hashSchema,
  body: annotationBodySchema,
  /** The laptop's clock, as data; never used for order. */
  madeAt: z.iso.datetime(),
});
export type Mutation = z.infer<typeof mutationSchema>;

/** The server's word that a change is on its disk; "synced" is shown only after it. */
export const receiptSchema = z.strictObject({
  seq: seqSchema,
  revisionId: z.string(),
  bodyHash: hashSchema,
  auditHash: hashSchema,
  receivedAt: z.iso.datetime(),
  durable: z.literal(true),
});
export type Receipt = z.infer<typeof receiptSchema>;

/**
 * accepted: the revision stands. late: it is kept too, marked, because the assignment was recalled or its
 * batch locked.
 * quarantined: it cannot be read; its raw text is kept at the server. conflict: this seq was used
 * before with another body; both are kept at the server.
 */
export const verdictSchema = z.strictObject({
  seq: z.number().int(),
  status: z.enum(['accepted', 'late', 'quarantined', 'conflict']),
  /** True when the revision was not written on the newest one: both are kept. */
  diverged: z.boolean(),
  receipt: receiptSchema,
  reason: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const maxPushMutations = 50;
export const maxPushBytes = 256_000;
/** One mutation alone in its push may be this large, so that no size can block the queue (rule S3). */
export const maxMutationBytes = 16 * 1024 * 1024;

const clientSchema = {
  clientId: clientIdSchema,
  appVersion: wellFormedText(50),
};

export const syncHello = endpoint({
  method: 'POST',
  path: '/api/sync/hello',
  summary: 'Handshake: which database lineage this is and how far it knows this client',
  access: 'sync:use',
  body: z.strictObject({ ...clientSchema, deviceName: wellFormedText(100).default('') }),
  reply: z.strictObject({
    /** Random per database lineage: a restored or new database has another one or a smaller lastSeq. */
    epoch: z.uuid(),
    /** Highest seq the server holds of this client; 0 when none. */
    lastSeq: z.number().int(),
    /** Highest feed number of this user. */
    feedHead: z.number().int(),
    mutationVersions: z.array(z.number().int()),
    recoveryPublicKey: z.string().nullable(),
  }),
});

export const syncPush = endpoint({
  method: 'POST',
  path: '/api/sync/push',
  summary: 'Send up to 50 changes in the order of their seq; safe to repeat',
  access: 'sync:use',
  body: z.strictObject({
    ...clientSchema,
    epoch: z.uuid(),
    /** Each is read on its own, so that one bad item never blocks the others. */
    mutations: z.array(z.unknown()).min(1).max(maxPushMutations),
  }),
  reply: z.strictObject({
    epoch: z.uuid(),
    verdicts: z.array(verdictSchema),
    lastSeq: z.number().int(),
    /** Set when a seq was missing: the one the server needs next. Nothing from the gap on was taken. */
    expectedSeq: z.number().int().nullable(),
  }),
});

/** What happened to this physician's work, in an order that no commit can overtake. */
export const feedEventSchema = z.discriminatedUnion('type', [
  z.strictObject({ n: z.number().int(), type: z.literal('batch-assigned'), batchId: batchIdSchema }),
  z.strictObject({
    n: z.number().int(),
    type: z.literal('assignments-recalled'),
    batchId: batchIdSchema,
    assignmentIds: z.array(assignmentIdSchema),
    reason: z.string(),
  }),
  /** Its rubric, guidelines, lock or gate is another one now: read it again. */
  z.strictObject({ n: z.number().int(), type: z.literal('batch-changed'), batchId: batchIdSchema }),
  z.strictObject({
    n: z.number().int(),
    type: z.literal('assignment-returned'),
    batchId: batchIdSchema,
    assignmentId: assignmentIdSchema,
    comment: z.string(),
    at: z.iso.datetime(),
    /** The submission that was given back. A newer one of this physician answers the return. */
    revisionId: revisionIdSchema,
  }),
  /** What experts said about a case this physician has submitted: at once in practice, later for known cases. */
  z.strictObject({
    n: z.number().int(),
    type: z.literal('expert-feedback'),
    batchId: batchIdSchema,
    assignmentId: assignmentIdSchema,
    kind: z.enum(['practice', 'calibration']),
    /** a is the response this physician saw as A. */
    answer: expertAnswerSchema,
    at: z.iso.datetime(),
  }),
  z.strictObject({
    n: z.number().int(),
    type: z.literal('revision'),
    assignmentId: assignmentIdSchema,
    revisionId: revisionIdSchema,
    /** The local database that wrote it; a client ignores its own. */
    clientId: clientIdSchema,
    state: z.enum(revisionStates),
    diverged: z.boolean(),
    bodyHash: hashSchema,
    body: annotationBodySchema,
    /** That laptop's clock when it was made, and the name of the laptop; servers before them say neither. */
    madeAt: z.iso.datetime().optional(),
    device: z.string().optional(),
  }),
]);
export type FeedEvent = z.infer<typeof feedEventSchema>;

export const syncChanges = endpoint({
  method: 'GET',
  path: '/api/sync/changes',
  summary: 'Feed events after a number, oldest first',
  access: 'sync:use',
  query: z.strictObject({
    after: z.coerce.number().int().min(0),
    limit: z.coerce.number().int().min(1).max(500).default(200),
  }),
  reply: z.strictObject({
    epoch: z.uuid(),
    events: z.array(feedEventSchema),
    /** Pass as `after` next time. */
    cursor: z.number().int(),
    head: z.number().int(),
  }),
});

/** A batch as a physician sees it. */
export const physicianBatchSchema = z.strictObject({
  id: batchIdSchema,
  name: z.string(),
  study: z.string(),
  specialty: z.string().nullable(),
  deadline: z.iso.date().nullable(),
  kind: z.enum(batchKinds),
  /** Nothing of it can be changed any more; it can be read. */
  locked: z.boolean(),
  /** When it was locked, by the server's clock; null while it is open. Older servers do not say: then nothing is let go. */
  closedAt: z.iso.datetime().nullable().optional(),
  /** `practice-first`: its cases are given out once this physician has passed the study's practice. */
  gate: z.enum(['open', 'practice-first']),
  /** Only for practice: how this physician stands. */
  practice: practiceStandingSchema.nullable(),
  rubric: z.strictObject({ version: z.number().int(), definition: rubricSchema }),
  guidelines: z.strictObject({ version: z.number().int(), markdown: z.string() }).nullable(),
  /** How many assignments the whole download has. */
  assignments: z.number().int(),
});
export type PhysicianBatch = z.infer<typeof physicianBatchSchema>;

/** One assignment as a physician sees it: an allow-listed, blinded projection. No model, rater, gold mark or source id. */
export const physicianAssignmentSchema = z.strictObject({
  id: assignmentIdSchema,
  batchId: batchIdSchema,
  position: z.number().int(),
  title: z.string(),
  specialty: z.string().nullable(),
  prompt: z.array(turnSchema),
  contextText: z.string(),
  context: clinicalContextSchema.nullable(),
  a: z.string(),
  b: z.string(),
  recalled: z.boolean(),
  /** This physician's own newest revision at the server, from whichever laptop. */
  latest: z
    .strictObject({
      revisionId: revisionIdSchema,
      state: z.enum(revisionStates),
      bodyHash: hashSchema,
      body: annotationBodySchema,
    })
    .nullable(),
});
export type PhysicianAssignment = z.infer<typeof physicianAssignmentSchema>;

const batchParams = z.strictObject({ batchId: batchIdSchema });

export const syncBatch = endpoint({
  method: 'GET',
  path: '/api/sync/batches/:batchId',
  summary: 'One assigned batch: its rubric, guidelines and size',
  access: 'sync:use',
  params: batchParams,
  reply: z.strictObject({ batch: physicianBatchSchema }),
});

/** The largest position a database can hold. */
const maxPosition = 2 ** 31 - 1;

export const syncBatchPage = endpoint({
  method: 'GET',
  path: '/api/sync/batches/:batchId/assignments',
  summary: 'A page of a batch, in order; a broken download goes on after the last position stored',
  access: 'sync:use',
  params: batchParams,
  query: z.strictObject({
    after: z.coerce.number().int().min(-1).max(maxPosition).default(-1),
    limit: z.coerce.number().int().min(1).max(200).default(25),
  }),
  reply: z.strictObject({
    assignments: z.array(physicianAssignmentSchema),
    next: z.number().int().nullable(),
  }),
});

export const syncDigest = endpoint({
  method: 'GET',
  path: '/api/sync/digest/:clientId',
  summary: 'Count and digest of all the server holds of this client, to compare at rest',
  access: 'sync:use',
  params: z.strictObject({ clientId: clientIdSchema }),
  reply: z.strictObject({
    epoch: z.uuid(),
    lastSeq: z.number().int(),
    count: z.number().int(),
    digest: hashSchema,
    /** The server's clock; older servers do not say. */
    at: z.iso.datetime().optional(),
  }),
});
