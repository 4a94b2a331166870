import type { LedgerEntry, Workspace } from '../../data/types.ts';

const pageSize = 500;

/** The whole ledger, newest first, read page by page. */
export async function allEntries(workspace: Workspace): Promise<LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for (;;) {
    const { entries, total } = await workspace.ledger({ offset: all.length, limit: pageSize });
    all.push(...entries);
    if (entries.length === 0 || all.length >= total) return all;
  }
}
