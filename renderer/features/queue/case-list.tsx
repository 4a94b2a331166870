import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { CasePlace } from '../../data/types.ts';
import type { CaseLine } from './case-lists.ts';
import classes from './queue.module.css';

type Props = {
  lines: readonly CaseLine[];
  empty: string;
  onOpen: (batchId: BatchId, assignmentId: AssignmentId) => void;
};

const rowHeight = 44;

function placeWords(place: CasePlace): string {
  const state = place.state === 'skipped' ? 'skipped' : place.state === 'draft' ? 'draft' : 'submitted';
  const parts = [
    state,
    place.waiting ? 'waiting to be sent' : 'at the server',
    place.recalled ? 'recalled' : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Cases to open again; only those in view are laid out, however many there are. */
export function CaseList({ lines, empty, onOpen }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  if (lines.length === 0) return <p className={classes.emptyTab}>{empty}</p>;
  return (
    <div ref={box} className={classes.cases}>
      <ul
        style={{
          height: rows.getTotalSize(),
          position: 'relative',
          margin: 0,
          padding: 0,
          listStyle: 'none',
        }}
      >
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index];
          if (!line) return null;
          return (
            <li
              key={line.place.id}
              style={{ position: 'absolute', inset: `${row.start}px 0 auto`, height: rowHeight }}
            >
              <button
                type="button"
                className={classes.case}
                onClick={() => onOpen(line.batchId, line.place.id)}
              >
                <span>
                  <b>Case {line.place.position + 1}</b> <span className={classes.soft}>of {line.total}</span>
                </span>
                <span>{line.batch}</span>
                <span className={classes.soft}>{placeWords(line.place)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
