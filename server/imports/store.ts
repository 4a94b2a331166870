import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { ImportReport } from '../../shared/contract/imports.ts';
import type { Turn } from '../../shared/schema/case-record.ts';
import type { ClinicalContext } from '../../shared/schema/clinical-context.ts';
import type { ExpertAnswer } from '../../shared/schema/expert-answer.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { Reader, Tx } from '../db/client.ts';
import { cases, comparisons, gold, imports, models, responses, rubrics, studies } from '../db/schema.ts';

export type NewCase = {
  id: string;
  externalId: string;
  title: string;
  specialty: string | null;
  prompt: Turn[];
  contextText: string;
  context: ClinicalContext | null;
  meta: Record<string, unknown>;
  contentHash: string;
};
export type NewResponse = {
  id: string;
  caseId: string;
  externalId: string;
  modelId: string;
  text: string;
  textHash: string;
  meta: Record<string, unknown>;
};
export type NewComparison = { id: string; caseId: string; one: string; two: string; identical: boolean };
export type SeenLine = { externalId: string; wholeHash: string; line: number };

export async function findStudyName(db: Reader, studyId: StudyId): Promise<string | null> {
  const [study] = await db.select({ name: studies.name }).from(studies).where(eq(studies.id, studyId));
  return study?.name ?? null;
}

/** One import of a study at a time, until the transaction ends. */
export async function lockImportsOf(tx: Tx, studyId: StudyId): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`import:${studyId}`}, 0))`);
}

/** A table of this transaction for the ids the file has shown so far, so that memory does not grow with the file. */
export async function startSeenLines(tx: Tx): Promise<void> {
  await tx.execute(sql`
    create temporary table import_seen (external_id text primary key, whole_hash text not null, line integer not null)
    on commit drop`);
}

/** Notes ids of the file. @returns those that an earlier line had already, as that line was */
export async function noteSeenLines(tx: Tx, lines: readonly SeenLine[]): Promise<Map<string, SeenLine>> {
  const earlier = await tx.execute<{ external_id: string; whole_hash: string; line: number }>(sql`
    select external_id, whole_hash, line from import_seen
    where external_id = any(${sql.param(lines.map((line) => line.externalId))}::text[])`);
  await tx.execute(sql`
    insert into import_seen (external_id, whole_hash, line)
    select * from json_to_recordset(${JSON.stringify(
      lines.map((line) => ({
        external_id: line.externalId,
        whole_hash: line.wholeHash,
        line: line.line,
      })),
    )}::json) as t(external_id text, whole_hash text, line integer)
    on conflict do nothing`);
  return new Map(
    earlier.rows.map((row) => [
      row.external_id,
      { externalId: row.external_id, wholeHash: row.whole_hash, line: row.line },
    ]),
  );
}

export async function findCases(
  tx: Tx,
  studyId: StudyId,
  externalIds: readonly string[],
): Promise<Map<string, { id: string; contentHash: string }>> {
  const rows = await tx
    .select({ id: cases.id, externalId: cases.externalId, contentHash: cases.contentHash })
    .from(cases)
    .where(
      and(eq(cases.studyId, studyId), sql`${cases.externalId} = any(${sql.param([...externalIds])}::text[])`),
    );
  return new Map(rows.map(({ externalId, ...row }) => [externalId, row]));
}

/** The responses of cases: case id, then the response's id in the file, to its own id. */
export async function findResponses(
  tx: Tx,
  caseIds: readonly string[],
): Promise<Map<string, Map<string, string>>> {
  const rows = await tx
    .select({ id: responses.id, caseId: responses.caseId, externalId: responses.externalId })
    .from(responses)
    .where(inArray(responses.caseId, [...caseIds]));
  const byCase = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const ofCase = byCase.get(row.caseId) ?? new Map<string, string>();
    byCase.set(row.caseId, ofCase.set(row.externalId, row.id));
  }
  return byCase;
}

export const pairKey = (one: string, two: string) => `${one} ${two}`;

export type StoredPair = { id: string; answer: ExpertAnswer | null };

/** The pairs that cases have already, by `pairKey`, with their known answers. */
export async function findPairs(tx: Tx, caseIds: readonly string[]): Promise<Map<string, StoredPair>> {
  const rows = await tx
    .select({
      id: comparisons.id,
      one: comparisons.responseOneId,
      two: comparisons.responseTwoId,
      answer: gold.answer,
    })
    .from(comparisons)
    .leftJoin(gold, eq(gold.comparisonId, comparisons.id))
    .where(inArray(comparisons.caseId, [...caseIds]));
  return new Map(rows.map(({ id, one, two, answer }) => [pairKey(one, two), { id, answer }]));
}

/** The rubric that batches of the study are made with now. */
export async function findNewestRubric(db: Reader, studyId: StudyId): Promise<Rubric | null> {
  const [newest] = await db
    .select({ definition: rubrics.definition })
    .from(rubrics)
    .where(eq(rubrics.studyId, studyId))
    .orderBy(desc(rubrics.version))
    .limit(1);
  return newest?.definition ?? null;
}

export type NewKnownAnswer = { comparisonId: string; answer: ExpertAnswer };

export async function insertKnownAnswers(tx: Tx, rows: readonly NewKnownAnswer[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into gold (comparison_id, answer)
    select "comparisonId", answer from json_to_recordset(${JSON.stringify(rows)}::json)
      as t("comparisonId" uuid, answer jsonb)`);
}

/**
 * Adds names that are new and finds the id of each. Writers of new names wait for one another:
 * two imports that add the same names in a different order would otherwise block each other for ever.
 */
export async function addModels(
  tx: Tx,
  names: readonly string[],
  newId: () => string,
): Promise<Map<string, string>> {
  const find = async () => {
    const rows = await tx
      .select({ id: models.id, name: models.name })
      .from(models)
      .where(inArray(models.name, [...names]));
    return new Map(rows.map((row) => [row.name, row.id]));
  };
  const known = await find();
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return known;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('import:models', 0))`);
  await tx
    .insert(models)
    .values(unknown.map((name) => ({ id: newId(), name })))
    .onConflictDoNothing();
  return find();
}

export async function startImport(
  tx: Tx,
  row: {
    id: string;
    studyId: StudyId;
    fileName: string;
    pairsRule: string;
    createdBy: string | null;
    createdAt: Date;
  },
): Promise<void> {
  await tx.insert(imports).values({ ...row, report: {} });
}

export async function finishImport(tx: Tx, importId: string, report: ImportReport): Promise<void> {
  await tx.update(imports).set({ report }).where(eq(imports.id, importId));
}

// Rows go in as one JSON parameter: several times faster than a parameter for each column of each row.
export async function insertCases(
  tx: Tx,
  studyId: StudyId,
  importId: string,
  rows: readonly NewCase[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into cases
      (id, study_id, import_id, external_id, title, specialty, prompt, context_text, context, meta, content_hash)
    select id, ${studyId}, ${importId}, "externalId", title, specialty, prompt, "contextText", context, meta, "contentHash"
    from json_to_recordset(${JSON.stringify(rows)}::json) as t(
      id uuid, "externalId" text, title text, specialty text, prompt jsonb, "contextText" text,
      context jsonb, meta jsonb, "contentHash" text)`);
}

export async function insertResponses(tx: Tx, rows: readonly NewResponse[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into responses (id, case_id, external_id, model_id, text, text_hash, meta)
    select id, "caseId", "externalId", "modelId", text, "textHash", meta
    from json_to_recordset(${JSON.stringify(rows)}::json) as t(
      id uuid, "caseId" uuid, "externalId" text, "modelId" uuid, text text, "textHash" text, meta jsonb)`);
}

export async function insertComparisons(
  tx: Tx,
  studyId: StudyId,
  rows: readonly NewComparison[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into comparisons (id, study_id, case_id, response_one_id, response_two_id, identical)
    select id, ${studyId}, "caseId", one, two, identical
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as t(id uuid, "caseId" uuid, one uuid, two uuid, identical boolean)`);
}
