import { and, eq, inArray, sql } from 'drizzle-orm';
import type { BatchId, ComparisonId, UserId } from '../../shared/schema/ids.ts';
import type { Tx } from '../db/client.ts';
import { assignments } from '../db/schema.ts';

export type OpenAssignment = {
  id: string;
  comparisonId: ComparisonId;
  /** A draft of it is at the server; more may be on a laptop. */
  begun: boolean;
};

/**
 * What one physician has not finished of a batch, in order of position, locked until the transaction ends: a push
 * that holds one of the rows is through first, and what it finished is not among them.
 */
export async function lockOpenAssignments(
  tx: Tx,
  batchId: BatchId,
  userId: UserId,
): Promise<OpenAssignment[]> {
  const mine = and(
    eq(assignments.batchId, batchId),
    eq(assignments.userId, userId),
    sql`${assignments.recalledAt} is null`,
  );
  // In order of id, as a push locks them.
  await tx.select({ id: assignments.id }).from(assignments).where(mine).orderBy(assignments.id).for('update');
  const rows = await tx
    .select({ id: assignments.id, comparisonId: assignments.comparisonId, state: assignments.latestState })
    .from(assignments)
    .where(mine)
    .orderBy(assignments.position);
  return rows
    .filter(({ state }) => state === null || state === 'draft')
    .map(({ id, comparisonId, state }) => ({
      id,
      comparisonId: comparisonId as ComparisonId,
      begun: state !== null,
    }));
}

export async function setRecalled(
  tx: Tx,
  ids: readonly string[],
  recall: { recalledAt: Date; recallReason: string },
): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .update(assignments)
    .set(recall)
    .where(inArray(assignments.id, [...ids]));
}
