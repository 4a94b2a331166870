import { useEffect } from 'react';
import type { AnnotateSession } from './annotate-session.ts';
import { registerOpenWork } from './open-work.ts';

const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'scroll'] as const;
/** Signs closer together than this say nothing new. */
const sparseMs = 1000;

/** Feeds the open case's clock, and writes what is open whenever the window may go away. */
export function useSignsOfLife(session: AnnotateSession): void {
  useEffect(() => {
    let last = 0;
    const clock = () => session.store.getState().current?.clock;
    const onSign = () => {
      const at = session.now();
      if (at - last < sparseMs) return;
      last = at;
      clock()?.sign(at);
    };
    const onVisibility = () => {
      if (document.visibilityState === 'hidden') {
        clock()?.hide(session.now());
        void session.flush(); // never rejects
      } else clock()?.show(session.now());
    };
    const flush = () => void session.flush(); // never rejects
    for (const sign of signs) window.addEventListener(sign, onSign, { capture: true, passive: true });
    document.addEventListener('visibilitychange', onVisibility);
    window.addEventListener('blur', flush);
    window.addEventListener('pagehide', flush);
    const unregister = registerOpenWork(session.flush);
    return () => {
      for (const sign of signs) window.removeEventListener(sign, onSign, { capture: true });
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener('blur', flush);
      window.removeEventListener('pagehide', flush);
      unregister();
    };
  }, [session]);
}
