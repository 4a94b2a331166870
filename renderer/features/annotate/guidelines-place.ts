import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';
import { headingsOf } from './guidelines-contents.tsx';

const roomAbove = 12;

/** Focuses a heading or a change and brings it to the top of the text. */
export function goTo(scroller: HTMLElement | null, element: HTMLElement): void {
  if (!scroller) return;
  if (!element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  scroller.scrollTop +=
    element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - roomAbove;
}

/** Goes to the next heading of the text, or the one before. */
export function stepHeading(scroller: HTMLElement | null, by: 1 | -1): boolean {
  if (!scroller) return false;
  const headings = headingsOf(scroller);
  const line = scroller.getBoundingClientRect().top + roomAbove + 2;
  const focused = headings.findIndex(({ element }) => element === document.activeElement);
  const read = headings.findLastIndex(({ element }) => element.getBoundingClientRect().top <= line);
  const next = headings[Math.max(0, (focused >= 0 ? focused : read) + by)];
  if (next) goTo(scroller, next.element);
  return true;
}

/** The focus goes into the text; when the panel closes around it, back to where it was. */
export function useFocusInAndBack(panel: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const own = panel.current;
    own?.querySelector<HTMLElement>('[data-guidelines-text]')?.focus({ preventScroll: true });
    return () => {
      if (own?.contains(document.activeElement)) focusTarget(before)?.focus({ preventScroll: true });
    };
  }, [panel]);
}

/** Where the focus came from, unless that case has left the screen: then the first slider of the one on it. */
function focusTarget(before: HTMLElement | null): HTMLElement | null {
  const layer = before?.closest('[data-layer]');
  if (before?.isConnected && (!layer || layer.matches('[data-active]'))) return before;
  return document.querySelector<HTMLElement>('[data-layer][data-active] [role=slider]');
}

/** A new version, or other marks, leave the heading that is read where it was on the screen. */
export function useReadingPlace(panel: RefObject<HTMLElement | null>, revision: string): () => void {
  const place = useRef<{ heading: string; offset: number } | null>(null);
  const find = useCallback(
    () => panel.current?.querySelector<HTMLElement>('[data-guidelines-text]') ?? null,
    [panel],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a new revision moved is put back
  useLayoutEffect(() => {
    const scroller = find();
    const { heading, offset } = place.current ?? { heading: '', offset: 0 };
    const again = scroller && headingsOf(scroller).find(({ text }) => text === heading);
    if (!again) return;
    scroller.scrollTop +=
      again.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - offset;
  }, [find, revision]);
  return useCallback(() => {
    const scroller = find();
    if (!scroller) return;
    const { top } = scroller.getBoundingClientRect();
    const read = headingsOf(scroller).findLast(
      ({ element }) => element.getBoundingClientRect().top <= top + 40,
    );
    place.current = read
      ? { heading: read.text, offset: read.element.getBoundingClientRect().top - top }
      : null;
  }, [find]);
}
