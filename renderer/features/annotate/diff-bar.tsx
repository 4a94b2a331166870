import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { useCase } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './diff-bar.module.css';
import { stepDiff } from './diff-choice.ts';
import { useWordDiff } from './use-word-diff.ts';
import { summaryOf } from './word-diff-summary.ts';

/** What differs, in one line over the foot of the answers, with the way from one difference to the next. */
export function DiffBar({ layer }: { layer: RefObject<HTMLElement | null> }) {
  const { found, current, spoken } = useWordDiff(layer, useCase());
  const count = found?.kind === 'differences' ? found.differences.length : 0;
  return (
    <div className={classes.bar} data-diff-bar>
      <p className={classes.summary} role="status">
        {found ? summaryOf(found) : 'Comparing the words'}
      </p>
      {count === 0 ? null : (
        <div className={classes.steps}>
          <StepButton by={-1} layer={layer} />
          <span className={classes.place} aria-hidden="true">
            {current === null
              ? `${count} ${count === 1 ? 'difference' : 'differences'}`
              : `${current + 1} of ${count}`}
          </span>
          <StepButton by={1} layer={layer} />
        </div>
      )}
      <p className="visually-hidden" role="status">
        {spoken}
      </p>
    </div>
  );
}

function StepButton({ by, layer }: { by: 1 | -1; layer: RefObject<HTMLElement | null> }) {
  const id = by === 1 ? 'next-difference' : 'previous-difference';
  const Icon = by === 1 ? IconChevronDown : IconChevronUp;
  return (
    <button
      type="button"
      className={classes.step}
      aria-label={by === 1 ? 'Next difference' : 'Previous difference'}
      aria-keyshortcuts={useAriaKeys(id)}
      onClick={() => stepDiff(layer.current, by)}
    >
      <Icon size={15} stroke={1.8} aria-hidden="true" />
      <CommandKey of={id} />
    </button>
  );
}
