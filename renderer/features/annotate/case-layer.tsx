import { memo, type UIEvent, useEffect, useRef, useState } from 'react';
import type { OpenCase } from './annotate-store.ts';
import { AnswerColumn } from './answer-column.tsx';
import { CaseContext } from './case-context.ts';
import classes from './case-layer.module.css';
import { CaseNotices, SaveError } from './case-notice.tsx';
import { ContextPanel } from './context-panel.tsx';
import { placeOfFocus } from './focus-place.ts';
import { JudgingPanel } from './judging-panel.tsx';
import { LinkToggle } from './link-toggle.tsx';
import { followScroll } from './linked-scroll.ts';
import { ResizeHandle } from './resize-handle.tsx';

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
  /** Only one layer is on screen; the others are laid out, invisible and inert. */
  active: boolean;
  hasBack: boolean;
  folded: boolean;
  width: number;
  linked: boolean;
  actions: LayerActions;
};

/** One whole case. It is laid out before it is shown, so that showing it costs one frame. */
export const CaseLayer = memo(function CaseLayer({
  one,
  active,
  hasBack,
  folded,
  width,
  linked,
  actions,
}: Props) {
  const layer = useRef<HTMLDivElement>(null);
  const leader = useRef<EventTarget | null>(null);
  const asleep = useAsleep(active);
  const { assignment, rubric } = one.loaded;

  const onScroll = (event: UIEvent) => {
    const { target } = event;
    if (!linked || !(target instanceof HTMLElement) || !target.dataset.answer || !layer.current) return;
    // Only the answer under the hand leads; the other one's own scroll event is the echo.
    if (leader.current === null || leader.current === target) followScroll(layer.current, target);
  };
  const lead = (target: EventTarget | null) => {
    leader.current = target instanceof Element ? target.closest('[data-answer]') : null;
  };
  return (
    <CaseContext value={one}>
      <div
        ref={layer}
        className={classes.layer}
        data-layer={one.id}
        data-active={active || undefined}
        inert={asleep}
        onFocusCapture={(event) => {
          one.lastPlace = placeOfFocus(event.target) ?? one.lastPlace;
          lead(event.target);
        }}
        onPointerOverCapture={(event) => lead(event.target)}
        onScrollCapture={onScroll}
      >
        <ContextPanel
          assignment={assignment}
          folded={folded}
          onFold={actions.onFold}
          onAddress={actions.onAddress}
        />
        <main className={classes.work}>
          <ResizeHandle width={width} folded={folded} onWidth={actions.onWidth} />
          <CaseNotices />
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
            <LinkToggle linked={linked} onLink={actions.onLink} />
            <SaveError />
          </div>
          <JudgingPanel
            hasBack={hasBack}
            onBack={actions.onBack}
            onSkip={actions.onSkip}
            onSubmit={actions.onSubmit}
          />
        </main>
      </div>
    </CaseContext>
  );
});

/** A layer wakes at once and falls asleep (inert) only after the next one is painted: both touch every element. */
function useAsleep(active: boolean): boolean {
  const [asleep, setAsleep] = useState(!active);
  useEffect(() => {
    if (active) return setAsleep(false);
    const timer = setTimeout(() => setAsleep(true), 100);
    return () => clearTimeout(timer);
  }, [active]);
  return asleep && !active;
}
