import { useEffect } from 'react';
import type { AnnotateSession } from './annotate-session.ts';
import { tickMs } from './case-clock.ts';
import { registerOpenWork } from './open-work.ts';
import { sectionOf } from './timed-section.ts';

const signs = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'scroll', 'focusin'] as const;
/** Signs in one place that are closer together than this say nothing new. */
const sparseMs = 1000;

/** In sight and in focus: only then can time be active. */
export const isPresent = () => document.visibilityState === 'visible' && document.hasFocus();

/** Feeds the open case's clock, and writes what is open whenever the window may go away. */
export function useSignsOfLife(session: AnnotateSession): void {
  useEffect(() => {
    let last: { at: number; target: EventTarget | null } | null = null;
    const clock = () => session.store.getState().current?.clock;
    const onSign = ({ target }: Event) => {
      const at = session.now();
      if (last && last.target === target && at - last.at < sparseMs) return;
      last = { at, target };
      clock()?.sign(at, sectionOf(target));
    };
    const onPresence = () => {
      if (isPresent()) clock()?.comeBack(session.now());
      else clock()?.leave(session.now());
    };
    const { flush, keepTime } = session;
    const leave = () => void flush().then(keepTime); // neither rejects
    const onVisibility = () => {
      onPresence();
      if (document.visibilityState === 'hidden') leave();
    };
    const onBlur = () => {
      onPresence();
      void flush(); // never rejects
    };
    const ticking = setInterval(() => clock()?.tick(session.now()), tickMs);
    for (const sign of signs) window.addEventListener(sign, onSign, { capture: true, passive: true });
    document.addEventListener('visibilitychange', onVisibility);
    window.addEventListener('blur', onBlur);
    window.addEventListener('focus', onPresence);
    window.addEventListener('pagehide', leave);
    const unregister = registerOpenWork(() => flush().then(keepTime), session);
    return () => {
      clearInterval(ticking);
      for (const sign of signs) window.removeEventListener(sign, onSign, { capture: true });
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener('blur', onBlur);
      window.removeEventListener('focus', onPresence);
      window.removeEventListener('pagehide', leave);
      unregister();
    };
  }, [session]);
}
