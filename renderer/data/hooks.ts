import { useEffect, useState } from 'react';
import type { BatchId } from '../../shared/schema/ids.ts';
import type { CasePlace, Ledger, LedgerRange, QueueBatch, SyncSummary, Workspace } from './types.ts';

export type LiveValue<T> = { value: T | undefined; error: unknown };

/**
 * A value read from the workspace, read again after every commit. The last value stays until the next one is
 * there, so nothing flashes empty; `undefined` only before the first.
 * @param key names what is read: a new key reads anew
 */
export function useWorkspaceValue<T>(
  workspace: Workspace,
  read: (workspace: Workspace) => Promise<T>,
  key = '',
): LiveValue<T> {
  const [live, setLive] = useState<LiveValue<T> & { of: string }>({ value: undefined, error: null, of: key });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `read`, which is a new function at every render.
  useEffect(() => {
    let ended = false;
    let reading = false;
    let stale = false;
    const refresh = () => {
      if (reading) {
        stale = true;
        return;
      }
      reading = true;
      read(workspace)
        .then(
          (value) => void (ended || setLive({ value, error: null, of: key })),
          (error) => void (ended || setLive((last) => ({ ...last, error, of: key }))),
        )
        .finally(() => {
          reading = false;
          if (!stale || ended) return;
          stale = false;
          refresh();
        });
    };
    const end = workspace.onChange(refresh);
    refresh();
    return () => {
      ended = true;
      end();
    };
  }, [workspace, key]);
  // A value of another key must not be shown as this one's.
  return live.of === key ? live : { value: undefined, error: null };
}

export const useQueue = (workspace: Workspace): LiveValue<QueueBatch[]> =>
  useWorkspaceValue(workspace, (open) => open.queue());

export const usePlaces = (workspace: Workspace, batchId: BatchId): LiveValue<CasePlace[]> =>
  useWorkspaceValue(workspace, (open) => open.places(batchId), batchId);

export const useSyncSummary = (workspace: Workspace): LiveValue<SyncSummary> =>
  useWorkspaceValue(workspace, (open) => open.syncSummary());

export const useLedger = (workspace: Workspace, range: LedgerRange): LiveValue<Ledger> =>
  useWorkspaceValue(
    workspace,
    (open) => open.ledger(range),
    `${range.offset}+${range.limit} ${range.show ?? ''}`,
  );
