import { type RefObject, useEffect } from 'react';
import type { AnnotateSession } from './annotate-session.ts';

/** How long a case that was not shown after all stays awake. */
const awakeMs = 1500;
const modifiers = new Set(['Control', 'Meta']);

/**
 * What comes before a submission, a tenth of a second or more: the modifier of its keys, or the pointer on its button.
 * From then on the next case is painted behind the one on screen, so that showing it is a matter of putting it in
 * front. Any other key puts it back to sleep before that key acts: Tab must not reach it, nor Select all.
 * The attribute is set here alone, beside React's own.
 */
export function useEarlyWake(session: AnnotateSession, screen: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let awake: HTMLElement | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const letSleep = () => {
      clearTimeout(timer);
      awake?.removeAttribute('data-waking');
      awake = null;
    };
    const wake = () => {
      const next = session.store.getState().beside[0];
      const layer = next
        ? (screen.current?.querySelector<HTMLElement>(`[data-layer="${CSS.escape(next.id)}"]`) ?? null)
        : null;
      if (layer !== awake) letSleep();
      clearTimeout(timer);
      awake = layer;
      layer?.setAttribute('data-waking', '');
      timer = setTimeout(letSleep, awakeMs);
    };
    const onKeyDown = ({ key, repeat }: KeyboardEvent) => {
      if (modifiers.has(key)) {
        if (!repeat) wake();
      } else if (key !== 'Enter') letSleep();
    };
    const onPointer = ({ target }: Event) => {
      if (target instanceof Element && target.closest('[data-submit]')) wake();
    };
    window.addEventListener('keydown', onKeyDown, { capture: true });
    window.addEventListener('pointerover', onPointer, { passive: true });
    return () => {
      letSleep();
      window.removeEventListener('keydown', onKeyDown, { capture: true });
      window.removeEventListener('pointerover', onPointer);
    };
  }, [session, screen]);
}
