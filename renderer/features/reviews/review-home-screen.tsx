import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Batch } from '../../../shared/contract/batches.ts';
import { batchesQuery, studiesQuery } from '../../data/server-queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView, SkeletonLines } from '../../ui/query-view.tsx';
import { SlimBar } from '../../ui/slim-bar.tsx';
import classes from './reviews.module.css';

type Line = { batch: Batch; study: string };

const arrived = (batch: Batch) => batch.submitted + batch.skipped;

const columns: readonly Column<Line>[] = [
  {
    key: 'name',
    header: 'Batch',
    cell: ({ batch }) => (
      <Link to="/review/$batchId" params={{ batchId: batch.id }}>
        {batch.name}
      </Link>
    ),
  },
  { key: 'study', header: 'Study', width: '24%', cell: ({ study }) => study },
  { key: 'specialty', header: 'Specialty', width: '150px', cell: ({ batch }) => batch.specialty ?? 'all' },
  { key: 'overlap', header: 'Overlap', align: 'end', width: '90px', cell: ({ batch }) => batch.overlap },
  {
    key: 'arrived',
    header: 'Arrived',
    width: '240px',
    cell: ({ batch }) => (
      <span className={classes.progress}>
        <SlimBar
          done={arrived(batch)}
          total={batch.comparisons * batch.overlap}
          label={`Arrived for ${batch.name}`}
        />
        <span>
          {countText(arrived(batch))} of {countText(batch.comparisons * batch.overlap)}
        </span>
      </span>
    ),
  },
];

/** Batches with work that arrived, of all studies; practice is answered by experts and is no data. */
export function ReviewHomeScreen() {
  const studies = useQuery(studiesQuery);
  const batches = useQueries({ queries: (studies.data ?? []).map((study) => batchesQuery(study.id)) });
  const failed = batches.find((query) => query.error !== null && query.data === undefined);
  const lines = (studies.data ?? []).flatMap((study, index) =>
    (batches[index]?.data ?? [])
      .filter((batch) => batch.kind === 'work' && arrived(batch) > 0)
      .map((batch) => ({ batch, study: study.name })),
  );
  return (
    <Page title="Review" subtitle="Batches with annotations that arrived. Models and names stay sealed here.">
      <QueryView query={studies}>
        {() => {
          if (failed) return <FailureNote error={failed.error} onRetry={() => void failed.refetch()} />;
          if (batches.some((query) => query.isPending)) return <SkeletonLines lines={4} />;
          if (lines.length === 0)
            return (
              <EmptyState title="Nothing has arrived yet">
                As soon as a physician’s laptop has sent its first case, its batch is listed here.
              </EmptyState>
            );
          return (
            <Card padding="none">
              <DataTable
                label="Batches with arrived work"
                columns={columns}
                rows={lines}
                rowKey={(line) => line.batch.id}
              />
            </Card>
          );
        }}
      </QueryView>
    </Page>
  );
}
