import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { useLedger } from '../../data/hooks.ts';
import type { LedgerEntry, LedgerGroup, Workspace } from '../../data/types.ts';
import { dateTimeText } from '../../ui/dates.ts';
import { FailureNote } from '../../ui/failure-note.tsx';
import { emptyWords, statusWords } from './summary-words.ts';
import classes from './sync-status.module.css';

const rowHeight = 44;
const pageSize = 100;
const columns = [
  { name: 'No.', width: 64 },
  { name: 'Case', width: undefined },
  { name: 'State', width: 100 },
  { name: 'Made', width: 140 },
  { name: 'Content hash', width: 118 },
  { name: 'Received', width: 140 },
  { name: 'Receipt hash', width: 118 },
  { name: 'Status', width: 124 },
] as const;

const short = (hash: string | null) => (hash === null ? '–' : hash.slice(0, 10));

function EntryCells({ entry }: { entry: LedgerEntry }) {
  const place = `${entry.batch}, case ${entry.position + 1}`;
  return (
    <>
      <td>{entry.seq}</td>
      <td title={`${entry.title} · ${place}`}>
        <span className={classes.case}>
          {entry.title || `Case ${entry.position + 1}`}
          <small>{entry.letGo ? `No longer kept on this laptop · ${place}` : place}</small>
        </span>
      </td>
      <td>{entry.state}</td>
      <td>{dateTimeText(entry.madeAt)}</td>
      <td title={entry.bodyHash}>
        <code>{short(entry.bodyHash)}</code>
      </td>
      <td>{entry.receivedAt === null ? '–' : dateTimeText(entry.receivedAt)}</td>
      <td title={entry.auditHash ?? undefined}>
        <code>{short(entry.auditHash)}</code>
      </td>
      <td data-status={entry.status} className={classes.status}>
        {statusWords[entry.status]}
      </td>
    </>
  );
}

/** Stands for the rows out of view, so that the scroll bar tells the truth. */
const Spacer = ({ height }: { height: number }) =>
  height === 0 ? null : (
    <tr>
      <td colSpan={columns.length} style={{ height, padding: 0, border: 0 }} />
    </tr>
  );

/** Where the reading starts for a row in view: half a page before its page, so that scrolling up finds rows too. */
const offsetFor = (row: number) => Math.max(0, Math.floor(row / pageSize) * pageSize - pageSize / 2);

/** Two pages around what is in view; the last reading stays until the next is there. */
function useEntries(workspace: Workspace, offset: number, show: LedgerGroup | undefined) {
  const live = useLedger(workspace, { offset, limit: 2 * pageSize, ...(show && { show }) });
  const last = useRef<{ offset: number; entries: LedgerEntry[]; total: number }>({
    offset: 0,
    entries: [],
    total: 0,
  });
  if (live.value) last.current = { offset, ...live.value };
  const { offset: at, entries, total } = last.current;
  return { total, error: live.error, entryAt: (index: number) => entries[index - at] };
}

/** Every change made on this laptop with its receipt, newest first; only the rows in view are laid out. */
export function LedgerTable({ workspace, show }: { workspace: Workspace; show?: LedgerGroup | undefined }) {
  const box = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  const { total, error, entryAt } = useEntries(workspace, offset, show);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    onChange: ({ range }) => setOffset(offsetFor(range?.startIndex ?? 0)),
  });
  const visible = rows.getVirtualItems();
  if (error) return <FailureNote error={error} safe="What was saved is still on this laptop." />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a region inside the card's section, which names it
    <div ref={box} className={classes.rows} tabIndex={0} role="region" aria-label="The list, to scroll">
      <table className={classes.table} aria-label="Changes and receipts" aria-rowcount={total + 1}>
        <thead>
          <tr>
            {columns.map(({ name, width }) => (
              <th key={name} scope="col" style={{ width }}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {total === 0 ? (
            <tr>
              <td colSpan={columns.length} className={classes.none}>
                {emptyWords[show ?? 'all']}
              </td>
            </tr>
          ) : null}
          <Spacer height={visible[0]?.start ?? 0} />
          {visible.map((row) => {
            const entry = entryAt(row.index);
            return (
              <tr key={row.index} aria-rowindex={row.index + 2} style={{ height: rowHeight }}>
                {entry ? <EntryCells entry={entry} /> : <td colSpan={columns.length} />}
              </tr>
            );
          })}
          <Spacer height={rows.getTotalSize() - (visible.at(-1)?.end ?? 0)} />
        </tbody>
      </table>
    </div>
  );
}
