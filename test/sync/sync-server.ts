import { randomBytes } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { type Connection, connect } from '../../server/db/client.ts';
import type { Actor } from '../../server/db/context.ts';
import * as tables from '../../server/db/schema.ts';
import { hashToken, newToken } from '../../server/db/tokens.ts';
import {
  type Endpoint,
  type EndpointCall,
  type EndpointReply,
  urlOf,
} from '../../shared/contract/endpoint.ts';
import type { Role } from '../../shared/permissions.ts';
import { expertAnswerSchema } from '../../shared/schema/expert-answer.ts';
import { type UserId, uuidv7 } from '../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../shared/schema/rubric.ts';
import { createCall, startTestServer } from '../support/server.ts';

/** A time-ordered id; tests that need the same ids again pass their own randomness. */
export const freshId = (random: Uint8Array = randomBytes(10)): string => uuidv7(Date.now(), random);

export type SyncServer = {
  url: string;
  connection: Connection;
  epoch: string;
  person: (roles?: readonly Role[]) => Promise<Person>;
  stop: () => Promise<void>;
};

export type Person = {
  id: UserId;
  token: string;
  actor: Actor;
  call: <E extends Endpoint>(endpoint: E, input: EndpointCall<E>) => Promise<EndpointReply<E>>;
  /** The reply as it crossed the network; `body` replaces the JSON that would be sent. */
  raw: (endpoint: Endpoint, input: Record<string, unknown>, body?: string) => Promise<RawReply>;
};
export type RawReply = { status: number; text: string };

const createRaw =
  (url: string, token: string): Person['raw'] =>
  async (endpoint, input, body) => {
    const response = await fetch(url + urlOf(endpoint, input), {
      method: endpoint.method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(endpoint.method === 'POST' && { body: body ?? JSON.stringify(input.body ?? {}) }),
    });
    return { status: response.status, text: await response.text() };
  };

/** An account with an open session; its password is never needed here, so none is hashed. */
export async function createPerson({ db }: Connection, url: string, roles: readonly Role[]): Promise<Person> {
  const id = freshId() as UserId;
  const [token, name] = [newToken(), `Person ${id}`];
  const expiresAt = new Date(Date.now() + 86_400_000);
  await db.transaction(async (tx) => {
    await tx
      .insert(tables.users)
      .values({ id, name, email: `${id}@test.example`, roles: [...roles], status: 'active' });
    await tx
      .insert(tables.sessions)
      .values({ id: freshId(), tokenHash: hashToken(token), userId: id, carrier: 'token', expiresAt });
  });
  const call = createCall(url, token);
  return {
    id,
    token,
    raw: createRaw(url, token),
    actor: { userId: id, roles, name },
    call: (endpoint, input) => call(endpoint, input) as Promise<EndpointReply<typeof endpoint>>,
  };
}

/** The whole server over real sockets on its own database, and what the sync tests need of it. */
export async function startSyncServer(): Promise<SyncServer> {
  const server = await startTestServer();
  const connection = connect(server.databaseUrl, { max: 4 });
  const [site] = await connection.db.select().from(tables.site).where(eq(tables.site.id, 1));
  if (!site) throw new Error('no site row');
  return {
    url: server.url,
    connection,
    epoch: site.epoch,
    person: (roles = ['physician']) => createPerson(connection, server.url, roles),
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
}

export type SeededBatch = { studyId: string; batchId: string; comparisonIds: string[] };
type Texts = {
  model?: string;
  external?: string;
  gold?: string;
  one?: string;
  two?: string;
  prompt?: string;
};

/** A study with one batch of `size` comparisons; `texts` end up in the columns they name. */
export async function seedBatch(
  { connection: { db } }: Pick<SyncServer, 'connection'>,
  size: number,
  texts: Texts = {},
  rubric: Rubric = defaultRubric,
): Promise<SeededBatch> {
  const ids = (count: number) => Array.from({ length: count }, () => freshId());
  const [studyId = '', rubricId = '', batchId = '', modelOne = '', modelTwo = ''] = ids(5);
  const [caseIds, oneIds, twoIds, comparisonIds] = [ids(size), ids(size), ids(size), ids(size)];
  const external = texts.external ?? 'record';
  const at = (list: string[], i: number) => list[i] ?? '';
  await db.transaction(async (tx) => {
    await tx.insert(tables.studies).values({ id: studyId, name: `Study ${studyId}` });
    await tx.insert(tables.rubrics).values({ id: rubricId, studyId, version: 1, definition: rubric });
    await tx.insert(tables.models).values([
      { id: modelOne, name: `${texts.model ?? 'model'}-one-${studyId}` },
      { id: modelTwo, name: `${texts.model ?? 'model'}-two-${studyId}` },
    ]);
    await tx.insert(tables.cases).values(
      caseIds.map((id, i) => ({
        id,
        studyId,
        externalId: `${external}-${i}`,
        title: `Case ${i + 1}`,
        prompt: [{ role: 'user' as const, content: texts.prompt ?? `Question ${i + 1}?` }],
        contextText: '',
        meta: { source: external },
        contentHash: `${i}`,
      })),
    );
    await tx
      .insert(tables.responses)
      .values(
        caseIds.flatMap((caseId, i) => [
          responseRow(
            at(oneIds, i),
            caseId,
            modelOne,
            `${external}-${i}-one`,
            texts.one ?? `Answer one ${i}`,
          ),
          responseRow(
            at(twoIds, i),
            caseId,
            modelTwo,
            `${external}-${i}-two`,
            texts.two ?? `Answer two ${i}`,
          ),
        ]),
      );
    await tx.insert(tables.comparisons).values(
      comparisonIds.map((id, i) => ({
        id,
        studyId,
        caseId: at(caseIds, i),
        responseOneId: at(oneIds, i),
        responseTwoId: at(twoIds, i),
      })),
    );
    await tx.insert(tables.batches).values({ id: batchId, studyId, rubricId, name: 'Batch', overlap: 1 });
    await tx
      .insert(tables.batchItems)
      .values(comparisonIds.map((comparisonId, position) => ({ batchId, comparisonId, position })));
    if (texts.gold !== undefined)
      await tx.insert(tables.gold).values(
        comparisonIds.map((comparisonId) => ({
          comparisonId,
          answer: expertAnswerSchema.parse({ preference: -1, why: texts.gold }),
        })),
      );
  });
  return { studyId, batchId, comparisonIds };
}

function responseRow(id: string, caseId: string, modelId: string, externalId: string, text: string) {
  return { id, caseId, modelId, externalId, text, textHash: externalId, meta: { externalId } };
}

/** Gives every comparison of the batch to the person; returns the assignment ids in order. */
export async function seedAssignments(
  { connection: { db } }: Pick<SyncServer, 'connection'>,
  batch: SeededBatch,
  person: Person,
): Promise<string[]> {
  const rows = batch.comparisonIds.map((comparisonId, position) => ({
    id: freshId(),
    batchId: batch.batchId,
    comparisonId,
    userId: person.id,
    position,
    swapped: position % 2 === 1,
  }));
  await db.insert(tables.assignments).values(rows);
  return rows.map((row) => row.id);
}

/** Everything one table holds, for searching and comparing. */
export async function rowsOf(
  { connection: { db } }: SyncServer,
  table: string,
): Promise<Record<string, unknown>[]> {
  const { rows } = await db.execute(sql.raw(`SELECT * FROM ${table}`));
  return rows;
}
