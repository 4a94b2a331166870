import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import { Key } from '../../ui/key.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { type CaseLine, type CaseTab, findLines } from './case-lists.ts';
import { placeWords, whenWords } from './case-words.ts';
import classes from './queue.module.css';

type Props = {
  tab: CaseTab;
  lines: readonly CaseLine[];
  /** What an empty list means and what will fill it. */
  empty: string;
  now: Date;
  onOpen: (batchId: BatchId, assignmentId: AssignmentId) => void;
};

const rowHeight = 56;
const rowWithComment = 92;
/** Fewer are found faster by eye. */
const linesToFind = 8;

/** Cases to open again; only those in view are laid out, however many there are. */
export function CaseList({ tab, lines, empty, now, onOpen }: Props) {
  const [words, setWords] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const shown = findLines(lines, words);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box.current,
    estimateSize: () => (tab === 'returned' ? rowWithComment : rowHeight),
    overscan: 12,
  });
  const move = useRowFocus(box, shown.length, (index) => rows.scrollToIndex(index));
  useKeys({
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    '/': () => input.current?.focus(),
  });
  if (lines.length === 0) return <p className={classes.emptyTab}>{empty}</p>;
  const onFindKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      move(1);
    }
    if (event.key === 'Escape') setWords('');
  };
  return (
    <>
      {lines.length >= linesToFind ? (
        <label className={classes.find}>
          <span className="visually-hidden">Find a case by its title</span>
          <input
            autoComplete="off"
            ref={input}
            type="search"
            value={words}
            placeholder="Find by title"
            onChange={(event) => setWords(event.currentTarget.value)}
            onKeyDown={onFindKey}
          />
          <Key keys="/" />
          <span className={classes.found} role="status">
            {words.trim() === '' ? '' : `${shown.length} of ${lines.length}`}
          </span>
        </label>
      ) : null}
      {shown.length === 0 ? <p className={classes.emptyTab}>No title has these words in it.</p> : null}
      <div ref={box} className={classes.cases} hidden={shown.length === 0}>
        <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((row) => {
            const line = shown[row.index];
            return line ? (
              <li
                key={line.place.id}
                className={classes.row}
                data-row={row.index}
                style={{ transform: `translateY(${row.start}px)`, height: row.size }}
              >
                <CaseRow tab={tab} line={line} now={now} onOpen={onOpen} />
              </li>
            ) : null;
          })}
        </ul>
      </div>
    </>
  );
}

function CaseRow({ tab, line, now, onOpen }: Omit<Props, 'lines' | 'empty'> & { line: CaseLine }) {
  const { place, batch, batchId, total, practice } = line;
  const number = `case ${place.position + 1} of ${total}`;
  return (
    <button type="button" className={classes.case} onClick={() => onOpen(batchId, place.id)}>
      <span className={classes.names}>
        <span className={classes.name}>
          {tab === 'feedback' && place.feedbackIsNew ? <span className={classes.mark}>New</span> : null}
          <b>{place.title === '' ? `Case ${place.position + 1}` : place.title}</b>
        </span>
        <span className={classes.soft}>
          {[batch, number, practice ? 'practice' : ''].filter(Boolean).join(' · ')}
        </span>
        {tab === 'returned' && place.returnedWith ? (
          <span className={classes.comment}>{place.returnedWith.comment}</span>
        ) : null}
      </span>
      <span className={classes.state}>
        <span>{placeWords(place)}</span>
        <span className={classes.soft}>{whenWords(tab, place, now)}</span>
      </span>
    </button>
  );
}

/** Moves the focus from row to row; a row out of view is scrolled to and laid out first. */
function useRowFocus(
  box: React.RefObject<HTMLDivElement | null>,
  count: number,
  scrollTo: (index: number) => void,
): (by: 1 | -1) => void {
  const wanted = useRef<number | null>(null);
  const [, draw] = useState(0);
  useEffect(() => {
    if (wanted.current === null) return;
    const row = box.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] button`);
    if (!row) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });
  return (by) => {
    if (count === 0) return;
    const focused = document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset.row;
    const next = focused === undefined ? 0 : Number(focused) + by;
    wanted.current = Math.max(0, Math.min(count - 1, next));
    scrollTo(wanted.current);
    draw((times) => times + 1);
  };
}
