import type { EndpointInput, EndpointReply } from '../../shared/contract/endpoint.ts';
import type { syncPush, Verdict } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import { readMutation, reasonOf } from '../../shared/sync/mutation-reading.ts';
import { decidePush, type PushState, seqsOf } from '../../shared/sync/push-decision.ts';
import { appendAudit, auditStreamOf } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import { appendFeed } from '../db/feed.ts';
import { physicianOf } from './domain.ts';
import { tellOfExperts } from './expert-feedback.ts';
import { isBadData, repeatOnDeadlock } from './postgres-failure.ts';
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
  type PushRescue,
  type RepeatOf,
  rawHashOf,
  revisionRow,
  type Sender,
  type Taken,
  takenOf,
  verdictOf,
} from './push-effects.ts';
import * as store from './push-store.ts';
import { readSite } from './store.ts';

type PushInput = EndpointInput<typeof syncPush>['body'];
type PushReply = EndpointReply<typeof syncPush>;

/** Everything about one push that its parts need. */
type Push = Sender & { context: Context };
type Outcome = { verdicts: Verdict[]; lastSeq: number; expectedSeq: number | null };

/**
 * Takes up to 50 changes of one client in one transaction and answers after its commit (rules S3 to S7).
 * @throws AppError `epoch-changed` when the client must shake hands first, `bad-request` when no item has a seq
 */
export async function push(
  context: Context,
  input: PushInput,
  rescue: PushRescue | null = null,
): Promise<PushReply> {
  const userId = physicianOf(context);
  const { clientId, appVersion } = input;
  const items = input.mutations.map((received) => ({ received, reading: readMutation(received) }));
  return repeatOnDeadlock(() =>
    context.db.transaction(async (tx) => {
      const client = await store.lockClient(tx, userId, clientId);
      const { epoch } = await readSite(tx);
      if (!client || epoch !== input.epoch) throw new AppError('epoch-changed');
      const at = context.clock();
      const pushing: Push = { context, userId, clientId: client.id, appVersion, at, rescue };
      const outcome = await takeItems(tx, pushing, items, client.lastSeq);
      return { epoch, ...outcome };
    }),
  );
}

/** Writes all items at once; when one of them breaks the statement, each again alone (rule S7). */
async function takeItems(tx: Tx, pushing: Push, items: Item[], lastSeq: number): Promise<Outcome> {
  try {
    return await tx.transaction((savepoint) => apply(savepoint, pushing, items, lastSeq));
  } catch (error) {
    if (!isBadData(error)) throw error;
    return takeOneByOne(tx, pushing, withSeqs(items), lastSeq);
  }
}

/** Gives items without a readable seq the one of their place, so that each can stand alone. */
function withSeqs(items: Item[]): Item[] {
  const seqs = seqsOf(items.map((item) => item.reading)) ?? [];
  return items.map((item, i) => ({ ...item, reading: { ...item.reading, seq: seqs[i] ?? null } }));
}

async function takeOneByOne(tx: Tx, pushing: Push, items: Item[], lastSeq: number): Promise<Outcome> {
  const whole: Outcome = { verdicts: [], lastSeq, expectedSeq: null };
  for (const item of items) {
    const one = await takeAlone(tx, pushing, item, whole.lastSeq);
    whole.verdicts.push(...one.verdicts);
    whole.lastSeq = one.lastSeq;
    whole.expectedSeq = one.expectedSeq;
    if (one.expectedSeq !== null) break;
  }
  return whole;
}

async function takeAlone(tx: Tx, pushing: Push, item: Item, lastSeq: number): Promise<Outcome> {
  try {
    return await tx.transaction((savepoint) => apply(savepoint, pushing, [item], lastSeq));
  } catch (error) {
    if (!isBadData(error)) throw error;
    const content = { readable: false as const, reason: reasonOf('unreadable', 'the database refused it') };
    const quarantined = { ...item, reading: { ...item.reading, content } };
    return tx.transaction((savepoint) => apply(savepoint, pushing, [quarantined], lastSeq));
  }
}

/** What the maps of the decision hold: only what this push names, and only the caller's own. */
async function loadState(tx: Tx, pushing: Push, items: Item[], lastSeq: number) {
  const { userId, clientId } = pushing;
  const readings = items.map((item) => item.reading);
  const sound = readings.flatMap(({ content }) => (content.readable ? [content.mutation] : []));
  const seqs = (seqsOf(readings) ?? []).filter((seq) => seq <= lastSeq);
  const logged = await store.findLogged(tx, clientId, [...new Set(seqs)]);
  const mine = await store.lockAssignments(tx, userId, [...new Set(sound.map((m) => m.assignmentId))]);
  const rubrics = await store.findRubrics(tx, [...new Set(mine.map((row) => row.rubricId))]);
  const revisions = await store.findRevisions(tx, userId, [...new Set(sound.map((m) => m.revisionId))]);
  const assignments: PushState['assignments'] = new Map(
    mine.flatMap((row) => {
      const { latestRevisionId: revisionId, latestState: state } = row;
      const rubric = rubrics.get(row.rubricId);
      const head = revisionId !== null && state !== null ? { revisionId, state } : null;
      return rubric ? [[row.id, { closed: closedOf(row), head, rubric }] as const] : [];
    }),
  );
  const state = { lastSeq, known: logged, assignments, revisions } satisfies PushState;
  return { logged, state, pushed: new Map(mine.map((row) => [row.id, row])) };
}

async function apply(tx: Tx, pushing: Push, items: Item[], lastSeq: number): Promise<Outcome> {
  const { logged, state, pushed } = await loadState(tx, pushing, items, lastSeq);
  const decided = decidePush(
    items.map((item) => item.reading),
    state,
  );
  if (!decided) throw new AppError('bad-request', { details: 'no change in this push carries a seq' });
  const { decisions, after, expectedSeq } = decided;
  const taken = takenOf(decisions, items);
  const verdicts = await writeVerdicts(tx, pushing, taken, { logged, pushed, lastSeq: after.lastSeq });
  return { verdicts, lastSeq: after.lastSeq, expectedSeq };
}

/** Verdicts of what was answered before: the same seq again, or the same conflict again. */
async function findRepeats(
  tx: Tx,
  pushing: Push,
  taken: Taken[],
  logged: ReadonlyMap<number, { verdict: Verdict }>,
): Promise<RepeatOf> {
  const conflicts = taken.filter(({ decision }) => decision.kind === 'conflict');
  const rawHashes = conflicts.map(rawHashOf);
  const before = await store.findConflicts(
    tx,
    auditStreamOf(pushing.context.actor),
    pushing.clientId,
    rawHashes,
  );
  return (one) => {
    if (one.decision.kind === 'duplicate') return logged.get(one.decision.seq)?.verdict;
    if (one.decision.kind !== 'conflict') return undefined;
    const known = before.get(conflictKey(one));
    return known && verdictOf(one, known.auditHash, known.at);
  };
}

async function writeVerdicts(
  tx: Tx,
  pushing: Push,
  taken: Taken[],
  known: {
    logged: ReadonlyMap<number, { verdict: Verdict }>;
    pushed: ReadonlyMap<string, store.PushedAssignment>;
    lastSeq: number;
  },
): Promise<Verdict[]> {
  const repeatOf = await findRepeats(tx, pushing, taken, known.logged);
  const fresh = freshOf(taken, repeatOf);
  const entries = fresh.map((one) => auditEntryOf(pushing, one));
  const hashes = await appendAudit(tx, pushing.context.actor, pushing.at, entries);
  const judged = fresh.map((one, i) => ({ ...one, verdict: verdictOf(one, hashes[i] ?? '', pushing.at) }));
  if (judged.length > 0) await write(tx, pushing, judged, known);
  return answersOf(taken, judged, repeatOf);
}

async function write(
  tx: Tx,
  pushing: Push,
  judged: Judged[],
  { pushed, lastSeq }: { pushed: ReadonlyMap<string, store.PushedAssignment>; lastSeq: number },
): Promise<void> {
  const { clientId, userId, appVersion, at } = pushing;
  const revisions = judged.flatMap((one) => revisionRow(pushing, one));
  const heads = new Map(
    judged.flatMap(({ decision }) => headMove(decision)).map((head) => [head.assignmentId, head]),
  );
  await store.insertPush(
    tx,
    { id: clientId, lastSeq, appVersion, at },
    {
      revisions,
      log: judged.flatMap((one) => logRow(pushing, one)),
      conflicts: judged.flatMap((one) => conflictRow(pushing, one)),
      heads: [...heads.values()],
    },
  );
  const said = revisions.flatMap(({ assignmentId, state }) => {
    const assignment = pushed.get(assignmentId);
    return assignment ? [{ assignment, state }] : [];
  });
  await appendFeed(tx, userId, [
    ...revisions.map((revision) => ({ type: 'revision' as const, revisionId: revision.id })),
    ...(await tellOfExperts(tx, { userId, at }, said)),
  ]);
}
