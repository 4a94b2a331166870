import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../db/client.ts';
import { annotationRevisions, assignments, clients, feed, feedHeads, mutationLog } from '../db/schema.ts';

export { readSite } from '../db/site.ts';

export type ClientIntroduction = {
  clientId: string;
  userId: string;
  deviceName: string;
  appVersion: string;
  at: Date;
};

/** Creates the client or renews what it says of itself; undefined when the id is bound to another user. */
export async function introduceClient(
  tx: Tx,
  client: ClientIntroduction,
): Promise<{ lastSeq: number; isNew: boolean } | undefined> {
  const { clientId, userId, deviceName, appVersion, at } = client;
  const [created] = await tx
    .insert(clients)
    .values({ id: clientId, userId, deviceName, appVersion, createdAt: at, lastSeenAt: at })
    .onConflictDoNothing()
    .returning({ lastSeq: clients.lastSeq });
  if (created) return { lastSeq: created.lastSeq, isNew: true };
  const [renewed] = await tx
    .update(clients)
    .set({ deviceName, appVersion, lastSeenAt: at })
    .where(and(eq(clients.id, clientId), eq(clients.userId, userId)))
    .returning({ lastSeq: clients.lastSeq });
  return renewed && { lastSeq: renewed.lastSeq, isNew: false };
}

export async function getFeedHead(db: Reader, userId: string): Promise<number> {
  const [row] = await db.select({ head: feedHeads.head }).from(feedHeads).where(eq(feedHeads.userId, userId));
  return row?.head ?? 0;
}

/** Feed rows after a number with the user's own revisions joined. */
export function findFeed(db: Reader, userId: string, after: number, limit: number) {
  return db
    .select({
      n: feed.n,
      type: feed.type,
      batchId: feed.batchId,
      detail: feed.detail,
      revision: {
        id: annotationRevisions.id,
        assignmentId: annotationRevisions.assignmentId,
        clientId: annotationRevisions.clientId,
        state: annotationRevisions.state,
        diverged: annotationRevisions.diverged,
        bodyHash: annotationRevisions.bodyHash,
        body: annotationRevisions.body,
        madeAt: annotationRevisions.madeAt,
        // The client is bound to the reader: it is the name of a laptop of their own.
        device: sql<string>`coalesce(${clients.deviceName}, '')`,
      },
    })
    .from(feed)
    .leftJoin(
      annotationRevisions,
      and(eq(annotationRevisions.id, feed.revisionId), eq(annotationRevisions.userId, userId)),
    )
    .leftJoin(clients, eq(clients.id, annotationRevisions.clientId))
    .where(and(eq(feed.userId, userId), gt(feed.n, after)))
    .orderBy(asc(feed.n))
    .limit(limit);
}
export type FeedRow = Awaited<ReturnType<typeof findFeed>>[number];

/** Those of the ids that are assignments of this user. */
export async function findOwnAssignmentIds(
  db: Reader,
  userId: string,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select({ id: assignments.id })
    .from(assignments)
    .where(and(eq(assignments.userId, userId), inArray(assignments.id, [...ids])));
  return rows.map((row) => row.id);
}

/** Count and digest of a client's log as `sentDigest` computes it; undefined when the client is not this user's. */
export async function findDigest(
  db: Reader,
  userId: string,
  clientId: string,
): Promise<{ lastSeq: number; count: number; digest: string } | undefined> {
  const lines = sql`string_agg(${mutationLog.seq} || ':' || ${mutationLog.bodyHash} || chr(10), '' ORDER BY ${mutationLog.seq})`;
  const [row] = await db
    .select({
      lastSeq: clients.lastSeq,
      count: sql<number>`count(${mutationLog.seq})::int`,
      digest: sql<string>`encode(sha256(convert_to(coalesce(${lines}, ''), 'UTF8')), 'hex')`,
    })
    .from(clients)
    .leftJoin(mutationLog, eq(mutationLog.clientId, clients.id))
    .where(and(eq(clients.id, clientId), eq(clients.userId, userId)))
    .groupBy(clients.id);
  return row;
}
