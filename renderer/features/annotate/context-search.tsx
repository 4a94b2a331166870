import { IconSearch } from '@tabler/icons-react';
import { useCase } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './context-search.module.css';
import { openFind } from './find-store.ts';

/** Opens the one find field of the case. */
export function ContextSearch() {
  const one = useCase();
  return (
    <button
      type="button"
      className={classes.open}
      aria-keyshortcuts={useAriaKeys('search')}
      onClick={() => openFind(one)}
    >
      <IconSearch size={14} stroke={1.8} aria-hidden="true" />
      <span className={classes.words}>Find in this case</span>
      <CommandKey of="search" />
    </button>
  );
}
