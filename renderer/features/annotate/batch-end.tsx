import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { SyncSummary } from '../../data/types.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Key } from '../../ui/key.tsx';
import { counted } from '../../ui/work-words.ts';
import classes from './batch-end.module.css';
import type { BatchCounts } from './batch-order.ts';

type Props = {
  name: string;
  counts: BatchCounts;
  sync: SyncSummary | null;
  onLeave: () => void;
  onBack: () => void;
};

/** A calm end: what was done, where it is now, and the way back. */
export function BatchEnd({ name, counts, sync, onLeave, onBack }: Props) {
  const leave = useRef<HTMLButtonElement>(null);
  useEffect(() => leave.current?.focus(), []);
  return (
    <main className={classes.end}>
      <EmptyState
        title={`${name} is done`}
        actions={
          <>
            <Button variant="default" onClick={onBack} rightSection={<Key keys="b" />}>
              Back to the last case
            </Button>
            <Button ref={leave} onClick={onLeave}>
              Back to the queue
            </Button>
          </>
        }
      >
        <dl className={classes.counts}>
          <Count label="submitted" count={counts.submitted} />
          <Count label="skipped" count={counts.skipped} />
          {counts.recalled > 0 ? <Count label="taken back by your lead" count={counts.recalled} /> : null}
        </dl>
        <p>{whereItIs(sync)}</p>
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

function whereItIs(sync: SyncSummary | null): string {
  if (sync === null) return 'Everything is saved on this laptop.';
  if (sync.waiting === 0) return 'Everything is saved on this laptop, and the server has it.';
  const how = sync.state === 'sign-in' ? 'after you sign in' : 'as soon as the network is there';
  return `Everything is saved on this laptop; ${counted(sync.waiting, 'case')} waiting to sync ${how}.`;
}
