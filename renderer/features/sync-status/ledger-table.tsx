import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useLedger } from '../../data/hooks.ts';
import type { LedgerEntry, Workspace } from '../../data/types.ts';
import { dateTimeText } from '../../ui/dates.ts';
import classes from './sync-status.module.css';
import { statusWords } from './summary-words.ts';

const rowHeight = 44;
const pageSize = 100;
const columns = ['No.', 'Case', 'State', 'Made', 'Content hash', 'Received', 'Receipt hash', 'Status'] as const;

const short = (hash: string | null) => (hash === null ? '–' : hash.slice(0, 10));

function EntryRow({ entry }: { entry: LedgerEntry }) {
  return (
    <>
      <span role="cell">{entry.seq}</span>
      <span role="cell" className={classes.case} title={`${entry.title} · ${entry.batch}, case ${entry.position + 1}`}>
        {entry.title || `Case ${entry.position + 1}`}
        <small>
          {entry.batch}, case {entry.position + 1}
        </small>
      </span>
      <span role="cell">{entry.state}</span>
      <span role="cell">{dateTimeText(entry.madeAt)}</span>
      <code role="cell" title={entry.bodyHash}>
        {short(entry.bodyHash)}
      </code>
      <span role="cell">{entry.receivedAt === null ? '–' : dateTimeText(entry.receivedAt)}</span>
      <code role="cell" title={entry.auditHash ?? undefined}>
        {short(entry.auditHash)}
      </code>
      <span role="cell" data-status={entry.status} className={classes.status}>
        {statusWords[entry.status]}
      </span>
    </>
  );
}

/** Two pages around what is in view; the last reading stays until the next is there. */
function useEntries(workspace: Workspace, from: number) {
  const offset = Math.max(0, Math.floor(from / pageSize) * pageSize - pageSize / 2);
  const live = useLedger(workspace, { offset, limit: 2 * pageSize });
  const last = useRef<{ offset: number; entries: LedgerEntry[]; total: number }>({ offset: 0, entries: [], total: 0 });
  if (live.value) last.current = { offset, ...live.value };
  const { offset: at, entries, total } = last.current;
  return { total, error: live.error, entryAt: (index: number) => entries[index - at] };
}

/** Every change made on this laptop with its receipt, newest first; only the rows in view are laid out. */
export function LedgerTable({ workspace }: { workspace: Workspace }) {
  const box = useRef<HTMLDivElement>(null);
  const first = useRef(0);
  const { total, entryAt } = useEntries(workspace, first.current);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialRect: { width: 1000, height: 600 },
  });
  const visible = rows.getVirtualItems();
  first.current = visible[0]?.index ?? 0;
  return (
    <div className={classes.tableBox}>
      <div role="table" aria-label="Changes and receipts" aria-rowcount={total + 1} className={classes.table}>
        <div role="row" className={classes.head}>
          {columns.map((column) => (
            <span key={column} role="columnheader">
              {column}
            </span>
          ))}
        </div>
        {total === 0 ? (
          <p className={classes.none}>Nothing has been changed on this laptop yet. Every save is listed here with its receipt.</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
          <div ref={box} role="rowgroup" className={classes.rows} tabIndex={0}>
            <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
              {visible.map((row) => {
                const entry = entryAt(row.index);
                return (
                  <div
                    key={row.index}
                    role="row"
                    aria-rowindex={row.index + 2}
                    className={classes.row}
                    style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
                  >
                    {entry ? <EntryRow entry={entry} /> : <span role="cell" />}
                  </div>
                );
              })}
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
