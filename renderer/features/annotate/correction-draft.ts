import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { AnnotationBody, Side } from '../../../shared/schema/annotation.ts';
import { toWellFormedText } from '../../../shared/schema/text.ts';
import { useCase } from './case-context.ts';
import { registerOpenWork } from './open-work.ts';

export type Correction = NonNullable<AnnotationBody['correction']>;
/** What stands in the editor; `from` is the answer it was written over. */
export type CorrectionDraft = { from: Side | null; text: string };

/** Keystrokes within this time go to the case together; with autosave's own wait a kill costs a quarter second. */
const sendAfterMs = 60;

let visits = 0;

/** The correction a draft stands for; null while it says nothing that the answer it started from does not say. */
export function correctionOf(
  { from, text }: CorrectionDraft,
  texts: Record<Side, string>,
): Correction | null {
  const wellFormed = toWellFormedText(text);
  if (wellFormed.trim() === '' || (from !== null && wellFormed === texts[from])) return null;
  return { from, text: wellFormed };
}

/**
 * Carries what is typed to the case: soon, together, and at the latest before anything that could end the window or
 * the editor. One visit to the editor is one step to undo, because inside it the text area has an undo of its own.
 */
export function useCorrectionDraft(): {
  write: (draft: CorrectionDraft) => void;
  flush: () => void;
  /** Takes the text away, as a step of its own. */
  discard: () => void;
  /** Was this correction made by what was written here? */
  isOwn: (correction: Correction | null) => boolean;
} {
  const { edit, loaded, store } = useCase();
  const visit = useRef(0);
  if (visit.current === 0) visit.current = ++visits;
  const waiting = useRef<CorrectionDraft | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const sent = useRef<Correction | null>(store.getState().history.present.correction ?? null);

  const flush = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    const draft = waiting.current;
    waiting.current = null;
    if (!draft) return;
    sent.current = correctionOf(draft, loaded.assignment);
    edit({ type: 'correction', correction: sent.current, visit: visit.current });
  }, [edit, loaded]);
  const write = useCallback(
    (draft: CorrectionDraft) => {
      waiting.current = draft;
      timer.current ??= setTimeout(flush, sendAfterMs);
    },
    [flush],
  );
  const discard = useCallback(() => {
    flush();
    sent.current = null;
    edit({ type: 'correction', correction: null });
    visit.current = ++visits;
  }, [edit, flush]);
  const isOwn = useCallback(
    (correction: Correction | null) =>
      waiting.current !== null ||
      (correction?.text === sent.current?.text && correction?.from === sent.current?.from),
    [],
  );
  useLayoutEffect(() => flush, [flush]);
  useEffect(() => {
    // Before the screen's own listeners, which write what the case holds by then.
    const early = { capture: true };
    window.addEventListener('pagehide', flush, early);
    window.addEventListener('blur', flush, early);
    window.addEventListener('visibilitychange', flush, early);
    const unregister = registerOpenWork(async () => flush());
    return () => {
      window.removeEventListener('pagehide', flush, early);
      window.removeEventListener('blur', flush, early);
      window.removeEventListener('visibilitychange', flush, early);
      unregister();
    };
  }, [flush]);
  return { write, flush, discard, isOwn };
}
