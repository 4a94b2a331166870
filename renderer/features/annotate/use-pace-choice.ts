import { choose, usePreference } from '../../ui/preferences.ts';

export type PaceChoice = { shown: boolean; setShown: (shown: boolean) => void };

const setShown = (shown: boolean) => choose({ pace: shown ? 'shown' : 'hidden' });

/** Whether the physician wants to see the time in the header; the settings offer the same choice. */
export function usePaceChoice(): PaceChoice {
  return { shown: usePreference('pace') === 'shown', setShown };
}
