import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { clearedSentence, healthSentences } from '../../data/health-words.ts';
import { useLedger, useSyncSummary } from '../../data/hooks.ts';
import { saveEmergencyCopy } from '../../data/rescue.ts';
import { type LedgerGroup, ledgerGroups, type Workspace } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { countText, sinceText } from '../../ui/dates.ts';
import { EmergencyCopy } from '../../ui/emergency-copy.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { allEntries } from './all-entries.ts';
import { Downloads } from './downloads.tsx';
import { ledgerCsv, ledgerJson } from './ledger-export.ts';
import { LedgerTable } from './ledger-table.tsx';
import { NeedsALook, type OpenCase } from './needs-a-look.tsx';
import { summaryWords } from './summary-words.ts';
import classes from './sync-status.module.css';

type Props = {
  workspace: Workspace;
  onSyncNow: () => void;
  onOpenCase: OpenCase;
  /** The form to sign in again, shown when the session has ended. */
  signInAgain: ReactNode;
  back: ReactNode;
};

const encoder = new TextEncoder();
const fileDay = () => new Date().toISOString().slice(0, 10);

function useExport(workspace: Workspace) {
  const [outcome, setOutcome] = useState<{ text: string } | { error: unknown } | null>(null);
  const save = async (kind: 'json' | 'csv') => {
    try {
      const entries = await allEntries(workspace);
      const bytes = encoder.encode(kind === 'csv' ? ledgerCsv(entries) : ledgerJson(entries));
      const savedAs = await platform().files.save({ suggestedName: `receipts-${fileDay()}.${kind}`, bytes });
      setOutcome(savedAs === null ? null : { text: `Saved as ${savedAs}.` });
    } catch (error) {
      setOutcome({ error });
    }
  };
  return { outcome, save };
}

type Shown = 'all' | LedgerGroup;
const filterLabels: Record<Shown, string> = {
  all: 'All',
  waiting: 'Waiting',
  attention: 'Set aside',
  synced: 'Received',
};

/** One quiet sentence, for whoever wonders: nothing was lost and nothing is to be done. */
function rebuiltSentence(workspace: Workspace): string {
  const at = workspace.rebuiltAt();
  return at === null
    ? ''
    : ` The browser lost its database ${sinceText(at, new Date())}; it was rebuilt from this laptop’s journal.`;
}

/** Which changes are listed, with how many there are of each. */
function LedgerFilter({
  workspace,
  shown,
  onShow,
}: {
  workspace: Workspace;
  shown: Shown;
  onShow: (shown: Shown) => void;
}) {
  const { value } = useLedger(workspace, { offset: 0, limit: 0 });
  const counts = value?.counts;
  if (!value || !counts) return null;
  const countOf = (group: Shown) => (group === 'all' ? value.total : counts[group]);
  return (
    <Segmented
      label="Show"
      size="small"
      value={shown}
      onChange={onShow}
      options={(['all', ...ledgerGroups] as const).map((group) => ({
        value: group,
        label: `${filterLabels[group]} ${countText(countOf(group))}`,
      }))}
    />
  );
}

/** What the server has and has not, change by change. */
export function SyncStatusScreen({ workspace, onSyncNow, onOpenCase, signInAgain, back }: Props) {
  const [shown, setShown] = useState<Shown>('all');
  const { value: summary } = useSyncSummary(workspace);
  const { outcome, save } = useExport(workspace);
  const words = summary ? summaryWords(summary) : null;
  return (
    <Page title="Sync and receipts" back={back}>
      {healthSentences(workspace.health()).map((what) => (
        <ErrorNote key={what} what={what} />
      ))}
      {summary ? <NeedsALook workspace={workspace} summary={summary} onOpenCase={onOpenCase} /> : null}
      <Card>
        <div className={classes.summary}>
          <div role="status">
            <h2>{words?.title ?? '\u00a0'}</h2>
            <p>{words?.text ?? '\u00a0'}</p>
            <p className={classes.contact}>
              {summary
                ? summary.lastSyncedAt === null
                  ? 'Nothing has been sent from this laptop yet.'
                  : `Last contact ${sinceText(summary.lastSyncedAt, new Date())}.`
                : '\u00a0'}
            </p>
          </div>
          <Button
            variant={summary?.state === 'sign-in' ? 'default' : 'filled'}
            disabled={summary?.state === 'syncing'}
            onClick={onSyncNow}
          >
            Sync now
          </Button>
        </div>
        {summary?.state === 'sign-in' ? signInAgain : null}
        <Downloads workspace={workspace} />
      </Card>
      <Card
        title="Every change and its receipt"
        note={`A receipt means the change is on the server’s disk. The hashes are the same on both sides.${rebuiltSentence(workspace)}${workspace.health().mayBeCleared ? ` ${clearedSentence}` : ''}`}
        actions={
          <>
            <span role="status" className={classes.contact}>
              {outcome && 'text' in outcome ? outcome.text : ''}
            </span>
            <Button variant="default" size="xs" onClick={() => void save('csv')}>
              Save as CSV
            </Button>
            <Button variant="default" size="xs" onClick={() => void save('json')}>
              Save as JSON
            </Button>
          </>
        }
        padding="none"
      >
        {outcome && 'error' in outcome ? (
          <FailureNote error={outcome.error} safe="The list itself is unchanged." />
        ) : null}
        <div className={classes.filter}>
          <LedgerFilter workspace={workspace} shown={shown} onShow={setShown} />
        </div>
        <LedgerTable key={shown} workspace={workspace} show={shown === 'all' ? undefined : shown} />
      </Card>
      <Card
        title="If this laptop cannot send"
        note="With no network for good, or a laptop that fails: one encrypted file takes your work to the server by hand."
      >
        <EmergencyCopy onSave={() => saveEmergencyCopy(workspace)} />
      </Card>
    </Page>
  );
}
