import type { Actor } from '../../../server/db/context.ts';
import {
  answersOf,
  auditEntryOf,
  closedOf,
  conflictKey,
  conflictRow,
  freshOf,
  headMove,
  type Item,
  type Judged,
  logRow,
  type RepeatOf,
  revisionRow,
  type Sender,
  type Taken,
  takenOf,
  verdictOf,
} from '../../../server/sync/push-effects.ts';
import type { EndpointInput, EndpointReply } from '../../../shared/contract/endpoint.ts';
import type { syncPush } from '../../../shared/contract/sync.ts';
import { AppError } from '../../../shared/errors.ts';
import type { UserId } from '../../../shared/schema/ids.ts';
import { readMutation, reasonOf } from '../../../shared/sync/mutation-reading.ts';
import {
  type Decision,
  decidePush,
  type KnownRevision,
  type PushState,
  seqsOf,
} from '../../../shared/sync/push-decision.ts';
import { appendAudit, appendFeed, type LogRow, listIn, type MemoryState } from './memory-state.ts';
import { rubricOfVersion } from './planned-batch.ts';

type Pusher = Actor & { userId: UserId };

function knownRevision(state: MemoryState, userId: UserId, id: string): KnownRevision | null {
  const row = state.revisions.get(id);
  if (!row) return null;
  const { assignmentId, bodyHash: hash, state: was, late, diverged } = row;
  return { own: row.userId === userId, assignmentId, hash, state: was, late, diverged };
}

const assignmentState = (state: MemoryState, userId: UserId, id: string) => {
  const row = state.assignments.get(id);
  const batch = row && state.batches.get(row.batchId);
  if (!row || !batch || row.userId !== userId) return null;
  const closed = closedOf({ recalledAt: row.recalledAt, lockedAt: batch.lockedAt });
  return { closed, head: row.head, rubric: rubricOfVersion(batch.rubricVersion) };
};

/** What the maps of the decision hold: only what this push names, and only the caller's own. */
function pushState(state: MemoryState, userId: UserId, log: readonly LogRow[], items: Item[]): PushState {
  const readings = items.map(({ reading }) => reading);
  const sound = readings.flatMap(({ content }) => (content.readable ? [content.mutation] : []));
  const seqs = seqsOf(readings) ?? [];
  const entries = <V>(ids: readonly string[], find: (id: string) => V | null) =>
    new Map(
      ids.flatMap((id) => {
        const found = find(id);
        return found ? [[id, found] as const] : [];
      }),
    );
  return {
    lastSeq: log.length,
    known: new Map(
      seqs.flatMap((seq) => {
        const row = log[seq - 1];
        return row ? [[seq, { hash: row.bodyHash, revisionId: row.verdict.receipt.revisionId }]] : [];
      }),
    ),
    assignments: entries(
      sound.map((m) => m.assignmentId),
      (id) => assignmentState(state, userId, id),
    ),
    revisions: entries(
      sound.map((m) => m.revisionId),
      (id) => knownRevision(state, userId, id),
    ),
  };
}

/** PostgreSQL has no year 0; what it refuses is quarantined alone (rule S7). */
const isRefused = (decision: Decision): boolean =>
  decision.kind === 'taken' && decision.isNew && decision.mutation.madeAt.startsWith('0000');

function decide(state: MemoryState, userId: UserId, log: readonly LogRow[], items: Item[]) {
  const decided = decidePush(
    items.map(({ reading }) => reading),
    pushState(state, userId, log, items),
  );
  if (!decided) throw new AppError('bad-request', { details: 'no change in this push carries a seq' });
  const refused = decided.decisions.findIndex(isRefused);
  const item = items[refused];
  if (!item) return { ...decided, items };
  const content = { readable: false as const, reason: reasonOf('unreadable', 'the database refused it') };
  const seqs = seqsOf(items.map(({ reading }) => reading)) ?? [];
  const seq = seqs[refused] ?? null;
  const quarantined = { ...item, reading: { ...item.reading, seq, content } };
  return decide(state, userId, log, items.with(refused, quarantined));
}

const conflictId = (sender: Sender, taken: Taken): string => `${sender.clientId} ${conflictKey(taken)}`;

function repeatsOf(state: MemoryState, sender: Sender, log: readonly LogRow[]): RepeatOf {
  return (taken) => {
    const { decision } = taken;
    if (decision.kind === 'duplicate') return log[decision.seq - 1]?.verdict;
    if (decision.kind !== 'conflict') return undefined;
    const known = state.conflicts.get(conflictId(sender, taken));
    return known && verdictOf(taken, known.auditHash, known.at);
  };
}

function write(state: MemoryState, sender: Sender & { userId: UserId }, judged: readonly Judged[]): void {
  const { clientId, userId, at } = sender;
  const log = listIn(state.logs, clientId);
  for (const one of judged) {
    for (const { seq, bodyHash, verdict, raw } of logRow(sender, one))
      log.push({ seq, bodyHash, verdict: verdict as LogRow['verdict'], raw: raw ?? null });
    for (const _row of conflictRow(sender, one)) {
      const { auditHash } = one.verdict.receipt;
      state.conflicts.set(conflictId(sender, one), { userId, auditHash, at });
    }
    for (const row of revisionRow(sender, one)) state.revisions.set(row.id, { ...row, userId });
    for (const { assignmentId, revisionId, state: head } of headMove(one.decision)) {
      const assignment = state.assignments.get(assignmentId);
      if (assignment)
        state.assignments.set(assignmentId, { ...assignment, head: { revisionId, state: head } });
    }
  }
  const revisions = judged.flatMap((one) => revisionRow(sender, one));
  appendFeed(
    state,
    userId,
    revisions.map(({ id }) => ({ type: 'revision' as const, revisionId: id })),
  );
}

/** As `push` of the server (rules S3 to S7), with what its tables do done by maps and lists. */
export function push(
  state: MemoryState,
  actor: Pusher,
  input: EndpointInput<typeof syncPush>['body'],
  at: Date,
): EndpointReply<typeof syncPush> {
  const client = state.clients.get(input.clientId.toLowerCase());
  if (client?.userId !== actor.userId || state.epoch !== input.epoch) throw new AppError('epoch-changed');
  const sender = {
    userId: actor.userId,
    clientId: client.id,
    appVersion: input.appVersion,
    at,
    rescue: null,
  };
  const log = listIn(state.logs, client.id);
  const read = input.mutations.map((received) => ({ received, reading: readMutation(received) }));
  const { decisions, items, after, expectedSeq } = decide(state, actor.userId, log, read);
  const taken = takenOf(decisions, items);
  // Looked up before anything is written, as the server does.
  const repeats = new Map(taken.map((one) => [one, repeatsOf(state, sender, log)(one)]));
  const repeatOf: RepeatOf = (one) => repeats.get(one);
  const fresh = freshOf(taken, repeatOf);
  const hashes = appendAudit(
    state,
    actor,
    at,
    fresh.map((one) => auditEntryOf(sender, one)),
  );
  const judged = fresh.map((one, i) => ({ ...one, verdict: verdictOf(one, hashes[i] ?? '', at) }));
  write(state, sender, judged);
  state.clients.set(client.id, { ...client, lastSeq: after.lastSeq });
  return {
    epoch: state.epoch,
    verdicts: answersOf(taken, judged, repeatOf),
    lastSeq: after.lastSeq,
    expectedSeq,
  };
}
