import { useEffect, useState } from 'react';

/**
 * Gives the keyboard back to where it was, for a dialog that is taken off the page whole when it closes: such a one
 * has nobody else to do it. Whoever has gone elsewhere meanwhile is left there.
 */
export function useFocusBack(): void {
  const [from] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the dialog, which still holds the keyboard now, is off the page.
      setTimeout(() => {
        const isLost = document.activeElement === null || document.activeElement === document.body;
        if (isLost && from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
      });
    },
    [from],
  );
}
