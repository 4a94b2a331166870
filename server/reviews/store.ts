import { eq, sql } from 'drizzle-orm';
import type { Batch } from '../../shared/contract/batches.ts';
import type { Turn } from '../../shared/schema/case-record.ts';
import type { ClinicalContext } from '../../shared/schema/clinical-context.ts';
import type { BatchId, ComparisonId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { Reader, Tx } from '../db/client.ts';
import { annotationReturns, batches, rubrics } from '../db/schema.ts';

export type ReviewFilter = 'all' | 'arrived' | 'flagged';

export async function findRubric(db: Reader, batchId: BatchId): Promise<Rubric | null> {
  const [row] = await db
    .select({ definition: rubrics.definition })
    .from(batches)
    .innerJoin(rubrics, eq(rubrics.id, batches.rubricId))
    .where(eq(batches.id, batchId));
  return row?.definition ?? null;
}

export async function findBatch(db: Reader, batchId: BatchId): Promise<Batch | null> {
  const result = await db.execute<
    Omit<Batch, 'createdAt' | 'lockedAt'> & { createdAt: Date | string; lockedAt: Date | string | null }
  >(sql`
    select b.id, b.study_id as "studyId", b.name, b.specialty, b.rubric_id as "rubricId", r.version as "rubricVersion",
      b.kind, b.locked_at as "lockedAt", b.overlap, b.deadline::text as deadline, b.created_at as "createdAt",
      (select count(*)::int from batch_items i where i.batch_id = b.id) as comparisons,
      count(a.id)::int as assigned,
      count(*) filter (where a.latest_state = 'draft')::int as drafts,
      count(*) filter (where a.latest_state = 'submitted')::int as submitted,
      count(*) filter (where a.latest_state = 'skipped')::int as skipped
    from batches b join rubrics r on r.id = b.rubric_id
    left join assignments a on a.batch_id = b.id and a.recalled_at is null
    where b.id = ${batchId}
    group by b.id, r.version`);
  const row = result.rows[0];
  if (!row) return null;
  const lockedAt = row.lockedAt === null ? null : new Date(row.lockedAt).toISOString();
  return { ...row, createdAt: new Date(row.createdAt).toISOString(), lockedAt };
}

/**
 * Which of several finished revisions of an assignment stands: one that came in time before one that came late
 * (after a lock or a recall), one written on the newest before one that was not (rule S10), then the newest.
 */
const standsFirst = sql`v.late, v.diverged, v.ordinal desc`;

/**
 * The annotation that stands for each assignment: no draft, so that reopening a case does not take back what
 * was submitted.
 */
const standing = (batchId: BatchId) => sql`
  select distinct on (v.assignment_id) v.assignment_id, v.state, v.body
  from annotation_revisions v join assignments s on s.id = v.assignment_id
  where s.batch_id = ${batchId} and v.state <> 'draft'
  order by v.assignment_id, ${standsFirst}`;

// Bodies are canonical JSON, in which a list with something in it is spelled just so, and never inside a text.
const isFlagged = sql`(n.body like '%"caseFlags":[{%' or n.body like '%"safetyFlags":[{%')`;

// What is finished after the submission given back answers (rule S23); a revision that was not written on it only
// when it came after the return.
const isAnswered = sql`exists (
  select 1 from annotation_revisions later join annotation_revisions given on given.id = t.revision_id
  where later.assignment_id = t.assignment_id and later.state <> 'draft' and later.ordinal > given.ordinal
    and (not later.diverged or later.received_at > t.returned_at))`;

const isReturned = sql`exists (
  select 1 from annotation_returns t where t.assignment_id = a.id and not ${isAnswered})`;

export type ComparisonSummary = {
  comparisonId: ComparisonId;
  position: number;
  title: string;
  specialty: string | null;
  expected: number;
  submitted: number;
  skipped: number;
  flagged: number;
  returned: number;
};

/** A page of a batch's comparisons with what arrived for each. */
export async function readSummaries(
  db: Reader,
  page: { batchId: BatchId; after: number; limit: number; only: ReviewFilter },
): Promise<ComparisonSummary[]> {
  const result = await db.execute<ComparisonSummary>(sql`
    select * from (
      select i.comparison_id as "comparisonId", i.position, k.title, k.specialty,
        greatest(b.overlap, count(a.id) filter (where a.recalled_at is null))::int as expected,
        count(*) filter (where n.state = 'submitted')::int as submitted,
        count(*) filter (where n.state = 'skipped')::int as skipped,
        count(*) filter (where ${isFlagged})::int as flagged,
        count(*) filter (where a.recalled_at is null and ${isReturned})::int as returned
      from batch_items i
      join batches b on b.id = i.batch_id
      join comparisons c on c.id = i.comparison_id
      join cases k on k.id = c.case_id
      left join assignments a on a.batch_id = i.batch_id and a.comparison_id = i.comparison_id
      left join (${standing(page.batchId)}) n on n.assignment_id = a.id
      where i.batch_id = ${page.batchId} and i.position > ${page.after}
      group by i.comparison_id, i.position, k.title, k.specialty, b.overlap
    ) summary
    where ${page.only} = 'all' or (${page.only} = 'arrived' and submitted + skipped > 0)
      or (${page.only} = 'flagged' and flagged > 0)
    order by position limit ${page.limit}`);
  return result.rows;
}

export type SubmittedBody = { position: number; swapped: boolean; body: string };

/** Submitted bodies that stand, for the comparisons with a position above `after`, at most `limit` comparisons. */
export async function readSubmittedBodies(
  db: Reader,
  page: { batchId: BatchId; after: number; limit: number },
): Promise<SubmittedBody[]> {
  const result = await db.execute<SubmittedBody>(sql`
    select i.position, a.swapped, n.body
    from (select * from batch_items where batch_id = ${page.batchId} and position > ${page.after}
          order by position limit ${page.limit}) i
    join assignments a on a.batch_id = i.batch_id and a.comparison_id = i.comparison_id
    join lateral (
      select v.state, v.body from annotation_revisions v
      where v.assignment_id = a.id and v.state <> 'draft' order by ${standsFirst} limit 1
    ) n on n.state = 'submitted'
    order by i.position, a.id`);
  return result.rows;
}

export type ReviewedCase = {
  comparisonId: ComparisonId;
  title: string;
  specialty: string | null;
  prompt: Turn[];
  contextText: string;
  context: ClinicalContext | null;
  one: string;
  two: string;
  returnable: boolean;
  previous: ComparisonId | null;
  next: ComparisonId | null;
};

/** What was compared, by an allow-list: no model, no id of the source, no metadata. */
export async function findReviewedCase(
  db: Reader,
  batchId: BatchId,
  comparisonId: ComparisonId,
): Promise<ReviewedCase | null> {
  const result = await db.execute<ReviewedCase>(sql`
    select i.comparison_id as "comparisonId", k.title, k.specialty, k.prompt, k.context_text as "contextText", k.context,
      one.text as one, two.text as two, b.kind = 'work' and b.locked_at is null as returnable,
      (select comparison_id from batch_items where batch_id = i.batch_id and position < i.position
        order by position desc limit 1) as previous,
      (select comparison_id from batch_items where batch_id = i.batch_id and position > i.position
        order by position limit 1) as next
    from batch_items i
    join batches b on b.id = i.batch_id
    join comparisons c on c.id = i.comparison_id
    join cases k on k.id = c.case_id
    join responses one on one.id = c.response_one_id
    join responses two on two.id = c.response_two_id
    where i.batch_id = ${batchId} and i.comparison_id = ${comparisonId}`);
  return result.rows[0] ?? null;
}

export type ArrivedRow = {
  /** Rank among all physicians of the comparison, arrived or not. */
  rater: number;
  state: 'draft' | 'submitted' | 'skipped';
  revisionId: string;
  revisions: number;
  receivedAt: Date | string;
  bodyHash: string;
  late: boolean;
  diverged: boolean;
  divergedRevisions: number;
  swapped: boolean;
  body: string;
  returnComment: string | null;
  returnedAt: Date | string | null;
  returnAnswered: boolean | null;
};

/**
 * What arrived for one comparison. Raters are numbered by when they were assigned and then by a hash of the
 * assignment's random id: stable when more are assigned, and not linkable from one comparison to the next.
 */
export async function readArrived(
  db: Reader,
  batchId: BatchId,
  comparisonId: ComparisonId,
): Promise<ArrivedRow[]> {
  const result = await db.execute<ArrivedRow>(sql`
    select a.rater, v.state, v.id as "revisionId", v.received_at as "receivedAt", v.body_hash as "bodyHash",
      v.late, v.diverged, a.swapped, v.body,
      t.comment as "returnComment", t.returned_at as "returnedAt", t.answered as "returnAnswered",
      (select count(*)::int from annotation_revisions r where r.assignment_id = a.id) as revisions,
      (select count(*)::int from annotation_revisions r where r.assignment_id = a.id and r.diverged)
        as "divergedRevisions"
    from (
      select id, swapped, (row_number() over (order by created_at, md5(id::text)))::int as rater
      from assignments where batch_id = ${batchId} and comparison_id = ${comparisonId}
    ) a
    join lateral (
      select * from annotation_revisions v where v.assignment_id = a.id
      order by (v.state <> 'draft') desc, ${standsFirst} limit 1
    ) v on true
    left join lateral (
      select t.comment, t.returned_at, ${isAnswered} as answered
      from annotation_returns t where t.assignment_id = a.id order by t.returned_at desc limit 1
    ) t on true
    order by a.rater`);
  return result.rows;
}

export type Returnable = {
  assignmentId: string;
  userId: string;
  kind: 'work' | 'practice';
  isLocked: boolean;
  isRecalled: boolean;
  standingId: string | null;
  standingState: string | null;
  isWaiting: boolean;
};

/** The assignment a revision is of, locked until the transaction ends, and what stands of it. */
export async function lockReturnable(
  tx: Tx,
  named: { batchId: BatchId; comparisonId: ComparisonId; revisionId: string },
): Promise<Returnable | null> {
  // In a statement of its own: what stands is read after a push that holds the row is through.
  await tx.execute(sql`
    select 1 from assignments where id = (select assignment_id from annotation_revisions where id = ${named.revisionId})
    for update`);
  const { rows } = await tx.execute<Returnable>(sql`
    select a.id as "assignmentId", a.user_id as "userId", b.kind, b.locked_at is not null as "isLocked",
      a.recalled_at is not null as "isRecalled", s.id as "standingId", s.state as "standingState",
      ${isReturned} as "isWaiting"
    from annotation_revisions r
    join assignments a on a.id = r.assignment_id
    join batches b on b.id = a.batch_id
    left join lateral (
      select v.id, v.state from annotation_revisions v
      where v.assignment_id = a.id and v.state <> 'draft' order by ${standsFirst} limit 1
    ) s on true
    where r.id = ${named.revisionId} and a.batch_id = ${named.batchId} and a.comparison_id = ${named.comparisonId}`);
  return rows[0] ?? null;
}

export async function insertReturn(tx: Tx, row: typeof annotationReturns.$inferInsert): Promise<void> {
  await tx.insert(annotationReturns).values(row);
}
