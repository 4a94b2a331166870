import type { AuditRow } from '../../../server/db/audit-chain.ts';
import { type AuditEntry, auditRoot, auditStreamOf, chainAudit } from '../../../server/db/audit-chain.ts';
import type { Actor } from '../../../server/db/context.ts';
import type { FeedEntry } from '../../../server/db/feed.ts';
import type { NewRevision } from '../../../server/sync/push-store.ts';
import type { FeedRow } from '../../../server/sync/store.ts';
import type { User } from '../../../shared/contract/auth.ts';
import type { Verdict } from '../../../shared/contract/sync.ts';
import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';
import type { RevisionHead } from '../../../shared/sync/revision-head.ts';
import type { PlannedBatch, PlannedCase } from './planned-batch.ts';

export type Session = {
  id: string;
  token: string;
  userId: UserId;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
};
export type Client = { id: string; userId: UserId; lastSeq: number; deviceName: string };
export type Batch = PlannedBatch & { rubricVersion: number; lockedAt: Date | null };
export type Assignment = {
  id: AssignmentId;
  batchId: BatchId;
  userId: UserId;
  shown: PlannedCase;
  position: number;
  swapped: boolean;
  recalledAt: Date | null;
  head: RevisionHead | null;
};
export type LogRow = { seq: number; bodyHash: string; verdict: Verdict; raw: Buffer | null };
export type Revision = NewRevision & { userId: UserId };

/** What a database holds of a world. Rows are never changed in place, so that a copy of the lists is a backup. */
export type MemoryState = {
  epoch: string;
  users: Map<UserId, User>;
  sessions: Map<string, Session>;
  clients: Map<string, Client>;
  logs: Map<string, LogRow[]>;
  /** Conflicting items by client, seq and hash of the raw text. */
  conflicts: Map<string, { userId: UserId; auditHash: string; at: Date }>;
  batches: Map<string, Batch>;
  assignments: Map<string, Assignment>;
  /** In order of arrival. */
  revisions: Map<string, Revision>;
  feeds: Map<UserId, FeedRow[]>;
  chains: Map<string, AuditRow[]>;
};

export const emptyState = (epoch: string): MemoryState => ({
  epoch,
  users: new Map(),
  sessions: new Map(),
  clients: new Map(),
  logs: new Map(),
  conflicts: new Map(),
  batches: new Map(),
  assignments: new Map(),
  revisions: new Map(),
  feeds: new Map(),
  chains: new Map(),
});

const copyLists = <K, V>(lists: ReadonlyMap<K, V[]>): Map<K, V[]> =>
  new Map([...lists].map(([key, list]) => [key, [...list]]));

export const copyState = (state: MemoryState): MemoryState => ({
  epoch: state.epoch,
  users: new Map(state.users),
  sessions: new Map(state.sessions),
  clients: new Map(state.clients),
  logs: copyLists(state.logs),
  conflicts: new Map(state.conflicts),
  batches: new Map(state.batches),
  assignments: new Map(state.assignments),
  revisions: new Map(state.revisions),
  feeds: copyLists(state.feeds),
  chains: copyLists(state.chains),
});

/** The list under a key, made when there is none. */
export function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** As `appendAudit` of the server. */
export function appendAudit(
  state: MemoryState,
  actor: Actor,
  at: Date,
  entries: readonly AuditEntry[],
): string[] {
  if (entries.length === 0) return [];
  const chain = listIn(state.chains, auditStreamOf(actor));
  const { n, hash } = chain.at(-1) ?? { n: 0, hash: auditRoot };
  const rows = chainAudit({ n, hash }, actor, at, entries);
  chain.push(...rows);
  return rows.map((row) => row.hash);
}

/** As `appendFeed` of the server; the revision is looked up at once, for a revision never changes. */
export function appendFeed(state: MemoryState, userId: UserId, entries: readonly FeedEntry[]): void {
  const feed = listIn(state.feeds, userId);
  for (const { type, batchId = null, revisionId, detail = {} } of entries) {
    const revision = state.revisions.get(revisionId ?? '') ?? null;
    feed.push({ n: feed.length + 1, type, batchId, detail, revision: revision && shownRevision(revision) });
  }
}

const shownRevision = ({
  id,
  assignmentId,
  clientId,
  state,
  diverged,
  bodyHash,
  body,
  madeAt,
}: Revision) => ({
  id,
  assignmentId,
  clientId,
  state,
  diverged,
  bodyHash,
  body,
  madeAt,
  /** A laptop's name is the newest it gave: looked up when the feed is read. */
  device: '',
});

/** Everybody with work in the batch that was not recalled, in the order of ids. */
export function assignedTo(state: MemoryState, batchId: BatchId): UserId[] {
  const mine = [...state.assignments.values()].filter(
    (row) => row.batchId === batchId && row.recalledAt === null,
  );
  return [...new Set(mine.map(({ userId }) => userId))].sort();
}
