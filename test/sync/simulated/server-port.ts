import type { RevisionState } from '../../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';

export type SimRequest = {
  method: 'GET' | 'POST';
  /** With its query. */
  path: string;
  token: string | null;
  body: string | null;
};
export type SimReply = { status: number; headers: Record<string, string>; body: string };

export type StoredRevision = {
  id: string;
  assignmentId: string;
  userId: string;
  /** Whose assignment it is. */
  ownerId: string;
  clientId: string;
  clientUserId: string;
  seq: number;
  baseRevisionId: string | null;
  state: RevisionState;
  body: string;
  bodyHash: string;
  late: boolean;
  diverged: boolean;
  /** Milliseconds of the server's clock. */
  receivedAt: number;
  headId: string | null;
};

export type LogEntry = {
  clientId: string;
  seq: number;
  bodyHash: string;
  status: string;
  raw: string | null;
};

/** One world at a server: its own people, studies and batches, and what a judge may look at behind the replies. */
export type SimServer = {
  /** The real app's answer; settles after the commit. */
  handle: (request: SimRequest) => Promise<SimReply>;
  /** Milliseconds of the server's own clock. */
  setNow: (ms: number) => void;
  addPhysician: () => Promise<{ userId: UserId; token: string }>;
  newSession: (userId: UserId) => Promise<string>;
  revokeSession: (token: string) => Promise<void>;
  /** A study with one batch of so many comparisons, not yet assigned. */
  addBatch: (size: number) => Promise<{ batchId: BatchId }>;
  /** Gives the whole batch to a physician and tells the feed. */
  assign: (batchId: BatchId, userId: UserId) => Promise<AssignmentId[]>;
  recall: (assignmentIds: readonly AssignmentId[], reason: string) => Promise<void>;
  /**
   * Recalls from one physician and gives the same comparisons to another, who gets new assignment ids; a comparison
   * the other one has (or had) in the same batch is recalled only.
   */
  reassign: (assignmentIds: readonly AssignmentId[], to: UserId, reason: string) => Promise<AssignmentId[]>;
  /** Puts a new rubric version in force for the batch and tells the feed. */
  changeRubric: (batchId: BatchId) => Promise<void>;
  lock: (batchId: BatchId) => Promise<void>;
  /** Opens a locked batch again and tells the feed. */
  unlock: (batchId: BatchId) => Promise<void>;
  /** A backup, and the database put back to it: same epoch or, as an option, a new one. */
  backup: () => Promise<unknown>;
  restore: (backup: unknown, options: { newEpoch: boolean }) => Promise<void>;
  /** The server's process is killed and started again. */
  kill: () => Promise<void>;
  /** In order of arrival. */
  revisions: () => Promise<StoredRevision[]>;
  logOf: (userId: UserId) => Promise<LogEntry[]>;
  conflictsOf: (userId: UserId) => Promise<number>;
  feedOf: (userId: UserId) => Promise<number[]>;
  /** The raw export's rows: what an ML team would get. */
  exported: () => Promise<{ revisionId: string; bodyHash: string; body: unknown }[]>;
  /** True when every audit chain verifies and holds an event for every accepted revision. */
  auditIsWhole: () => Promise<boolean>;
  stop: () => Promise<void>;
};
