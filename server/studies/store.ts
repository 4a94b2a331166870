import { and, asc, count, countDistinct, desc, eq, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import type { Study } from '../../shared/contract/studies.ts';
import { type StudySettings, studySettingsSchema } from '../../shared/schema/expert-answer.ts';
import type { RubricId, StudyId, UserId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { Reader, Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { isUniqueViolation } from '../db/pg-error.ts';
import {
  assignments,
  batches,
  cases,
  comparisons,
  gold,
  guidelines,
  rubrics,
  studies,
} from '../db/schema.ts';

export type NewStudy = {
  name: string;
  rubric: Rubric;
  guidelines: string;
  createdBy: UserId | null;
  createdAt: Date;
};

type StudyRow = { id: string; name: string; settings: unknown; createdAt: Date };

/** Adds a study with version 1 of its rubric and, unless empty, of its guidelines; null when the name is taken. */
export async function insertStudy(tx: Tx, study: NewStudy): Promise<StudyId | null> {
  const id = newId<StudyId>();
  const { name, createdBy, createdAt } = study;
  try {
    // In a savepoint, so that the caller's transaction lives on when the name is taken.
    await tx.transaction((inner) => inner.insert(studies).values({ id, name, createdBy, createdAt }));
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
  const first = { studyId: id, version: 1, createdBy, createdAt };
  await tx.insert(rubrics).values({ id: newId(), ...first, definition: study.rubric });
  if (study.guidelines.trim() !== '')
    await tx.insert(guidelines).values({ id: newId(), ...first, markdown: study.guidelines });
  return id;
}

/** Current rubric of each study. */
async function currentRubrics(reader: Reader, ids: string[]) {
  return reader
    .selectDistinctOn([rubrics.studyId], {
      studyId: rubrics.studyId,
      id: rubrics.id,
      version: rubrics.version,
      definition: rubrics.definition,
    })
    .from(rubrics)
    .where(inArray(rubrics.studyId, ids))
    .orderBy(rubrics.studyId, desc(rubrics.version));
}

const countBy = async (
  reader: Reader,
  table: typeof cases | typeof comparisons | typeof batches,
  ids: string[],
) =>
  reader
    .select({ studyId: table.studyId, n: count() })
    .from(table)
    .where(inArray(table.studyId, ids))
    .groupBy(table.studyId);

const countAssignments = (reader: Reader, ids: string[]) =>
  reader
    .select({
      studyId: batches.studyId,
      assigned: count(),
      submitted: sql<number>`count(*) filter (where ${assignments.latestState} = 'submitted')`.mapWith(
        Number,
      ),
    })
    .from(assignments)
    .innerJoin(batches, eq(batches.id, assignments.batchId))
    // Practice is no data, and in no figure of the study.
    .where(and(inArray(batches.studyId, ids), eq(batches.kind, 'work'), isNull(assignments.recalledAt)))
    .groupBy(batches.studyId);

const countKnown = (reader: Reader, ids: string[]) =>
  reader
    .select({ studyId: comparisons.studyId, n: count() })
    .from(gold)
    .innerJoin(comparisons, eq(comparisons.id, gold.comparisonId))
    .where(inArray(comparisons.studyId, ids))
    .groupBy(comparisons.studyId);

const newestGuidelines = (reader: Reader, ids: string[]) =>
  reader
    .select({ studyId: guidelines.studyId, n: sql<number>`max(${guidelines.version})`.mapWith(Number) })
    .from(guidelines)
    .where(inArray(guidelines.studyId, ids))
    .groupBy(guidelines.studyId);

const countSpecialties = (reader: Reader, ids: string[]) =>
  reader
    .select({
      studyId: comparisons.studyId,
      name: cases.specialty,
      comparisons: countDistinct(comparisons.id),
    })
    .from(comparisons)
    .innerJoin(cases, eq(cases.id, comparisons.caseId))
    .where(and(inArray(comparisons.studyId, ids), isNotNull(cases.specialty)))
    .groupBy(comparisons.studyId, cases.specialty)
    .orderBy(asc(cases.specialty));

const pick = <T extends { studyId: string }>(rows: T[], id: string): T | undefined =>
  rows.find((row) => row.studyId === id);

/** Counts of all these studies in a fixed number of queries, however many studies there are. */
async function withCounts(reader: Reader, rows: StudyRow[]): Promise<Study[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const rubricRows = await currentRubrics(reader, ids);
  const caseRows = await countBy(reader, cases, ids);
  const comparisonRows = await countBy(reader, comparisons, ids);
  const batchRows = await countBy(reader, batches, ids);
  const assignmentRows = await countAssignments(reader, ids);
  const specialtyRows = await countSpecialties(reader, ids);
  const guidelineRows = await newestGuidelines(reader, ids);
  const knownRows = await countKnown(reader, ids);
  return rows.map((row) => {
    const rubric = pick(rubricRows, row.id);
    if (!rubric) throw new Error(`study ${row.id} has no rubric`);
    const specialties = specialtyRows.filter((found) => found.studyId === row.id && found.name !== null);
    return {
      id: row.id as StudyId,
      name: row.name,
      createdAt: row.createdAt.toISOString(),
      cases: pick(caseRows, row.id)?.n ?? 0,
      comparisons: pick(comparisonRows, row.id)?.n ?? 0,
      batches: pick(batchRows, row.id)?.n ?? 0,
      assigned: pick(assignmentRows, row.id)?.assigned ?? 0,
      submitted: pick(assignmentRows, row.id)?.submitted ?? 0,
      rubric: { id: rubric.id as RubricId, version: rubric.version, definition: rubric.definition },
      settings: studySettingsSchema.parse(row.settings),
      guidelinesVersion: pick(guidelineRows, row.id)?.n ?? null,
      known: pick(knownRows, row.id)?.n ?? 0,
      specialties: specialties.map(({ name, comparisons }) => ({ name: name ?? '', comparisons })),
    };
  });
}

const studyColumns = {
  id: studies.id,
  name: studies.name,
  settings: studies.settings,
  createdAt: studies.createdAt,
};

/** All studies, newest first. */
export async function listStudies(reader: Reader): Promise<Study[]> {
  return withCounts(reader, await reader.select(studyColumns).from(studies).orderBy(desc(studies.createdAt)));
}

export async function findStudy(reader: Reader, id: StudyId): Promise<Study | null> {
  const [study] = await withCounts(
    reader,
    await reader.select(studyColumns).from(studies).where(eq(studies.id, id)),
  );
  return study ?? null;
}

export async function findStudyByName(reader: Reader, name: string): Promise<Study | null> {
  const [study] = await withCounts(
    reader,
    await reader.select(studyColumns).from(studies).where(eq(studies.name, name)),
  );
  return study ?? null;
}

/** Writers of a study's settings and guidelines wait for one another, and for makers of its batches. */
export async function lockStudy(tx: Tx, studyId: StudyId): Promise<{ settings: StudySettings } | null> {
  const [study] = await tx
    .select({ settings: studies.settings })
    .from(studies)
    .where(eq(studies.id, studyId))
    .for('no key update');
  return study ? { settings: studySettingsSchema.parse(study.settings) } : null;
}

export async function updateSettings(tx: Tx, studyId: StudyId, settings: StudySettings): Promise<void> {
  await tx.update(studies).set({ settings }).where(eq(studies.id, studyId));
}

export async function findGuidelines(reader: Reader, studyId: StudyId) {
  const [newest] = await reader
    .select({ version: guidelines.version, markdown: guidelines.markdown })
    .from(guidelines)
    .where(eq(guidelines.studyId, studyId))
    .orderBy(desc(guidelines.version))
    .limit(1);
  return newest ?? null;
}

export type NewGuidelines = {
  studyId: StudyId;
  version: number;
  markdown: string;
  createdBy: UserId | null;
  createdAt: Date;
};

/** Stores a version and gives it to every batch of the study that is not locked. @returns the ids of these batches */
export async function insertGuidelines(tx: Tx, version: NewGuidelines): Promise<string[]> {
  const id = newId();
  await tx.insert(guidelines).values({ id, ...version });
  const moved = await tx
    .update(batches)
    .set({ guidelineId: id })
    .where(and(eq(batches.studyId, version.studyId), isNull(batches.lockedAt)))
    .returning({ id: batches.id });
  return moved.map((batch) => batch.id);
}

export async function findNewestRubric(
  tx: Tx,
  studyId: StudyId,
): Promise<{ id: string; version: number; definition: Rubric } | null> {
  return (await currentRubrics(tx, [studyId]))[0] ?? null;
}

export async function insertRubric(
  tx: Tx,
  version: {
    studyId: StudyId;
    version: number;
    definition: Rubric;
    createdBy: UserId | null;
    createdAt: Date;
  },
): Promise<string> {
  const id = newId();
  await tx.insert(rubrics).values({ id, ...version });
  return id;
}

/** Gives a rubric to every batch of the study that is not locked and has another. @returns the ids of these batches */
export async function setRubric(tx: Tx, studyId: StudyId, rubricId: string): Promise<string[]> {
  const moved = await tx
    .update(batches)
    .set({ rubricId })
    .where(and(eq(batches.studyId, studyId), isNull(batches.lockedAt), ne(batches.rubricId, rubricId)))
    .returning({ id: batches.id });
  return moved.map((batch) => batch.id);
}

/** Who has work in which batches of the study, in the order of user ids. */
export async function findAssigned(
  tx: Tx,
  studyId: StudyId,
): Promise<{ userId: string; batchIds: string[] }[]> {
  const { rows } = await tx.execute<{ userId: string; batchIds: string[] }>(sql`
    select a.user_id as "userId", array_agg(distinct a.batch_id::text order by a.batch_id::text) as "batchIds"
    from assignments a join batches b on b.id = a.batch_id
    where b.study_id = ${studyId} and a.recalled_at is null
    group by a.user_id order by a.user_id`);
  return rows;
}
