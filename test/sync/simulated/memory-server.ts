import { defaultSessionPolicy, expiryOf, type SessionPolicy } from '../../../server/auth/session-policy.ts';
import type { Actor } from '../../../server/db/context.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';
import { isAuditWhole } from './audit-check.ts';
import { answer } from './memory-routes.ts';
import {
  type Assignment,
  appendAudit,
  appendFeed,
  assignedTo,
  type Batch,
  copyState,
  emptyState,
  type MemoryState,
} from './memory-state.ts';
import { isSwapped, type PlannedCase, planBatch } from './planned-batch.ts';
import { type Random, type SeededIds, seededIds } from './seeded-ids.ts';
import type { SimReply, SimRequest, SimServer, StoredRevision } from './server-port.ts';

export type MemoryServerOptions = {
  /** All ids, tokens and epochs come from it. */
  random: Random;
  /** Milliseconds at the start. */
  now?: number;
  recoveryPublicKey?: string | null;
  sessionPolicy?: SessionPolicy;
  /** Requests a minute from all laptops together. */
  perAddress?: number;
};

const windowMs = 60_000;
const json = { 'content-type': 'application/json; charset=utf-8' };

function failure(error: unknown): SimReply {
  const known = error instanceof AppError ? error : new AppError('server-error', { cause: error });
  // Nothing here may fail unforeseen: a test must see it, not a laptop that tries again.
  if (known.code === 'server-error') throw error;
  const { code, message, details } = known;
  const body = { error: { code, message, ...(details !== undefined && { details }) } };
  return { status: known.status, headers: { ...json }, body: JSON.stringify(body) };
}

class MemoryServer {
  readonly #ids: SeededIds;
  readonly #policy: SessionPolicy;
  readonly #options: MemoryServerOptions;
  readonly #lead: Actor;
  #state: MemoryState;
  #now: number;
  #window = { start: Number.NEGATIVE_INFINITY, count: 0 };

  constructor(options: MemoryServerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.parse('2026-01-01T00:00:00.000Z');
    this.#policy = options.sessionPolicy ?? defaultSessionPolicy;
    this.#ids = seededIds(options.random, () => this.#now);
    this.#lead = { userId: this.#ids.id<UserId>(), roles: ['lead'], name: 'Lead' };
    this.#state = emptyState(this.#ids.epoch());
  }

  get #at(): Date {
    return new Date(this.#now);
  }

  setNow(ms: number): void {
    this.#now = ms;
  }

  /** Seconds until the next request is taken, or null when this one is. */
  #countRequest(): number | null {
    if (this.#now - this.#window.start >= windowMs) this.#window = { start: this.#now, count: 0 };
    this.#window.count += 1;
    if (this.#window.count <= (this.#options.perAddress ?? Number.POSITIVE_INFINITY)) return null;
    return Math.ceil((this.#window.start + windowMs - this.#now) / 1000);
  }

  handle(request: SimRequest): SimReply {
    const wait = this.#countRequest();
    if (wait !== null) {
      const reply = failure(new AppError('too-many-requests'));
      return { ...reply, headers: { ...reply.headers, 'retry-after': String(wait) } };
    }
    try {
      const value = answer({
        state: this.#state,
        request,
        at: this.#at,
        policy: this.#policy,
        recoveryPublicKey: this.#options.recoveryPublicKey ?? null,
      });
      return { status: 200, headers: { ...json }, body: JSON.stringify(value) };
    } catch (error) {
      return failure(error);
    }
  }

  #batch(batchId: BatchId): Batch {
    const batch = this.#state.batches.get(batchId);
    if (!batch) throw new Error(`there is no batch ${batchId}`);
    return batch;
  }

  addPhysician(): { userId: UserId; token: string } {
    const id = this.#ids.id<UserId>();
    const user = { id, email: `${id}@test.example`, name: `Person ${id}`, roles: ['physician' as const] };
    this.#state.users.set(id, user);
    return { userId: id, token: this.newSession(id) };
  }

  newSession(userId: UserId): string {
    if (!this.#state.users.has(userId)) throw new Error(`there is no user ${userId}`);
    const [id, token, at] = [this.#ids.id(), this.#ids.token(), this.#at];
    const expiresAt = expiryOf(this.#policy, at, at);
    const session = { id, token, userId, createdAt: at, lastSeenAt: at, expiresAt, revokedAt: null };
    this.#state.sessions.set(token, session);
    return token;
  }

  revokeSession(token: string): void {
    const session = this.#state.sessions.get(token);
    if (session) this.#state.sessions.set(token, { ...session, revokedAt: session.revokedAt ?? this.#at });
  }

  addBatch(size: number): { batchId: BatchId } {
    const planned = planBatch(this.#ids, size);
    this.#state.batches.set(planned.batchId, { ...planned, rubricVersion: 1, lockedAt: null });
    return { batchId: planned.batchId };
  }

  #give(batch: Batch, userId: UserId, cases: readonly PlannedCase[]): AssignmentId[] {
    const mine = [...this.#state.assignments.values()].filter(
      (row) => row.batchId === batch.batchId && row.userId === userId,
    );
    const had = new Set(mine.map(({ shown }) => shown.comparisonId));
    const given = cases.filter(({ comparisonId }) => !had.has(comparisonId));
    const rows = given.map((shown, i): Assignment => {
      const position = mine.length + i;
      const id = this.#ids.id<AssignmentId>();
      const place = { position, swapped: isSwapped(position), recalledAt: null, head: null };
      return { id, batchId: batch.batchId, userId, shown, ...place };
    });
    for (const row of rows) this.#state.assignments.set(row.id, row);
    if (rows.length > 0) this.#tell([userId], batch.batchId, 'batch-assigned');
    return rows.map((row) => row.id);
  }

  #tell(userIds: readonly UserId[], batchId: BatchId, type: 'batch-assigned' | 'batch-changed'): void {
    for (const userId of userIds) appendFeed(this.#state, userId, [{ type, batchId }]);
    this.#record(type, batchId);
  }

  #record(action: string, batchId: string): void {
    appendAudit(this.#state, this.#lead, this.#at, [{ action, subject: `batch:${batchId}` }]);
  }

  assign(batchId: BatchId, userId: UserId): AssignmentId[] {
    const batch = this.#batch(batchId);
    return this.#give(batch, userId, batch.cases);
  }

  recall(assignmentIds: readonly AssignmentId[], reason: string): Assignment[] {
    const rows = assignmentIds.flatMap((id) => this.#state.assignments.get(id) ?? []);
    const open = rows.filter(({ recalledAt }) => recalledAt === null);
    for (const row of open) this.#state.assignments.set(row.id, { ...row, recalledAt: this.#at });
    const groups = Object.groupBy(open, ({ userId, batchId }) => `${userId} ${batchId}`);
    for (const group of Object.values(groups)) {
      const [first] = group ?? [];
      if (!group || !first) continue;
      const detail = { assignmentIds: group.map(({ id }) => id), reason };
      const { userId, batchId } = first;
      appendFeed(this.#state, userId, [{ type: 'assignments-recalled', batchId, detail }]);
      this.#record('assignments-recalled', batchId);
    }
    return rows;
  }

  reassign(assignmentIds: readonly AssignmentId[], to: UserId, reason: string): AssignmentId[] {
    const rows = this.recall(assignmentIds, reason);
    const groups = Object.groupBy(rows, ({ batchId }) => batchId);
    return Object.entries(groups).flatMap(([batchId, group]) =>
      this.#give(
        this.#batch(batchId as BatchId),
        to,
        (group ?? []).map(({ shown }) => shown),
      ),
    );
  }

  changeRubric(batchId: BatchId): void {
    const batch = this.#batch(batchId);
    this.#ids.id();
    this.#state.batches.set(batchId, { ...batch, rubricVersion: batch.rubricVersion + 1 });
    this.#tell(assignedTo(this.#state, batchId), batchId, 'batch-changed');
  }

  lock(batchId: BatchId): void {
    const batch = this.#batch(batchId);
    if (batch.lockedAt !== null) return;
    this.#state.batches.set(batchId, { ...batch, lockedAt: this.#at });
    this.#tell(assignedTo(this.#state, batchId), batchId, 'batch-changed');
  }

  unlock(batchId: BatchId): void {
    const batch = this.#batch(batchId);
    if (batch.lockedAt === null) return;
    this.#state.batches.set(batchId, { ...batch, lockedAt: null });
    this.#tell(assignedTo(this.#state, batchId), batchId, 'batch-changed');
  }

  backup(): MemoryState {
    return copyState(this.#state);
  }

  restore(backup: unknown, { newEpoch }: { newEpoch: boolean }): void {
    this.#state = copyState(backup as MemoryState);
    if (newEpoch) this.#state.epoch = this.#ids.epoch();
  }

  revisions(): StoredRevision[] {
    const { revisions, assignments, clients } = this.#state;
    return [...revisions.values()].map(({ madeAt: _m, appVersion: _a, rubricId: _i, ...row }) => {
      const assignment = assignments.get(row.assignmentId);
      return {
        ...row,
        receivedAt: row.receivedAt?.getTime() ?? 0,
        baseRevisionId: row.baseRevisionId ?? null,
        ownerId: assignment?.userId ?? '',
        clientUserId: clients.get(row.clientId)?.userId ?? '',
        headId: assignment?.head?.revisionId ?? null,
      };
    });
  }

  #clientsOf(userId: UserId): string[] {
    const mine = [...this.#state.clients.values()].filter((client) => client.userId === userId);
    return mine.map(({ id }) => id).sort();
  }

  logOf(userId: UserId) {
    return this.#clientsOf(userId).flatMap((clientId) =>
      (this.#state.logs.get(clientId) ?? []).map(({ seq, bodyHash, verdict, raw }) => ({
        clientId,
        seq,
        bodyHash,
        status: verdict.status,
        raw: raw?.toString() ?? null,
      })),
    );
  }

  conflictsOf(userId: UserId): number {
    return [...this.#state.conflicts.values()].filter((row) => row.userId === userId).length;
  }

  feedOf(userId: UserId): number[] {
    return (this.#state.feeds.get(userId) ?? []).map(({ n }) => n);
  }

  exported() {
    return [...this.#state.revisions.values()].map(({ id, bodyHash, body }) => ({
      revisionId: id,
      bodyHash,
      body: JSON.parse(body) as unknown,
    }));
  }

  auditIsWhole(): boolean {
    const { chains, revisions, logs } = this.#state;
    return isAuditWhole({
      chains: [...chains.values()],
      revisions: [...revisions.values()],
      receipts: [...logs.values()].flat().map(({ verdict }) => verdict.receipt.auditHash),
    });
  }
}

/**
 * The server's answers without PostgreSQL: the real reading, judging, feed projection and audit chain over maps.
 * Left out are practice, known answers, returns, guidelines and signing in with a password. Its equality with the
 * real server is what `server-contract.test.ts` holds.
 */
export function memoryServer(options: MemoryServerOptions): SimServer {
  const server = new MemoryServer(options);
  return {
    handle: async (request) => server.handle(request),
    setNow: (ms) => server.setNow(ms),
    addPhysician: async () => server.addPhysician(),
    newSession: async (userId) => server.newSession(userId),
    revokeSession: async (token) => server.revokeSession(token),
    addBatch: async (size) => server.addBatch(size),
    assign: async (batchId, userId) => server.assign(batchId, userId),
    recall: async (ids, reason) => void server.recall(ids, reason),
    reassign: async (ids, to, reason) => server.reassign(ids, to, reason),
    changeRubric: async (batchId) => server.changeRubric(batchId),
    lock: async (batchId) => server.lock(batchId),
    unlock: async (batchId) => server.unlock(batchId),
    backup: async () => server.backup(),
    restore: async (backup, restoring) => server.restore(backup, restoring),
    // Each request is over before anything else happens: there is nothing to lose.
    kill: async () => {},
    revisions: async () => server.revisions(),
    logOf: async (userId) => server.logOf(userId),
    conflictsOf: async (userId) => server.conflictsOf(userId),
    feedOf: async (userId) => server.feedOf(userId),
    exported: async () => server.exported(),
    auditIsWhole: async () => server.auditIsWhole(),
    stop: async () => {},
  };
}
