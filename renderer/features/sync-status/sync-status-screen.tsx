import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useSyncSummary, useWorkspaceValue } from '../../data/hooks.ts';
import type { LedgerEntry, SyncSummary, Workspace } from '../../data/types.ts';
import { platform } from '../../platform.ts';
import { sinceText } from '../../ui/dates.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { allEntries } from './all-entries.ts';
import { ledgerCsv, ledgerJson } from './ledger-export.ts';
import { LedgerTable } from './ledger-table.tsx';
import { attentionSentence, summaryWords } from './summary-words.ts';
import classes from './sync-status.module.css';

type Props = {
  workspace: Workspace;
  onSyncNow: () => void;
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

const attentionIn = async (workspace: Workspace): Promise<LedgerEntry[]> =>
  (await allEntries(workspace)).filter((entry) => attentionSentence(entry) !== null).slice(0, 20);

const nothing = async (): Promise<LedgerEntry[]> => [];

/** One quiet sentence, for whoever wonders: nothing was lost and nothing is to be done. */
function rebuiltSentence(workspace: Workspace): string {
  const at = workspace.rebuiltAt();
  return at === null
    ? ''
    : ` The browser lost its database ${sinceText(at, new Date())}; it was rebuilt from this laptop’s journal.`;
}

/** What a person must look at, each with its own sentence. The ledger is searched only when something is. */
function Attention({ workspace, summary }: { workspace: Workspace; summary: SyncSummary }) {
  const wanted = summary.state === 'attention';
  const { value: entries = [] } = useWorkspaceValue(
    workspace,
    wanted ? attentionIn : nothing,
    wanted ? 'attention' : 'none',
  );
  if (!wanted) return null;
  return (
    <>
      {summary.message ? <ErrorNote what={summary.message} /> : null}
      {entries.length === 0 ? null : (
        <Card title="Needs a look">
          <ul className={classes.attention}>
            {entries.map((entry) => (
              <li key={entry.seq}>
                <b>
                  {entry.title || `Case ${entry.position + 1}`} ({entry.batch}, case {entry.position + 1})
                </b>
                <span>{attentionSentence(entry)}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

/** What the server has and has not, change by change. */
export function SyncStatusScreen({ workspace, onSyncNow, signInAgain, back }: Props) {
  const { value: summary } = useSyncSummary(workspace);
  const { outcome, save } = useExport(workspace);
  const words = summary ? summaryWords(summary) : null;
  return (
    <Page title="Sync and receipts" back={back}>
      {summary ? <Attention workspace={workspace} summary={summary} /> : null}
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
      </Card>
      <Card
        title="Every change and its receipt"
        note={`A receipt means the change is on the server’s disk. The hashes are the same on both sides.${rebuiltSentence(workspace)}`}
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
        <LedgerTable workspace={workspace} />
      </Card>
    </Page>
  );
}
