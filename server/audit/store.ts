import { and, asc, eq, sql } from 'drizzle-orm';
import type { Reader, Tx } from '../db/client.ts';
import { auditEvents, auditHeads } from '../db/schema.ts';

export type StoredEvent = typeof auditEvents.$inferSelect;

/** Chain events after (stream, n), in order of chain and number; start with `''` and 0. */
export function findEventsAfter(
  db: Reader,
  stream: string,
  n: number,
  limit: number,
): Promise<StoredEvent[]> {
  return db
    .select()
    .from(auditEvents)
    .where(sql`(${auditEvents.stream}, ${auditEvents.n}) > (${stream}, ${n})`)
    .orderBy(asc(auditEvents.stream), asc(auditEvents.n))
    .limit(limit);
}

export async function findHead(db: Reader, stream: string): Promise<{ n: number; hash: string } | undefined> {
  const [head] = await db
    .select({ n: auditHeads.n, hash: auditHeads.hash })
    .from(auditHeads)
    .where(eq(auditHeads.stream, stream));
  return head;
}

/** A head that counts events while its chain holds none. */
export async function findEmptiedStream(db: Reader): Promise<string | undefined> {
  const anyEvent = db
    .select({ one: sql`1` })
    .from(auditEvents)
    .where(eq(auditEvents.stream, auditHeads.stream));
  const [row] = await db
    .select({ stream: auditHeads.stream })
    .from(auditHeads)
    .where(and(sql`${auditHeads.n} > 0`, sql`NOT EXISTS (${anyEvent})`))
    .orderBy(asc(auditHeads.stream))
    .limit(1);
  return row?.stream;
}

/** A receipt given to a laptop whose audit event is no longer in its user's chain. */
export async function findOrphanedReceipt(
  db: Tx,
): Promise<{ stream: string; clientId: string; seq: string } | undefined> {
  const { rows } = await db.execute<{ stream: string; clientId: string; seq: string }>(sql`
    SELECT c.user_id::text AS stream, l.client_id::text AS "clientId", l.seq::text AS seq
    FROM mutation_log l JOIN clients c ON c.id = l.client_id
    LEFT JOIN audit_events e ON e.stream = c.user_id::text AND e.hash = l.verdict->'receipt'->>'auditHash'
    WHERE e.hash IS NULL ORDER BY l.client_id, l.seq LIMIT 1`);
  return rows[0];
}

/** An annotation event whose revision is gone, was changed, or no longer has the text of its hash. */
export async function findAlteredRevision(
  db: Tx,
): Promise<{ stream: string; n: string; revisionId: string } | undefined> {
  const { rows } = await db.execute<{ stream: string; n: string; revisionId: string }>(sql`
    SELECT e.stream, e.n::text AS n, e.detail->>'revisionId' AS "revisionId"
    FROM audit_events e LEFT JOIN annotation_revisions r ON r.id = (e.detail->>'revisionId')::uuid
    WHERE e.action IN ('annotation.accepted', 'annotation.late')
      AND (r.id IS NULL OR r.body_hash <> e.detail->>'bodyHash' OR r.state <> e.detail->>'state'
        OR r.assignment_id::text <> e.subject
        OR encode(sha256(convert_to(r.body, 'UTF8')), 'hex') <> r.body_hash)
    ORDER BY e.stream, e.n LIMIT 1`);
  return rows[0];
}
