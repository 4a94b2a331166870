import { sql } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { insertRows } from './insert-rows.ts';
import { feed, feedHeads, type feedTypes } from './schema.ts';

export type FeedEntry = {
  type: (typeof feedTypes)[number];
  batchId?: string;
  revisionId?: string;
  detail?: Record<string, unknown>;
};

/** Takes `count` numbers of a user's feed; the head row stays locked until the transaction ends. */
async function takeNumbers(tx: Tx, userId: string, count: number): Promise<number> {
  const [row] = await tx
    .insert(feedHeads)
    .values({ userId, head: count })
    .onConflictDoUpdate({ target: feedHeads.userId, set: { head: sql`${feedHeads.head} + ${count}` } })
    .returning({ head: feedHeads.head });
  if (!row) throw new Error('feed head vanished');
  return row.head - count + 1;
}

/**
 * Numbers and stores events of one user's feed while holding that user's head row, so that a lower
 * number can never be committed after a higher one was read (rule S9).
 */
export async function appendFeed(tx: Tx, userId: string, entries: readonly FeedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const first = await takeNumbers(tx, userId, entries.length);
  const rows = entries.map((entry, i) => ({
    userId,
    n: first + i,
    type: entry.type,
    batchId: entry.batchId ?? null,
    revisionId: entry.revisionId ?? null,
    detail: entry.detail ?? {},
  }));
  await insertRows(tx, feed, rows);
}
