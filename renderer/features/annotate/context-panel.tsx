import { IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { memo } from 'react';
import type { LoadedCase } from '../../data/types.ts';
import { ContextSection, ContextView } from '../../ui/context-view.tsx';
import { Conversation } from '../../ui/conversation.tsx';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import type { AddressHandler } from '../../ui/markdown-components.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import classes from './context-panel.module.css';
import { ContextSearch } from './context-search.tsx';
import { ContextText } from './context-text.tsx';

type Props = {
  assignment: LoadedCase['assignment'];
  folded: boolean;
  onFold: (folded: boolean) => void;
  onAddress: AddressHandler;
};

/** Everything a physician would find in the chart, beside the answers at all times; it folds to a rail. */
export const ContextPanel = memo(function ContextPanel({ assignment, folded, onFold, onAddress }: Props) {
  if (folded)
    return (
      <aside className={classes.rail} aria-label="Case context, folded">
        <button
          type="button"
          className={classes.unfold}
          aria-keyshortcuts={ariaKeys('c')}
          onClick={() => onFold(false)}
        >
          <IconChevronsRight size={17} stroke={1.7} aria-hidden="true" />
          <span className={classes.railName}>Question and context</span>
          <Key keys="c" />
        </button>
      </aside>
    );
  return (
    <aside className={classes.panel} aria-label="Case context">
      <div className={classes.tools}>
        <ContextSearch />
        <button
          type="button"
          className={classes.fold}
          aria-label="Fold the context"
          aria-keyshortcuts={ariaKeys('c')}
          title="Fold the context (C)"
          onClick={() => onFold(true)}
        >
          <IconChevronsLeft size={17} stroke={1.7} aria-hidden="true" />
        </button>
      </div>
      <ScrollRegion className={classes.scroll} data-context={true} aria-label="Question and context">
        <h2 className="visually-hidden">{assignment.title || 'Question and context'}</h2>
        <Conversation turns={assignment.prompt} onAddress={onAddress} />
        <Chart assignment={assignment} />
      </ScrollRegion>
    </aside>
  );
});

function Chart({ assignment }: { assignment: LoadedCase['assignment'] }) {
  const { context, contextText } = assignment;
  if (!context && contextText.trim() === '')
    return <p className={classes.none}>No clinical context was given with this case.</p>;
  return (
    <div className={classes.chart}>
      {context ? <ContextView context={context} /> : null}
      {contextText.trim() === '' ? null : (
        <ContextSection title="Context">
          <ContextText text={contextText} />
        </ContextSection>
      )}
    </div>
  );
}
