import { eq } from 'drizzle-orm';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import type { Tx } from './client.ts';
import type { Actor } from './context.ts';
import { auditEvents, auditHeads } from './schema.ts';

export type AuditEntry = { action: string; subject: string; detail?: Record<string, unknown> };

/** The hash the first event of every stream stands on. */
export const auditRoot = '0'.repeat(64);

/** Hash of one event: SHA-256 over the previous hash, a line break and the event's canonical JSON. */
export function auditHash(
  previousHash: string,
  event: { stream: string; n: number; at: Date; actorId: string | null; action: string; subject: string; detail: unknown },
): string {
  return sha256Hex(`${previousHash}\n${canonicalJson({ ...event, at: event.at.toISOString() })}`);
}

/** The stream a person's events go to; the command line's go to `system`. */
export const auditStreamOf = (actor: Actor): string => actor.userId ?? 'system';

async function lockHead(tx: Tx, stream: string): Promise<{ n: number; hash: string }> {
  await tx.insert(auditHeads).values({ stream, n: 0, hash: auditRoot }).onConflictDoNothing();
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.stream, stream)).for('update');
  if (!head) throw new Error(`audit head of ${stream} vanished`);
  return head;
}

/**
 * Appends events to the actor's chain inside the caller's transaction, holding the chain's head row.
 * @returns the hash of each event, in order
 */
export async function appendAudit(
  tx: Tx,
  actor: Actor,
  at: Date,
  entries: readonly AuditEntry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const stream = auditStreamOf(actor);
  let { n, hash } = await lockHead(tx, stream);
  const rows = entries.map((entry) => {
    const event = { stream, n: ++n, at, actorId: actor.userId, action: entry.action, subject: entry.subject, detail: entry.detail ?? {} };
    const previousHash = hash;
    hash = auditHash(previousHash, event);
    return { ...event, previousHash, hash };
  });
  await tx.insert(auditEvents).values(rows);
  await tx.update(auditHeads).set({ n, hash }).where(eq(auditHeads.stream, stream));
  return rows.map((row) => row.hash);
}
