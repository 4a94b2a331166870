import { Button } from '@mantine/core';
import type { SyncSummary } from '../../data/types.ts';
import { EmptyState } from '../../ui/empty-state.tsx';

const words: Record<SyncSummary['state'], { title: string; text: string }> = {
  syncing: {
    title: 'Looking for your batches',
    text: 'What was assigned to you is being downloaded to this laptop. It shows here as it comes.',
  },
  offline: {
    title: 'No connection, and no cases here yet',
    text: 'Connect this laptop once: your batches are downloaded whole, and from then on you can work without a network for weeks.',
  },
  'sign-in': {
    title: 'No cases here yet',
    text: 'Sign in again, and your batches are downloaded to this laptop.',
  },
  attention: {
    title: 'No cases here yet',
    text: 'Something needs a look before your batches can be downloaded.',
  },
  waiting: { title: 'Nothing assigned', text: 'What you did is kept here until it is sent.' },
  synced: {
    title: 'Nothing assigned yet',
    text: 'When your lead assigns you a batch, it is downloaded by itself and shows here. You need do nothing.',
  },
};

/** First run, offline, or simply nothing to do: which of them, and what comes next. */
export function EmptyQueue({
  summary,
  onOpenSync,
}: {
  summary: SyncSummary | undefined;
  onOpenSync: () => void;
}) {
  const { title, text } = words[summary?.state ?? 'synced'];
  return (
    <EmptyState
      title={title}
      actions={
        <Button variant="default" onClick={onOpenSync}>
          Sync and receipts
        </Button>
      }
    >
      {text}
    </EmptyState>
  );
}
