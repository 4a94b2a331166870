import type { BatchId } from '../../../shared/schema/ids.ts';
import type { QueueBatch } from '../../data/types.ts';
import { SlimBar } from '../../ui/slim-bar.tsx';
import { downloadWords, finishedIn, stateWords } from './batch-words.ts';
import { dueWords } from './due.ts';
import classes from './queue.module.css';

type Props = {
  batches: readonly QueueBatch[];
  /** The batch that Continue opens. */
  currentId: BatchId | null;
  now: Date;
  onOpen: (batch: QueueBatch) => void;
};

function BatchRow({
  batch,
  current,
  now,
  onOpen,
}: {
  batch: QueueBatch;
  current: boolean;
  now: Date;
  onOpen: () => void;
}) {
  const finished = finishedIn(batch);
  const due = dueWords({
    deadline: batch.deadline,
    now,
    remaining: batch.total - finished,
    paceMs: batch.paceMs,
  });
  return (
    <li>
      <button
        type="button"
        className={classes.batch}
        data-current={current || undefined}
        onClick={onOpen}
        disabled={batch.downloaded === 0}
      >
        <span className={classes.names}>
          <b>{batch.name}</b>
          <span className={classes.soft}>{[batch.study, batch.specialty].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={classes.done}>
          <span>
            {finished} of {batch.total}
          </span>
          <SlimBar done={finished} begun={batch.drafts} total={batch.total} label={`Done in ${batch.name}`} />
        </span>
        <span className={classes.due} data-late={due.late || undefined}>
          {due.text}
        </span>
        <span className={classes.state}>
          <span>{stateWords(batch)}</span>
          <span className={classes.soft}>{downloadWords(batch)}</span>
        </span>
        {current ? <span className="visually-hidden">, marked: Enter continues here</span> : null}
      </button>
    </li>
  );
}

export function BatchList({ batches, currentId, now, onOpen }: Props) {
  return (
    <ul className={classes.list} aria-label="Batches">
      {batches.map((batch) => (
        <BatchRow
          key={batch.id}
          batch={batch}
          current={batch.id === currentId}
          now={now}
          onOpen={() => onOpen(batch)}
        />
      ))}
    </ul>
  );
}
