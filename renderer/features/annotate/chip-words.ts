import type { SyncSummary } from '../../data/types.ts';
import type { ChipTone } from '../../ui/status-chip.tsx';
import type { CaseState } from './annotate-store.ts';

export type ChipWords = { tone: ChipTone; label: string; detail: string | null };

/** What is announced of it: not how many wait, which changes with every answer. */
export function spokenOf({ label, detail }: ChipWords, sync: SyncSummary | null): string {
  if (sync === null || detail === null) return label;
  if (sync.state === 'offline') return `${label}, offline`;
  return sync.state === 'sign-in' ? `${label}, sign in to sync` : label;
}

type Truth = {
  cases: readonly Pick<CaseState, 'progress' | 'error'>[];
  changedSinceSubmit: boolean;
  sync: SyncSummary | null;
  diskLow: boolean;
};

/** What is said first: the case, or Sync and receipts, has the whole sentence, and a chip has no room for it. */
const briefly = (sentence: string): string => sentence.split(/[,;:.](?:\s|$)/)[0] ?? sentence;

/** What the chip says: first what is not on the disk, then what somebody must do, then what the server has. */
export function chipWords({ cases, changedSinceSubmit, sync, diskLow }: Truth): ChipWords {
  const failed = cases.find((one) => one.error !== null);
  if (failed?.error) return { tone: 'warn', label: `Not saved: ${briefly(failed.error)}`, detail: null };
  if (diskLow) return { tone: 'warn', label: 'Disk nearly full: free some space to go on', detail: null };
  if (cases.some((one) => one.progress === 'slow')) return { tone: 'busy', label: 'Saving…', detail: null };
  if (sync?.state === 'attention' && sync.about === 'versions')
    return { tone: 'warn', label: 'Answered on more than one laptop: choose', detail: null };
  if (sync?.state === 'attention')
    return { tone: 'warn', label: briefly(sync.message ?? 'Needs attention'), detail: null };
  if (changedSinceSubmit)
    return { tone: 'quiet', label: 'Changed since submitted: submit again', detail: 'saved on this laptop' };
  return { ...syncWords(sync), label: 'Saved on this laptop' };
}

function syncWords(sync: SyncSummary | null): { tone: ChipTone; detail: string | null } {
  if (sync === null) return { tone: 'ok', detail: null };
  const { state, waiting } = sync;
  if (state === 'offline')
    return { tone: 'quiet', detail: waiting > 0 ? `offline, ${waiting} waiting to sync` : 'offline' };
  if (state === 'sign-in')
    return { tone: 'quiet', detail: waiting > 0 ? `sign in to send ${waiting}` : 'sign in to sync' };
  if (waiting > 0) return { tone: state === 'syncing' ? 'busy' : 'ok', detail: `${waiting} waiting to sync` };
  return { tone: 'ok', detail: state === 'synced' ? 'all synced' : null };
}
