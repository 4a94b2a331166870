import { useEffect, useRef, useState } from 'react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import { useWorkspaceValue } from '../../data/hooks.ts';
import type { Guidelines, Workspace } from '../../data/types.ts';

export type ReadGuidelines = {
  /** Undefined until they are read from this laptop, null when the study has none. */
  guidelines: Guidelines | null | undefined;
  error: unknown;
  /** The version the changes are told against: the last one looked at, else the one before; null: there is none. */
  since: { version: number; markdown: string } | null;
  /** A version came that this physician has not looked at, and knew an earlier one. */
  news: boolean;
  /** The newest version came since the last look, or during this session: its changes are what is looked for. */
  fresh: boolean;
};

/** The guidelines of a batch as they stand on this laptop, followed while the screen is open. */
export function useGuidelines(workspace: Workspace, batchId: BatchId, opened: boolean): ReadGuidelines {
  const { value, error } = useWorkspaceValue(workspace, (open) => open.guidelines(batchId), batchId);
  // Every commit reads them anew: as long as nothing changed, the same object goes on to those who show it.
  const last = useRef<Guidelines | null | undefined>(undefined);
  if (!isSame(last.current, value)) last.current = value;
  const guidelines = last.current;
  const [since, setSince] = useState<number | null>(null);
  const version = guidelines?.version ?? null;
  const seen = guidelines?.seenVersion ?? null;
  useEffect(() => {
    if (!opened || version === null || seen === version) return;
    if (seen !== null) setSince(seen);
    // A look that cannot be kept is told again at the next start; nothing else is lost.
    workspace.seeGuidelines(batchId, version).catch(() => undefined);
  }, [workspace, batchId, opened, version, seen]);
  if (!guidelines) return { guidelines, error, since: null, news: false, fresh: false };
  const earlier = guidelines.earlier.filter((one) => one.version < guidelines.version);
  const base = earlier.find((one) => one.version === (seen !== version ? (seen ?? since) : since));
  const news = seen === null ? earlier.length > 0 : seen < guidelines.version;
  return { guidelines, error, since: base ?? earlier[0] ?? null, news, fresh: news || since !== null };
}

function isSame(one: Guidelines | null | undefined, other: Guidelines | null | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.version === other.version &&
    one.seenVersion === other.seenVersion &&
    one.markdown === other.markdown &&
    one.earlier.length === other.earlier.length
  );
}
