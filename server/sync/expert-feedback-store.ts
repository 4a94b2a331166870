import { sql } from 'drizzle-orm';
import type { ExpertAnswer } from '../../shared/schema/expert-answer.ts';
import type { Tx } from '../db/client.ts';
import { readPracticeStandings } from '../db/practice.ts';
import { expertFeedback } from '../db/schema.ts';

export type Untold = {
  assignmentId: string;
  batchId: string;
  studyId: string;
  kind: 'work' | 'practice';
  swapped: boolean;
  answer: ExpertAnswer;
  /** The first submission, in order of arrival. */
  revisionId: string;
  ordinal: number;
  body: string;
};

/**
 * The user's submitted assignments with a known answer that was not told of yet: these practice assignments,
 * and all real work of these studies.
 */
export async function findUntold(
  tx: Tx,
  userId: string,
  which: { practice: readonly string[]; studies: readonly string[] },
): Promise<Untold[]> {
  const { rows } = await tx.execute<Omit<Untold, 'ordinal'> & { ordinal: string }>(sql`
    select distinct on (a.id) a.id as "assignmentId", a.batch_id as "batchId", b.study_id as "studyId", b.kind,
      a.swapped, g.answer, v.id as "revisionId", v.ordinal, v.body
    from assignments a
    join batches b on b.id = a.batch_id
    join gold g on g.comparison_id = a.comparison_id
    join annotation_revisions v on v.assignment_id = a.id and v.state = 'submitted'
    where a.user_id = ${userId} and a.recalled_at is null
      and not exists (select 1 from expert_feedback f where f.assignment_id = a.id)
      and (a.id = any(${sql.param([...which.practice])}::uuid[])
        or (b.kind = 'work' and b.study_id = any(${sql.param([...which.studies])}::uuid[])))
    order by a.id, v.ordinal`);
  return rows.map((row) => ({ ...row, ordinal: Number(row.ordinal) }));
}

export async function insertFeedback(
  tx: Tx,
  rows: readonly (typeof expertFeedback.$inferInsert)[],
): Promise<void> {
  if (rows.length > 0) await tx.insert(expertFeedback).values([...rows]);
}

/** Of these practice batches, those the user has passed now. */
export async function findPassed(tx: Tx, userId: string, batchIds: readonly string[]): Promise<Set<string>> {
  const ids = sql.param([...batchIds]);
  const found = await readPracticeStandings(tx, sql`a.user_id = ${userId} and b.id = any(${ids}::uuid[])`);
  return new Set(found.filter(({ standing }) => standing.passed === true).map(({ batchId }) => batchId));
}

/** The user's batches of real work in these studies. */
export async function findWorkBatches(
  tx: Tx,
  userId: string,
  studyIds: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select distinct b.id from batches b join assignments a on a.batch_id = b.id
    where a.user_id = ${userId} and a.recalled_at is null and b.kind = 'work'
      and b.study_id = any(${sql.param([...studyIds])}::uuid[])
    order by b.id`);
  return rows.map(({ id }) => id);
}
