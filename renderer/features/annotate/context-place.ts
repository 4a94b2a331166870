import { createContext } from 'react';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { readObject } from './context-layout.ts';

/** How far down each case's context was read, pixels from its top. */
export type ContextPlaces = {
  topOf: (id: AssignmentId) => number;
  keep: (id: AssignmentId, top: number) => void;
};

export const ContextPlacesContext = createContext<ContextPlaces>({ topOf: () => 0, keep: () => {} });

export const placePreferenceOf = (study: string) => `annotate.context-place.${study}`;
const settleMs = 800;

/** Places of a session, all in memory; the newest one is kept with the workspace for the next start. */
export function createContextPlaces(workspace: Workspace, key: string, stored: string | null): ContextPlaces {
  const tops = new Map<string, number>();
  const last = readObject(stored);
  if (typeof last?.id === 'string' && typeof last.top === 'number') tops.set(last.id, last.top);
  let timer: ReturnType<typeof setTimeout> | null = null;
  return {
    topOf: (id) => tops.get(id) ?? 0,
    keep: (id, top) => {
      tops.set(id, top);
      if (timer) clearTimeout(timer);
      // Where one was is not worth a word when it cannot be kept: reading begins at the top then.
      const save = () =>
        void workspace.savePreference(key, JSON.stringify({ id, top })).catch(() => undefined);
      timer = setTimeout(save, settleMs);
    },
  };
}
