import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDeviceLaptop, IconSchool } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { errorTable } from '../../../shared/errors.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import { damageSentence, healthSentences } from '../../data/health-words.ts';
import { useSyncSummary, useWorkspaceValue } from '../../data/hooks.ts';
import type { QueueBatch, SyncSummary, Workspace } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Key } from '../../ui/key.tsx';
import { type KeyLine, KeysSheet } from '../../ui/keys-sheet.tsx';
import { Page } from '../../ui/page.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { BatchList } from './batch-list.tsx';
import { isToDo, practiceSentence } from './batch-words.ts';
import { CaseList } from './case-list.tsx';
import { type CaseLine, caseToOpen, readQueueView } from './case-lists.ts';
import { batchToContinue, continueWords } from './continue-at.ts';
import { EmptyQueue } from './empty-queue.tsx';
import { leftWords } from './left-words.ts';
import classes from './queue.module.css';
import { emptyWords, QueueTabs, type Tab, tabsOf } from './queue-tabs.tsx';
import { useEnter } from './use-enter.ts';

type Props = {
  workspace: Workspace;
  onOpenCase: (batchId: BatchId, assignmentId: AssignmentId) => void;
  onOpenSync: () => void;
  /** The day the deadlines are told from. */
  now?: Date;
};

const keyLines: readonly KeyLine[] = [
  { keys: ['enter'], does: 'Continue with the marked batch, or open the marked case' },
  { keys: ['j', 'down'], does: 'Next batch or case' },
  { keys: ['k', 'up'], does: 'Batch or case before' },
  { keys: ['1', '…', '7'], does: 'To do, drafts, ready to send, sent, returned, feedback, to choose' },
  { keys: ['v'], does: 'Choose between the answers of your laptops' },
  { keys: ['/'], does: 'Find a case by its title' },
  { keys: ['s'], does: 'Sync and receipts' },
  { keys: ['?'], does: 'This list' },
];

/** Damage of the past is told here until it was read of; it stays under Sync and receipts. */
function HealthNotices({ workspace }: { workspace: Workspace }) {
  const { damage, ...rest } = workspace.health();
  const understood = { label: 'I have read this', onClick: () => void workspace.seeDamage().catch(() => {}) };
  return (
    <>
      {damage && !damage.seen ? (
        <ErrorNote
          what={damageSentence(damage)}
          {...(damage.missing === 'unknown' ? {} : { action: understood })}
        />
      ) : null}
      {healthSentences({ ...rest, damage: null }).map((what) => (
        <ErrorNote key={what} what={what} />
      ))}
    </>
  );
}

function Notices({
  summary,
  workspace,
  onOpenSync,
}: {
  summary: SyncSummary | undefined;
  workspace: Workspace;
  onOpenSync: () => void;
}) {
  return (
    <>
      <HealthNotices workspace={workspace} />
      {workspace.disk().low ? <ErrorNote what={errorTable['disk-low'][1]} /> : null}
      {summary?.state === 'attention' && summary.message && summary.about !== 'versions' ? (
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

/** Cases answered on more than one laptop: what happened, and one key to the first of them. */
function ToChoose({ lines, onChoose }: { lines: readonly CaseLine[]; onChoose: () => void }) {
  const [first] = lines;
  if (!first) return null;
  const { place, batch } = first;
  const which = lines.length === 1 ? `“${place.title || `Case ${place.position + 1}`}” (${batch})` : null;
  return (
    <div className={classes.choose} role="status">
      <IconDeviceLaptop size={18} stroke={1.7} aria-hidden="true" />
      <span>
        <b>
          {which
            ? `You answered ${which} on more than one laptop.`
            : `You answered ${lines.length} cases on more than one laptop.`}
        </b>{' '}
        All versions are kept; choose which answers count.
      </span>
      <Button variant="default" onClick={onChoose} rightSection={<Key keys="v" />} aria-keyshortcuts="v">
        Compare and choose
      </Button>
    </div>
  );
}

/** Whoever is new is led to the practice, and told why. */
function PracticeNote({ batches }: { batches: readonly QueueBatch[] }) {
  const sentence = practiceSentence(batches);
  if (sentence === null) return null;
  return (
    <p className={classes.practice}>
      <IconSchool size={18} stroke={1.7} aria-hidden="true" />
      <span>{sentence}</span>
    </p>
  );
}

type ContinueProps = {
  batch: QueueBatch;
  button: RefObject<HTMLButtonElement | null>;
  onClick: () => void;
};

function Continue({ batch, button, onClick }: ContinueProps) {
  return (
    <Button
      ref={button}
      size="md"
      disabled={batch.downloaded === 0}
      onClick={onClick}
      rightSection={<Key keys="enter" onAccent />}
      aria-keyshortcuts="Enter"
    >
      {batch.continueAt === null ? 'Look again at' : 'Continue'} {batch.name}
    </Button>
  );
}

/** A physician's batches; Enter goes on where the work was left. */
export function QueueScreen({ workspace, onOpenCase, onOpenSync, now = new Date() }: Props) {
  const { value: view, error } = useWorkspaceValue(workspace, readQueueView, 'queue');
  const { value: summary } = useSyncSummary(workspace);
  const [asked, setTab] = useState<Tab>('todo');
  const [marked, setMarked] = useState<BatchId | null>(null);
  const [sheet, setSheet] = useDisclosure(false);
  const batches = view?.batches ?? [];
  const inOrder = [...batches.filter(isToDo), ...batches.filter((batch) => !isToDo(batch))];
  const current = inOrder.find((batch) => batch.id === marked) ?? batchToContinue(inOrder);
  const shownTabs = view ? tabsOf(view) : [];
  const tab = shownTabs.includes(asked) ? asked : 'todo';

  const open = async (batch: QueueBatch | undefined) => {
    if (!batch) return;
    const assignmentId = await caseToOpen(workspace, batch);
    if (assignmentId !== null) onOpenCase(batch.id, assignmentId);
  };
  const move = (by: number) => {
    const at = inOrder.findIndex((batch) => batch.id === current?.id);
    const next = inOrder[Math.max(0, Math.min(inOrder.length - 1, at + by))];
    if (next) setMarked(next.id);
  };
  const toChoose = view?.lists.choose[0];
  const choose = () => {
    if (toChoose) onOpenCase(toChoose.batchId, toChoose.place.id);
  };
  const toTab = Object.fromEntries(shownTabs.map((name, index) => [String(index + 1), () => setTab(name)]));
  // In the other tabs these keys are the list's.
  const batchKeys = {
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
  };
  useKeys({
    ...toTab,
    ...(tab === 'todo' ? batchKeys : {}),
    s: onOpenSync,
    '?': setSheet.open,
    ...(toChoose ? { v: choose } : {}),
  });
  const button = useRef<HTMLButtonElement>(null);
  useEnter(button, () => void open(current)); // a case that cannot be opened says so on its own screen

  // Before its first case is here the button cannot take the focus.
  const ready = current !== undefined && current.downloaded > 0;
  // Enter must work at once after sign-in and after a case; whoever has gone elsewhere meanwhile stays there.
  useEffect(() => {
    if (ready && document.activeElement === document.body) button.current?.focus();
  }, [ready]);

  const isEmpty = view !== undefined && batches.length === 0;
  return (
    <Page
      title="My cases"
      subtitle={view && current ? `${leftWords(batches)} ${continueWords(current, view)}`.trim() : ''}
      actions={
        current ? <Continue batch={current} button={button} onClick={() => void open(current)} /> : null
      }
    >
      <Notices summary={summary} workspace={workspace} onOpenSync={onOpenSync} />
      {toChoose ? <ToChoose lines={view.lists.choose} onChoose={choose} /> : null}
      {error ? <FailureNote error={error} safe="Nothing on this laptop was changed." /> : null}
      {isEmpty ? <EmptyQueue summary={summary} onOpenSync={onOpenSync} /> : null}
      <PracticeNote batches={batches} />
      {view && !isEmpty ? (
        <QueueTabs view={view} tab={tab} onTab={setTab}>
          {tab === 'todo' ? (
            <BatchList
              batches={batches}
              currentId={current?.id ?? null}
              now={now}
              onOpen={(batch) => void open(batch)}
            />
          ) : (
            <CaseList
              key={tab}
              tab={tab}
              lines={view.lists[tab]}
              empty={emptyWords(tab, view)}
              now={now}
              onOpen={onOpenCase}
            />
          )}
        </QueueTabs>
      ) : null}
      <KeysSheet opened={sheet} onClose={setSheet.close} lines={keyLines} />
    </Page>
  );
}
