import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Batch, batchProgress } from '../../../shared/contract/batches.ts';
import type { EndpointReply } from '../../../shared/contract/endpoint.ts';
import type { BatchId } from '../../../shared/schema/ids.ts';
import { progressQuery } from '../../data/server-queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText, dateText, dateTimeText, minutesText, sinceText } from '../../ui/dates.ts';
import { Figure, FigureRow } from '../../ui/figure.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SlimBar } from '../../ui/slim-bar.tsx';
import { counted } from '../../ui/work-words.ts';
import { AssignCard, AssignResult } from './assign-card.tsx';
import classes from './batches.module.css';
import { standingWords } from './consequence.ts';
import { FreshFigure } from './fresh-figure.tsx';
import { LockControl } from './lock-control.tsx';
import { RecallControl } from './recall-control.tsx';

type Progress = EndpointReply<typeof batchProgress>;
type PhysicianRow = Progress['physicians'][number];

const refreshMs = 5000;

const columns = (now: Date): readonly Column<PhysicianRow>[] => [
  { key: 'name', header: 'Physician', cell: (row) => row.name },
  {
    key: 'progress',
    header: 'Done',
    width: '220px',
    cell: (row) => (
      <span className={classes.progress}>
        <SlimBar
          done={row.submitted + row.skipped}
          begun={row.drafts}
          total={row.assigned}
          label={`Done by ${row.name}`}
        />
        <span>
          {countText(row.submitted + row.skipped)} of {countText(row.assigned)}
        </span>
      </span>
    ),
  },
  {
    key: 'drafts',
    header: 'Drafts',
    align: 'end',
    width: '90px',
    cell: (row) => <FreshFigure value={row.drafts} />,
  },
  {
    key: 'submitted',
    header: 'Submitted',
    align: 'end',
    width: '110px',
    cell: (row) => <FreshFigure value={row.submitted} />,
  },
  {
    key: 'skipped',
    header: 'Skipped',
    align: 'end',
    width: '90px',
    cell: (row) => <FreshFigure value={row.skipped} />,
  },
  {
    key: 'median',
    header: 'Median time',
    align: 'end',
    width: '120px',
    cell: (row) => minutesText(row.medianActiveMs),
  },
  {
    key: 'last',
    header: 'Last arrival',
    align: 'end',
    width: '150px',
    cell: (row) => (row.lastReceivedAt === null ? 'nothing yet' : sinceText(row.lastReceivedAt, now)),
  },
];

const practiceColumn: Column<PhysicianRow> = {
  key: 'practice',
  header: 'Practice',
  width: '190px',
  cell: (row) => (
    <span className={classes.standing} data-passed={row.practice?.passed ?? undefined}>
      {standingWords(row.practice)}
    </span>
  ),
};

const recallColumn = (batch: Batch): Column<PhysicianRow> => ({
  key: 'recall',
  header: '',
  align: 'end',
  width: '120px',
  cell: (row) => <RecallControl batch={batch} row={row} />,
});

const columnsOf = (batch: Batch, now: Date): readonly Column<PhysicianRow>[] => {
  const all = [...columns(now), recallColumn(batch)];
  return batch.kind === 'practice' ? [...all.slice(0, 2), practiceColumn, ...all.slice(2)] : all;
};

function subtitleOf(batch: Batch): string {
  const parts = [
    batch.kind === 'practice' ? 'Practice' : null,
    batch.specialty ?? 'All specialties',
    `rubric version ${batch.rubricVersion}`,
    counted(batch.comparisons, 'comparison'),
    batch.lockedAt === null ? null : `locked since ${dateTimeText(batch.lockedAt)}`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function Totals({ batch }: { batch: Batch }) {
  const expected = batch.comparisons * batch.overlap;
  return (
    <Card>
      <FigureRow>
        <Figure label="Comparisons" value={countText(batch.comparisons)} />
        <Figure label="Overlap" value={batch.overlap} />
        <Figure label="Assigned" value={`${countText(batch.assigned)} of ${countText(expected)}`} />
        <Figure label="Drafts" value={<FreshFigure value={batch.drafts} />} />
        <Figure label="Submitted" value={<FreshFigure value={batch.submitted} />} />
        <Figure label="Skipped" value={<FreshFigure value={batch.skipped} />} />
        <Figure label="Due" value={batch.deadline === null ? 'no date' : dateText(batch.deadline)} />
      </FigureRow>
    </Card>
  );
}

/** A batch on its way: whom it went to, and what has come back, as it comes. */
export function BatchScreen({ batchId }: { batchId: BatchId }) {
  const progress = useQuery({ ...progressQuery(batchId), refetchInterval: refreshMs });
  const [result, setResult] = useState<Parameters<typeof AssignResult>[0]['result'] | null>(null);
  const batch = progress.data?.batch;
  return (
    <Page
      title={batch?.name ?? 'Batch'}
      subtitle={batch ? subtitleOf(batch) : ''}
      actions={batch ? <LockControl batch={batch} /> : null}
      back={
        batch ? (
          <Link to="/studies/$studyId" params={{ studyId: batch.studyId }}>
            ‹ Study
          </Link>
        ) : (
          <Link to="/studies">‹ Studies</Link>
        )
      }
    >
      <QueryView query={progress} lines={6}>
        {({ batch: found, physicians }) => {
          const open = found.comparisons * found.overlap - found.assigned;
          // Practice may be given to more people at any time.
          const isAssignable = found.lockedAt === null && (open > 0 || found.kind === 'practice');
          return (
            <>
              <Totals batch={found} />
              {result ? <AssignResult result={result} /> : null}
              {isAssignable ? <AssignCard batch={found} open={open} onAssigned={setResult} /> : null}
              <Card
                title="Physicians"
                note="Work shows here as soon as a laptop has sent it; this page looks every 5 seconds."
                padding="none"
              >
                <DataTable
                  label="Progress of each physician"
                  columns={columnsOf(found, new Date(progress.dataUpdatedAt))}
                  rows={physicians}
                  rowKey={(row) => row.userId}
                  empty="Nobody has this batch yet."
                />
              </Card>
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}
