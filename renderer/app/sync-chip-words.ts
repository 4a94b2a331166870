import type { SyncSummary } from '../data/types.ts';
import type { ChipTone } from '../ui/status-chip.tsx';
import { counted } from '../ui/work-words.ts';

/**
 * What the chip outside a case says: what is on no disk, what the server has, and what a person must do.
 * @param unsaved cases left with answers that the disk refused
 */
export function syncChipWords(
  sync: SyncSummary | undefined,
  unsaved = 0,
): {
  tone: ChipTone;
  label: string;
  detail: string | null;
} {
  if (unsaved > 0)
    return { tone: 'warn', label: `Not saved: answers of ${counted(unsaved, 'case')}`, detail: null };
  const saved = 'Saved on this laptop';
  if (!sync) return { tone: 'ok', label: saved, detail: null };
  const { state, waiting, message } = sync;
  const waits = waiting > 0 ? `${waiting} waiting to sync` : null;
  if (state === 'attention')
    return { tone: 'warn', label: message === null ? 'Needs attention' : 'Needs a look', detail: waits };
  if (state === 'sign-in') return { tone: 'warn', label: 'Sign in to sync', detail: waits };
  if (state === 'offline') return { tone: 'quiet', label: 'Offline', detail: waits ?? 'all sent' };
  if (state === 'syncing') return { tone: 'busy', label: 'Syncing', detail: waits };
  return waits === null
    ? { tone: 'ok', label: 'All synced', detail: null }
    : { tone: 'ok', label: saved, detail: waits };
}
