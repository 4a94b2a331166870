import { type AuditRow, auditHash, auditRoot } from '../../../server/db/audit-chain.ts';

export type AuditedWorld = {
  /** Every event of the world, each chain in order. */
  chains: readonly (readonly AuditRow[])[];
  revisions: readonly { id: string; bodyHash: string }[];
  /** The audit hashes that receipts name. */
  receipts: readonly string[];
};

const isWholeChain = (chain: readonly AuditRow[]): boolean =>
  chain.every(({ hash, previousHash, ...event }, i) => {
    const before = chain[i - 1]?.hash ?? auditRoot;
    return previousHash === before && event.n === i + 1 && auditHash(before, event) === hash;
  });

/** True when every chain verifies, every revision has its event and every receipt names an event that exists. */
export function isAuditWhole({ chains, revisions, receipts }: AuditedWorld): boolean {
  const events = chains.flat();
  const hashes = new Set(events.map(({ hash }) => hash));
  const recorded = new Set(
    events.flatMap(({ action, detail }) => {
      const { revisionId, bodyHash } = detail as { revisionId?: string; bodyHash?: string };
      return action.startsWith('annotation.') ? [`${revisionId} ${bodyHash}`] : [];
    }),
  );
  return (
    chains.every(isWholeChain) &&
    revisions.every(({ id, bodyHash }) => recorded.has(`${id} ${bodyHash}`)) &&
    receipts.every((hash) => hashes.has(hash))
  );
}
