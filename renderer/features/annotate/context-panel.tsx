import { IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { memo, type RefObject, type UIEvent, use, useLayoutEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { LoadedCase } from '../../data/types.ts';
import { ContextSection } from '../../ui/context-section.tsx';
import { ContextView } from '../../ui/context-view.tsx';
import { Conversation } from '../../ui/conversation.tsx';
import type { AddressHandler } from '../../ui/markdown-components.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { useCase } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './context-panel.module.css';
import { ContextPlacesContext } from './context-place.ts';
import { ContextSearch } from './context-search.tsx';
import { ContextText } from './context-text.tsx';
import { foldedContextAttribute } from './find-panels.ts';
import { findUi } from './find-store.ts';
import { QuestionLine } from './question-line.tsx';

type Props = {
  assignment: LoadedCase['assignment'];
  folded: boolean;
  onFold: (folded: boolean) => void;
  onAddress: AddressHandler;
};

/** Everything a physician would find in the chart, beside the answers at all times; it folds to a rail. */
export const ContextPanel = memo(function ContextPanel({ assignment, folded, onFold, onAddress }: Props) {
  const aside = useRef<HTMLElement>(null);
  useFocusOverFold(aside, folded);
  const onScroll = useContextPlace(aside, assignment.id, folded);
  const keys = useAriaKeys('context');
  if (folded)
    return (
      <aside ref={aside} className={classes.rail} aria-label="Case context, folded" data-section="context">
        <button
          type="button"
          className={classes.unfold}
          data-fold={true}
          aria-keyshortcuts={keys}
          onClick={() => onFold(false)}
        >
          <IconChevronsRight size={17} stroke={1.7} aria-hidden="true" />
          <span className={classes.railName}>Question and context</span>
          <CommandKey of="context" />
        </button>
        <FoldedText assignment={assignment} onAddress={onAddress} />
      </aside>
    );
  return (
    <aside ref={aside} className={classes.panel} aria-label="Case context" data-section="context">
      <div className={classes.tools}>
        <ContextSearch />
        <button
          type="button"
          className={classes.fold}
          data-fold={true}
          aria-label="Fold the context"
          aria-keyshortcuts={keys}
          title="Fold the context"
          onClick={() => onFold(true)}
        >
          <IconChevronsLeft size={17} stroke={1.7} aria-hidden="true" />
          <CommandKey of="context" />
        </button>
      </div>
      <QuestionLine question={assignment.prompt.at(-1)?.content ?? ''} />
      <ScrollRegion
        className={classes.scroll}
        data-context={true}
        data-reading={true}
        aria-label="Question and context"
        onScroll={onScroll}
      >
        <h2 className="visually-hidden">{assignment.title || 'Question and context'}</h2>
        <Conversation turns={assignment.prompt} onAddress={onAddress} />
        <Chart assignment={assignment} />
      </ScrollRegion>
    </aside>
  );
});

/** While words are looked for, they are found in a folded context too: the very text that opening it shows. */
function FoldedText({ assignment, onAddress }: Pick<Props, 'assignment' | 'onAddress'>) {
  const searched = useStore(findUi(useCase()), ({ open }) => open);
  if (!searched) return null;
  return (
    <div hidden {...{ [foldedContextAttribute]: true }}>
      <Conversation turns={assignment.prompt} onAddress={onAddress} />
      <Chart assignment={assignment} />
    </div>
  );
}

function Chart({ assignment }: { assignment: LoadedCase['assignment'] }) {
  const { context, contextText } = assignment;
  if (!context && contextText.trim() === '')
    return <p className={classes.none}>No clinical context was given with this case.</p>;
  return (
    <div className={classes.chart}>
      {context ? <ContextView context={context} /> : null}
      {contextText.trim() === '' ? null : (
        <ContextSection part="text" title={context ? 'More context' : 'Context'}>
          <ContextText text={contextText} />
        </ContextSection>
      )}
    </div>
  );
}

/** The control that had the focus is gone after folding; its counterpart takes it, so that the keyboard goes on. */
function useFocusOverFold(aside: RefObject<HTMLElement | null>, folded: boolean): void {
  const before = useRef(folded);
  useLayoutEffect(() => {
    if (before.current === folded) return;
    before.current = folded;
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost && aside.current?.closest('[data-active]'))
      aside.current.querySelector<HTMLElement>('[data-fold]')?.focus({ preventScroll: true });
  }, [aside, folded]);
}

/** A long text is laid out in more than one frame: until then its end cannot be scrolled to. */
const laidOutAfterMs = [0, 60, 240];

/** Comes back to where this case's context was read, and keeps that place while it is read on. */
function useContextPlace(
  aside: RefObject<HTMLElement | null>,
  id: LoadedCase['assignment']['id'],
  folded: boolean,
) {
  const places = use(ContextPlacesContext);
  const returning = useRef(false);
  useLayoutEffect(() => {
    const scroller = aside.current?.querySelector<HTMLElement>('[data-context]');
    const top = places.topOf(id);
    if (folded || !scroller || top === 0) return;
    const goBack = () => {
      scroller.scrollTop = top;
      return Math.abs(scroller.scrollTop - top) <= 1;
    };
    returning.current = true;
    goBack();
    const timers = laidOutAfterMs.map((ms, index) =>
      setTimeout(() => {
        if (returning.current && (goBack() || index === laidOutAfterMs.length - 1)) returning.current = false;
      }, ms),
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [aside, places, id, folded]);
  return (event: UIEvent<HTMLElement>) => {
    if (!returning.current) places.keep(id, Math.round(event.currentTarget.scrollTop));
  };
}
