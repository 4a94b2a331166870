import { and, asc, count, countDistinct, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Study } from '../../shared/contract/studies.ts';
import { studySettingsSchema } from '../../shared/schema/expert-answer.ts';
import type { RubricId, StudyId, UserId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { Reader, Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { isUniqueViolation } from '../db/pg-error.ts';
import { assignments, batches, cases, comparisons, guidelines, rubrics, studies } from '../db/schema.ts';

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
    .where(and(inArray(batches.studyId, ids), isNull(assignments.recalledAt)))
    .groupBy(batches.studyId);

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
      guidelinesVersion: null,
      known: 0,
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
