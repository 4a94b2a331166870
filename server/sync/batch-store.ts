import { aliasedTable, and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { studySettingsSchema } from '../../shared/schema/expert-answer.ts';
import type { Reader } from '../db/client.ts';
import { hasPassedPractice, readPracticeStandings } from '../db/practice.ts';
import {
  annotationRevisions,
  assignments,
  batches,
  cases,
  comparisons,
  guidelines,
  responses,
  rubrics,
  studies,
} from '../db/schema.ts';

/** A batch in which the user has an assignment, or undefined. */
export async function findBatch(db: Reader, userId: string, batchId: string) {
  const mine = and(eq(assignments.batchId, batchId), eq(assignments.userId, userId));
  const [row] = await db
    .select({
      id: batches.id,
      studyId: batches.studyId,
      settings: studies.settings,
      kind: batches.kind,
      lockedAt: batches.lockedAt,
      name: batches.name,
      study: studies.name,
      specialty: batches.specialty,
      deadline: batches.deadline,
      rubricVersion: rubrics.version,
      rubric: rubrics.definition,
      guidelineVersion: guidelines.version,
      guideline: guidelines.markdown,
      assignments: sql<number>`(${db.select({ n: sql`count(*)::int` }).from(assignments).where(mine)})`,
    })
    .from(batches)
    .innerJoin(studies, eq(studies.id, batches.studyId))
    .innerJoin(rubrics, eq(rubrics.id, batches.rubricId))
    .leftJoin(guidelines, eq(guidelines.id, batches.guidelineId))
    .where(eq(batches.id, batchId));
  return row && row.assignments > 0 ? row : undefined;
}

export type FoundBatch = NonNullable<Awaited<ReturnType<typeof findBatch>>>;

/** How the user stands in a practice batch; null in any other. */
export async function findStanding(db: Reader, userId: string, batch: FoundBatch) {
  if (batch.kind !== 'practice') return null;
  const [found] = await readPracticeStandings(db, sql`a.user_id = ${userId} and a.batch_id = ${batch.id}`);
  return found?.standing ?? { answered: 0, agreed: 0, cases: 0, needed: 0, passed: null };
}

/** Whether the batch waits for the user to pass the practice of its study. */
export async function isGated(db: Reader, userId: string, batch: FoundBatch): Promise<boolean> {
  if (batch.kind !== 'work') return false;
  const { qualification } = studySettingsSchema.parse(batch.settings);
  return qualification.required && !(await hasPassedPractice(db, userId, batch.studyId));
}

const one = aliasedTable(responses, 'one');
const two = aliasedTable(responses, 'two');

/** The user's next assignments of a batch with the bytes each would take in a reply, without reading their texts. */
export function findPlaces(db: Reader, userId: string, batchId: string, after: number, limit: number) {
  return db
    .select({
      id: assignments.id,
      position: assignments.position,
      bytes: sql<number>`octet_length(${one.text}) + octet_length(${two.text}) + octet_length(${cases.contextText})
        + pg_column_size(${cases.prompt}) + coalesce(octet_length(${annotationRevisions.body}), 0)`,
    })
    .from(assignments)
    .innerJoin(comparisons, eq(comparisons.id, assignments.comparisonId))
    .innerJoin(cases, eq(cases.id, comparisons.caseId))
    .innerJoin(one, eq(one.id, comparisons.responseOneId))
    .innerJoin(two, eq(two.id, comparisons.responseTwoId))
    .leftJoin(annotationRevisions, eq(annotationRevisions.id, assignments.latestRevisionId))
    .where(
      and(eq(assignments.batchId, batchId), eq(assignments.userId, userId), gt(assignments.position, after)),
    )
    .orderBy(asc(assignments.position))
    .limit(limit);
}

/** Assignments of this user with all that a physician may see of them: only these columns leave the database. */
export function findAssignments(db: Reader, userId: string, ids: readonly string[]) {
  return db
    .select({
      id: assignments.id,
      batchId: assignments.batchId,
      position: assignments.position,
      title: cases.title,
      specialty: cases.specialty,
      prompt: cases.prompt,
      contextText: cases.contextText,
      context: cases.context,
      a: sql<string>`CASE WHEN ${assignments.swapped} THEN ${two.text} ELSE ${one.text} END`,
      b: sql<string>`CASE WHEN ${assignments.swapped} THEN ${one.text} ELSE ${two.text} END`,
      recalled: sql<boolean>`${assignments.recalledAt} IS NOT NULL`,
      latest: {
        revisionId: annotationRevisions.id,
        state: annotationRevisions.state,
        bodyHash: annotationRevisions.bodyHash,
        body: annotationRevisions.body,
      },
    })
    .from(assignments)
    .innerJoin(comparisons, eq(comparisons.id, assignments.comparisonId))
    .innerJoin(cases, eq(cases.id, comparisons.caseId))
    .innerJoin(one, eq(one.id, comparisons.responseOneId))
    .innerJoin(two, eq(two.id, comparisons.responseTwoId))
    .leftJoin(
      annotationRevisions,
      and(eq(annotationRevisions.id, assignments.latestRevisionId), eq(annotationRevisions.userId, userId)),
    )
    .where(and(eq(assignments.userId, userId), inArray(assignments.id, [...ids])))
    .orderBy(asc(assignments.position));
}
export type AssignmentRow = Awaited<ReturnType<typeof findAssignments>>[number];
