import { eq } from 'drizzle-orm';
import type { Tx } from './client.ts';
import { feed, feedHeads } from './schema.ts';

export type FeedEntry = {
  type: 'batch-assigned' | 'assignments-recalled' | 'revision';
  batchId?: string;
  revisionId?: string;
  detail?: Record<string, unknown>;
};

/**
 * Numbers and stores events of one user's feed while holding that user's head row, so that a lower
 * number can never be committed after a higher one was read (rule S9).
 */
export async function appendFeed(tx: Tx, userId: string, entries: readonly FeedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await tx.insert(feedHeads).values({ userId, head: 0 }).onConflictDoNothing();
  const [row] = await tx.select().from(feedHeads).where(eq(feedHeads.userId, userId)).for('update');
  const head = row?.head ?? 0;
  await tx.insert(feed).values(
    entries.map((entry, i) => ({
      userId,
      n: head + 1 + i,
      type: entry.type,
      batchId: entry.batchId ?? null,
      revisionId: entry.revisionId ?? null,
      detail: entry.detail ?? {},
    })),
  );
  await tx.update(feedHeads).set({ head: head + entries.length }).where(eq(feedHeads.userId, userId));
}
