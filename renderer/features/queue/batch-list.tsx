import { IconLock } from '@tabler/icons-react';
import type { BatchId } from '../../../shared/schema/ids.ts';
import type { QueueBatch } from '../../data/types.ts';
import { SlimBar } from '../../ui/slim-bar.tsx';
import { counted } from '../../ui/work-words.ts';
import {
  downloadWords,
  feedbackWords,
  finishedIn,
  gateWords,
  isGated,
  isLetGo,
  isTakenBack,
  isToDo,
  stateWords,
} from './batch-words.ts';
import { dueWords } from './due.ts';
import classes from './queue.module.css';

type Props = {
  batches: readonly QueueBatch[];
  /** The batch that Continue opens. */
  currentId: BatchId | null;
  now: Date;
  onOpen: (batch: QueueBatch) => void;
};

/** What is to be done, then what is done or locked; practice that is open stands on top. */
export function BatchList(props: Props) {
  const toDo = props.batches.filter(isToDo);
  const others = props.batches.filter((batch) => !isToDo(batch));
  return (
    <>
      {toDo.length === 0 ? <p className={classes.emptyTab}>Nothing is left to do.</p> : null}
      {toDo.length > 0 ? <Rows {...props} shown={toDo} label="Batches to do" /> : null}
      {others.length > 0 ? (
        <>
          <h2 className={classes.part}>Done or locked</h2>
          <Rows {...props} shown={others} label="Batches done or locked" />
        </>
      ) : null}
    </>
  );
}

function Rows({ shown, label, ...props }: Props & { shown: readonly QueueBatch[]; label: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {shown.map((batch) => (
        <BatchRow key={batch.id} batch={batch} {...props} />
      ))}
    </ul>
  );
}

function BatchRow({ batch, batches, currentId, now, onOpen }: Props & { batch: QueueBatch }) {
  const current = batch.id === currentId;
  return (
    <li>
      <button
        type="button"
        className={classes.batch}
        data-current={current || undefined}
        data-shut={isGated(batch) || undefined}
        onClick={() => onOpen(batch)}
        disabled={batch.downloaded === 0}
      >
        <Names batch={batch} />
        <Done batch={batch} />
        <Due batch={batch} batches={batches} now={now} />
        <span className={classes.state}>
          <span>{stateWords(batch)}</span>
          <span className={classes.soft}>{feedbackWords(batch) || downloadWords(batch)}</span>
        </span>
        {current ? <span className="visually-hidden">, marked: Enter continues here</span> : null}
      </button>
    </li>
  );
}

function Done({ batch }: { batch: QueueBatch }) {
  const finished = finishedIn(batch);
  if (isTakenBack(batch)) return <span className={classes.done}>{counted(batch.downloaded, 'case')}</span>;
  return (
    <span className={classes.done}>
      <span>
        {finished} of {batch.total}
      </span>
      <SlimBar done={finished} begun={batch.drafts} total={batch.total} label={`Done in ${batch.name}`} />
    </span>
  );
}

function Names({ batch }: { batch: QueueBatch }) {
  return (
    <span className={classes.names}>
      <span className={classes.name}>
        {batch.kind === 'practice' ? <span className={classes.mark}>Practice</span> : null}
        {batch.locked || isGated(batch) ? (
          <IconLock size={15} stroke={1.8} aria-hidden="true" className={classes.lock} />
        ) : null}
        <b>{batch.name}</b>
      </span>
      <span className={classes.soft}>{[batch.study, batch.specialty].filter(Boolean).join(' · ')}</span>
    </span>
  );
}

function Due({ batch, batches, now }: Pick<Props, 'batches' | 'now'> & { batch: QueueBatch }) {
  if (isGated(batch)) return <span className={classes.due}>{gateWords(batch, batches)}</span>;
  if (isLetGo(batch) && batch.locked)
    return <span className={classes.due}>Your lead closed it; the server has all of your work</span>;
  if (batch.locked) return <span className={classes.due}>Your lead locked it; nothing is left to do</span>;
  if (isTakenBack(batch)) return <span className={classes.due}>Your lead took it back</span>;
  const { deadline, paceMs, total } = batch;
  const due = dueWords({ deadline, now, remaining: total - finishedIn(batch), paceMs });
  return (
    <span className={classes.due} data-late={due.late || undefined}>
      {due.text}
    </span>
  );
}
