import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import classes from './context-panel.module.css';
import { findInText, markFound, showFound } from './text-search.ts';

/** Finds words in the context: marks all, Enter goes to the next, Shift+Enter to the one before, Escape ends. */
export function ContextSearch() {
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState('');
  const [found, setFound] = useState<Range[]>([]);
  const [at, setAt] = useState(0);

  const holder = () => field.current?.closest('aside')?.querySelector<HTMLElement>('[data-context]') ?? null;
  useEffect(() => () => markFound([], 0), []);

  const search = (next: string) => {
    const ranges = findInText(holder(), next);
    setWords(next);
    setFound(ranges);
    go(ranges, 0);
  };
  const go = (ranges: Range[], index: number) => {
    setAt(index);
    markFound(ranges, index);
    const range = ranges[index];
    if (range) showFound(holder(), range);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && found.length > 0)
      go(found, (at + (event.shiftKey ? found.length - 1 : 1)) % found.length);
    else if (event.key === 'Escape') {
      search('');
      holder()?.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  };
  return (
    <div className={classes.search}>
      <input
        ref={field}
        type="search"
        className={classes.searchField}
        data-place="search"
        aria-label="Search in the context"
        aria-keyshortcuts={ariaKeys('/')}
        placeholder="Search the context"
        value={words}
        onChange={(event) => search(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span className={classes.searchCount} role="status">
        {words === '' ? <Key keys="/" /> : found.length === 0 ? 'none' : `${at + 1} of ${found.length}`}
      </span>
    </div>
  );
}
