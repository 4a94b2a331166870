import type { FeedEvent, Mutation, Verdict } from '../../shared/contract/sync.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, ClientId, RevisionId } from '../../shared/schema/ids.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import type { Standing } from '../../shared/sync/versions.ts';
import type { WorkState } from './types.ts';

/**
 * Everything a physician did, as items under keys. A change is a list of items put at once: one journal
 * record, then one Dexie transaction. Of two items under one key the higher `lsn` is the newer, wherever
 * it is found, so that journal and Dexie can mend each other without reading a clock.
 */
export type IdentityValue = {
  clientId: ClientId;
  /** The one before: an order about it holds for this one (rule S28). */
  formerClientId?: ClientId;
  /** The newest one before this that receipts came for, and how it is counted: what it sent is asked about (rule S13). */
  proven?: { clientId: ClientId; generation: number } | undefined;
  /** Counts the client ids this database has had (rules S1, S5); mutations of older ones stay readable. */
  generation: number;
  epoch: string | null;
  cursor: number;
  /** The feed starts over and was not read to its head since: heads may await being told again (rules S9, S13). */
  retelling?: true | undefined;
  lastSyncedAt: string | null;
};
type NamedFields<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
/** A change as this laptop keeps it: number, hash and times for ever, its text until it is let go (rule S13). */
export type KeptMutation = Omit<NamedFields<Mutation>, 'body'> & { body: AnnotationBody | null };
export type MutationValue = {
  generation: number;
  mutation: KeptMutation;
  batchId: BatchId;
  position: number;
};
export type ProgressValue = {
  /** Set on the disk before the first byte is sent; from then on the mutation never changes (rule S11). */
  attempted: boolean;
  verdict: Verdict | null;
  /** Receipts of a server that lost them (rule S13). */
  earlier: Verdict[];
  /** Key it was numbered anew under (rules S1, S5). */
  movedTo: string | null;
  /** Why the last receipt was none (rule S8). */
  problem: string | null;
};
/** A revision another laptop of this physician wrote. */
export type RevisionValue = {
  assignmentId: AssignmentId;
  revisionId: RevisionId;
  state: RevisionState;
  bodyHash: string;
  /** Null once it was let go. */
  body: AnnotationBody | null;
  /** When and on which laptop it was made; absent where the server did not say. */
  madeAt?: string | undefined;
  device?: string | undefined;
  /** The local database that wrote it, its place in the feed, and whether it was not written on the newest version. */
  clientId?: string | undefined;
  n?: number | undefined;
  diverged?: boolean | undefined;
  /** Lineage of the server that last told of it in its feed. */
  epoch?: string | undefined;
};
/** The texts of a closed batch have left this laptop (rule S13). */
export type LetGo = {
  closedAt: string;
  /** The server's time it was decided at. */
  at: string;
  /** Nothing of them is left in journal or rows. */
  swept: boolean;
};
export type HeadValue = {
  assignmentId: AssignmentId;
  batchId: BatchId;
  state: WorkState;
  revisionId: RevisionId | null;
  /** Key of the mutation that wrote it here; null for another laptop's revision. */
  mutationKey: string | null;
  /** The revision new work is based on (rule S10). */
  base: RevisionId | null;
  /** The first of the versions that stand beside this one; `head-versions.ts` reads all of them. */
  other: RevisionId | null;
  others?: readonly RevisionId[];
  /** What stands at the server as far as its feed was read here; all of the above follows from it and from `untold`. */
  told?: Standing;
  /** Revisions that the feed has not told of yet, in their order: one's own, or the one a download came with. */
  untold?: readonly RevisionId[];
  /** The feed tells everything again: what stands by that, and which of `told` it has not come to (rules S9, S13). */
  again?: { told: Standing; left: readonly string[] } | undefined;
  /** Reason of a recall. */
  recalled: string | null;
};

/** A reviewer's newest return of a submission. */
export type ReturnValue = {
  assignmentId: AssignmentId;
  batchId: BatchId;
  /** Its number in the feed: a submission that came by later answers it. */
  n: number;
  revisionId: RevisionId;
  comment: string;
  at: string;
  answered: boolean;
};
/** What experts said about a submitted case. */
export type FeedbackValue = Pick<
  Extract<FeedEvent, { type: 'expert-feedback' }>,
  'assignmentId' | 'batchId' | 'kind' | 'answer' | 'at'
> & { seen: boolean };
/** An event this app cannot read, as it came; `done` once an app that can has pulled it again (rule S22). */
export type UnreadValue = { event: unknown; done: boolean };

export type BatchValue = {
  /** Falls back to false at every assignment, so that a batch that grew is asked for again. */
  fetched: boolean;
  /**
   * Cases are asked for anew behind this position, so many having come: a restored server may have given others in the
   * places of those that are here (rule S17). Absent where no server was ever restored.
   */
  anew?: { after: number; met: number };
  letGo?: LetGo | undefined;
};

export type Items = {
  identity: IdentityValue;
  mutation: MutationValue;
  progress: ProgressValue;
  revision: RevisionValue;
  head: HeadValue;
  batch: BatchValue;
  return: ReturnValue;
  feedback: FeedbackValue;
  unread: UnreadValue;
  preference: { key: string; value: string };
};
export type ItemType = keyof Items;
export type Put = { [T in ItemType]: { type: T; key: string; value: Items[T] } }[ItemType];
export type Item = Put & { lsn: number };

export const itemTypes = [
  'identity',
  'mutation',
  'progress',
  'revision',
  'head',
  'batch',
  'return',
  'feedback',
  'unread',
  'preference',
] as const;
export const identityKey = 'identity';
export const mutationKey = (generation: number, seq: number) => `${generation}.${seq}`;
/** Where a small choice is kept: its name says too much to stand in clear. */
export const preferenceKey = (key: string) => sha256Hex(`preference|${key}`).slice(0, 32);
export const itemId = (item: { type: ItemType; key: string }) => `${item.type}|${item.key}`;

const nothingYet: ProgressValue = {
  attempted: false,
  verdict: null,
  earlier: [],
  movedTo: null,
  problem: null,
};

const saysSubmitted = (item: Item): boolean =>
  (item.type === 'head' && item.value.state === 'submitted') ||
  (item.type === 'mutation' && item.value.mutation.state === 'submitted');

/** The items in memory, with the views that are asked for all the time. */
export class WorkLog {
  readonly #items = new Map<string, Item>();
  readonly #mutations = new Map<string, MutationValue>();
  readonly #keys = new Map<RevisionId, string>();
  readonly #unsettled = new Map<string, MutationValue>();
  readonly #lastSeqs = new Map<number, number>();
  readonly #heads = new Map<string, HeadValue>();
  readonly #submitted = new Set<string>();
  readonly #touched: AssignmentId[] = [];
  #submissions = 0;
  #lsn = 0;
  #sum = 0;

  /** Takes items in; an older one never replaces a newer one. */
  apply(items: readonly Item[]): void {
    for (const item of items) {
      this.#lsn = Math.max(this.#lsn, item.lsn);
      const known = this.#items.get(itemId(item));
      if (known && known.lsn > item.lsn) continue;
      this.#sum += item.lsn - (known?.lsn ?? 0);
      this.#items.set(itemId(item), item);
      if (item.type === 'mutation') this.#takeMutation(item.key, item.value);
      if (item.type === 'head') this.#heads.set(item.key, item.value);
      if (saysSubmitted(item) || (known && saysSubmitted(known))) this.#submissions += 1;
      this.#noteSubmission(item);
      if (item.type === 'mutation' || item.type === 'progress') this.#resettle(item.key);
      const touched = this.#assignmentOf(item);
      if (touched !== null) this.#touched.push(touched as AssignmentId);
    }
  }

  #assignmentOf(item: Item): string | null {
    if (item.type === 'mutation') return item.value.mutation.assignmentId;
    if (item.type === 'progress') return this.#mutations.get(item.key)?.mutation.assignmentId ?? null;
    if (item.type === 'revision') return item.value.assignmentId;
    return item.type === 'identity' || item.type === 'preference' || item.type === 'batch' ? null : item.key;
  }

  /** Assignments that anything was put about, oldest first: a view that remembers how far it has read renews the rest. */
  touched(from: number): { ids: readonly AssignmentId[]; upTo: number } {
    return { ids: this.#touched.slice(from), upTo: this.#touched.length };
  }

  /** Grows whenever a submission comes, changes or goes. */
  submissionCount(): number {
    return this.#submissions;
  }

  #noteSubmission(item: Item): void {
    if (item.type === 'mutation' && item.value.mutation.state === 'submitted')
      this.#submitted.add(item.value.mutation.assignmentId);
    if (item.type === 'revision' && item.value.state === 'submitted')
      this.#submitted.add(item.value.assignmentId);
    if (item.type === 'return') this.#submitted.add(item.key);
  }

  #takeMutation(key: string, value: MutationValue): void {
    const { revisionId } = value.mutation;
    const before = this.#mutations.get(key)?.mutation.revisionId;
    if (before !== undefined && before !== revisionId && this.#keys.get(before) === key)
      this.#keys.delete(before);
    const known = this.#mutations.get(this.#keys.get(revisionId) ?? '');
    if (!known || known.generation <= value.generation) this.#keys.set(revisionId, key);
    this.#mutations.set(key, value);
    this.#lastSeqs.set(value.generation, Math.max(this.lastSeq(value.generation), value.mutation.seq));
  }

  #resettle(key: string): void {
    const mutation = this.#mutations.get(key);
    if (mutation && !isSettled(this.progress(key))) this.#unsettled.set(key, mutation);
    else this.#unsettled.delete(key);
  }

  #value<T extends ItemType>(type: T, key: string): Items[T] | null {
    const item = this.#items.get(`${type}|${key}`);
    return item ? (item.value as Items[T]) : null;
  }

  get lsn(): number {
    return this.#lsn;
  }
  mark(): { lsn: number; sum: number } {
    return { lsn: this.#lsn, sum: this.#sum };
  }
  get size(): number {
    return this.#items.size;
  }
  items(): Item[] {
    return [...this.#items.values()];
  }
  /** How new each item is, by its id. */
  versions(): Map<string, number> {
    return new Map([...this.#items].map(([id, { lsn }]) => [id, lsn]));
  }
  item(id: string): Item | null {
    return this.#items.get(id) ?? null;
  }
  identity(): IdentityValue | null {
    return this.#value('identity', identityKey);
  }
  head(assignmentId: string): HeadValue | null {
    return this.#value('head', assignmentId);
  }
  revision(revisionId: string): RevisionValue | null {
    return this.#value('revision', revisionId);
  }
  revisions(): RevisionValue[] {
    return this.items().flatMap((item) => (item.type === 'revision' ? [item.value] : []));
  }
  letGo(batchId: string): LetGo | null {
    return this.#value('batch', batchId)?.letGo ?? null;
  }
  returnOf(assignmentId: string): ReturnValue | null {
    return this.#value('return', assignmentId);
  }
  feedbackOn(assignmentId: string): FeedbackValue | null {
    return this.#value('feedback', assignmentId);
  }
  /** True once any revision of the case was submitted, here or on another laptop. */
  wasSubmitted(assignmentId: string): boolean {
    return this.#submitted.has(assignmentId);
  }
  /** Events that could not be read when they came, and are not settled yet. */
  unread(): [key: string, value: UnreadValue][] {
    return this.items().flatMap((item): [string, UnreadValue][] =>
      item.type === 'unread' && !item.value.done ? [[item.key, item.value]] : [],
    );
  }
  preference(key: string): string | null {
    return this.#value('preference', key)?.value ?? null;
  }
  mutation(key: string): MutationValue | null {
    return this.#mutations.get(key) ?? null;
  }
  /** Key of the newest number that a revision of this laptop goes under; null for another laptop's. */
  keyOf(revisionId: RevisionId): string | null {
    return this.#keys.get(revisionId) ?? null;
  }
  progress(key: string): ProgressValue {
    return this.#value('progress', key) ?? nothingYet;
  }
  heads(): HeadValue[] {
    return [...this.#heads.values()];
  }
  batch(batchId: string): BatchValue | null {
    return this.#value('batch', batchId);
  }
  assignedBatches(): { batchId: BatchId; fetched: boolean }[] {
    return this.items().flatMap((item) =>
      item.type === 'batch' ? [{ batchId: item.key as BatchId, fetched: item.value.fetched }] : [],
    );
  }
  /** All mutations of one client id, or of every one, in the order they were made. */
  mutations(generation?: number): [key: string, value: MutationValue][] {
    const all = [...this.#mutations].filter(
      ([, value]) => generation === undefined || value.generation === generation,
    );
    return all.sort(([, a], [, b]) => a.generation - b.generation || a.mutation.seq - b.mutation.seq);
  }
  /** What no receipt has come for, in order of seq. */
  unsettled(): [key: string, value: MutationValue][] {
    return [...this.#unsettled].sort(
      ([, a], [, b]) => a.generation - b.generation || a.mutation.seq - b.mutation.seq,
    );
  }
  unsettledCount(): number {
    return this.#unsettled.size;
  }
  /** Cases with a change that no receipt has come for. */
  unsettledAssignments(batchId?: BatchId): Set<AssignmentId> {
    const values = [...this.#unsettled.values()];
    const wanted = batchId === undefined ? values : values.filter((value) => value.batchId === batchId);
    return new Set(wanted.map((value) => value.mutation.assignmentId));
  }
  lastSeq(generation: number): number {
    return this.#lastSeqs.get(generation) ?? 0;
  }
  /** The body a head stands for; null before the first one, and once it was let go. */
  bodyOf(head: HeadValue): { body: AnnotationBody; bodyHash: string } | null {
    const made = head.mutationKey === null ? null : this.mutation(head.mutationKey)?.mutation;
    // What was let go and came again with an opened batch came as a revision of the server.
    const held = made?.body ? made : head.revisionId === null ? null : this.revision(head.revisionId);
    return held?.body ? { body: held.body, bodyHash: held.bodyHash } : null;
  }
}

/** A receipt came, or the change lives on under another number. A `conflict` is not settled: it is sent again (S5). */
export function isSettled(progress: ProgressValue): boolean {
  if (progress.movedTo !== null) return true;
  return progress.verdict !== null && progress.verdict.status !== 'conflict';
}

/** Gives every put the next numbers after `lsn`. */
export const numbered = (puts: readonly Put[], lsn: number): Item[] =>
  puts.map((put, i) => ({ ...put, lsn: lsn + 1 + i }));
