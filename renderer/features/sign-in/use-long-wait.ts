import { useEffect, useState } from 'react';

/** Longer than a password and a usual opening take; a database that does not answer takes ten seconds. */
const usualMs = 3000;

/** Whether something has been going on for so long that the person wonders. */
export function useLongWait(busy: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => setLong(true), usualMs);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [busy]);
  return isLong;
}

export const longWaitWords = 'It takes longer than usual; nothing is lost.';
