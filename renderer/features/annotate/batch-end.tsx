import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { QueueBatch, SyncSummary } from '../../data/types.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { counted } from '../../ui/work-words.ts';
import type { OpenCase } from './annotate-store.ts';
import classes from './batch-end.module.css';
import type { BatchCounts } from './batch-order.ts';
import { CommandKey } from './command-key.tsx';
import { practiceEnd } from './practice-end.ts';

type Props = {
  name: string;
  counts: BatchCounts;
  sync: SyncSummary | null;
  /** How the practice stands; null for real work. */
  practice?: QueueBatch['practice'];
  /** Batches that the practice has opened. */
  opened?: readonly QueueBatch[];
  /** The case that was handed in last: until it is on the disk nothing is said to be saved. */
  last?: OpenCase | null;
  onLeave: () => void;
  onBack: () => void;
};

/** A calm end: what was done, where it is now, and the way back. */
export function BatchEnd({
  name,
  counts,
  sync,
  practice = null,
  opened = [],
  last = null,
  onLeave,
  onBack,
}: Props) {
  const leave = useRef<HTMLButtonElement>(null);
  useEffect(() => leave.current?.focus(), []);
  const end = practice ? practiceEnd(practice, opened) : null;
  return (
    <main className={classes.end}>
      <EmptyState
        title={end?.title ?? `${name} is done`}
        actions={
          <>
            <Button variant="default" onClick={onBack} rightSection={<CommandKey of="back" />}>
              Back to the last case
            </Button>
            <Button ref={leave} onClick={onLeave}>
              Back to the queue
            </Button>
          </>
        }
      >
        {end ? <p className={classes.practice}>{end.text}</p> : null}
        <dl className={classes.counts}>
          {practice?.passed != null ? (
            <Count label="agreed with the experts" count={practice.agreed} />
          ) : null}
          <Count label="submitted" count={counts.submitted} />
          <Count label="skipped" count={counts.skipped} />
          {counts.recalled > 0 ? <Count label="taken back by your lead" count={counts.recalled} /> : null}
        </dl>
        {last ? <Whereabouts last={last} sync={sync} /> : <p>{whereItIs(sync)}</p>}
      </EmptyState>
    </main>
  );
}

function Count({ label, count }: { label: string; count: number }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{count}</dd>
    </div>
  );
}

function Whereabouts({ last, sync }: { last: OpenCase; sync: SyncSummary | null }) {
  const isSaved = useStore(last.store, (state) => state.progress === 'clean');
  return <p>{isSaved ? whereItIs(sync) : 'The last case is being saved on this laptop.'}</p>;
}

function whereItIs(sync: SyncSummary | null): string {
  if (sync === null) return 'Everything is saved on this laptop.';
  if (sync.waiting === 0) return 'Everything is saved on this laptop, and the server has it.';
  const how = sync.state === 'sign-in' ? 'after you sign in' : 'as soon as the network is there';
  return `Everything is saved on this laptop; ${counted(sync.waiting, 'case')} waiting to sync ${how}.`;
}
