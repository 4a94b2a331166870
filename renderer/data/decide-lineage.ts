import type { ClientId } from '../../shared/schema/ids.ts';
import { Changes } from './changes.ts';
import { batchAnew } from './decide-sync.ts';
import { isReadable } from './feed-reading.ts';
import { toBeToldAgain } from './head-versions.ts';
import {
  type IdentityValue,
  identityKey,
  type MutationValue,
  mutationKey,
  type Put,
  type WorkLog,
} from './work-log.ts';

/** Makes everything from a seq on waiting again; its receipts are kept beside (rules S6, S13). */
export function decideResend(log: WorkLog, fromSeq: number): Put[] {
  const identity = log.identity();
  if (!identity) return [];
  const changes = new Changes(log);
  for (const [key, value] of log.mutations(identity.generation)) {
    const progress = log.progress(key);
    if (value.mutation.seq < fromSeq || progress.verdict === null || progress.movedTo !== null) continue;
    // Without its text it cannot be sent; the caller has taken a new client id instead (rule S13).
    if (value.mutation.body === null) continue;
    const earlier = [...progress.earlier, progress.verdict];
    changes.putProgress(key, { ...progress, verdict: null, earlier });
  }
  return changes.puts();
}

/**
 * The feed starts over at a server that was restored or is new, and there with it every download (rules S9, S13, S17).
 * @param restart `feed`: only told again, by the server as it was
 */
export function decideLineage(log: WorkLog, epoch: string, restart: 'none' | 'feed' | 'all'): Put[] {
  const restartFeed = restart !== 'none';
  const identity = log.identity();
  if (!identity || (identity.epoch === epoch && !restartFeed)) return [];
  const changes = new Changes(log);
  const cursor = restartFeed ? 0 : identity.cursor;
  const retelling = restartFeed || identity.retelling;
  changes.put({ type: 'identity', key: identityKey, value: { ...identity, epoch, cursor, retelling } });
  if (restart === 'all')
    for (const { batchId } of log.assignedBatches()) changes.put(batchAnew(log, batchId));
  // Every revision comes by again; until then what stood goes on standing.
  if (restartFeed) for (const head of log.heads().map(toBeToldAgain)) if (head) changes.putHead(head);
  // Whether other laptops' versions are at this server still is known once it tells of them again (rule S13).
  if (restartFeed)
    for (const { epoch: _, ...revision } of log.revisions())
      if (revision.body !== null)
        changes.put({ type: 'revision', key: revision.revisionId, value: revision });
  if (restartFeed)
    for (const [key, value] of log.unread())
      if (isReadable(value.event)) changes.put({ type: 'unread', key, value: { ...value, done: true } });
  return changes.puts();
}

/** Whether events that an older app could not read wait for this one, which can (rule S22). */
export const canReadMore = (log: WorkLog): boolean => log.unread().some(([, { event }]) => isReadable(event));

/**
 * A new client id: numbers mutations anew from 1, keeping revision ids and bodies (rules S1, S5, S6, S13).
 * @param which `unreceipted`: what no accepting receipt has come for; `retained`: everything this laptop has
 */
export function decideNewClient(log: WorkLog, clientId: ClientId, wanted: 'unreceipted' | 'retained'): Put[] {
  const changes = new Changes(log);
  const lost = lostIdentity(log);
  const identity = log.identity() ?? lost;
  // Whose receipts these are cannot be asked where the identity itself was lost.
  const which = log.identity() ? wanted : 'retained';
  // Damage may have taken the newest identity and left what was numbered under it.
  const generation = Math.max(identity.generation, lost.generation) + 1;
  const moving = log.mutations().filter(([key, { mutation }]) => {
    return mutation.body !== null && isToMove(log, key, which);
  });
  for (const [i, [key, value]] of moving.entries()) moveMutation(changes, key, value, generation, i + 1);
  const former = log.identity()?.clientId;
  const proven = which === 'retained' ? undefined : provenOf(log);
  const value = { ...identity, clientId, generation, proven, ...(former && { formerClientId: former }) };
  changes.put({ type: 'identity', key: identityKey, value });
  return changes.puts();
}

/** The newest client id that the server has acknowledged anything of. */
function provenOf(log: WorkLog): IdentityValue['proven'] {
  const identity = log.identity();
  if (!identity) return undefined;
  const { clientId, generation } = identity;
  const hasReceipts = log.mutations(generation).some(([key]) => log.progress(key).verdict !== null);
  return hasReceipts ? { clientId, generation } : identity.proven;
}

/** Stands in where the identity itself was lost, so that what it had numbered is numbered anew. */
const lostIdentity = (log: WorkLog) => ({
  generation: log.mutations().reduce((highest, [, value]) => Math.max(highest, value.generation), -1),
  epoch: null,
  cursor: 0,
  lastSyncedAt: null,
});

function isToMove(log: WorkLog, key: string, which: 'unreceipted' | 'retained'): boolean {
  const progress = log.progress(key);
  if (progress.movedTo !== null) return false;
  return which === 'retained' || progress.verdict === null || progress.verdict.status === 'conflict';
}

function moveMutation(
  changes: Changes,
  key: string,
  value: MutationValue,
  generation: number,
  seq: number,
): void {
  const movedTo = mutationKey(generation, seq);
  const mutation = { ...value.mutation, seq };
  changes.put({ type: 'mutation', key: movedTo, value: { ...value, generation, mutation } });
  const before = changes.progress(key);
  changes.putProgress(key, { ...before, movedTo });
  // What may have left the laptop never changes, under whatever number it goes (rule S11); what a server said of it
  // stays beside what this one will say (rule S13).
  const earlier = before.verdict === null ? before.earlier : [...before.earlier, before.verdict];
  if (before.attempted)
    changes.putProgress(movedTo, { ...changes.progress(movedTo), attempted: true, earlier });
  const head = changes.head(mutation.assignmentId);
  if (head?.mutationKey === key) changes.putHead({ ...head, mutationKey: movedTo });
}
