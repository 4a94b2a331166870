import type { Mutation, PhysicianAssignment, PhysicianBatch, Verdict } from '../../shared/contract/sync.ts';
import type { RevisionState } from '../../shared/schema/annotation.ts';
import type { BatchId, ClientId } from '../../shared/schema/ids.ts';
import { sentDigest } from '../../shared/sync/digest.ts';
import type { HeardTime } from '../../shared/sync/retention.ts';
import type { ContentStore } from './content.ts';
import type { AskedPage } from './content-gaps.ts';
import { canReadMore, decideLineage, decideNewClient, decideResend } from './decide-lineage.ts';
import { textsToLetGo } from './decide-retention.ts';
import {
  batchRead,
  batchToRead,
  decideAttempt,
  decideFeed,
  decideMet,
  decideVerdicts,
  type FeedPage,
} from './decide-sync.ts';
import { decidePage } from './decide-versions.ts';
import { type LocalStore, newId } from './local-store.ts';
import type { Retention } from './retention.ts';
import type { SyncReport } from './sync-summary.ts';
import {
  type IdentityValue,
  isSettled,
  type KeptMutation,
  type LetGo,
  mutationKey,
  type WorkLog,
} from './work-log.ts';

export type Download = { batchId: BatchId; needsManifest: boolean };

/** What the sync engine needs of a local store; every method that writes settles when it is on the disk. */
export type SyncStore = {
  identity: () => IdentityValue;
  /** Highest seq of this client id; 0 before the first save. */
  lastSeq: () => number;
  /** Highest seq a receipt has come for. */
  lastReceipt: () => number;
  waiting: () => number;
  /** The unsent in order of seq, at most so many and so large together; at least one where there is any. */
  nextToSend: (limit: { mutations: number; bytes: number }) => Mutation[];
  markAttempted: (mutations: readonly Mutation[]) => Promise<void>;
  /** @returns how many of them are settled now, and whether a seq was taken by another body (rule S5) */
  storeVerdicts: (verdicts: readonly Verdict[]) => Promise<{ settled: number; conflict: boolean }>;
  /** False when the mutation of this seq, or the text of a later one, is not here any more. */
  retains: (seq: number) => boolean;
  resendFrom: (seq: number) => Promise<void>;
  /** Takes a new client id and numbers everything retained anew under it. */
  startNewClient: () => Promise<void>;
  storeLineage: (epoch: string, restartFeed: boolean) => Promise<void>;
  storeFeed: (page: FeedPage) => Promise<void>;
  downloads: () => Download[];
  storeBatch: (batch: PhysicianBatch) => Promise<void>;
  /** Where the download of a batch goes on, behind what it has `reached` just now; null when it is whole or its gate is shut (rule S25). */
  pagesAfter: (batchId: BatchId, reached?: number) => number | null;
  /** @param asked what was asked for with it: cases that it did not bring are not asked for again */
  storePage: (assignments: readonly PhysicianAssignment[], asked?: AskedPage) => Promise<void>;
  /** The server says the gate is shut after all: the batch is asked for again. */
  forgetBatch: (batchId: BatchId) => Promise<void>;
  digest: () => { count: number; digest: string };
  /** What the client id before this one sent, as long as nothing has its receipt under this one; else null (rule S13). */
  proven: () => { clientId: ClientId; count: number; digest: string } | null;
  /** A batch is closed and waits for the server's time, which comes with the digest (rule S13). */
  awaitsTime: () => boolean;
  /** All news is here, and the server holds just what was sent from here and said its time with that (rule S13). */
  agreed: (heard: HeardTime) => Promise<boolean>;
  report: (report: SyncReport) => void;
  /** Calls back after every save; returns the function that ends it. */
  onSaved: (listener: (state: RevisionState) => void) => () => void;
};

type Parts = {
  store: LocalStore;
  content: ContentStore;
  clock: () => Date;
  retention: Retention;
  setReport: (report: SyncReport) => void;
  savedListeners: Set<(state: RevisionState) => void>;
};

/** The engine's port over a workspace's local store. */
export function createSyncStore({
  store,
  content,
  retention,
  clock,
  setReport,
  savedListeners,
}: Parts): SyncStore {
  const { log } = store;
  const identity = (): IdentityValue => {
    const value = log.identity();
    if (!value) throw new Error('a store without an identity');
    return value;
  };
  const receipts = (generation = identity().generation) =>
    log.mutations(generation).flatMap(([key]) => {
      const receipt = log.progress(key).verdict?.receipt;
      return receipt ? [{ seq: receipt.seq, bodyHash: receipt.bodyHash }] : [];
    });

  const casesHere = (batchId: BatchId) => ({ batchId, ids: content.order(batchId) });

  return {
    identity,
    lastSeq: () => log.lastSeq(identity().generation),
    lastReceipt: () => receipts().reduce((last, { seq }) => Math.max(last, seq), 0),
    waiting: () => log.unsettledCount(),
    nextToSend: (limit) => {
      const unsent = log.unsettled().filter(([, value]) => value.generation === identity().generation);
      return fitting(unsent.map(([, { mutation }]) => mutation).filter(isSendable), limit);
    },
    markAttempted: (mutations) =>
      store.commit(() => {
        const keys = mutations.map(({ seq }) => mutationKey(identity().generation, seq));
        return decideAttempt(log, keys);
      }),
    storeVerdicts: async (verdicts) => {
      const { generation } = identity();
      await store.commit(() => decideVerdicts(log, generation, verdicts, clock().toISOString()));
      const conflict = verdicts.some(({ status }) => status === 'conflict');
      const settled = verdicts.filter(({ seq }) =>
        isSettled(log.progress(mutationKey(generation, seq))),
      ).length;
      return { settled, conflict };
    },
    retains: (seq) =>
      log.mutation(mutationKey(identity().generation, seq)) !== null &&
      log.mutations(identity().generation).every(([, { mutation }]) => mutation.seq < seq || mutation.body),
    resendFrom: (seq) => store.commit(() => decideResend(log, seq)),
    startNewClient: () => store.commit(() => decideNewClient(log, newId(clock) as ClientId, 'retained')),
    storeLineage: (epoch, restartFeed) =>
      store.commit(() => decideLineage(log, epoch, restartFeed ? 'all' : canReadMore(log) ? 'feed' : 'none')),
    storeFeed: (page) => store.commit(() => decideFeed(log, page, (id) => content.placeOf(id))),
    downloads: () => downloadsOf(content, log),
    storeBatch: async (batch) => {
      await store.requireSpace();
      await content.storeBatch(batch);
      await store.commit(() => {
        const letGo = letGoAfter(log.letGo(batch.id), batch);
        // Told while it could have been open, and it is not.
        const hasTexts = letGo !== null && textsToLetGo(log, casesHere(batch.id), 1).length > 0;
        return [batchRead(log, batch.id, hasTexts ? { ...letGo, swept: false } : letGo)];
      });
    },
    pagesAfter: (batchId, reached) => pagesAfter(content, log, batchId, reached),
    forgetBatch: (batchId) => store.commit(() => [batchToRead(log, batchId)]),
    storePage: async (assignments, asked) => {
      await store.requireSpace();
      // The cases last: a page whose cases are here is never asked for again.
      await store.commit(() => decidePage(log, assignments));
      await content.storePage(assignments.map(({ latest: _, ...rest }) => rest));
      await store.commit(() => decideMet(log, assignments));
      if (asked) content.gaps.asked(asked, new Set(assignments.map(({ position }) => position)));
      store.emit();
    },
    digest: () => ({ count: receipts().length, digest: sentDigest(receipts()) }),
    proven: () => {
      const { proven } = identity();
      if (!proven || receipts().length > 0) return null;
      const sent = receipts(proven.generation);
      return { clientId: proven.clientId, count: sent.length, digest: sentDigest(sent) };
    },
    awaitsTime: () => retention.awaitsTime(),
    agreed: (heard) => retention.agreed(heard),
    report: setReport,
    onSaved: (listener) => {
      savedListeners.add(listener);
      return () => void savedListeners.delete(listener);
    },
  };
}

function downloadsOf(content: ContentStore, log: WorkLog): Download[] {
  return log.assignedBatches().flatMap(({ batchId, fetched }): Download[] => {
    if (!content.batch(batchId) || !fetched) return [{ batchId, needsManifest: true }];
    return pagesAfter(content, log, batchId) === null ? [] : [{ batchId, needsManifest: false }];
  });
}

/** What was let go of a batch is over once it is opened again; where parts of it are still here, after these (rule S13). */
export const letGoAfter = (letGo: LetGo | null, { locked }: Pick<PhysicianBatch, 'locked'>): LetGo | null =>
  letGo?.swept && !locked ? null : letGo;

function pagesAfter(content: ContentStore, log: WorkLog, batchId: BatchId, reached = -1): number | null {
  if (log.letGo(batchId)) return null;
  const batch = content.batch(batchId);
  if (batch?.gate !== 'open') return null;
  // What is here says nothing of what a restored server gives.
  const anew = log.batch(batchId)?.anew;
  if (anew && anew.met < batch.assignments) return Math.max(anew.after, reached);
  return content.gaps.nextPage(batch, reached);
}

/** What was let go has its receipt, so that nothing unsent is ever without its text. */
const isSendable = (mutation: KeptMutation): mutation is KeptMutation & Mutation => mutation.body !== null;

const utf8 = new TextEncoder();

function fitting(mutations: readonly Mutation[], limit: { mutations: number; bytes: number }): Mutation[] {
  const taken: Mutation[] = [];
  let bytes = 0;
  for (const mutation of mutations) {
    bytes += utf8.encode(JSON.stringify(mutation)).byteLength + 1;
    if (taken.length > 0 && (taken.length >= limit.mutations || bytes > limit.bytes)) break;
    taken.push(mutation);
  }
  return taken;
}
