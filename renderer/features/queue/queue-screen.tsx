import { Button, Tabs } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { errorTable } from '../../../shared/errors.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import { useSyncSummary, useWorkspaceValue } from '../../data/hooks.ts';
import type { QueueBatch, SyncSummary, Workspace } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Key } from '../../ui/key.tsx';
import { type KeyLine, KeysSheet } from '../../ui/keys-sheet.tsx';
import { Page } from '../../ui/page.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { counted, defaultPaceMs, workWords } from '../../ui/work-words.ts';
import { BatchList } from './batch-list.tsx';
import { finishedIn } from './batch-words.ts';
import { CaseList } from './case-list.tsx';
import { caseToOpen, type QueueView, readQueueView } from './case-lists.ts';
import { EmptyQueue } from './empty-queue.tsx';
import classes from './queue.module.css';

type Props = {
  workspace: Workspace;
  onOpenCase: (batchId: BatchId, assignmentId: AssignmentId) => void;
  onOpenSync: () => void;
  /** The day the deadlines are told from. */
  now?: Date;
};

const keyLines: readonly KeyLine[] = [
  { keys: ['enter'], does: 'Continue with the marked batch' },
  { keys: ['j', 'down'], does: 'Next batch' },
  { keys: ['k', 'up'], does: 'Batch before' },
  { keys: ['1', '2', '3', '4'], does: 'All batches, drafts, ready to send, sent' },
  { keys: ['s'], does: 'Sync and receipts' },
  { keys: ['?'], does: 'This list' },
];

const tabs = ['batches', 'drafts', 'ready', 'sent'] as const;
type Tab = (typeof tabs)[number];

const tabLabels: Record<Tab, string> = {
  batches: 'All batches',
  drafts: 'Drafts',
  ready: 'Ready to send',
  sent: 'Sent',
};
const emptyTab: Record<Exclude<Tab, 'batches'>, string> = {
  drafts: 'No open drafts.',
  ready: 'Nothing waits to be sent.',
  sent: 'Nothing has been sent from this account yet.',
};

function leftWords(batches: readonly QueueBatch[]): string {
  const left = batches.map((batch) => ({
    cases: batch.total - finishedIn(batch),
    pace: batch.paceMs ?? defaultPaceMs,
  }));
  const cases = left.reduce((sum, one) => sum + one.cases, 0);
  if (cases === 0) return 'Every case is done.';
  const work = left.reduce((sum, one) => sum + one.cases * one.pace, 0);
  return `${counted(cases, 'case')} to do, ${workWords(work)} of work.`;
}

function Notices({
  summary,
  low,
  onOpenSync,
}: {
  summary: SyncSummary | undefined;
  low: boolean;
  onOpenSync: () => void;
}) {
  return (
    <>
      {low ? <ErrorNote what={errorTable['disk-low'][1]} /> : null}
      {summary?.state === 'attention' && summary.message ? (
        <ErrorNote what={summary.message} action={{ label: 'Open the list', onClick: onOpenSync }} />
      ) : null}
      {summary?.state === 'sign-in' ? (
        <ErrorNote
          what={errorTable['session-expired'][1]}
          action={{ label: 'Sign in again', onClick: onOpenSync }}
        />
      ) : null}
    </>
  );
}

function QueueTabs({
  view,
  tab,
  onTab,
  children,
}: {
  view: QueueView;
  tab: Tab;
  onTab: (tab: Tab) => void;
  children: React.ReactNode;
}) {
  const counts: Record<Tab, number> = {
    batches: view.batches.length,
    drafts: view.lists.drafts.length,
    ready: view.lists.ready.length,
    sent: view.lists.sent.length,
  };
  return (
    <Tabs
      value={tab}
      onChange={(value) => onTab(tabs.find((name) => name === value) ?? 'batches')}
      keepMounted={false}
    >
      <Tabs.List>
        {tabs.map((name) => (
          <Tabs.Tab key={name} value={name}>
            {tabLabels[name]} <span className={classes.count}>{counts[name]}</span>
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} className={classes.panel}>
        {children}
      </Tabs.Panel>
    </Tabs>
  );
}

/** A physician's batches; Enter goes on where the work was left. */
export function QueueScreen({ workspace, onOpenCase, onOpenSync, now = new Date() }: Props) {
  const { value: view, error } = useWorkspaceValue(workspace, readQueueView, 'queue');
  const { value: summary } = useSyncSummary(workspace);
  const [tab, setTab] = useState<Tab>('batches');
  const [marked, setMarked] = useState<BatchId | null>(null);
  const [sheet, setSheet] = useDisclosure(false);
  const batches = view?.batches ?? [];
  const current =
    batches.find((batch) => batch.id === marked) ??
    batches.find((batch) => batch.continueAt !== null) ??
    batches[0];

  const open = async (batch: QueueBatch | undefined) => {
    if (!batch) return;
    const assignmentId = await caseToOpen(workspace, batch);
    if (assignmentId !== null) onOpenCase(batch.id, assignmentId);
  };
  const move = (by: number) => {
    const at = batches.findIndex((batch) => batch.id === current?.id);
    const next = batches[Math.max(0, Math.min(batches.length - 1, at + by))];
    if (next) setMarked(next.id);
  };
  const toTab = Object.fromEntries(tabs.map((name, index) => [String(index + 1), () => setTab(name)]));
  useKeys({
    ...toTab,
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    s: onOpenSync,
    '?': setSheet.open,
    Enter: () => void open(current),
  });

  const button = useRef<HTMLButtonElement>(null);
  const ready = current !== undefined;
  // Enter must work at once after sign-in and after a case, wherever the focus was left.
  useEffect(() => {
    if (ready) button.current?.focus();
  }, [ready]);

  return (
    <Page
      title="My cases"
      subtitle={view ? (batches.length === 0 ? '' : leftWords(batches)) : ''}
      actions={
        current ? (
          <Button
            ref={button}
            size="md"
            disabled={current.downloaded === 0}
            onClick={() => void open(current)}
            rightSection={<Key keys="enter" onAccent />}
            aria-keyshortcuts="Enter"
          >
            {current.continueAt === null ? 'Look again at' : 'Continue'} {current.name}
          </Button>
        ) : null
      }
    >
      <Notices summary={summary} low={workspace.disk().low} onOpenSync={onOpenSync} />
      {error ? <FailureNote error={error} safe="Nothing on this laptop was changed." /> : null}
      {view && batches.length === 0 ? <EmptyQueue summary={summary} onOpenSync={onOpenSync} /> : null}
      {view && batches.length > 0 ? (
        <QueueTabs view={view} tab={tab} onTab={setTab}>
          {tab === 'batches' ? (
            <BatchList
              batches={batches}
              currentId={current?.id ?? null}
              now={now}
              onOpen={(batch) => void open(batch)}
            />
          ) : (
            <CaseList lines={view.lists[tab]} empty={emptyTab[tab]} onOpen={onOpenCase} />
          )}
        </QueueTabs>
      ) : null}
      <KeysSheet opened={sheet} onClose={setSheet.close} lines={keyLines} />
    </Page>
  );
}
