import { useCallback, useEffect, useRef, useState } from 'react';
import type { Workspace } from '../../data/types.ts';
import { type ContextLayout, contextPreference, parseLayout, usualLayout } from './context-layout.ts';

const linkedPreference = 'annotate.linked';
const toldForMs = 1600;
const settleMs = 400;

export type ReadingChoices = {
  /** False until the stored choices are read, so that nothing jumps when they are. */
  ready: boolean;
  layout: ContextLayout;
  linked: boolean;
  /** A short word about a choice just made by a key, which would else be invisible. */
  told: string | null;
  fold: (folded: boolean) => void;
  toggleFold: () => void;
  setWidth: (width: number) => void;
  toggleLinked: () => void;
};

/** How this physician likes to read: context width, folded or not, linked scrolling; remembered. */
export function useReadingChoices(workspace: Workspace): ReadingChoices {
  const [layout, setLayout] = useState(usualLayout);
  const [linked, setLinked] = useState(false);
  const [ready, setReady] = useState(false);
  const [told, setTold] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    let open = true;
    const read = (key: string) => workspace.loadPreference(key).catch(() => null);
    void Promise.all([read(contextPreference), read(linkedPreference)]).then(([stored, link]) => {
      if (!open) return;
      setLayout(parseLayout(stored));
      setLinked(link === 'true');
      setReady(true);
    });
    return () => {
      open = false;
    };
  }, [workspace]);
  useEffect(() => {
    if (told === null) return;
    const end = setTimeout(() => setTold(null), toldForMs);
    return () => clearTimeout(end);
  }, [told]);

  const keep = useCallback(
    (next: ContextLayout) => {
      setLayout(next);
      if (timer.current) clearTimeout(timer.current);
      timer.current = setTimeout(
        // A preference that cannot be kept is not worth a word: the choice still holds on this screen.
        () => void workspace.savePreference(contextPreference, JSON.stringify(next)).catch(() => undefined),
        settleMs,
      );
    },
    [workspace],
  );
  const latest = useRef(layout);
  latest.current = layout;
  const fold = useCallback((folded: boolean) => keep({ ...latest.current, folded }), [keep]);
  const setWidth = useCallback((width: number) => keep({ ...latest.current, width }), [keep]);
  const latestLinked = useRef(linked);
  latestLinked.current = linked;
  const toggleLinked = useCallback(() => {
    const next = !latestLinked.current;
    setLinked(next);
    setTold(next ? 'Both answers scroll together' : 'Each answer scrolls alone');
    void workspace.savePreference(linkedPreference, String(next)).catch(() => undefined); // as above
  }, [workspace]);
  return {
    ready,
    layout,
    linked,
    told,
    fold,
    setWidth,
    toggleFold: () => fold(!layout.folded),
    toggleLinked,
  };
}
