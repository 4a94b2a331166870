import { setImmediate } from 'node:timers/promises';
import { and, eq, inArray, isNull, max } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../../../server/app.ts';
import { defaultSessionPolicy, expiryOf } from '../../../server/auth/session-policy.ts';
import { lockBatch } from '../../../server/batches/domain.ts';
import { appendAudit } from '../../../server/db/audit.ts';
import type { Db, Tx } from '../../../server/db/client.ts';
import type { Actor, Context } from '../../../server/db/context.ts';
import { appendFeed } from '../../../server/db/feed.ts';
import * as tables from '../../../server/db/schema.ts';
import { hashToken } from '../../../server/db/tokens.ts';
import type { RateLimits } from '../../../server/http/rate-limits.ts';
import type { Role } from '../../../shared/permissions.ts';
import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';
import { cloneDatabase, looseLimits, type TestServerOptions } from '../../support/server.ts';
import { batchName, isSwapped, planBatch, rubricOfVersion, studyNameOf } from './planned-batch.ts';
import type { WorldReadings } from './postgres-readings.ts';
import * as readings from './postgres-readings.ts';
import { type Random, type SeededIds, seededIds } from './seeded-ids.ts';
import type { SimReply, SimRequest, SimServer } from './server-port.ts';
import { putBackWorld, readWorld, removeWorld, type WorldKeys, type WorldRows } from './world-rows.ts';

/** The real app on a database of its own. Worlds use it one after the other: clock and epoch are the database's. */
export type SimulatedDatabase = {
  app: FastifyInstance;
  db: Db;
  clock: { now: number };
  /** Ends every connection the app has, and with it whatever it had not committed. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `postgres` is what `startTestPostgres` gives; in vitest it may be left out. */
export async function openSimulatedDatabase(
  options: { postgres?: TestServerOptions['postgres']; rateLimits?: RateLimits } = {},
): Promise<SimulatedDatabase> {
  const database = await cloneDatabase(options.postgres);
  const clock = { now: Date.now() };
  const app = await buildApp({
    db: database.db,
    clock: () => new Date(clock.now),
    rateLimits: options.rateLimits ?? looseLimits,
  });
  const stop = async () => {
    await app.close();
    await database.drop();
  };
  const kill = async () => {
    const { rows } = await database.pool.query<{ pid: number }>(
      `SELECT pid, pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    // The pool hears of it a moment later, and would give a dead connection to whoever asks before.
    while (rows.length > 0 && database.pool.totalCount > 1) await setImmediate();
  };
  return { app, db: database.db, clock, kill, stop };
}

export type PostgresServerOptions = {
  database: SimulatedDatabase;
  /** All ids, tokens and epochs come from it. */
  random: Random;
  /** Milliseconds at the start. */
  now?: number;
};

async function inject(app: FastifyInstance, request: SimRequest): Promise<SimReply> {
  const { method, path, token, body } = request;
  const response = await app.inject({
    method,
    url: path,
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && { 'content-type': 'application/json' }),
    },
    ...(body !== null && { payload: body }),
  });
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return { status: response.statusCode, headers: Object.fromEntries(headers), body: response.body };
}

type Recalled = { id: string; userId: string; batchId: string; comparisonId: string };

class PostgresServer {
  readonly #database: SimulatedDatabase;
  readonly #db: Db;
  readonly #ids: SeededIds;
  readonly #lead: Actor;
  #keys: WorldKeys;

  private constructor({ database, random, now }: PostgresServerOptions) {
    this.#database = database;
    this.#db = database.db;
    database.clock.now = now ?? Date.parse('2026-01-01T00:00:00.000Z');
    this.#ids = seededIds(random, () => database.clock.now);
    this.#lead = { userId: this.#ids.id<UserId>(), roles: ['lead'], name: 'Lead' };
    this.#keys = { users: [], studies: [], models: [] };
  }

  static async open(options: PostgresServerOptions): Promise<PostgresServer> {
    const server = new PostgresServer(options);
    await server.#db.update(tables.site).set({ epoch: server.#ids.epoch() });
    const { userId, roles, name } = server.#lead;
    await server.#insertUser({ id: userId as UserId, roles: [...roles], name });
    return server;
  }

  get #at(): Date {
    return new Date(this.#database.clock.now);
  }
  get #context(): Context {
    return { db: this.#db, actor: this.#lead, clock: () => this.#at };
  }

  async #insertUser(user: { id: UserId; roles: Role[]; name: string }): Promise<void> {
    await this.#db
      .insert(tables.users)
      .values({ ...user, email: `${user.id}@test.example`, status: 'active', createdAt: this.#at });
    this.#keys.users.push(user.id);
  }

  async addPhysician(): Promise<{ userId: UserId; token: string }> {
    const id = this.#ids.id<UserId>();
    await this.#insertUser({ id, roles: ['physician'], name: `Person ${id}` });
    return { userId: id, token: await this.newSession(id) };
  }

  async newSession(userId: UserId): Promise<string> {
    const [id, token, at] = [this.#ids.id(), this.#ids.token(), this.#at];
    const expiresAt = expiryOf(defaultSessionPolicy, at, at);
    const times = { createdAt: at, lastSeenAt: at, expiresAt };
    await this.#db
      .insert(tables.sessions)
      .values({ id, tokenHash: hashToken(token), userId, carrier: 'token', ...times });
    return token;
  }

  async revokeSession(token: string): Promise<void> {
    await this.#db
      .update(tables.sessions)
      .set({ revokedAt: this.#at })
      .where(and(eq(tables.sessions.tokenHash, hashToken(token)), isNull(tables.sessions.revokedAt)));
  }

  async addBatch(size: number): Promise<{ batchId: BatchId }> {
    const planned = planBatch(this.#ids, size);
    const { batchId, studyId, rubricId, models, cases } = planned;
    this.#keys.studies.push(studyId);
    this.#keys.models.push(...models);
    const rubric = { id: rubricId, studyId, version: 1, definition: rubricOfVersion(1) };
    await this.#db.transaction(async (tx) => {
      await tx.insert(tables.studies).values({ id: studyId, name: studyNameOf(studyId) });
      await tx.insert(tables.rubrics).values(rubric);
      await tx.insert(tables.models).values(models.map((id) => ({ id, name: `Model ${id}` })));
      await tx.insert(tables.cases).values(
        cases.map(({ caseId: id, title, prompt }, i) => {
          const texts = { externalId: `record-${i}`, contextText: '', meta: {}, contentHash: `${i}` };
          return { id, studyId, title, prompt, ...texts };
        }),
      );
      await tx.insert(tables.responses).values(
        cases.flatMap(({ caseId, one, two }) =>
          [one, two].map(({ id, text }, side) => {
            const origin = { externalId: `answer-${side}`, modelId: models[side] ?? '' };
            return { id, caseId, text, textHash: id, meta: {}, ...origin };
          }),
        ),
      );
      await tx.insert(tables.comparisons).values(
        cases.map(({ comparisonId: id, caseId, one, two }) => {
          return { id, studyId, caseId, responseOneId: one.id, responseTwoId: two.id };
        }),
      );
      await tx
        .insert(tables.batches)
        .values({ id: batchId, studyId, rubricId, name: batchName, overlap: 1, createdAt: this.#at });
      await tx
        .insert(tables.batchItems)
        .values(cases.map(({ comparisonId }, position) => ({ batchId, comparisonId, position })));
    });
    return { batchId };
  }

  /** Gives comparisons to a physician who never had them in this batch. */
  async #give(tx: Tx, batchId: BatchId, userId: UserId, comparisonIds: readonly string[]) {
    const { assignments } = tables;
    const mine = await tx
      .select({ comparisonId: assignments.comparisonId })
      .from(assignments)
      .where(and(eq(assignments.batchId, batchId), eq(assignments.userId, userId)));
    const had = new Set(mine.map(({ comparisonId }) => comparisonId));
    const rows = comparisonIds
      .filter((id) => !had.has(id))
      .map((comparisonId, i) => {
        const position = mine.length + i;
        const place = { position, swapped: isSwapped(position), createdAt: this.#at };
        return { id: this.#ids.id<AssignmentId>(), batchId, comparisonId, userId, ...place };
      });
    if (rows.length === 0) return [];
    await tx.insert(assignments).values(rows);
    await this.#tell(tx, [userId], batchId, 'batch-assigned');
    return rows.map(({ id }) => id);
  }

  async #tell(
    tx: Tx,
    userIds: readonly string[],
    batchId: string,
    type: 'batch-assigned' | 'batch-changed',
  ): Promise<void> {
    for (const userId of userIds) await appendFeed(tx, userId, [{ type, batchId }]);
    await this.#record(tx, type, batchId);
  }

  async #record(tx: Tx, action: string, batchId: string): Promise<void> {
    await appendAudit(tx, this.#lead, this.#at, [{ action, subject: `batch:${batchId}` }]);
  }

  async assign(batchId: BatchId, userId: UserId): Promise<AssignmentId[]> {
    return this.#db.transaction(async (tx) => {
      const items = await tx
        .select({ id: tables.batchItems.comparisonId })
        .from(tables.batchItems)
        .where(eq(tables.batchItems.batchId, batchId))
        .orderBy(tables.batchItems.position);
      return this.#give(
        tx,
        batchId,
        userId,
        items.map(({ id }) => id),
      );
    });
  }

  /** @returns all of these assignments, in the order given, those recalled before included */
  async #recall(tx: Tx, assignmentIds: readonly AssignmentId[], reason: string): Promise<Recalled[]> {
    const { assignments } = tables;
    const ids = [...assignmentIds];
    const found = await tx.select().from(assignments).where(inArray(assignments.id, ids)).for('update');
    const byId = new Map(found.map((row) => [row.id, row]));
    const rows = ids.flatMap((id) => byId.get(id) ?? []);
    const open = rows.filter(({ recalledAt }) => recalledAt === null);
    if (open.length > 0)
      await tx
        .update(assignments)
        .set({ recalledAt: this.#at, recallReason: reason })
        .where(
          inArray(
            assignments.id,
            open.map(({ id }) => id),
          ),
        );
    const groups = Object.groupBy(open, ({ userId, batchId }) => `${userId} ${batchId}`);
    for (const group of Object.values(groups)) {
      const [first] = group ?? [];
      if (!group || !first) continue;
      const detail = { assignmentIds: group.map(({ id }) => id), reason };
      const { userId, batchId } = first;
      await appendFeed(tx, userId, [{ type: 'assignments-recalled', batchId, detail }]);
      await this.#record(tx, 'assignments-recalled', batchId);
    }
    return rows;
  }

  async recall(assignmentIds: readonly AssignmentId[], reason: string): Promise<void> {
    await this.#db.transaction((tx) => this.#recall(tx, assignmentIds, reason));
  }

  async reassign(assignmentIds: readonly AssignmentId[], to: UserId, reason: string) {
    return this.#db.transaction(async (tx) => {
      const rows = await this.#recall(tx, assignmentIds, reason);
      const given: AssignmentId[] = [];
      for (const [batchId, group = []] of Object.entries(Object.groupBy(rows, (row) => row.batchId)))
        given.push(
          ...(await this.#give(
            tx,
            batchId as BatchId,
            to,
            group.map(({ comparisonId }) => comparisonId),
          )),
        );
      return given;
    });
  }

  async changeRubric(batchId: BatchId): Promise<void> {
    const { batches, rubrics, assignments } = tables;
    await this.#db.transaction(async (tx) => {
      const [batch] = await tx.select().from(batches).where(eq(batches.id, batchId)).for('update');
      if (!batch) throw new Error(`there is no batch ${batchId}`);
      const { studyId } = batch;
      const [newest] = await tx
        .select({ version: max(rubrics.version) })
        .from(rubrics)
        .where(eq(rubrics.studyId, studyId));
      const version = (newest?.version ?? 0) + 1;
      const id = this.#ids.id();
      await tx.insert(rubrics).values({ id, studyId, version, definition: rubricOfVersion(version) });
      await tx.update(batches).set({ rubricId: id }).where(eq(batches.id, batchId));
      const people = await tx
        .selectDistinct({ userId: assignments.userId })
        .from(assignments)
        .where(and(eq(assignments.batchId, batchId), isNull(assignments.recalledAt)))
        .orderBy(assignments.userId);
      await this.#tell(
        tx,
        people.map(({ userId }) => userId),
        batchId,
        'batch-changed',
      );
    });
  }

  async lock(batchId: BatchId): Promise<void> {
    await lockBatch(this.#context, { batchId, locked: true });
  }

  async unlock(batchId: BatchId): Promise<void> {
    await lockBatch(this.#context, { batchId, locked: false });
  }

  backup(): Promise<WorldRows> {
    return readWorld(this.#db, this.#keys);
  }

  async restore(backup: unknown, { newEpoch }: { newEpoch: boolean }): Promise<void> {
    const kept = backup as WorldRows;
    const epoch = newEpoch ? this.#ids.epoch() : kept.epoch;
    this.#keys = await putBackWorld(this.#db, this.#keys, kept, epoch);
  }

  /** Where the judge reads. */
  get readings(): WorldReadings {
    return { db: this.#db, keys: this.#keys, context: this.#context };
  }

  remove(): Promise<void> {
    return removeWorld(this.#db, this.#keys);
  }
}

/**
 * The real app over PostgreSQL, called without a socket. A backup is every row of this world, and a restore deletes
 * and inserts these rows with triggers and references off, as a restore of the whole database would leave them:
 * revisions, log, feed numbers, chains, sessions and heads are those of the backup, and other worlds on the same
 * database stay. `stop` removes the world; the database is its opener's.
 */
export async function postgresServer(options: PostgresServerOptions): Promise<SimServer> {
  const server = await PostgresServer.open(options);
  const { app, clock } = options.database;
  return {
    handle: (request) => inject(app, request),
    setNow: (ms) => {
      clock.now = ms;
    },
    addPhysician: () => server.addPhysician(),
    newSession: (userId) => server.newSession(userId),
    revokeSession: (token) => server.revokeSession(token),
    addBatch: (size) => server.addBatch(size),
    assign: (batchId, userId) => server.assign(batchId, userId),
    recall: (ids, reason) => server.recall(ids, reason),
    reassign: (ids, to, reason) => server.reassign(ids, to, reason),
    changeRubric: (batchId) => server.changeRubric(batchId),
    lock: (batchId) => server.lock(batchId),
    unlock: (batchId) => server.unlock(batchId),
    backup: () => server.backup(),
    restore: (backup, restoring) => server.restore(backup, restoring),
    kill: options.database.kill,
    revisions: () => readings.revisionsOf(server.readings),
    logOf: (userId) => readings.logOf(server.readings, userId),
    conflictsOf: (userId) => readings.conflictsOf(server.readings, userId),
    feedOf: (userId) => readings.feedOf(server.readings, userId),
    exported: () => readings.exportedOf(server.readings),
    auditIsWhole: () => readings.auditIsWhole(server.readings),
    stop: () => server.remove(),
  };
}
