import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Verdict } from '../../shared/contract/sync.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { KnownMutation, KnownRevision } from '../../shared/sync/push-decision.ts';
import type { Tx } from '../db/client.ts';
import { insertRows } from '../db/insert-rows.ts';
import {
  annotationRevisions,
  assignments,
  auditEvents,
  batches,
  clients,
  gold,
  mutationConflicts,
  mutationLog,
  rubrics,
  studies,
} from '../db/schema.ts';
import { conflictAction } from './push-effects.ts';

/** SQLSTATE of a failed statement; empty when it failed for another reason. */
export { sqlState } from '../db/pg-error.ts';

/** The user's client, locked until the transaction ends: pushes of one client run one after the other. */
export async function lockClient(tx: Tx, userId: string, clientId: string) {
  const [row] = await tx
    .select({ id: clients.id, lastSeq: clients.lastSeq })
    .from(clients)
    .where(and(eq(clients.id, clientId), eq(clients.userId, userId)))
    .for('update');
  return row;
}

/** What the log holds under these seqs, with the stored verdicts. */
export async function findLogged(
  tx: Tx,
  clientId: string,
  seqs: readonly number[],
): Promise<Map<number, KnownMutation & { verdict: Verdict }>> {
  if (seqs.length === 0) return new Map();
  const rows = await tx
    .select({ seq: mutationLog.seq, hash: mutationLog.bodyHash, verdict: mutationLog.verdict })
    .from(mutationLog)
    .where(and(eq(mutationLog.clientId, clientId), inArray(mutationLog.seq, [...seqs])));
  return new Map(
    rows.map(({ seq, hash, verdict }) => {
      const stored = verdict as Verdict;
      return [seq, { hash, revisionId: stored.receipt.revisionId, verdict: stored }];
    }),
  );
}

/** The user's own assignments among these, locked in order of id so that two pushes cannot wait for each other. */
export async function lockAssignments(tx: Tx, userId: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return tx
    .select({
      id: assignments.id,
      recalledAt: assignments.recalledAt,
      latestRevisionId: assignments.latestRevisionId,
      latestState: assignments.latestState,
      batchId: batches.id,
      studyId: batches.studyId,
      kind: batches.kind,
      lockedAt: batches.lockedAt,
      rubricId: batches.rubricId,
      settings: studies.settings,
      known: sql<boolean>`${gold.comparisonId} IS NOT NULL`,
    })
    .from(assignments)
    .innerJoin(batches, eq(batches.id, assignments.batchId))
    .innerJoin(studies, eq(studies.id, batches.studyId))
    .leftJoin(gold, eq(gold.comparisonId, assignments.comparisonId))
    .where(and(eq(assignments.userId, userId), inArray(assignments.id, [...ids])))
    .orderBy(assignments.id)
    .for('update', { of: assignments });
}

export type PushedAssignment = Awaited<ReturnType<typeof lockAssignments>>[number];

export type StudyRubric = { id: string; studyId: string; version: number; definition: Rubric };

const rubricColumns = {
  id: rubrics.id,
  studyId: rubrics.studyId,
  version: rubrics.version,
  definition: rubrics.definition,
};

export async function findRubrics(tx: Tx, ids: readonly string[]): Promise<Map<string, StudyRubric>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select(rubricColumns)
    .from(rubrics)
    .where(inArray(rubrics.id, [...ids]));
  return new Map(rows.map((row) => [row.id, row]));
}

/** These versions of the rubrics of these studies. */
export async function findRubricVersions(
  tx: Tx,
  studyIds: readonly string[],
  versions: readonly number[],
): Promise<StudyRubric[]> {
  if (studyIds.length === 0 || versions.length === 0) return [];
  return tx
    .select(rubricColumns)
    .from(rubrics)
    .where(and(inArray(rubrics.studyId, [...studyIds]), inArray(rubrics.version, [...versions])));
}

export async function findRevisions(
  tx: Tx,
  userId: string,
  ids: readonly string[],
): Promise<Map<string, KnownRevision>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({
      id: annotationRevisions.id,
      userId: annotationRevisions.userId,
      assignmentId: annotationRevisions.assignmentId,
      hash: annotationRevisions.bodyHash,
      state: annotationRevisions.state,
      late: annotationRevisions.late,
      diverged: annotationRevisions.diverged,
    })
    .from(annotationRevisions)
    .where(inArray(annotationRevisions.id, [...ids]));
  return new Map(rows.map(({ id, userId: owner, ...row }) => [id, { ...row, own: owner === userId }]));
}

/** Audit hash and time of arrival of conflicts that came before, by the hash of their raw text. */
export async function findConflicts(tx: Tx, stream: string, clientId: string, rawHashes: readonly string[]) {
  if (rawHashes.length === 0) return new Map<string, { auditHash: string; at: Date }>();
  const rawHash = sql<string>`${auditEvents.detail}->>'rawHash'`;
  const rows = await tx
    .select({
      seq: sql<string>`${auditEvents.detail}->>'seq'`,
      rawHash,
      auditHash: auditEvents.hash,
      at: auditEvents.at,
    })
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.stream, stream),
        eq(auditEvents.action, conflictAction),
        eq(auditEvents.subject, clientId),
        inArray(rawHash, [...rawHashes]),
      ),
    );
  return new Map(rows.map((row) => [`${row.seq}:${row.rawHash}`, { auditHash: row.auditHash, at: row.at }]));
}

export type NewRevision = typeof annotationRevisions.$inferInsert;
export type NewLogRow = typeof mutationLog.$inferInsert;
export type NewConflict = typeof mutationConflicts.$inferInsert;
export type NewHead = { assignmentId: string; revisionId: string; state: 'draft' | 'submitted' | 'skipped' };

async function moveHeads(tx: Tx, heads: readonly NewHead[]): Promise<void> {
  if (heads.length === 0) return;
  const rows = heads.map(
    (head) => sql`(${head.assignmentId}::uuid, ${head.revisionId}::uuid, ${head.state}::text)`,
  );
  await tx.execute(sql`
    UPDATE assignments SET latest_revision_id = head.revision_id, latest_state = head.state
    FROM (VALUES ${sql.join(rows, sql`, `)}) AS head (id, revision_id, state)
    WHERE assignments.id = head.id`);
}

/** Writes all that a push brought, one statement per table. */
export async function insertPush(
  tx: Tx,
  client: { id: string; lastSeq: number; appVersion: string; at: Date },
  rows: { revisions: NewRevision[]; log: NewLogRow[]; conflicts: NewConflict[]; heads: NewHead[] },
): Promise<void> {
  await insertRows(tx, annotationRevisions, rows.revisions);
  await insertRows(tx, mutationLog, rows.log);
  if (rows.conflicts.length > 0)
    await tx.insert(mutationConflicts).values(rows.conflicts).onConflictDoNothing();
  await moveHeads(tx, rows.heads);
  await tx
    .update(clients)
    .set({ lastSeq: client.lastSeq, appVersion: client.appVersion, lastSeenAt: client.at })
    .where(eq(clients.id, client.id));
}
