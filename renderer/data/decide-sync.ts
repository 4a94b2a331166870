import type { FeedEvent, PhysicianAssignment, Verdict } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { Changes } from './changes.ts';
import { answerReturn, keepUnread, takeFeedback, takeReturn } from './decide-news.ts';
import { type Place, settleRetold, takeRevision, untouched } from './decide-versions.ts';
import type { ReadEvent } from './feed-reading.ts';
import { headByVersions, isShownOtherwise } from './head-versions.ts';
import {
  type BatchValue,
  identityKey,
  type KeptMutation,
  type LetGo,
  mutationKey,
  type Put,
  type WorkLog,
} from './work-log.ts';

/** Why a verdict's receipt is none for this mutation, or null when it is one (rule S8). */
export function receiptProblem(mutation: KeptMutation, verdict: Verdict): string | null {
  const { receipt } = verdict;
  if (receipt.seq !== mutation.seq) return 'The receipt is for another change.';
  if (receipt.bodyHash !== mutation.bodyHash) return 'The receipt is for another text than the one sent.';
  const stands = verdict.status === 'accepted' || verdict.status === 'late';
  return stands && receipt.revisionId !== mutation.revisionId ? 'The receipt is for another revision.' : null;
}

/** Marks mutations before their first byte leaves (rule S11). */
export function decideAttempt(log: WorkLog, keys: readonly string[]): Put[] {
  const changes = new Changes(log);
  for (const key of keys) {
    const progress = changes.progress(key);
    if (!progress.attempted) changes.putProgress(key, { ...progress, attempted: true });
  }
  return changes.puts();
}

/** Stores verdicts with their receipts; a receipt that does not match leaves its mutation unsent. */
export function decideVerdicts(
  log: WorkLog,
  generation: number,
  verdicts: readonly Verdict[],
  at: string,
): Put[] {
  const changes = new Changes(log);
  for (const verdict of verdicts) {
    const key = mutationKey(generation, verdict.seq);
    const mutation = log.mutation(key)?.mutation;
    if (!mutation) continue;
    const problem = receiptProblem(mutation, verdict);
    const progress = changes.progress(key);
    if (problem) {
      if (progress.problem !== problem) changes.putProgress(key, { ...progress, attempted: true, problem });
      continue;
    }
    changes.putProgress(key, { ...progress, attempted: true, verdict, problem: null });
    const head = changes.head(mutation.assignmentId);
    // What the server did not take is no ground to stand on.
    const after = head && headByVersions(changes, head);
    if (after && isShownOtherwise(head, after)) changes.putHead(after);
  }
  const identity = log.identity();
  if (identity && changes.puts().length > 0)
    changes.put({ type: 'identity', key: identityKey, value: { ...identity, lastSyncedAt: at } });
  return changes.puts();
}

/** @property head where the feed of this server ends */
export type FeedPage = { epoch: string; events: readonly ReadEvent[]; cursor: number; head: number };

/** Applies a page of the feed and its cursor as one change (rule S9). */
export function decideFeed(
  log: WorkLog,
  page: FeedPage,
  placeOf: (assignmentId: AssignmentId) => Place | null,
): Put[] {
  const identity = log.identity();
  if (!identity) return [];
  const changes = new Changes(log);
  for (const event of page.events) takeEvent(changes, event, { epoch: page.epoch, placeOf });
  const isRetold = identity.retelling && page.cursor >= page.head;
  if (isRetold) settleRetold(changes);
  const retelling = isRetold ? undefined : identity.retelling;
  if (
    page.cursor !== identity.cursor ||
    page.epoch !== identity.epoch ||
    changes.puts().length > 0 ||
    isRetold
  )
    changes.put({
      type: 'identity',
      key: identityKey,
      value: { ...identity, epoch: page.epoch, cursor: page.cursor, retelling },
    });
  return changes.puts();
}

function takeEvent(changes: Changes, event: ReadEvent, telling: Parameters<typeof takeRevision>[2]): void {
  switch (event.type) {
    case 'batch-assigned':
    case 'batch-changed':
      changes.put(batchToRead(changes.log, event.batchId));
      break;
    case 'assignments-recalled':
      recall(changes, event);
      break;
    case 'assignment-returned':
      takeReturn(changes, event);
      break;
    case 'expert-feedback':
      takeFeedback(changes, event);
      break;
    case 'revision':
      answerReturn(changes, event);
      takeRevision(changes, event, telling);
      break;
    case 'unread':
      keepUnread(changes, event);
      break;
  }
}

const batchPut = (log: WorkLog, batchId: BatchId, change: Partial<BatchValue>): Put => ({
  type: 'batch',
  key: batchId,
  value: { fetched: false, ...log.batch(batchId), ...change },
});

/** A restored server may give other cases: all are asked for anew (rule S17). */
export const batchAnew = (log: WorkLog, batchId: BatchId): Put =>
  batchPut(log, batchId, { fetched: false, anew: { after: -1, met: 0 } });

/** The batch is asked for again; what was let go of it stays so until then (rule S13). */
export const batchToRead = (log: WorkLog, batchId: BatchId): Put =>
  batchPut(log, batchId, { fetched: false });

/** The server was asked for the batch since it last changed; `letGo` as it stands after that. */
export const batchRead = (log: WorkLog, batchId: BatchId, letGo: LetGo | null): Put =>
  batchPut(log, batchId, { fetched: true, letGo: letGo ?? undefined });

function recall(changes: Changes, event: Extract<FeedEvent, { type: 'assignments-recalled' }>): void {
  for (const id of event.assignmentIds) {
    const head = changes.head(id) ?? untouched(id, event.batchId);
    changes.putHead({ ...head, recalled: event.reason });
  }
}

/** How far a download that began anew has come, once the cases of this page are here. */
export function decideMet(log: WorkLog, assignments: readonly PhysicianAssignment[]): Put[] {
  const [first] = assignments;
  const anew = first && log.batch(first.batchId)?.anew;
  if (!first || !anew) return [];
  const met = assignments.filter(({ position }) => position > anew.after);
  const after = Math.max(anew.after, ...met.map(({ position }) => position));
  return [batchPut(log, first.batchId, { anew: { after, met: anew.met + met.length } })];
}
