import { eq } from 'drizzle-orm';
import { toWellFormedText } from '../../shared/schema/text.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import type { Tx } from './client.ts';
import type { Actor } from './context.ts';
import { insertRows } from './insert-rows.ts';
import { auditEvents, auditHeads } from './schema.ts';

export type AuditEntry = { action: string; subject: string; detail?: Record<string, unknown> };

/** The hash the first event of every stream stands on. */
export const auditRoot = '0'.repeat(64);

/** Hash of one event: SHA-256 over the previous hash, a line break and the event's canonical JSON. */
export function auditHash(
  previousHash: string,
  event: {
    stream: string;
    n: number;
    at: Date;
    actorId: string | null;
    action: string;
    subject: string;
    detail: unknown;
  },
): string {
  return sha256Hex(`${previousHash}\n${canonicalJson({ ...event, at: event.at.toISOString() })}`);
}

/** The stream a person's events go to; the command line's go to `system`. */
export const auditStreamOf = (actor: Actor): string => actor.userId ?? 'system';

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

/** The detail as jsonb gives it back, so that its hash can be computed again from the row. */
function storableDetail(detail: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(detail, (_key, value: unknown) =>
    typeof value === 'string' ? toWellFormedText(value) : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
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
    const event = {
      stream,
      n: ++n,
      at,
      actorId: actor.userId,
      action: toWellFormedText(entry.action),
      subject: toWellFormedText(entry.subject),
      detail: storableDetail(entry.detail ?? {}),
    };
    const previousHash = hash;
    hash = auditHash(previousHash, event);
    return { ...event, previousHash, hash };
  });
  await insertRows(tx, auditEvents, rows);
  await tx.update(auditHeads).set({ n, hash }).where(eq(auditHeads.stream, stream));
  return rows.map((row) => row.hash);
}
