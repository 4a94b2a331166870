import { and, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm';
import type { Batch, BatchKind, PracticeStanding } from '../../shared/contract/batches.ts';
import type { BatchId, ComparisonId, StudyId, UserId } from '../../shared/schema/ids.ts';
import type { ExistingAssignment, PlannedAssignment } from '../../shared/selection/assign.ts';
import type { Reader, Tx } from '../db/client.ts';
import { readPracticeStandings } from '../db/practice.ts';
import { assignments, batches, batchItems, guidelines, rubrics, studies, users } from '../db/schema.ts';

export type BatchRow = typeof batches.$inferSelect;

export async function findStudyName(db: Reader, studyId: StudyId): Promise<string | null> {
  const [study] = await db.select({ name: studies.name }).from(studies).where(eq(studies.id, studyId));
  return study?.name ?? null;
}

/** Makers of batches of one study wait for one another, so that no comparison goes into two. */
export async function lockStudy(tx: Tx, studyId: StudyId): Promise<string | null> {
  const [study] = await tx
    .select({ name: studies.name })
    .from(studies)
    .where(eq(studies.id, studyId))
    .for('no key update');
  return study?.name ?? null;
}

export async function isBatchNameTaken(tx: Tx, studyId: StudyId, name: string): Promise<boolean> {
  const found = await tx
    .select({ id: batches.id })
    .from(batches)
    .where(and(eq(batches.studyId, studyId), eq(batches.name, name)));
  return found.length > 0;
}

export async function findNewestVersions(
  tx: Tx,
  studyId: StudyId,
): Promise<{ rubricId: string | null; guidelineId: string | null }> {
  const newest = async (table: typeof rubrics | typeof guidelines) => {
    const rows = await tx
      .select({ id: table.id })
      .from(table)
      .where(eq(table.studyId, studyId))
      .orderBy(desc(table.version))
      .limit(1);
    return rows[0]?.id ?? null;
  };
  return { rubricId: await newest(rubrics), guidelineId: await newest(guidelines) };
}

export async function insertBatch(tx: Tx, row: typeof batches.$inferInsert): Promise<void> {
  await tx.insert(batches).values(row);
}

/**
 * Puts comparisons that differ and are in no batch into this one, for practice only those with a known answer: in
 * order of import, or in the random order of a seed.
 * @returns how many were taken
 */
export async function fillBatch(
  tx: Tx,
  batchId: string,
  choice: {
    studyId: StudyId;
    size: number;
    specialty?: string | undefined;
    kind: BatchKind;
    onePerCase: boolean;
    seed: string | null;
  },
): Promise<number> {
  const key = choice.seed === null ? sql`c.ordinal` : sql`md5(${choice.seed}::text || c.id::text)`;
  const result = await tx.execute(sql`
    insert into batch_items (batch_id, comparison_id, position)
    select ${batchId}, id, row_number() over (order by key) - 1
    from (
      select c.id, ${key} as key, row_number() over (partition by c.case_id order by ${key}) as of_case
      from comparisons c join cases k on k.id = c.case_id
      where c.study_id = ${choice.studyId}
        and (${choice.specialty ?? null}::text is null or k.specialty = ${choice.specialty ?? null})
        and not c.identical
        and not exists (select 1 from batch_items i where i.comparison_id = c.id)
        and (${choice.kind} = 'work' or exists (select 1 from gold g where g.comparison_id = c.id))
    ) free
    where ${choice.onePerCase} = false or of_case = 1
    order by key
    limit ${choice.size}`);
  return result.rowCount ?? 0;
}

/** Comparisons of a study, and those in no batch yet, by specialty: what a lead may choose from. */
export async function countFree(
  tx: Reader,
  studyId: StudyId,
): Promise<{ specialty: string | null; total: number; free: number }[]> {
  const result = await tx.execute<{ specialty: string | null; total: number; free: number }>(sql`
    select k.specialty, count(*)::int as total,
      count(*) filter (where not c.identical
        and not exists (select 1 from batch_items i where i.comparison_id = c.id))::int as free
    from comparisons c join cases k on k.id = c.case_id
    where c.study_id = ${studyId}
    group by k.specialty order by k.specialty nulls last`);
  return result.rows;
}

/** Comparisons of a study with a known answer, and those of them that are in no batch yet. */
export async function countKnown(
  tx: Reader,
  studyId: StudyId,
  specialty: string | null,
): Promise<{ known: number; free: number; freeOfSpecialty: number }> {
  const result = await tx.execute<{ known: number; free: number; freeOfSpecialty: number }>(sql`
    select count(*)::int as known, count(*) filter (where is_free)::int as free,
      count(*) filter (where is_free and specialty is not distinct from ${specialty}::text)::int as "freeOfSpecialty"
    from (
      select k.specialty, not c.identical
        and not exists (select 1 from batch_items i where i.comparison_id = c.id) as is_free
      from gold g join comparisons c on c.id = g.comparison_id join cases k on k.id = c.case_id
      where c.study_id = ${studyId}
    ) known`);
  return result.rows[0] ?? { known: 0, free: 0, freeOfSpecialty: 0 };
}

const batchColumns = sql`
  b.id, b.study_id as "studyId", b.name, b.specialty, b.rubric_id as "rubricId", r.version as "rubricVersion",
  b.kind, b.locked_at as "lockedAt", b.overlap, b.deadline::text as deadline, b.created_at as "createdAt",
  (select count(*)::int from batch_items i where i.batch_id = b.id) as comparisons,
  coalesce(a.assigned, 0) as assigned, coalesce(a.drafts, 0) as drafts,
  coalesce(a.submitted, 0) as submitted, coalesce(a.skipped, 0) as skipped`;

const batchTables = sql`
  batches b join rubrics r on r.id = b.rubric_id
  left join lateral (
    select count(*)::int as assigned,
      count(*) filter (where latest_state = 'draft')::int as drafts,
      count(*) filter (where latest_state = 'submitted')::int as submitted,
      count(*) filter (where latest_state = 'skipped')::int as skipped
    from assignments where batch_id = b.id and recalled_at is null
  ) a on true`;

type BatchResult = Omit<Batch, 'createdAt' | 'lockedAt'> & {
  createdAt: Date | string;
  lockedAt: Date | string | null;
};
const asBatch = ({ createdAt, lockedAt, ...row }: BatchResult): Batch => ({
  ...row,
  createdAt: new Date(createdAt).toISOString(),
  lockedAt: lockedAt === null ? null : new Date(lockedAt).toISOString(),
});

export async function readBatches(db: Reader, studyId: StudyId): Promise<Batch[]> {
  const result = await db.execute<BatchResult>(
    sql`select ${batchColumns} from ${batchTables} where b.study_id = ${studyId} order by b.created_at desc, b.id desc`,
  );
  return result.rows.map(asBatch);
}

export async function findBatch(db: Reader, batchId: BatchId): Promise<Batch | null> {
  const result = await db.execute<BatchResult>(
    sql`select ${batchColumns} from ${batchTables} where b.id = ${batchId}`,
  );
  return result.rows[0] ? asBatch(result.rows[0]) : null;
}

/** Assigners of one batch wait for one another. */
export async function lockBatch(tx: Tx, batchId: BatchId): Promise<BatchRow | null> {
  const [batch] = await tx.select().from(batches).where(eq(batches.id, batchId)).for('no key update');
  return batch ?? null;
}

export async function setLock(
  tx: Tx,
  batchId: BatchId,
  lock: { lockedAt: Date } | { lockedAt: null; guidelineId: string | null },
): Promise<void> {
  await tx.update(batches).set(lock).where(eq(batches.id, batchId));
}

/** For practice, where everybody rates everything: how many physicians each comparison has. */
export async function setOverlap(tx: Tx, batchId: BatchId, overlap: number): Promise<void> {
  await tx.update(batches).set({ overlap }).where(eq(batches.id, batchId));
}

/** Everybody with work in the batch that was not recalled, in the order of ids. */
export async function findAssigned(tx: Tx, batchId: BatchId): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ userId: assignments.userId })
    .from(assignments)
    .where(and(eq(assignments.batchId, batchId), isNull(assignments.recalledAt)))
    .orderBy(assignments.userId);
  return rows.map((row) => row.userId);
}

export async function readComparisonIds(tx: Reader, batchId: BatchId): Promise<ComparisonId[]> {
  const rows = await tx
    .select({ id: batchItems.comparisonId })
    .from(batchItems)
    .where(eq(batchItems.batchId, batchId))
    .orderBy(batchItems.position);
  return rows.map((row) => row.id as ComparisonId);
}

export async function readExistingAssignments(
  tx: Reader,
  batchId: BatchId,
): Promise<ExistingAssignment<ComparisonId, UserId>[]> {
  const rows = await tx.select().from(assignments).where(eq(assignments.batchId, batchId));
  return rows.map((row) => ({
    comparison: row.comparisonId as ComparisonId,
    physician: row.userId as UserId,
    position: row.position,
    swapped: row.swapped,
    recalled: row.recalledAt !== null,
  }));
}

export type Physician = {
  id: UserId;
  name: string;
  email: string;
  isActivePhysician: boolean;
  openElsewhere: number;
};

/** The chosen people in a fixed order, with how much unfinished work of other batches each has. */
export async function readPhysicians(
  tx: Reader,
  ids: readonly UserId[],
  batchId: BatchId,
): Promise<Physician[]> {
  const people = await tx
    .select()
    .from(users)
    .where(inArray(users.id, [...ids]))
    .orderBy(users.id);
  const open = await tx
    .select({ userId: assignments.userId, count: sql<number>`count(*)::int` })
    .from(assignments)
    .innerJoin(batches, eq(batches.id, assignments.batchId))
    .where(
      and(
        inArray(assignments.userId, [...ids]),
        ne(assignments.batchId, batchId),
        isNull(assignments.recalledAt),
        isNull(batches.lockedAt),
        sql`coalesce(${assignments.latestState}, 'draft') = 'draft'`,
      ),
    )
    .groupBy(assignments.userId);
  const openOf = new Map(open.map((row) => [row.userId, row.count]));
  return people.map((person) => ({
    id: person.id as UserId,
    name: person.name,
    email: person.email,
    isActivePhysician: person.roles.includes('physician') && person.status !== 'disabled',
    openElsewhere: openOf.get(person.id) ?? 0,
  }));
}

export async function insertAssignments(
  tx: Tx,
  batchId: BatchId,
  createdAt: Date,
  rows: readonly (PlannedAssignment<ComparisonId, UserId> & { id: string })[],
): Promise<void> {
  const chunkSize = 5000;
  for (let from = 0; from < rows.length; from += chunkSize)
    await tx.execute(sql`
      insert into assignments (id, batch_id, comparison_id, user_id, position, swapped, created_at)
      select id, ${batchId}, comparison, physician, position, swapped, ${createdAt.toISOString()}::timestamptz
      from json_to_recordset(${JSON.stringify(rows.slice(from, from + chunkSize))}::json) as t(
        id uuid, comparison uuid, physician uuid, position integer, swapped boolean)`);
}

export type PhysicianProgress = {
  userId: string;
  name: string;
  assigned: number;
  drafts: number;
  submitted: number;
  skipped: number;
  lastReceivedAt: Date | string | null;
  medianActiveMs: number | null;
};

/**
 * One row for each physician of a batch. The active time is read out of the canonical body by its text:
 * a quote inside a string is always escaped there, so the pattern meets only a real key, and a body whose
 * unknown fields PostgreSQL's json would refuse cannot break the page.
 */
export async function readProgress(db: Reader, batchId: BatchId): Promise<PhysicianProgress[]> {
  const result = await db.execute<PhysicianProgress>(sql`
    select u.id as "userId", u.name,
      count(*) filter (where a.recalled_at is null)::int as assigned,
      count(*) filter (where a.latest_state = 'draft' and a.recalled_at is null)::int as drafts,
      count(*) filter (where a.latest_state = 'submitted' and a.recalled_at is null)::int as submitted,
      count(*) filter (where a.latest_state = 'skipped' and a.recalled_at is null)::int as skipped,
      max(l.received_at) as "lastReceivedAt",
      (percentile_cont(0.5) within group (order by substring(l.body from '"activeMs":([0-9]{1,15})')::float8)
        filter (where l.state = 'submitted')) as "medianActiveMs"
    from assignments a join users u on u.id = a.user_id
    left join annotation_revisions l on l.id = a.latest_revision_id
    where a.batch_id = ${batchId}
    group by u.id, u.name order by u.name, u.id`);
  return result.rows;
}

/** How each physician of a practice batch stands; empty for any other batch. */
export async function readStandings(db: Reader, batchId: BatchId): Promise<Map<string, PracticeStanding>> {
  const found = await readPracticeStandings(db, sql`a.batch_id = ${batchId}`);
  return new Map(found.map(({ userId, standing }) => [userId, standing]));
}
