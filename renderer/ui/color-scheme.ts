import type { MantineColorSchemeManager } from '@mantine/core';
import { choose, preferences } from './preferences.ts';

/** Mantine's colour scheme is one of our preferences: there is one place where it is kept. */
export function preferredColorScheme(): MantineColorSchemeManager {
  let end = () => {};
  return {
    get: () => preferences.get().theme,
    set: (theme) => choose({ theme }),
    subscribe: (onUpdate) => {
      end = preferences.subscribe(({ theme }, before) => {
        if (theme !== before.theme) onUpdate(theme);
      });
    },
    unsubscribe: () => end(),
    clear: () => choose({ theme: 'auto' }),
  };
}
