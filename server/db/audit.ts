import { eq } from 'drizzle-orm';
import { type AuditEntry, auditRoot, auditStreamOf, chainAudit } from './audit-chain.ts';
import type { Tx } from './client.ts';
import type { Actor } from './context.ts';
import { insertRows } from './insert-rows.ts';
import { auditEvents, auditHeads } from './schema.ts';

export { type AuditEntry, auditHash, auditRoot, auditStreamOf } from './audit-chain.ts';

async function readHeadLocked(tx: Tx, stream: string): Promise<{ n: number; hash: string } | undefined> {
  const [head] = await tx.select().from(auditHeads).where(eq(auditHeads.stream, stream)).for('update');
  return head;
}

async function lockHead(tx: Tx, stream: string): Promise<{ n: number; hash: string }> {
  const existing = await readHeadLocked(tx, stream);
  if (existing) return existing;
  await tx.insert(auditHeads).values({ stream, n: 0, hash: auditRoot }).onConflictDoNothing();
  const head = await readHeadLocked(tx, stream);
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
  const head = await lockHead(tx, stream);
  const rows = chainAudit(head, actor, at, entries);
  await insertRows(tx, auditEvents, rows);
  const { n, hash } = rows.at(-1) ?? head;
  await tx.update(auditHeads).set({ n, hash }).where(eq(auditHeads.stream, stream));
  return rows.map((row) => row.hash);
}
