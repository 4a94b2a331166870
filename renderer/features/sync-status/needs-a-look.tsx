import { Button } from '@mantine/core';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import { useWorkspaceValue } from '../../data/hooks.ts';
import type { SyncSummary, Workspace } from '../../data/types.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Card } from '../../ui/page.tsx';
import { attentionSentence } from './summary-words.ts';
import classes from './sync-status.module.css';

type Line = {
  key: string;
  name: string;
  sentence: string;
  batchId: BatchId | null;
  assignmentId: AssignmentId;
};
export type OpenCase = (batchId: BatchId, assignmentId: AssignmentId) => void;

/** More at once nobody reads; the rest follows when these are done. */
const most = 20;

const nameOf = (title: string, batch: string, position: number) =>
  `${title || `Case ${position + 1}`} (${batch}, case ${position + 1})`;

/** Cases answered on more than one laptop first: those a physician settles alone. */
async function linesOf(workspace: Workspace): Promise<Line[]> {
  const lines: Line[] = [];
  for (const batch of await workspace.queue())
    for (const place of await workspace.places(batch.id))
      if (place.conflict)
        lines.push({
          key: place.id,
          name: nameOf(place.title, batch.name, place.position),
          sentence: 'You answered it on more than one laptop. All versions are kept; open it and choose.',
          ...{ batchId: batch.id, assignmentId: place.id },
        });
  const { entries } = await workspace.ledger({ offset: 0, limit: most, show: 'attention' });
  for (const entry of entries) {
    const sentence = attentionSentence(entry);
    if (sentence === null) continue;
    const { title, batch, position, batchId = null, assignmentId } = entry;
    lines.push({
      key: `${entry.seq} ${entry.bodyHash}`,
      name: nameOf(title, batch, position),
      ...{ sentence, batchId, assignmentId },
    });
  }
  return lines.slice(0, most);
}

const nothing = async (): Promise<Line[]> => [];

type Props = { workspace: Workspace; summary: SyncSummary; onOpenCase: OpenCase };

/** What a person must look at, each with its own sentence and the way to it. Looked for only when something is. */
export function NeedsALook({ workspace, summary, onOpenCase }: Props) {
  const wanted = summary.state === 'attention';
  const { value: lines = [] } = useWorkspaceValue(
    workspace,
    wanted ? linesOf : nothing,
    wanted ? 'attention' : 'none',
  );
  if (!wanted) return null;
  return (
    <>
      {summary.message && summary.about !== 'versions' ? <ErrorNote what={summary.message} /> : null}
      {lines.length === 0 ? null : (
        <Card title="Needs a look">
          <ul className={classes.attention}>
            {lines.map(({ key, name, sentence, batchId, assignmentId }) => (
              <li key={key}>
                <b>{name}</b>
                <span>{sentence}</span>
                {batchId === null ? null : (
                  <Button
                    variant="default"
                    size="compact-sm"
                    aria-label={`Open ${name}`}
                    onClick={() => onOpenCase(batchId, assignmentId)}
                  >
                    Open the case
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
