import { toWellFormedText } from '../../shared/schema/text.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import type { Actor } from './context.ts';

export type AuditEntry = { action: string; subject: string; detail?: Record<string, unknown> };

type AuditContent = {
  stream: string;
  n: number;
  at: Date;
  actorId: string | null;
  action: string;
  subject: string;
  detail: unknown;
};
/** One event of a chain as it is stored. */
export type AuditRow = AuditContent & { previousHash: string; hash: string };

/** The hash the first event of every stream stands on. */
export const auditRoot = '0'.repeat(64);

/** Hash of one event: SHA-256 over the previous hash, a line break and the event's canonical JSON. */
export function auditHash(previousHash: string, event: AuditContent): string {
  return sha256Hex(`${previousHash}\n${canonicalJson({ ...event, at: event.at.toISOString() })}`);
}

/** The stream a person's events go to; the command line's go to `system`. */
export const auditStreamOf = (actor: Actor): string => actor.userId ?? 'system';

/** The detail as jsonb gives it back, so that its hash can be computed again from the row. */
function storableDetail(detail: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(detail, (_key, value: unknown) =>
    typeof value === 'string' ? toWellFormedText(value) : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

/** The rows of new events of the actor's chain after its head, in order. */
export function chainAudit(
  head: { n: number; hash: string },
  actor: Actor,
  at: Date,
  entries: readonly AuditEntry[],
): AuditRow[] {
  let { n, hash } = head;
  return entries.map((entry) => {
    const event = {
      stream: auditStreamOf(actor),
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
}
