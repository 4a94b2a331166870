import type { User } from '../../shared/contract/auth.ts';
import type { PhysicianAssignment } from '../../shared/contract/sync.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';

/** `untouched` until the first save; then the state of the newest local revision. */
export type WorkState = 'untouched' | RevisionState;

/** One case, decrypted and ready to lay out. */
export type LoadedCase = {
  assignment: Omit<PhysicianAssignment, 'latest'>;
  rubric: Rubric;
  state: WorkState;
  body: AnnotationBody;
  /** A version from another laptop that was not written on this one; both are kept. */
  otherVersion: { state: RevisionState; body: AnnotationBody } | null;
};

/** A line of the queue. */
export type QueueBatch = {
  id: BatchId;
  name: string;
  study: string;
  specialty: string | null;
  deadline: string | null;
  total: number;
  /** How many assignments are on this laptop; the batch is downloaded when it equals `total`. */
  downloaded: number;
  untouched: number;
  drafts: number;
  submitted: number;
  skipped: number;
  /** Cases of this batch with a change that the server has not confirmed yet. */
  waiting: number;
  /** Where Continue goes: the last open draft, else the first untouched case, else null. */
  continueAt: AssignmentId | null;
  /** Median active time of the cases this physician finished, milliseconds; null before the first. */
  paceMs: number | null;
};

/** One place in a batch's order, enough to move and to mark progress without decrypting. */
export type CasePlace = {
  id: AssignmentId;
  position: number;
  state: WorkState;
  waiting: boolean;
  recalled: boolean;
};

export type SyncState = 'synced' | 'waiting' | 'syncing' | 'offline' | 'sign-in' | 'attention';
export type SyncSummary = {
  state: SyncState;
  /** Cases with a change on this laptop that no receipt has come for yet: what a person counts in. */
  waiting: number;
  lastSyncedAt: string | null;
  /** One sentence when the state is `attention`; says what to do. */
  message: string | null;
};

/** One line of the ledger: a change and its receipt. */
export type LedgerEntry = {
  seq: number;
  assignmentId: AssignmentId;
  batch: string;
  position: number;
  title: string;
  state: RevisionState;
  madeAt: string;
  bodyHash: string;
  status: 'waiting' | 'accepted' | 'late' | 'quarantined' | 'conflict';
  receivedAt: string | null;
  auditHash: string | null;
  reason: string | null;
};

/** What the disk and the keys say; shown before anything is accepted. */
export type DiskState = { freeBytes: number | null; low: boolean };

/** A physician's open local database: everything the screens need, none of it awaits the network. */
export type Workspace = {
  readonly user: User;
  queue: () => Promise<QueueBatch[]>;
  places: (batchId: BatchId) => Promise<CasePlace[]>;
  loadCase: (assignmentId: AssignmentId) => Promise<LoadedCase>;
  /** Guidelines of a batch as Markdown, or null. */
  guidelines: (batchId: BatchId) => Promise<string | null>;
  /**
   * Saves a new revision. Settles only when the journal is on the disk and row and outbox are committed.
   * @throws AppError `disk-low` or `journal-unavailable`: nothing was accepted
   */
  save: (assignmentId: AssignmentId, body: AnnotationBody, state: RevisionState) => Promise<void>;
  syncSummary: () => Promise<SyncSummary>;
  ledger: (range: { offset: number; limit: number }) => Promise<{ entries: LedgerEntry[]; total: number }>;
  disk: () => DiskState;
  /** Calls back after every committed change of the local store; returns the function that ends it. */
  onChange: (listener: () => void) => () => void;
  /** Small choices of this physician (pane widths, folded panels), kept with the workspace, encrypted. */
  loadPreference: (key: string) => Promise<string | null>;
  savePreference: (key: string, value: string) => Promise<void>;
  close: () => Promise<void>;
};

export type Session = {
  user: User;
  /** `offline`: unlocked without the server; sync asks for a sign-in when the network is back. */
  mode: 'online' | 'offline';
  /** Only for physicians. */
  workspace: Workspace | null;
};
