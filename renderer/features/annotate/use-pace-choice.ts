import { useMemo } from 'react';
import { choose, usePreference } from '../../ui/preferences.ts';

export type PaceChoice = { shown: boolean; setShown: (shown: boolean) => void };

const setShown = (shown: boolean) => choose({ pace: shown ? 'shown' : 'hidden' });

/** Whether the physician wants to see the time in the header; the settings offer the same choice. */
export function usePaceChoice(): PaceChoice {
  const shown = usePreference('pace') === 'shown';
  return useMemo(() => ({ shown, setShown }), [shown]);
}
