import { type RefObject, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { commandCenter } from '../../ui/command-center.ts';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';
import { elementAt, firstOpenPlace } from './focus-place.ts';
import { keepReturnPlace, takeReturnPlace } from './return-place.ts';
import { activeLayer } from './use-case-layers.ts';

type Screen = RefObject<HTMLElement | null>;
type Options = {
  isReady: boolean;
  /** A dialog of this screen has the keyboard. */
  hasDialog: boolean;
};

/**
 * Puts the keyboard where work on the case that came up begins. A dialog that was opened meanwhile keeps it, or what is
 * typed there would judge the case behind it; it is handed over when the dialog goes.
 */
export function useKeyboardOnCase(session: AnnotateSession, screen: Screen, options: Options): void {
  const { isReady, hasDialog } = options;
  const current = useStore(session.store, (state) => (isReady ? state.current : null));
  const placed = useRef<OpenCase | null>(null);
  useLayoutEffect(() => {
    if (current === null) placed.current = null;
    if (current === null || hasDialog || placed.current === current) return;
    placed.current = current;
    const layer = activeLayer(screen.current);
    const { history } = current.store.getState();
    const place = current.lastPlace ?? firstOpenPlace(current.loaded.rubric, history.present);
    if (commandCenter.get().open !== null) return commandCenter.comeBackTo(elementAt(layer, place));
    if (!takeReturnPlace(current.id, layer)) elementAt(layer, place)?.focus({ preventScroll: true });
  }, [current, screen, hasDialog]);
}

/** Work that is locked in the middle of a case opens again at the very place. */
export function useReturnPlace(session: AnnotateSession, screen: Screen): void {
  useLayoutEffect(() => {
    const element = screen.current;
    return () => {
      const { current: left } = session.store.getState();
      if (left) keepReturnPlace(left.id, activeLayer(element));
    };
  }, [session, screen]);
}
