import {
  memo,
  type RefObject,
  startTransition,
  type UIEvent,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import type { OpenCase } from './annotate-store.ts';
import { AnswerColumn } from './answer-column.tsx';
import { sideOfFocus, useAnswerShown } from './answer-shown.ts';
import { AnswerTabs } from './answer-tabs.tsx';
import { CaseContext } from './case-context.ts';
import classes from './case-layer.module.css';
import { CaseNotices, SaveError } from './case-notice.tsx';
import { ContextPanel } from './context-panel.tsx';
import { DiffToggle } from './diff-toggle.tsx';
import { FeedbackOver } from './feedback-over.tsx';
import { FindBar } from './find-bar.tsx';
import { placeOfFocus } from './focus-place.ts';
import { JudgingPanel } from './judging-panel.tsx';
import { LinkToggle } from './link-toggle.tsx';
import { followScroll } from './linked-scroll.ts';
import { linkLayer } from './linked-scroll-layer.ts';
import { ResizeHandle } from './resize-handle.tsx';
import { SafetyFlagLayer } from './safety-flag-layer.tsx';

export type LayerActions = {
  onAddress: (address: string) => void;
  onFold: (folded: boolean) => void;
  onWidth: (width: number) => void;
  onLink: () => void;
  onBack: () => void;
  onSkip: () => void;
  onSubmit: () => void;
};

type Props = {
  one: OpenCase;
  /** Only one layer is on screen; the others are laid out, invisible and out of reach. */
  active: boolean;
  hasBack: boolean;
  folded: boolean;
  width: number;
  linked: boolean;
  actions: LayerActions;
};

/** One whole case. It is laid out before it is shown, so that showing it costs one frame. */
export const CaseLayer = memo(function CaseLayer({ one, active, ...rest }: Props) {
  const layer = useRef<HTMLDivElement>(null);
  const { away, asleep } = useAsleep(active);
  const [shown, setShown] = useAnswerShown(layer);
  // The frame that shows a case turns over its layer and nothing in it; what its parts do with that follows behind.
  const settled = useDeferredValue(active);
  const { linked } = rest;
  // Asked at each focus: a list made anew would have the page laid out for its answer.
  const low = useMemo(() => window.matchMedia(lowWindow), []);

  const onScroll = (event: UIEvent) => {
    const { target } = event;
    if (!linked || !(target instanceof HTMLElement) || !target.dataset.answer || !layer.current) return;
    followScroll(layer.current, target);
  };
  useEffect(
    () => (linked && settled && layer.current ? linkLayer(layer.current) : undefined),
    [linked, settled],
  );
  return (
    <CaseContext value={one}>
      <div
        ref={layer}
        className={classes.layer}
        data-layer={one.id}
        data-active={active || undefined}
        data-shown={shown}
        data-asleep={asleep || undefined}
        aria-hidden={away || undefined}
        onFocusCapture={(event) => {
          one.lastPlace = placeOfFocus(event.target) ?? one.lastPlace;
          const side = sideOfFocus(event.target);
          if (side) setShown(side);
          if (low.matches) keepInSight(layer.current, event.target);
        }}
        onScrollCapture={onScroll}
      >
        <LayerParts one={one} active={settled} layer={layer} shown={shown} onShow={setShown} {...rest} />
      </div>
    </CaseContext>
  );
});

type PartsProps = Props & {
  layer: RefObject<HTMLDivElement | null>;
  /** The answer in front where there is room for one. */
  shown: Side;
  onShow: (side: Side) => void;
};

/** What a layer holds; rendered anew only where it changes, never because another layer is shown. */
const LayerParts = memo(function LayerParts(props: PartsProps) {
  const { one, active, layer, shown, onShow, hasBack, folded, width, linked, actions } = props;
  const { assignment, rubric } = one.loaded;
  return (
    <>
      <ContextPanel
        assignment={assignment}
        folded={folded}
        onFold={actions.onFold}
        onAddress={actions.onAddress}
      />
      <main className={classes.work}>
        <ResizeHandle width={width} folded={folded} onWidth={actions.onWidth} />
        <CaseNotices />
        <AnswerTabs shown={shown} onShow={onShow} />
        <div className={classes.pair}>
          <AnswerColumn
            side="a"
            text={assignment.a}
            askRefusal={rubric.refusal.ask}
            onAddress={actions.onAddress}
          />
          <AnswerColumn
            side="b"
            text={assignment.b}
            askRefusal={rubric.refusal.ask}
            onAddress={actions.onAddress}
          />
          <DiffToggle layer={layer} active={active} />
          <LinkToggle linked={linked} onLink={actions.onLink} />
          <FindBar layer={layer} active={active} folded={folded} onFold={actions.onFold} />
          <SaveError />
        </div>
        <FeedbackOver onSubmit={actions.onSubmit} onAddress={actions.onAddress}>
          <JudgingPanel
            hasBack={hasBack}
            onBack={actions.onBack}
            onSkip={actions.onSkip}
            onSubmit={actions.onSubmit}
          />
        </FeedbackOver>
      </main>
      <SafetyFlagLayer layer={layer} active={active} />
    </>
  );
});

const lowWindow = '(max-width: 899px), (max-height: 620px)';

/** Keys move the focus without scrolling; in a low window, where parts scroll as a whole, it stays in sight. */
function keepInSight(layer: HTMLElement | null, target: Element): void {
  if (layer?.dataset.active) target.scrollIntoView({ block: 'nearest' });
}

/** A layer left is put to sleep after the next one is painted. */
const fallAsleepMs = 100;

/**
 * A layer that is not on screen is away from screen readers; once it is laid out it also sleeps: nothing in it can
 * be reached or found. It wakes at once. Neither touches what its elements inherit (inert and visibility do), so
 * waking restyles none of them.
 */
function useAsleep(active: boolean): { away: boolean; asleep: boolean } {
  const [away, setAway] = useState(!active);
  const [rendered, setRendered] = useState(false);
  const [asleep, setAsleep] = useState(false);
  useEffect(() => {
    if (active) {
      setAway(false);
      setRendered(false);
      return setAsleep(false);
    }
    const timer = setTimeout(() => {
      setAway(true);
      // Behind the stretches of long texts, which are rendered in transitions too.
      startTransition(() => setRendered(true));
    }, fallAsleepMs);
    return () => clearTimeout(timer);
  }, [active]);
  useEffect(() => {
    if (!rendered) return;
    // One frame lays it out; from then on its layout is kept while it sleeps.
    const frame = requestAnimationFrame(() => setTimeout(() => setAsleep(true)));
    return () => cancelAnimationFrame(frame);
  }, [rendered]);
  return { away: away && !active, asleep: asleep && !active };
}
