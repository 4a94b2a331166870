import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './guidelines-drawer.module.css';
import { findInText, showFound } from './text-search.ts';

type Props = {
  /** Holds the text; read when words are looked for. */
  text: RefObject<HTMLElement | null>;
  /** A new one is a new text: what was found is found anew. */
  revision: string;
};

const foundName = 'guidelines-found';
const currentName = 'guidelines-found-current';

/** Finds words in the guidelines: Enter goes to the next place, Shift+Enter to the one before, Escape ends. */
export function GuidelinesSearch({ text, revision }: Props) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<readonly Range[]>([]);
  const [at, setAt] = useState(0);
  const keys = useAriaKeys('search');
  const scroller = () => text.current?.querySelector<HTMLElement>('[data-guidelines-text]') ?? null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is new text below the same element
  useEffect(() => {
    setFound(findInText(scroller(), words));
  }, [words, revision]);
  useEffect(() => {
    mark(found, at);
    return () => mark([], 0);
  }, [found, at]);

  const go = (index: number, ranges = found) => {
    setAt(index);
    const range = ranges[index];
    if (range) showFound(scroller(), range);
  };
  const look = (next: string) => {
    setWords(next);
    go(0, findInText(scroller(), next));
  };
  const step = (by: number) => {
    if (found.length > 0) go((at + by + found.length) % found.length);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape' && words !== '') look('');
    else return;
    event.preventDefault();
  };
  const none = found.length === 0;
  return (
    <div className={classes.search}>
      <input
        autoComplete="off"
        type="search"
        className={classes.field}
        data-guidelines-search={true}
        aria-label="Search in the guidelines"
        aria-keyshortcuts={keys}
        placeholder="Search the guidelines"
        value={words}
        onChange={(event) => look(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <span className={classes.count} role="status">
        {words.trim() === '' ? <CommandKey of="search" /> : none ? 'none' : `${at + 1} of ${found.length}`}
      </span>
      <button
        type="button"
        className={classes.tool}
        aria-label="Place before"
        title="Place before (Shift Enter)"
        disabled={none}
        onClick={() => step(-1)}
      >
        <IconChevronUp size={16} stroke={1.8} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={classes.tool}
        aria-label="Next place"
        title="Next place (Enter)"
        disabled={none}
        onClick={() => step(1)}
      >
        <IconChevronDown size={16} stroke={1.8} aria-hidden="true" />
      </button>
    </div>
  );
}

/** Marks of its own, so that a search in the case beside it stays as it is. */
function mark(ranges: readonly Range[], current: number): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  const now = ranges[current];
  CSS.highlights.set(foundName, new Highlight(...ranges.filter((range) => range !== now)));
  CSS.highlights.set(currentName, new Highlight(...(now ? [now] : [])));
}
