import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type RefObject,
  use,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { showAnswer } from './answer-shown.ts';
import { useCase } from './case-context.ts';
import { ContextPlacesContext } from './context-place.ts';
import classes from './find-bar.module.css';
import {
  countWordsOf,
  type FoundWords,
  findInCase,
  findPanels,
  firstSeen,
  isFolded,
  nothingFound,
  panelElement,
  rangeOfHit,
  standingOf,
} from './find-panels.ts';
import { closeFind, findUi } from './find-store.ts';
import { markFound, showFound } from './text-search.ts';

type Props = {
  layer: RefObject<HTMLElement | null>;
  active: boolean;
  /** A folded context is searched all the same, and opened to show a place in it. */
  folded: boolean;
  onFold: (folded: boolean) => void;
};

/** One find field for the question, the context and both answers, over the foot of the answers. */
export function FindBar({ layer, active, folded, onFold }: Props) {
  const one = useCase();
  const open = useStore(findUi(one), (state) => state.open);
  useLayoutEffect(() => {
    // A case that is left forgets what was looked for.
    if (!active) findUi(one).setState({ open: false, words: '', back: null, range: null });
  }, [one, active]);
  return open && active ? <OpenBar layer={layer} folded={folded} onFold={onFold} /> : null;
}

/** What lies over the text while words are looked for, in pixels: this bar, and the line with the question. */
const covered = { answer: { head: 0, foot: 60 }, context: { head: 34, foot: 0 } } as const;
/** More marks than this at once cannot be told apart, and only cost time; all places are counted and reached. */
const mostMarked = 3000;

function OpenBar({ layer, folded, onFold }: Omit<Props, 'active'>) {
  const one = useCase();
  const field = useRef<HTMLInputElement>(null);
  const words = useStore(findUi(one), (state) => state.words);
  const asked = useStore(findUi(one), (state) => state.asked);
  const { found, at, go } = useFound(layer, words, folded, onFold);
  useEffect(() => {
    if (asked === 0) return;
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, [asked]);

  const count = found.hits.length;
  const step = (by: 1 | -1) => {
    // A place nobody has seen yet is not passed over.
    if (count > 0) go(found, isFolded(found, at) ? at : (at + by + count) % count);
  };
  useF3(step);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') closeFind(one);
    else if (event.key === 'Enter' && event.target === field.current) step(event.shiftKey ? -1 : 1);
    // Single keys typed on a button here are no commands.
    else return event.key.length === 1 ? event.stopPropagation() : undefined;
    event.preventDefault();
    event.stopPropagation();
  };
  const searching = words.trim() !== '';
  return (
    // biome-ignore lint/a11y/useSemanticElements: the search element gets its role only in the newest browsers
    <div
      className={classes.bar}
      role="search"
      data-section="answers"
      aria-label="Find in this case"
      onKeyDown={onKeyDown}
    >
      <input
        autoComplete="off"
        ref={field}
        className={classes.field}
        type="search"
        aria-label="Find in the question, context and answers"
        placeholder="Find in context and answers"
        dir="auto"
        spellCheck={false}
        value={words}
        onChange={(event) => findUi(one).setState({ words: event.currentTarget.value })}
      />
      <span className={classes.standing} aria-hidden="true">
        {!searching ? '' : count === 0 ? 'none' : `${at + 1} of ${count.toLocaleString('en-GB')}`}
      </span>
      <button
        type="button"
        className={classes.tool}
        aria-label="Place before"
        title="Place before (Shift Enter)"
        disabled={count === 0}
        onClick={() => step(-1)}
      >
        <IconChevronUp size={16} stroke={1.8} aria-hidden="true" />
      </button>
      <button
        type="button"
        className={classes.tool}
        aria-label="Next place"
        title="Next place (Enter)"
        disabled={count === 0}
        onClick={() => step(1)}
      >
        <IconChevronDown size={16} stroke={1.8} aria-hidden="true" />
      </button>
      <span className={classes.counts}>
        {findPanels.map((panel) => (
          <button
            key={panel}
            type="button"
            className={classes.count}
            data-blank={searching ? undefined : true}
            disabled={!found.counts[panel]}
            onClick={() =>
              go(
                found,
                found.hits.findIndex((hit) => hit.panel === panel),
              )
            }
          >
            {searching ? countWordsOf(found, panel) : ''}
          </button>
        ))}
      </span>
      <button
        type="button"
        className={classes.tool}
        aria-label="Close the find field"
        title="Close (Esc)"
        onClick={() => closeFind(one)}
      >
        <IconX size={15} stroke={1.8} aria-hidden="true" />
      </button>
      <span className="visually-hidden" role="status">
        {searching ? standingOf(found, at) : ''}
      </span>
    </div>
  );
}

/** What is found, anew when the words change or what is laid out does; the typing itself never waits for it. */
function useFound(
  layer: RefObject<HTMLElement | null>,
  words: string,
  folded: boolean,
  onFold: (folded: boolean) => void,
) {
  const one = useCase();
  const places = use(ContextPlacesContext);
  const [found, setFound] = useState<FoundWords>(nothingFound);
  const [at, setAt] = useState(0);
  const place = useRef(0);
  /** A place in the context that is being opened for it, and how many it had when it was asked for. */
  const awaited = useRef<{ index: number; count: number } | null>(null);
  const mark = useCallback((next: FoundWords, index: number) => {
    const first = Math.max(0, Math.min(index - mostMarked / 2, next.hits.length - mostMarked));
    const near = next.hits.slice(first, first + mostMarked);
    markFound(
      near.map(rangeOfHit).filter((range) => range !== null),
      index - first,
    );
    place.current = index;
    setAt(index);
  }, []);
  const show = useCallback(
    (next: FoundWords, index: number) => {
      awaited.current = null;
      mark(next, index);
      const hit = next.hits[index];
      const range = rangeOfHit(hit);
      if (!hit || !range || isFolded(next, index)) return;
      if (hit.panel !== 'context') showAnswer(layer.current, hit.panel);
      showFound(
        panelElement(layer.current, hit.panel),
        range,
        covered[hit.panel === 'context' ? 'context' : 'answer'],
      );
      findUi(one).setState({ range: hit.panel === 'context' ? null : range });
    },
    [one, layer, mark],
  );
  const go = (next: FoundWords, index: number) => {
    show(next, index);
    if (!isFolded(next, index)) return;
    awaited.current = { index, count: next.counts.context ?? 0 };
    // The place found is where reading goes on, not where it was left.
    places.keep(one.loaded.assignment.id, 0);
    onFold(false);
  };
  useEffect(() => {
    const timer = setTimeout(() => {
      const next = words.trim() === '' ? nothingFound : findInCase(layer.current, words);
      setFound(next);
      show(next, firstSeen(next));
    });
    return () => clearTimeout(timer);
  }, [layer, words, show]);
  useRelaidOut(layer, folded, () => {
    if (words.trim() === '') return;
    const next = findInCase(layer.current, words);
    setFound(next);
    const wanted = awaited.current;
    const ready = wanted !== null && !next.contextFolded && (next.counts.context ?? 0) >= wanted.count;
    if (ready) show(next, wanted.index);
    else mark(next, Math.max(0, Math.min(place.current, next.hits.length - 1)));
  });
  useEffect(() => () => markFound([], 0), []);
  return { found, at, go };
}

const relaidOutMs = 120;

/** Calls back some time after parts of the text came or went: the rest of a long answer, a folded section. */
function useRelaidOut(layer: RefObject<HTMLElement | null>, folded: boolean, then: () => void): void {
  const latest = useRef(then);
  latest.current = then;
  const before = useRef(folded);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        watch();
        latest.current();
      }, relaidOutMs);
    });
    const watch = () => {
      const holder = layer.current;
      observer.disconnect();
      if (holder) observer.observe(holder, { childList: true });
      for (const panel of findPanels) {
        const element = panelElement(holder, panel);
        if (element) observer.observe(element, { childList: true, subtree: true });
      }
    };
    watch();
    if (before.current !== folded) latest.current();
    before.current = folded;
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [layer, folded]);
}

/** F3 goes on from anywhere while the field is open. */
function useF3(step: (by: 1 | -1) => void): void {
  const latest = useRef(step);
  latest.current = step;
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'F3' || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      latest.current(event.shiftKey ? -1 : 1);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
