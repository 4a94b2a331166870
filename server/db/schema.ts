import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  check,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { deviceOutcomes, orderKinds } from '../../shared/contract/devices.ts';
import type { Role } from '../../shared/permissions.ts';
import type { Turn } from '../../shared/schema/case-record.ts';
import type { ClinicalContext } from '../../shared/schema/clinical-context.ts';
import type { ExpertAnswer, StudySettings } from '../../shared/schema/expert-answer.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const id = () => uuid().primaryKey();
const at = () => timestamp({ withTimezone: true, mode: 'date' });
const createdAt = () => at().notNull().defaultNow();

/** One row: what this database is. The epoch is random per lineage (sync rule S2). */
export const site = pgTable('site', {
  id: integer().primaryKey().default(1),
  epoch: uuid().notNull(),
  recoveryPublicKey: text(),
  /** How long a laptop may be opened without meeting the server, and how long it stays open without input. */
  offlineLeaseDays: integer().notNull().default(30),
  idleLockMinutes: integer().notNull().default(15),
  createdAt: createdAt(),
});

export const users = pgTable('users', {
  id: id(),
  email: text().notNull().unique(),
  name: text().notNull().default(''),
  roles: text().array().$type<Role[]>().notNull(),
  specialties: text().array().notNull().default(sql`'{}'`),
  /** argon2id, encoded; null until the invitation is accepted. */
  passwordHash: text(),
  status: text({ enum: ['invited', 'active', 'disabled'] }).notNull(),
  createdAt: createdAt(),
});

/** Invitations and one-time sign-in links; only a hash of the token is kept. */
export const links = pgTable(
  'links',
  {
    id: id(),
    tokenHash: text().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    kind: text({ enum: ['invitation', 'sign-in'] }).notNull(),
    createdBy: uuid().references(() => users.id),
    createdAt: createdAt(),
    expiresAt: at().notNull(),
    usedAt: at(),
  },
  (t) => [index().on(t.userId)],
);

export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    tokenHash: text().notNull().unique(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    carrier: text({ enum: ['cookie', 'token'] }).notNull(),
    deviceName: text().notNull().default(''),
    createdAt: createdAt(),
    lastSeenAt: at().notNull().defaultNow(),
    expiresAt: at().notNull(),
    revokedAt: at(),
    /** The local database that last spoke through it; told, not proved. */
    clientId: uuid(),
  },
  (t) => [index().on(t.userId)],
);

export const studies = pgTable('studies', {
  id: id(),
  name: text().notNull().unique(),
  /** Read through `studySettingsSchema`, which fills in what is absent. */
  settings: jsonb().$type<Partial<StudySettings>>().notNull().default({}),
  createdBy: uuid().references(() => users.id),
  createdAt: createdAt(),
});

/** Immutable: a trigger refuses UPDATE and DELETE. */
export const rubrics = pgTable(
  'rubrics',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    version: integer().notNull(),
    definition: jsonb().$type<Rubric>().notNull(),
    createdBy: uuid().references(() => users.id),
    createdAt: createdAt(),
  },
  (t) => [unique().on(t.studyId, t.version)],
);

/** Immutable: a trigger refuses UPDATE and DELETE. */
export const guidelines = pgTable(
  'guidelines',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    version: integer().notNull(),
    markdown: text().notNull(),
    createdBy: uuid().references(() => users.id),
    createdAt: createdAt(),
  },
  (t) => [unique().on(t.studyId, t.version)],
);

/** Sealed: names of models are joined only for leads' exports, never for physicians or reviewers. */
export const models = pgTable('models', {
  id: id(),
  name: text().notNull().unique(),
  createdAt: createdAt(),
});

export const imports = pgTable(
  'imports',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    fileName: text().notNull(),
    pairsRule: text().notNull(),
    report: jsonb().notNull(),
    createdBy: uuid().references(() => users.id),
    createdAt: createdAt(),
  },
  (t) => [index().on(t.studyId)],
);

export const cases = pgTable(
  'cases',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    importId: uuid().references(() => imports.id),
    /** Order of import within the database. */
    ordinal: bigserial({ mode: 'number' }).notNull(),
    externalId: text().notNull(),
    title: text().notNull(),
    specialty: text(),
    prompt: jsonb().$type<Turn[]>().notNull(),
    contextText: text().notNull(),
    context: jsonb().$type<ClinicalContext>(),
    /** Unknown fields of the record; never shown to physicians. */
    meta: jsonb().notNull(),
    /** SHA-256 of the canonical record: the same record again changes nothing. */
    contentHash: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique().on(t.studyId, t.externalId), index().on(t.studyId, t.ordinal)],
);

export const responses = pgTable(
  'responses',
  {
    id: id(),
    caseId: uuid()
      .notNull()
      .references(() => cases.id),
    externalId: text().notNull(),
    modelId: uuid()
      .notNull()
      .references(() => models.id),
    text: text().notNull(),
    textHash: text().notNull(),
    meta: jsonb().notNull(),
  },
  (t) => [unique().on(t.caseId, t.externalId)],
);

/** Two responses of one case; `one` and `two` are the order of the file and say nothing to a physician. */
export const comparisons = pgTable(
  'comparisons',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    caseId: uuid()
      .notNull()
      .references(() => cases.id),
    responseOneId: uuid()
      .notNull()
      .references(() => responses.id),
    responseTwoId: uuid()
      .notNull()
      .references(() => responses.id),
    /** Both texts are the same: kept whole, never put before a physician. */
    identical: boolean().notNull().default(false),
    ordinal: bigserial({ mode: 'number' }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique().on(t.responseOneId, t.responseTwoId),
    index().on(t.studyId, t.ordinal),
    index().on(t.caseId),
  ],
);

export const batches = pgTable(
  'batches',
  {
    id: id(),
    studyId: uuid()
      .notNull()
      .references(() => studies.id),
    rubricId: uuid()
      .notNull()
      .references(() => rubrics.id),
    guidelineId: uuid().references(() => guidelines.id),
    name: text().notNull(),
    specialty: text(),
    kind: text({ enum: ['work', 'practice'] })
      .notNull()
      .default('work'),
    lockedAt: at(),
    overlap: integer().notNull(),
    deadline: date({ mode: 'string' }),
    createdBy: uuid().references(() => users.id),
    createdAt: createdAt(),
  },
  (t) => [unique().on(t.studyId, t.name)],
);

export const batchItems = pgTable(
  'batch_items',
  {
    batchId: uuid()
      .notNull()
      .references(() => batches.id),
    comparisonId: uuid()
      .notNull()
      .references(() => comparisons.id),
    position: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.batchId, t.comparisonId] }),
    unique().on(t.batchId, t.position),
    index().on(t.comparisonId),
  ],
);

/** A comparison whose right answer is known; a physician gets it only as feedback, after submitting. */
export const gold = pgTable('gold', {
  comparisonId: uuid()
    .primaryKey()
    .references(() => comparisons.id),
  /** With a = response one and b = response two. */
  answer: jsonb().$type<ExpertAnswer>().notNull(),
  createdAt: createdAt(),
});

export const assignments = pgTable(
  'assignments',
  {
    id: id(),
    batchId: uuid()
      .notNull()
      .references(() => batches.id),
    comparisonId: uuid()
      .notNull()
      .references(() => comparisons.id),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    /** Order in this physician's download of the batch. */
    position: integer().notNull(),
    /** True when response two is shown on the left, as A. */
    swapped: boolean().notNull(),
    recalledAt: at(),
    recallReason: text(),
    /** The newest revision by order of arrival, kept with its state for lists; null until the first arrives. */
    latestRevisionId: uuid().references((): AnyPgColumn => annotationRevisions.id),
    latestState: text({ enum: ['draft', 'submitted', 'skipped'] }),
    createdAt: createdAt(),
  },
  (t) => [
    unique().on(t.batchId, t.comparisonId, t.userId),
    unique().on(t.batchId, t.userId, t.position),
    index().on(t.userId),
    index().on(t.comparisonId),
  ],
);

/** Append-only: a trigger refuses UPDATE and DELETE. `body` is the canonical JSON text that `bodyHash` is the SHA-256 of. */
export const annotationRevisions = pgTable(
  'annotation_revisions',
  {
    id: id(),
    assignmentId: uuid()
      .notNull()
      .references((): AnyPgColumn => assignments.id),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    /** Order of arrival at this database. */
    ordinal: bigserial({ mode: 'number' }).notNull(),
    baseRevisionId: uuid(),
    state: text({ enum: ['draft', 'submitted', 'skipped'] }).notNull(),
    body: text().notNull(),
    bodyHash: text().notNull(),
    clientId: uuid()
      .notNull()
      .references(() => clients.id),
    seq: bigint({ mode: 'number' }).notNull(),
    appVersion: text().notNull(),
    late: boolean().notNull(),
    diverged: boolean().notNull(),
    /** The rubric it was answered under, which may be an earlier one than its batch has by now. */
    rubricId: uuid().references(() => rubrics.id),
    madeAt: at().notNull(),
    receivedAt: createdAt(),
  },
  (t) => [unique().on(t.clientId, t.seq), uniqueIndex().on(t.assignmentId, t.ordinal), index().on(t.userId)],
);

/** Append-only: a submission given back to its physician. A later submission or skip answers it. */
export const annotationReturns = pgTable(
  'annotation_returns',
  {
    id: id(),
    assignmentId: uuid()
      .notNull()
      .references(() => assignments.id),
    revisionId: uuid()
      .notNull()
      .references(() => annotationRevisions.id),
    comment: text().notNull(),
    returnedBy: uuid().references(() => users.id),
    returnedAt: createdAt(),
  },
  (t) => [index().on(t.assignmentId)],
);

/** Append-only: which submission of an assignment was answered with what experts said, once. */
export const expertFeedback = pgTable('expert_feedback', {
  assignmentId: uuid()
    .primaryKey()
    .references(() => assignments.id),
  /** The first submission: what counts for the qualification. */
  revisionId: uuid()
    .notNull()
    .references(() => annotationRevisions.id),
  kind: text({ enum: ['practice', 'calibration'] }).notNull(),
  /** Whether its preference agreed with the experts'; null where they gave none. */
  agreed: boolean(),
  createdAt: createdAt(),
});

/** One local database of one user; `lastSeq` is locked while a push of it is applied. */
export const clients = pgTable(
  'clients',
  {
    id: id(),
    userId: uuid()
      .notNull()
      .references(() => users.id),
    deviceName: text().notNull().default(''),
    appVersion: text().notNull().default(''),
    lastSeq: bigint({ mode: 'number' }).notNull().default(0),
    /** Highest seq the laptop itself said it has; null before it said so. */
    localSeq: bigint({ mode: 'number' }),
    removedAt: at(),
    createdAt: createdAt(),
    lastSeenAt: at().notNull().defaultNow(),
  },
  (t) => [index().on(t.userId)],
);

/** Orders to lock or wipe a laptop, kept for ever; at most one of a client stands (rule S28). */
export const deviceOrders = pgTable(
  'device_orders',
  {
    id: id(),
    clientId: uuid()
      .notNull()
      .references(() => clients.id),
    kind: text({ enum: orderKinds }).notNull(),
    /** Null: the command line. */
    orderedBy: uuid().references(() => users.id),
    orderedAt: at().notNull(),
    /** The server said that it holds everything: from here on the laptop may destroy its key. */
    releasedAt: at(),
    reportedAt: at(),
    outcome: text({ enum: deviceOutcomes }),
    unsent: integer().notNull().default(0),
    withdrawnAt: at(),
  },
  (t) => [uniqueIndex().on(t.clientId).where(sql`${t.withdrawnAt} IS NULL`)],
);

/** Append-only: every seq ever accepted with its verdict; `raw` keeps what could not be read, or a conflicting body. */
export const mutationLog = pgTable(
  'mutation_log',
  {
    clientId: uuid()
      .notNull()
      .references(() => clients.id),
    seq: bigint({ mode: 'number' }).notNull(),
    bodyHash: text().notNull(),
    verdict: jsonb().notNull(),
    raw: bytea(),
    receivedAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.clientId, t.seq] })],
);

/** Bodies that came under a seq already used for another one: kept, never applied. */
export const mutationConflicts = pgTable(
  'mutation_conflicts',
  {
    clientId: uuid()
      .notNull()
      .references(() => clients.id),
    seq: bigint({ mode: 'number' }).notNull(),
    bodyHash: text().notNull(),
    raw: bytea().notNull(),
    receivedAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.clientId, t.seq, t.bodyHash] })],
);

/** The row every feed event of a user is numbered under, while it is locked. */
export const feedHeads = pgTable('feed_heads', {
  userId: uuid()
    .primaryKey()
    .references(() => users.id),
  head: bigint({ mode: 'number' }).notNull().default(0),
});

export const feedTypes = [
  'batch-assigned',
  'assignments-recalled',
  'batch-changed',
  'assignment-returned',
  'expert-feedback',
  'revision',
] as const;

export const feed = pgTable(
  'feed',
  {
    userId: uuid()
      .notNull()
      .references(() => users.id),
    n: bigint({ mode: 'number' }).notNull(),
    type: text({ enum: feedTypes }).notNull(),
    batchId: uuid(),
    revisionId: uuid(),
    detail: jsonb().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.n] })],
);

/**
 * Append-only hash chains, one per stream: a user's id, or `system` (docs/decisions/0004).
 * Each hash is SHA-256 over the previous hash and the event's canonical JSON.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    stream: text().notNull(),
    n: bigint({ mode: 'number' }).notNull(),
    at: at().notNull(),
    actorId: uuid(),
    action: text().notNull(),
    subject: text().notNull(),
    detail: jsonb().notNull(),
    previousHash: text().notNull(),
    hash: text().notNull(),
  },
  (t) => [primaryKey({ columns: [t.stream, t.n] }), check('audit_events_n', sql`${t.n} >= 1`)],
);

export const auditHeads = pgTable('audit_heads', {
  stream: text().primaryKey(),
  n: bigint({ mode: 'number' }).notNull(),
  hash: text().notNull(),
});
