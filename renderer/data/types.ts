import type { User } from '../../shared/contract/auth.ts';
import type { FeedEvent, PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import type { Rubric } from '../../shared/schema/rubric.ts';
import type { JournalDamage } from './journal-damage.ts';

/** `untouched` until the first save; then the state of the newest local revision. */
export type WorkState = 'untouched' | RevisionState;

/** Where and when a version was made; `device` is null for this laptop, and empty where nobody knows its name. */
export type VersionOrigin = {
  revisionId: RevisionId;
  state: RevisionState;
  madeAt: string | null;
  device: string | null;
};
/** The other laptop's version, and which one of this laptop it stands beside (rule S30). */
export type OtherVersion = VersionOrigin & { body: AnnotationBody; own: VersionOrigin };

/** One case, decrypted and ready to lay out. */
export type LoadedCase = {
  assignment: Omit<PhysicianAssignment, 'latest'>;
  rubric: Rubric;
  state: WorkState;
  body: AnnotationBody;
  /** A submission of this case was changed since, here or in an earlier session, and not submitted again. */
  changedSinceSubmit: boolean;
  /** A version from another laptop that was not written on this one; both are kept. */
  otherVersion: OtherVersion | null;
  /** Further ones, where more than two versions met; each is chosen about in its turn. */
  moreVersions?: readonly OtherVersion[];
  /** The reviewer's newest return; `answered` once a submission was made after it. */
  returned: { comment: string; at: string; answered: boolean } | null;
  /** What experts said, once it came; never before this physician's own submission. */
  feedback: ExpertFeedback | null;
  /** Version of the guidelines on this laptop; goes into every save. */
  guidelinesVersion: number | null;
  /** Version of the rubric this case is asked under; goes into every save from the screen. */
  rubricVersion?: number;
  /** Its batch is locked: it can be read, not changed. */
  locked: boolean;
  /** Practice: what experts said is told after each case. */
  practice: boolean;
};

/** What may come in, or change, while a case is open; told without decrypting the case. */
export type CaseNews = Pick<
  LoadedCase,
  'otherVersion' | 'moreVersions' | 'changedSinceSubmit' | 'returned' | 'feedback' | 'locked'
> & {
  recalled: boolean;
  /** What the lead wrote about a recall; empty where nothing was. */
  recallReason?: string;
  /** The batch's rubric by now: another one than the case was opened under, once the lead changed it. */
  rubricVersion?: number;
  /** No receipt has come yet for its newest change. */
  waiting: boolean;
};

export type ExpertFeedback = Pick<Extract<FeedEvent, { type: 'expert-feedback' }>, 'kind' | 'answer' | 'at'>;

/** Guidelines of a batch on this laptop; `earlier` are the versions this laptop had before, newest first. */
export type Guidelines = {
  version: number;
  markdown: string;
  earlier: readonly { version: number; markdown: string }[];
  /** The newest version this physician has looked at; null before the first look. */
  seenVersion: number | null;
};

/** A line of the queue. */
export type QueueBatch = {
  id: BatchId;
  name: string;
  study: string;
  specialty: string | null;
  deadline: string | null;
  kind: PhysicianBatch['kind'];
  locked: boolean;
  /** The server's time since when its cases are no longer kept on this laptop; null while they are, or come (rule S13). */
  letGoAt?: string | null;
  /** `practice-first`: its cases come once the practice of its study is passed. */
  gate: PhysicianBatch['gate'];
  /** How this physician stands in a practice batch; null for real work. */
  practice: PhysicianBatch['practice'];
  total: number;
  /** How many assignments are on this laptop; the batch is downloaded when it equals `total`. */
  downloaded: number;
  untouched: number;
  drafts: number;
  submitted: number;
  skipped: number;
  /** Cases a reviewer returned with a comment and that were not submitted again yet. */
  returned: number;
  /** Cases with feedback on known answers this physician has not opened yet. */
  feedback: number;
  /** Cases of this batch with a change that the server has not confirmed yet. */
  waiting: number;
  /** Where Continue goes: the newest open draft, else a returned case, else the first untouched one, else null. */
  continueAt: AssignmentId | null;
  /** Median active time of this physician's last cases of this kind, milliseconds; null before there are enough. */
  paceMs: number | null;
};

/** One place in a batch's order, enough to move and to mark progress without decrypting. */
export type CasePlace = {
  id: AssignmentId;
  position: number;
  title: string;
  state: WorkState;
  waiting: boolean;
  recalled: boolean;
  /** When this laptop last saved it; null where it never did. */
  savedAt: string | null;
  /** When the server received its newest change; null before the receipt and for other laptops' work. */
  receivedAt: string | null;
  /** A reviewer returned it and no newer submission answered that yet. */
  returned: boolean;
  /** The reviewer's words, while `returned`. */
  returnedWith: { comment: string; at: string } | null;
  /** What experts said about it has come. */
  feedback: boolean;
  /** What experts said is new: this physician has not looked at it yet. */
  feedbackIsNew: boolean;
  /** Answered on two laptops: one of two versions has to be chosen. */
  conflict: boolean;
  /** Its texts are nowhere on this laptop any more; the next contact with the server brings them. */
  missing?: boolean;
};

export type SyncState = 'synced' | 'waiting' | 'syncing' | 'offline' | 'sign-in' | 'attention';
export type SyncSummary = {
  state: SyncState;
  /** Cases with a change on this laptop that no receipt has come for yet: what a person counts in. */
  waiting: number;
  lastSyncedAt: string | null;
  /** One sentence when the state is `attention`; says what to do. */
  message: string | null;
  /** The message is about answers of two laptops: the physician can settle it. */
  about?: 'versions';
};

/** One line of the ledger: a change and its receipt. */
export type LedgerEntry = {
  seq: number;
  batchId?: BatchId;
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
  /** Its text is no longer kept on this laptop. */
  letGo?: boolean;
};

/** `waiting`: no receipt yet. `attention`: a person has to look. `synced`: received, or followed by what was. */
export const ledgerGroups = ['waiting', 'attention', 'synced'] as const;
export type LedgerGroup = (typeof ledgerGroups)[number];
export type LedgerRange = { offset: number; limit: number; show?: LedgerGroup };
export type Ledger = {
  entries: LedgerEntry[];
  /** How many there are of what is shown. */
  total: number;
  counts?: Record<LedgerGroup, number>;
};

/** What the disk and the keys say; shown before anything is accepted. */
export type DiskState = { freeBytes: number | null; low: boolean };

/** Where the work on this laptop stands on less than its two copies; all as it should be is `wholeHealth`. */
export type LocalHealth = {
  /** IndexedDB does not answer: everything is read from and saved in the journal until it does. */
  journalAlone: boolean;
  /** It is not opened because the disk is so full that this could destroy it; it is once there is space. */
  databaseSpared: boolean;
  /** Of some batches the cases are in IndexedDB alone, so that they cannot be shown before it answers. */
  casesAway: boolean;
  /** Places in the journal of this work that cannot be read; null where there never were any. */
  damage: JournalDamage | null;
  /** Places in the journal of the downloaded cases that could not be read since the start. */
  damagedCases: number;
  /** Cases whose texts are missing in the middle of what was downloaded; the next contact with the server brings them. */
  missingCases: number;
  /** The browser may clear this site's files by itself when the disk runs short, work not sent among them. */
  mayBeCleared: boolean;
};
export const wholeHealth: LocalHealth = {
  journalAlone: false,
  databaseSpared: false,
  casesAway: false,
  damage: null,
  damagedCases: 0,
  missingCases: 0,
  mayBeCleared: false,
};

/** A physician's open local database: everything the screens need, none of it awaits the network. */
export type Workspace = {
  readonly user: User;
  queue: () => Promise<QueueBatch[]>;
  places: (batchId: BatchId) => Promise<CasePlace[]>;
  loadCase: (assignmentId: AssignmentId) => Promise<LoadedCase>;
  /** What came in about an open case; cheap, to be read after every change. */
  news: (assignmentId: AssignmentId) => Promise<CaseNews>;
  /** Remembers that this physician has looked at what experts said about a case. */
  seeFeedback: (assignmentId: AssignmentId) => Promise<void>;
  /** Guidelines of a batch, or null. */
  guidelines: (batchId: BatchId) => Promise<Guidelines | null>;
  /** Remembers that this physician has looked at a version. */
  seeGuidelines: (batchId: BatchId, version: number) => Promise<void>;
  /**
   * Saves a new revision. Settles only when the journal is on the disk and row and outbox are committed.
   * @throws AppError `disk-low` or `journal-unavailable`: nothing was accepted
   */
  save: (assignmentId: AssignmentId, body: AnnotationBody, state: RevisionState) => Promise<void>;
  syncSummary: () => Promise<SyncSummary>;
  ledger: (range: LedgerRange) => Promise<Ledger>;
  disk: () => DiskState;
  health: () => LocalHealth;
  /** Remembers that this physician has read of damage in the journal. */
  seeDamage: () => Promise<void>;
  /** Calls back after every committed change of the local store; returns the function that ends it. */
  onChange: (listener: () => void) => () => void;
  /** Small choices of this physician (pane widths, folded panels), kept with the workspace, encrypted. */
  loadPreference: (key: string) => Promise<string | null>;
  savePreference: (key: string, value: string) => Promise<void>;
  /** When the browser had last lost its database and it was built anew from the journal; null where it never did. */
  rebuiltAt: () => string | null;
  close: () => Promise<void>;
};

export type Session = {
  user: User;
  /** `offline`: unlocked without the server; sync asks for a sign-in when the network is back. */
  mode: 'online' | 'offline';
  /** Only for physicians. */
  workspace: Workspace | null;
};
