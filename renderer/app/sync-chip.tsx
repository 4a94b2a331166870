import { useNavigate } from '@tanstack/react-router';
import { useSyncSummary } from '../data/hooks.ts';
import type { Workspace } from '../data/types.ts';
import { useUnsavedCases } from '../features/annotate/unsaved-cases.ts';
import { StatusChip } from '../ui/status-chip.tsx';
import { syncChipWords } from './sync-chip-words.ts';

/** The truth about disk and server, on every screen outside a case; it opens the ledger. */
export function SyncChip({ workspace }: { workspace: Workspace }) {
  const { value } = useSyncSummary(workspace);
  const unsaved = useUnsavedCases(({ count }) => count);
  const navigate = useNavigate();
  return (
    <StatusChip
      {...syncChipWords(value, unsaved)}
      action="Open sync and receipts"
      onClick={() => void navigate({ to: '/sync' })}
    />
  );
}
