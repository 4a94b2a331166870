import type { AnnotateSession } from './annotate-session.ts';
import { focusPlace, placeOfMissing } from './focus-place.ts';
import { showsVersions } from './versions-shown.ts';

/**
 * Submits, and puts the keyboard where it is needed next: at what is missing, or, where the physician goes on by
 * hand, at Next case.
 */
export function submitCase(session: AnnotateSession, layer: () => HTMLElement | null): void {
  const before = session.store.getState().current;
  if (before && showsVersions(before)) {
    layer()?.querySelector<HTMLElement>('[data-versions] button')?.focus({ preventScroll: true });
    return;
  }
  const first = session.submit()[0];
  if (first) {
    focusPlace(layer(), placeOfMissing(first));
    return;
  }
  const { current } = session.store.getState();
  if (current !== null && current === before && current.store.getState().work === 'submitted')
    layer()?.querySelector<HTMLElement>('[data-submit]')?.focus({ preventScroll: true });
}
