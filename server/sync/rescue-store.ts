import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../db/client.ts';
import { annotationRevisions, clients, mutationLog, users } from '../db/schema.ts';

/** Any account, disabled ones too: work that was done stays work. */
export async function findAccount(reader: Reader, userId: string) {
  const [row] = await reader
    .select({ id: users.id, email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, userId));
  return row;
}

/** Imports of one person's work come one after the other. */
export async function lockRescue(tx: Tx, userId: string): Promise<void> {
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`rescue|${userId}`}, 0))`);
}

export async function findClient(reader: Reader, clientId: string) {
  const [row] = await reader
    .select({ userId: clients.userId, lastSeq: clients.lastSeq })
    .from(clients)
    .where(eq(clients.id, clientId));
  return row;
}

const chunk = 1000;

/** Those of the ids that are revisions of this person. */
export async function findOwnRevisions(
  reader: Reader,
  userId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (let at = 0; at < ids.length; at += chunk) {
    const rows = await reader
      .select({ id: annotationRevisions.id })
      .from(annotationRevisions)
      .where(
        and(
          eq(annotationRevisions.userId, userId),
          inArray(annotationRevisions.id, ids.slice(at, at + chunk)),
        ),
      );
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** Revision id and hash of everything that ever came under a client id, with its status. */
export async function findTaken(reader: Reader, clientId: string): Promise<Map<string, string>> {
  const receipt = sql`${mutationLog.verdict}->'receipt'`;
  const rows = await reader
    .select({
      key: sql<string>`(${receipt}->>'revisionId') || '|' || ${mutationLog.bodyHash}`,
      status: sql<string>`${mutationLog.verdict}->>'status'`,
    })
    .from(mutationLog)
    .where(eq(mutationLog.clientId, clientId));
  return new Map(rows.map(({ key, status }) => [key, status]));
}
