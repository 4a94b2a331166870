import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { z } from 'zod';
import type { reviewSummarySchema } from '../../../shared/contract/reviews.ts';
import type { BatchId } from '../../../shared/schema/ids.ts';
import { batchReviewQuery, type ReviewFilter } from '../../data/server-queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { FailureNote } from '../../ui/failure-note.tsx';
import { Key } from '../../ui/key.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { SkeletonLines } from '../../ui/query-view.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useKeys } from '../../ui/use-keys.ts';
import { AgreementCard } from './agreement-card.tsx';
import classes from './reviews.module.css';

type Summary = z.output<typeof reviewSummarySchema>;

const filters = [
  { value: 'all', label: 'All' },
  { value: 'arrived', label: 'Arrived' },
  { value: 'flagged', label: 'Flagged' },
] as const satisfies readonly { value: ReviewFilter; label: string }[];

const emptyWords: Record<ReviewFilter, string> = {
  all: 'This batch has no comparisons.',
  arrived: 'Nothing has arrived for this batch yet.',
  flagged: 'No physician flagged anything here.',
};

const steps = (spread: number) => (spread === 0 ? 'none' : `${spread} ${spread === 1 ? 'step' : 'steps'}`);

const columnsFor = (batchId: BatchId): readonly Column<Summary>[] => [
  { key: 'position', header: 'Case', align: 'end', width: '76px', cell: (row) => row.position + 1 },
  {
    key: 'title',
    header: 'Title',
    cell: (row) => (
      <Link to="/review/$batchId/$comparisonId" params={{ batchId, comparisonId: row.comparisonId }}>
        {row.title}
      </Link>
    ),
  },
  { key: 'specialty', header: 'Specialty', width: '150px', cell: (row) => row.specialty ?? '–' },
  {
    key: 'submitted',
    header: 'Submitted',
    align: 'end',
    width: '110px',
    cell: (row) => `${row.submitted} of ${row.expected}`,
  },
  { key: 'skipped', header: 'Skipped', align: 'end', width: '96px', cell: (row) => row.skipped || '–' },
  {
    key: 'flagged',
    header: 'Flags',
    align: 'end',
    width: '80px',
    cell: (row) => (row.flagged > 0 ? <b className={classes.flagged}>{row.flagged}</b> : '–'),
  },
  {
    key: 'returned',
    header: 'Returned',
    align: 'end',
    width: '96px',
    cell: (row) => (row.returned > 0 ? <b className={classes.waiting}>{row.returned}</b> : '–'),
  },
  {
    key: 'spread',
    header: 'Preferences apart',
    align: 'end',
    width: '160px',
    cell: (row) => (row.preferenceSpread === null ? '–' : steps(row.preferenceSpread)),
  },
];

/** What arrived for a batch: how far physicians agree, and every comparison. */
export function BatchReviewScreen({ batchId }: { batchId: BatchId }) {
  const [only, setOnly] = useState<ReviewFilter>('all');
  const [current, setCurrent] = useState(0);
  const review = useInfiniteQuery({
    ...batchReviewQuery(batchId, only),
    placeholderData: (previous) => previous,
  });
  const navigate = useNavigate();
  const first = review.data?.pages[0];
  const rows = review.data?.pages.flatMap((page) => page.comparisons) ?? [];
  const at = Math.min(current, rows.length - 1);

  const move = (by: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, at + by));
    setCurrent(next);
    document.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const open = () => {
    const row = rows[at];
    if (row)
      void navigate({
        to: '/review/$batchId/$comparisonId',
        params: { batchId, comparisonId: row.comparisonId },
      });
  };
  useKeys({
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    o: open,
  });

  return (
    <Page
      title={first?.batch.name ?? 'Batch'}
      subtitle={
        first
          ? `${first.batch.submitted.toLocaleString()} submitted of ${(first.batch.comparisons * first.batch.overlap).toLocaleString()} · overlap ${first.batch.overlap} · rubric version ${first.batch.rubricVersion}`
          : ''
      }
      back={<Link to="/review">‹ Review</Link>}
      width="wide"
    >
      {review.error && !first ? (
        <FailureNote error={review.error} onRetry={() => void review.refetch()} />
      ) : null}
      {!first && !review.error ? <SkeletonLines lines={8} /> : null}
      {first ? (
        <>
          <AgreementCard agreement={first.agreement} />
          <Card
            title="Comparisons"
            note={
              <>
                <Key keys="j" /> <Key keys="k" /> move, <Key keys="o" /> opens.
              </>
            }
            actions={
              <div className={classes.filter}>
                <Segmented
                  label="Which comparisons"
                  options={filters}
                  value={only}
                  size="small"
                  onChange={(value) => {
                    setOnly(value);
                    setCurrent(0);
                  }}
                />
              </div>
            }
            padding="none"
          >
            <DataTable
              label="Comparisons"
              columns={columnsFor(batchId)}
              rows={rows}
              rowKey={(row) => row.comparisonId}
              currentKey={rows[at]?.comparisonId ?? null}
              rowProps={(row) => ({ 'data-row': rows.indexOf(row) })}
              empty={emptyWords[only]}
            />
            {review.hasNextPage ? (
              <div className={classes.more}>
                <Button
                  variant="default"
                  loading={review.isFetchingNextPage}
                  onClick={() => void review.fetchNextPage()}
                >
                  Show more
                </Button>
              </div>
            ) : null}
          </Card>
        </>
      ) : null}
    </Page>
  );
}
