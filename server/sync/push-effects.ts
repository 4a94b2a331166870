import type { Verdict } from '../../shared/contract/sync.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import type { MutationReading } from '../../shared/sync/mutation-reading.ts';
import type { Closed, Decision } from '../../shared/sync/push-decision.ts';
import { rawJson } from '../../shared/sync/raw-json.ts';
import type { AuditEntry } from '../db/audit.ts';
import type { NewConflict, NewHead, NewLogRow, NewRevision } from './push-store.ts';

/** What a decided push makes of its changes: audit entries, verdicts and rows, without a database. */

/** Who sent the push, and when it arrived. */
export type Sender = {
  userId: string;
  clientId: string;
  appVersion: string;
  at: Date;
  /** Set when the changes came out of an emergency copy (rule S27). */
  rescue: PushRescue | null;
};
/** The file that changes came out of, by its hash, and who brought it. */
export type PushRescue = { file: string; by: string };
/** One item as it came and as it was read. */
export type Item = { received: unknown; reading: MutationReading };
export type Taken = { decision: Decision; item: Item };
export type Judged = Taken & { verdict: Verdict };
/** The verdict an item got before, if it came before. */
export type RepeatOf = (taken: Taken) => Verdict | undefined;

/** The audit action under which a conflict is found again. */
export const conflictAction = 'change.conflict';

/** Decisions beside the items they are about; items from a gap on have none. */
export const takenOf = (decisions: readonly Decision[], items: readonly Item[]): Taken[] =>
  decisions.flatMap((decision, i) => {
    const item = items[i];
    return item ? [{ decision, item }] : [];
  });

/** Why work on an assignment comes late, if it does. */
export function closedOf(row: { recalledAt: Date | null; lockedAt: Date | null }): Closed | null {
  if (row.recalledAt !== null) return 'recalled';
  return row.lockedAt === null ? null : 'locked';
}

/** The hash under which the whole text of a conflicting item is found again. */
export const rawHashOf = ({ item }: Taken): string => sha256Hex(rawJson(item.received));

/** Names one conflicting item among all of its client. */
export const conflictKey = (taken: Taken): string => `${taken.decision.seq}:${rawHashOf(taken)}`;

const statusOf = (decision: Exclude<Decision, { kind: 'duplicate' }>): Verdict['status'] =>
  decision.kind === 'taken' ? decision.status : decision.kind;

export function auditEntryOf(sender: Sender, taken: Taken): AuditEntry {
  const { decision, item } = taken;
  const { hash, revisionId } = item.reading;
  const { appVersion, rescue } = sender;
  const shared = { seq: decision.seq, revisionId, bodyHash: hash, appVersion, ...(rescue && { rescue }) };
  if (decision.kind === 'conflict')
    return {
      action: conflictAction,
      subject: sender.clientId,
      detail: { ...shared, rawHash: rawHashOf(taken) },
    };
  if (decision.kind !== 'taken')
    return { action: 'change.quarantined', subject: sender.clientId, detail: shared };
  const { status, diverged, isNew, mutation } = decision;
  const detail = { ...shared, clientId: sender.clientId, state: mutation.state, diverged, isNew };
  return { action: `annotation.${status}`, subject: mutation.assignmentId, detail };
}

export function verdictOf({ decision, item }: Taken, auditHash: string, at: Date): Verdict {
  const { seq } = decision;
  const { revisionId, hash: bodyHash } = item.reading;
  const receipt = {
    seq,
    revisionId,
    bodyHash,
    auditHash,
    receivedAt: at.toISOString(),
    durable: true as const,
  };
  if (decision.kind === 'duplicate') throw new Error('a duplicate has its stored verdict');
  const diverged = decision.kind === 'taken' && decision.diverged;
  return { seq, status: statusOf(decision), diverged, receipt, reason: decision.reason };
}

/** What has an effect: neither answered before nor the same conflict as an earlier item of this push. */
export function freshOf(taken: readonly Taken[], repeatOf: RepeatOf): Taken[] {
  const met = new Set<string>();
  return taken.filter((one) => {
    if (one.decision.kind === 'duplicate' || repeatOf(one)) return false;
    if (one.decision.kind !== 'conflict') return true;
    const key = conflictKey(one);
    const isFirst = !met.has(key);
    met.add(key);
    return isFirst;
  });
}

/** The verdict of every item in its order: an earlier one's where it came before, in this push or another. */
export function answersOf(taken: readonly Taken[], judged: readonly Judged[], repeatOf: RepeatOf): Verdict[] {
  const isConflict = ({ decision }: Taken) => decision.kind === 'conflict';
  const conflicts = new Map(judged.filter(isConflict).map((one) => [conflictKey(one), one.verdict]));
  const bySeq = new Map(
    judged.filter((one) => !isConflict(one)).map(({ verdict }) => [verdict.seq, verdict]),
  );
  return taken.flatMap((one) => {
    const inThisPush = isConflict(one) ? conflicts.get(conflictKey(one)) : bySeq.get(one.decision.seq);
    // A seq that stands twice in one push has no stored verdict yet: its first one is in this push.
    const verdict = repeatOf(one) ?? inThisPush;
    return verdict ? [verdict] : [];
  });
}

export function revisionRow(
  { userId, clientId, appVersion, at }: Sender,
  { decision }: Judged,
): NewRevision[] {
  if (decision.kind !== 'taken' || !decision.isNew) return [];
  const { mutation, bodyText: body, seq, status, diverged } = decision;
  const { revisionId: id, assignmentId, baseRevisionId, state, bodyHash } = mutation;
  const origin = { userId, clientId, seq, appVersion, madeAt: new Date(mutation.madeAt), receivedAt: at };
  return [
    { id, assignmentId, baseRevisionId, state, body, bodyHash, late: status === 'late', diverged, ...origin },
  ];
}

export function headMove(decision: Decision): NewHead[] {
  if (decision.kind !== 'taken' || !decision.movesHead) return [];
  const { assignmentId, revisionId, state } = decision.mutation;
  return [{ assignmentId, revisionId, state }];
}

export function logRow({ clientId, at }: Sender, { decision, item, verdict }: Judged): NewLogRow[] {
  if (decision.kind === 'conflict') return [];
  const raw = decision.kind === 'quarantined' ? Buffer.from(rawJson(item.received)) : null;
  return [{ clientId, seq: decision.seq, bodyHash: item.reading.hash, verdict, raw, receivedAt: at }];
}

export function conflictRow({ clientId, at }: Sender, { decision, item }: Judged): NewConflict[] {
  if (decision.kind !== 'conflict') return [];
  const raw = rawJson(item.received);
  // Keyed by the whole text, so that every different item under the seq is kept.
  return [{ clientId, seq: decision.seq, bodyHash: sha256Hex(raw), raw: Buffer.from(raw), receivedAt: at }];
}
