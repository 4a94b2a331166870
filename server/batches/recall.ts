import type { recallAssignments as recallEndpoint } from '../../shared/contract/batches.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { BatchId, ComparisonId, UserId } from '../../shared/schema/ids.ts';
import { planAssignments } from '../../shared/selection/assign.ts';
import { appendAudit } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import { type Context, newId } from '../db/context.ts';
import { appendFeed, type FeedEntry } from '../db/feed.ts';
import { getBatch, getPhysicians, newSeed } from './domain.ts';
import { lockOpenAssignments, type OpenAssignment, setRecalled } from './recall-store.ts';
import * as store from './store.ts';

export type RecallInput = {
  batchId: BatchId;
  fromId: UserId;
  /** Who gets what is taken back; null: nobody yet. */
  toId: UserId | null;
  /** Leaves what was begun, as far as the server knows. */
  untouchedOnly: boolean;
  /** Told to the physician it is taken from. */
  reason: string;
};

/** Ids in one event: a laptop takes an event whole. */
const idsPerEvent = 1000;

function whyNot(batch: store.BatchRow, input: RecallInput): string | null {
  if (batch.lockedAt !== null)
    return `The batch "${batch.name}" is locked, so nothing of it can change hands. Open it first.`;
  if (input.toId === null) return null;
  if (input.toId === input.fromId) return 'It is the same physician twice. Choose another one to give it to.';
  return batch.kind === 'practice'
    ? 'Practice is given to everybody and cannot change hands. Assign the batch to the other physician.'
    : null;
}

/** What of it the other physician can take: nobody gets the same comparison twice, recalled or not. */
async function takeable(tx: Tx, { batchId, toId }: RecallInput, open: readonly OpenAssignment[]) {
  if (toId === null) return open;
  const existing = await store.readExistingAssignments(tx, batchId);
  const had = new Set(
    existing.filter(({ physician }) => physician === toId).map(({ comparison }) => comparison),
  );
  return open.filter(({ comparisonId }) => !had.has(comparisonId));
}

/**
 * Takes back what a physician has not finished of a batch, and gives it to another one under new ids and with a
 * left and right order of its own. What was finished stays; what is on a laptop still arrives, marked late (S12).
 * @throws AppError `not-found`; `nothing-to-recall` where there is nothing of it, or the batch is locked
 */
export async function recallAssignments(
  context: Context,
  input: RecallInput,
): Promise<EndpointReply<typeof recallEndpoint>> {
  requirePermission(context.actor.roles, 'batch:recall');
  const { batchId, fromId, toId } = input;
  return context.db.transaction(async (tx) => {
    const batch = await store.lockBatch(tx, batchId);
    if (!batch) throw new AppError('not-found');
    const refusal = whyNot(batch, input);
    if (refusal !== null) throw new AppError('nothing-to-recall', { message: refusal });
    if (toId !== null) await getPhysicians(tx, [toId], batchId);
    const open = await lockOpenAssignments(tx, batchId, fromId);
    const wanted = open.filter(({ begun }) => !(begun && input.untouchedOnly));
    const taken = await takeable(tx, input, wanted);
    if (taken.length === 0) throw nothingLeft(batch.name, open, wanted);
    await setRecalled(
      tx,
      taken.map(({ id }) => id),
      { recalledAt: context.clock(), recallReason: input.reason },
    );
    const seed = toId === null ? null : await giveTo(context, tx, { batchId, toId, taken });
    await tell(tx, input, taken);
    await appendAudit(tx, context.actor, context.clock(), [auditEntry(input, taken, seed)]);
    return {
      batch: await getBatch(tx, batchId),
      recalled: taken.length,
      begun: taken.filter(({ begun }) => begun).length,
      given: toId === null ? 0 : taken.length,
      left: open.length - taken.length,
    };
  });
}

function nothingLeft(name: string, open: readonly OpenAssignment[], wanted: readonly OpenAssignment[]) {
  const message =
    open.length === 0
      ? `This physician has nothing unfinished in "${name}", so there is nothing to take back.`
      : wanted.length === 0
        ? `Everything this physician has left of "${name}" was begun. Take back what was begun as well, or leave it.`
        : `The other physician has or had every one of these comparisons of "${name}". Choose somebody else.`;
  return new AppError('nothing-to-recall', { message, details: { open: open.length } });
}

async function giveTo(
  context: Context,
  tx: Tx,
  { batchId, toId, taken }: { batchId: BatchId; toId: UserId; taken: readonly OpenAssignment[] },
): Promise<string> {
  const seed = newSeed();
  const existing = await store.readExistingAssignments(tx, batchId);
  const plan = planAssignments<ComparisonId, UserId>({
    comparisons: taken.map(({ comparisonId }) => comparisonId),
    physicians: [{ id: toId, openElsewhere: 0 }],
    overlap: 1,
    existing: existing.filter(({ physician }) => physician === toId),
    seed,
  });
  const rows = plan.assignments.map((planned) => ({ ...planned, id: newId() }));
  await store.insertAssignments(tx, batchId, context.clock(), rows);
  return seed;
}

async function tell(tx: Tx, input: RecallInput, taken: readonly OpenAssignment[]): Promise<void> {
  const { batchId, fromId, toId, reason } = input;
  const ids = taken.map(({ id }) => id);
  const recalls: FeedEntry[] = [];
  for (let at = 0; at < ids.length; at += idsPerEvent)
    recalls.push({
      type: 'assignments-recalled',
      batchId,
      detail: { assignmentIds: ids.slice(at, at + idsPerEvent), reason },
    });
  const news = new Map<string, FeedEntry[]>([[fromId, recalls]]);
  if (toId !== null) news.set(toId, [{ type: 'batch-assigned', batchId }]);
  // In the order of ids: two writers lock the same feeds in the same order.
  for (const userId of [...news.keys()].sort()) await appendFeed(tx, userId, news.get(userId) ?? []);
}

function auditEntry(input: RecallInput, taken: readonly OpenAssignment[], seed: string | null) {
  const { batchId, fromId, toId, untouchedOnly, reason } = input;
  const assignmentIds = taken.map(({ id }) => id);
  return {
    action: toId === null ? 'assignments-recalled' : 'assignments-reassigned',
    subject: `batch:${batchId}`,
    detail: { from: fromId, to: toId, untouchedOnly, reason, seed, assignmentIds },
  };
}
