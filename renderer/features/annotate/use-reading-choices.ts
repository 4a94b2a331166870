import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import type { ContextChoices } from '../../ui/context-choices.ts';
import { choose, preferences } from '../../ui/preferences.ts';
import {
  type ContextLayout,
  contextPreference,
  contextPreferenceOf,
  parseLayout,
  usualLayout,
} from './context-layout.ts';
import { type ContextPlaces, createContextPlaces, placePreferenceOf } from './context-place.ts';

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
  /** Which parts of the chart are folded, and whether repeated text is greyed. */
  chart: ContextChoices;
  /** Where each context was read; null until the stored choices are read. */
  places: ContextPlaces | null;
  fold: (folded: boolean) => void;
  toggleFold: () => void;
  togglePlace: () => void;
  setWidth: (width: number) => void;
  toggleLinked: () => void;
};

type Kept = { study: string; places: ContextPlaces };

/** Choices belong to a study: one with long charts is read otherwise than one with none. */
async function studyOf(workspace: Workspace, batchId: BatchId): Promise<string> {
  const queue = await workspace.queue().catch(() => []);
  return queue.find(({ id }) => id === batchId)?.study ?? batchId;
}

/** How this physician likes to read: context width, what is folded, linked scrolling; remembered per study. */
export function useReadingChoices(workspace: Workspace, batchId: BatchId): ReadingChoices {
  const [layout, setLayout] = useState(usualLayout);
  const [linked, setLinked] = useState(false);
  const [kept, setKept] = useState<Kept | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    let open = true;
    const read = (key: string) => workspace.loadPreference(key).catch(() => null);
    const readAll = async () => {
      const study = await studyOf(workspace, batchId);
      const [own, general, link, place] = await Promise.all([
        read(contextPreferenceOf(study)),
        read(contextPreference),
        read(linkedPreference),
        read(placePreferenceOf(study)),
      ]);
      if (!open) return;
      setLayout(parseLayout(own ?? general));
      setLinked(link === 'true');
      setKept({ study, places: createContextPlaces(workspace, placePreferenceOf(study), place) });
    };
    void readAll(); // every read of it falls back to the usual choice
    return () => {
      open = false;
    };
  }, [workspace, batchId]);
  // The settings change the same choice.
  useEffect(
    () =>
      preferences.subscribe(({ linked: next }, before) => void (next !== before.linked && setLinked(next))),
    [],
  );
  useEffect(() => {
    if (told === null) return;
    const end = setTimeout(() => setTold(null), toldForMs);
    return () => clearTimeout(end);
  }, [told]);

  const latest = useRef(layout);
  latest.current = layout;
  const study = kept?.study ?? null;
  const keep = useCallback(
    (change: Partial<ContextLayout>) => {
      const next = { ...latest.current, ...change };
      latest.current = next;
      setLayout(next);
      if (timer.current) clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        const keys = [contextPreference, ...(study === null ? [] : [contextPreferenceOf(study)])];
        // A preference that cannot be kept is not worth a word: the choice still holds on this screen.
        for (const key of keys)
          void workspace.savePreference(key, JSON.stringify(next)).catch(() => undefined);
      }, settleMs);
    },
    [workspace, study],
  );
  const fold = useCallback((folded: boolean) => keep({ folded }), [keep]);
  const setWidth = useCallback((width: number) => keep({ width }), [keep]);
  const { parts, greyRepeated } = layout;
  const chart = useMemo<ContextChoices>(
    () => ({
      folded: parts,
      onFoldPart: (part, folded) => keep({ parts: { ...latest.current.parts, [part]: folded } }),
      greyRepeated,
      onGreyRepeated: (on) => keep({ greyRepeated: on }),
    }),
    [parts, greyRepeated, keep],
  );
  const latestLinked = useRef(linked);
  latestLinked.current = linked;
  const toggleLinked = useCallback(() => {
    const next = !latestLinked.current;
    setLinked(next);
    choose({ linked: next });
    setTold(next ? 'Both answers scroll together' : 'Each answer scrolls alone');
    void workspace.savePreference(linkedPreference, String(next)).catch(() => undefined); // as above
  }, [workspace]);
  return {
    ready: kept !== null,
    layout,
    linked,
    told,
    chart,
    places: kept?.places ?? null,
    fold,
    setWidth,
    toggleFold: () => fold(!layout.folded),
    togglePlace: () => keep({ place: layout.place === 'above' ? 'side' : 'above', folded: false }),
    toggleLinked,
  };
}
