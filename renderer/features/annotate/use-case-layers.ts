import { startTransition, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';

/** The case on screen, in the page. */
export const activeLayer = (screen: HTMLElement | null): HTMLElement | null =>
  screen?.querySelector<HTMLElement>('[data-layer][data-active]') ?? null;

/**
 * The cases that are laid out: the one on screen, always, and those beside it. Which ones those are changes only
 * in a transition: laying out and taking down never hold up a key press, and showing the next case changes no more
 * than which layer is visible.
 */
export function useCaseLayers(session: AnnotateSession): OpenCase[] {
  const current = useStore(session.store, (state) => state.current);
  const [laidOut, setLaidOut] = useState<readonly OpenCase[]>([]);
  useEffect(() => {
    const follow = () => startTransition(() => setLaidOut((before) => wanted(session, before)));
    follow();
    return session.store.subscribe(follow);
  }, [session]);
  return useMemo(() => {
    const all = current && !laidOut.includes(current) ? [...laidOut, current] : [...laidOut];
    // A stable order: React would move the nodes of reordered layers, and moved nodes lose their scroll place.
    return all.sort((one, other) => one.loaded.assignment.position - other.loaded.assignment.position);
  }, [current, laidOut]);
}

/** The case on screen and those beside it; never more, each holds thousands of elements. */
const mostLayers = 3;

function wanted(session: AnnotateSession, before: readonly OpenCase[]): readonly OpenCase[] {
  const { current, beside } = session.store.getState();
  const next = current ? [current, ...beside] : [...beside];
  // What was laid out stays until what follows is: taken down at once, it would hold up a key right behind a submission.
  for (const one of before) if (next.length < mostLayers && !next.includes(one)) next.push(one);
  const same = next.length === before.length && next.every((one) => before.includes(one));
  return same ? before : next;
}
