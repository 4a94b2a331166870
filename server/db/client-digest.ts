import { and, eq, sql } from 'drizzle-orm';
import type { Reader } from './client.ts';
import { clients, mutationLog } from './schema.ts';

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
