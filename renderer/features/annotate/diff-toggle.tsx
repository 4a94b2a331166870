import { IconArrowsDiff } from '@tabler/icons-react';
import type { RefObject } from 'react';
import { keyLabels } from '../../ui/key-names.ts';
import { useCase } from './case-context.ts';
import { useAriaKeys, useKeysOf } from './command-key.tsx';
import { DiffBar } from './diff-bar.tsx';
import { toggleDiff, useDiffOn } from './diff-choice.ts';
import classes from './diff-toggle.module.css';

type Props = { layer: RefObject<HTMLElement | null>; active: boolean };

/** Beside the line between the answers: which words does only one of them have? Off, nothing is compared. */
export function DiffToggle({ layer, active }: Props) {
  const one = useCase();
  const on = useDiffOn(one);
  const keys = useKeysOf('diff');
  return (
    <>
      <button
        type="button"
        className={classes.toggle}
        aria-label="Show which words differ"
        aria-pressed={on}
        aria-keyshortcuts={useAriaKeys('diff')}
        title={
          keys === null ? 'Show which words differ' : `Show which words differ (${keyLabels(keys).join(' ')})`
        }
        onClick={() => toggleDiff(one)}
      >
        <IconArrowsDiff size={15} stroke={1.7} aria-hidden="true" />
      </button>
      {on && active ? <DiffBar layer={layer} /> : null}
    </>
  );
}
