import { randomBytes, randomUUID } from 'node:crypto';
import type { Db } from '../../../server/db/client.ts';
import * as tables from '../../../server/db/schema.ts';
import { hashToken, newToken } from '../../../server/db/tokens.ts';
import { uuidv7 } from '../../../shared/schema/ids.ts';
import { defaultRubric } from '../../../shared/schema/rubric.ts';

const newId = () => uuidv7(Date.now(), randomBytes(10));
const ids = (count: number) => Array.from({ length: count }, newId);
/** Rows of one INSERT: PostgreSQL takes 65,535 parameters at most. */
const rowsAtOnce = 2000;

export type BenchPerson = { id: string; token: string; clientId: string; assignmentIds: string[] };
export type BenchStudy = { batchId: string; comparisonIds: string[] };

async function inChunks<T>(rows: readonly T[], insert: (chunk: T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) await insert(rows.slice(at, at + rowsAtOnce));
}

/** A study with one batch of so many comparisons of texts of about so many characters. */
export async function addStudy(db: Db, size: number, text: (n: number) => string): Promise<BenchStudy> {
  const [studyId = '', rubricId = '', batchId = '', one = '', two = ''] = ids(5);
  const rows = Array.from({ length: size }, (_, n) => ({
    n,
    caseId: newId(),
    a: newId(),
    b: newId(),
    id: newId(),
  }));
  await db.insert(tables.studies).values({ id: studyId, name: `Bench ${studyId}` });
  await db.insert(tables.rubrics).values({ id: rubricId, studyId, version: 1, definition: defaultRubric });
  await db.insert(tables.models).values([
    { id: one, name: `one ${studyId}` },
    { id: two, name: `two ${studyId}` },
  ]);
  await inChunks(rows, (chunk) =>
    db.insert(tables.cases).values(
      chunk.map(({ n, caseId }) => ({
        id: caseId,
        studyId,
        externalId: `${n}`,
        title: `Case ${n + 1}`,
        prompt: [{ role: 'user' as const, content: text(n) }],
        contextText: '',
        meta: {},
        contentHash: `${n}`,
      })),
    ),
  );
  const responses = rows.flatMap(({ n, caseId, a, b }) => [
    { id: a, caseId, modelId: one, externalId: `${n}a`, text: text(n + 1), textHash: `${n}a`, meta: {} },
    { id: b, caseId, modelId: two, externalId: `${n}b`, text: text(n + 2), textHash: `${n}b`, meta: {} },
  ]);
  await inChunks(responses, (chunk) => db.insert(tables.responses).values(chunk));
  await inChunks(rows, (chunk) =>
    db
      .insert(tables.comparisons)
      .values(
        chunk.map(({ id, caseId, a, b }) => ({ id, studyId, caseId, responseOneId: a, responseTwoId: b })),
      ),
  );
  await db.insert(tables.batches).values({ id: batchId, studyId, rubricId, name: 'Bench', overlap: 1 });
  await inChunks(rows, (chunk) =>
    db
      .insert(tables.batchItems)
      .values(chunk.map(({ id, n }) => ({ batchId, comparisonId: id, position: n }))),
  );
  return { batchId, comparisonIds: rows.map(({ id }) => id) };
}

/** Physicians with an open session each, to whom the whole batch is assigned and told. */
export async function addPhysicians(db: Db, study: BenchStudy, count: number): Promise<BenchPerson[]> {
  const people = Array.from({ length: count }, (): BenchPerson => {
    const assignmentIds = study.comparisonIds.map(newId);
    return { id: newId(), token: newToken(), clientId: randomUUID(), assignmentIds };
  });
  const expiresAt = new Date(Date.now() + 86_400_000);
  await inChunks(people, (chunk) =>
    db.insert(tables.users).values(
      chunk.map(({ id }) => ({
        id,
        name: `Person ${id}`,
        email: `${id}@bench.example`,
        roles: ['physician' as const],
        status: 'active' as const,
      })),
    ),
  );
  await inChunks(people, (chunk) =>
    db.insert(tables.sessions).values(
      chunk.map(({ id, token }) => ({
        id: newId(),
        tokenHash: hashToken(token),
        userId: id,
        carrier: 'token' as const,
        expiresAt,
      })),
    ),
  );
  const assigned = people.flatMap(({ id: userId, assignmentIds }) =>
    study.comparisonIds.map((comparisonId, position) => ({
      id: assignmentIds[position] ?? '',
      batchId: study.batchId,
      comparisonId,
      userId,
      position,
      swapped: position % 2 === 1,
    })),
  );
  await inChunks(assigned, (chunk) => db.insert(tables.assignments).values(chunk));
  await inChunks(people, (chunk) =>
    db.insert(tables.feed).values(
      chunk.map(({ id }) => ({
        userId: id,
        n: 1,
        type: 'batch-assigned' as const,
        batchId: study.batchId,
        detail: {},
      })),
    ),
  );
  await inChunks(people, (chunk) =>
    db.insert(tables.feedHeads).values(chunk.map(({ id }) => ({ userId: id, head: 1 }))),
  );
  return people;
}
