import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import {
  type SafetyFlag,
  type Side,
  safetyFlagSeverities,
  sides,
} from '../../../shared/schema/annotation.ts';
import { rangeOfSource } from '../../ui/text-offsets.ts';
import type { OpenCase } from './annotate-store.ts';
import { useBody, useCase } from './case-context.ts';
import { PassagePicker } from './passage-picker.tsx';
import { SafetyFlagForm } from './safety-flag-form.tsx';
import { markPassages } from './safety-flag-marks.ts';
import {
  answerRegion,
  answerRoot,
  flagsAtPoint,
  rangeOfPassage,
  selectedPassage,
} from './safety-flag-page.ts';
import { locatedFlags, topmostSpans } from './safety-flag-spans.ts';
import { endFlagging, flagUi } from './safety-flag-store.ts';

type Props = { layer: RefObject<HTMLElement | null>; active: boolean };

/** Everything about flags that lies over a case: their marks in the answers, the form, choosing by keyboard. */
export function SafetyFlagLayer(props: Props) {
  return useCase().loaded.rubric.safetyFlags.ask ? <Flags {...props} /> : null;
}

function Flags({ layer, active }: Props) {
  const one = useCase();
  const form = useStore(flagUi(one), (state) => state.form);
  const picking = useStore(flagUi(one), (state) => state.picking);
  const told = useStore(flagUi(one), (state) => state.told);
  useFlagMarks(one, layer, active);
  useSelecting(one, layer, active);
  useFlagsUnderPointer(one, layer, active);
  useLayoutEffect(() => {
    // A case that is left and come back to begins without open forms.
    if (!active) flagUi(one).setState({ form: null, picking: null, list: null, told: '', back: null });
  }, [one, active]);
  useLayoutEffect(() => {
    if (!form || picking) return;
    const range = form.passage ? rangeOfPassage(one, layer.current, form.side, form.passage) : null;
    markPassages(one, 'picked', range ? [range] : null);
    return () => markPassages(one, 'picked', null);
  }, [one, layer, form, picking]);
  const formKey = form
    ? `${form.flag?.id ?? ''} ${form.passage?.start} ${form.passage?.end} ${form.kind}`
    : '';
  return (
    <>
      {picking ? <PassagePicker key={picking} side={picking} layer={layer} /> : null}
      {form ? <SafetyFlagForm key={formKey} form={form} layer={layer} /> : null}
      <p className="visually-hidden" role="status">
        {told}
      </p>
    </>
  );
}

/** How long a neighbouring case waits with its marks, so that laying it out holds up nothing. */
const besideMs = 60;

/** Marks the flagged passages, anew whenever flags change or the answer's text is rendered again, before it is seen. */
function useFlagMarks(one: OpenCase, layer: RefObject<HTMLElement | null>, active: boolean): void {
  const flags = useBody((body) => body.safetyFlags);
  const drawn = useRef<readonly SafetyFlag[] | null>(null);
  const [mounted, setMounted] = useState(false);
  // The layer around this is known only after the first pass of effects; the second comes before anything is seen.
  useLayoutEffect(() => setMounted(true), []);
  useLayoutEffect(() => {
    if (!mounted) return;
    const draw = () => {
      drawn.current = flags;
      drawFlags(one, layer.current, flags);
    };
    if (drawn.current === flags || (flags.length === 0 && drawn.current === null)) return watch();
    if (active) {
      draw();
      return watch();
    }
    const timer = setTimeout(draw, besideMs);
    const unwatch = watch();
    return () => {
      clearTimeout(timer);
      unwatch();
    };

    function watch(): () => void {
      const observer = new MutationObserver(draw);
      for (const side of sides) {
        const region = flags.some((flag) => flag.side === side) ? answerRegion(layer.current, side) : null;
        if (region) observer.observe(region, { childList: true, subtree: true });
      }
      return () => observer.disconnect();
    }
  }, [one, layer, active, flags, mounted]);
  useEffect(
    () => () => {
      for (const severity of safetyFlagSeverities) markPassages(one, severity, null);
    },
    [one],
  );
}

function drawFlags(one: OpenCase, layer: HTMLElement | null, flags: readonly SafetyFlag[]): void {
  const shown = sides.flatMap((side) => {
    const root = answerRoot(layer, side);
    const text = one.loaded.assignment[side];
    const own = flags.filter((flag) => flag.side === side);
    if (!root || own.length === 0) return [];
    return topmostSpans(locatedFlags(text, own)).map((span) => ({
      severity: span.flag.severity,
      range: rangeOfSource(root, text, span),
    }));
  });
  for (const severity of safetyFlagSeverities)
    markPassages(
      one,
      severity,
      shown.flatMap(({ severity: own, range }) => (own === severity && range ? [range] : [])),
    );
}

/** How long a selection made by touch or keyboard must stand still. */
const settledMs = 350;

/** Opens the form beside what was selected by mouse, touch or keyboard. The handlers do next to nothing. */
function useSelecting(one: OpenCase, layer: RefObject<HTMLElement | null>, active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const store = flagUi(one);
    let pressed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const offer = () => {
      const { form, picking } = store.getState();
      if (!layer.current || form?.focused || picking || one.store.getState().readOnly) return;
      const chosen = selectedPassage(one, layer.current);
      if (chosen)
        store.setState({
          form: { ...chosen, flag: null, others: [], focused: false, kind: null },
          list: null,
        });
      else if (form && !form.flag) store.setState({ form: null });
    };
    const onDown = (event: PointerEvent) => {
      if (isInForm(event.target)) return;
      pressed = true;
      if (store.getState().form) store.setState({ form: null, back: null });
    };
    const onUp = (event: PointerEvent) => {
      pressed = false;
      clearTimeout(timer);
      // The browser settles the selection after this event.
      if (!isInForm(event.target)) timer = setTimeout(offer);
    };
    const onSelection = () => {
      clearTimeout(timer);
      if (!pressed && !isInForm(document.activeElement)) timer = setTimeout(offer, settledMs);
    };
    window.addEventListener('pointerdown', onDown, { capture: true });
    window.addEventListener('pointerup', onUp, { capture: true });
    window.addEventListener('pointercancel', onUp, { capture: true });
    document.addEventListener('selectionchange', onSelection);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pointerdown', onDown, { capture: true });
      window.removeEventListener('pointerup', onUp, { capture: true });
      window.removeEventListener('pointercancel', onUp, { capture: true });
      document.removeEventListener('selectionchange', onSelection);
    };
  }, [one, layer, active]);
}

const isInForm = (target: EventTarget | null) =>
  target instanceof Element && target.closest('[data-flag-form]') !== null;

/** A press on a flagged passage opens its flag; the pointer shows that it would. */
function useFlagsUnderPointer(one: OpenCase, layer: RefObject<HTMLElement | null>, active: boolean): void {
  const count = useBody((body) => body.safetyFlags.length);
  useEffect(() => {
    const regions = sides
      .map((side) => answerRegion(layer.current, side))
      .filter((region) => region !== null);
    if (!active || count === 0) return;
    let frame = 0;
    const onMove = (event: PointerEvent) => {
      const { currentTarget: region } = event;
      cancelAnimationFrame(frame);
      if (!(region instanceof HTMLElement) || event.buttons !== 0) return;
      frame = requestAnimationFrame(() => {
        const over = layer.current && flagsAtPoint(one, layer.current, sideOf(region), event).length > 0;
        region.style.cursor = over ? 'pointer' : '';
      });
    };
    const onClick = (event: MouseEvent) => {
      const { currentTarget: region, target } = event;
      if (!(region instanceof HTMLElement) || !layer.current) return;
      if (document.getSelection()?.isCollapsed === false) return;
      if (target instanceof Element && target.closest('button')) return;
      openFlags(one, flagsAtPoint(one, layer.current, sideOf(region), event), region);
    };
    for (const region of regions) {
      region.addEventListener('pointermove', onMove, { passive: true });
      region.addEventListener('click', onClick);
    }
    return () => {
      cancelAnimationFrame(frame);
      for (const region of regions) {
        region.style.cursor = '';
        region.removeEventListener('pointermove', onMove);
        region.removeEventListener('click', onClick);
      }
    };
  }, [one, layer, active, count]);
}

const sideOf = (region: HTMLElement): Side => (region.dataset.answer === 'b' ? 'b' : 'a');

/** The newest of some flags in the form, the others one press away; in a list where nothing can be changed. */
function openFlags(one: OpenCase, flags: readonly SafetyFlag[], region: HTMLElement): void {
  const [newest, ...others] = flags;
  if (!newest) return;
  if (one.store.getState().readOnly) {
    flagUi(one).setState({ list: newest.side, form: null });
    return;
  }
  endFlagging(one);
  flagUi(one).setState({
    list: null,
    back: region,
    form: {
      side: newest.side,
      passage: newest,
      flag: newest,
      others: others.map(({ id }) => id),
      focused: true,
      kind: null,
    },
  });
}
