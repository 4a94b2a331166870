import { Link } from '@tanstack/react-router';
import type { Batch } from '../../../shared/contract/batches.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText, dateText } from '../../ui/dates.ts';
import { SlimBar } from '../../ui/slim-bar.tsx';
import { batchState, expectedOf, finishedOf } from './next-step.ts';
import classes from './studies.module.css';

const columns: readonly Column<Batch>[] = [
  {
    key: 'name',
    header: 'Batch',
    cell: (batch) => (
      <Link to="/batches/$batchId" params={{ batchId: batch.id }}>
        {batch.name}
      </Link>
    ),
  },
  {
    key: 'kind',
    header: 'Kind',
    width: '96px',
    cell: (batch) => (batch.kind === 'practice' ? 'practice' : 'work'),
  },
  { key: 'specialty', header: 'Specialty', width: '160px', cell: (batch) => batch.specialty ?? 'all' },
  {
    key: 'comparisons',
    header: 'Comparisons',
    align: 'end',
    width: '110px',
    cell: (batch) => countText(batch.comparisons),
  },
  { key: 'overlap', header: 'Overlap', align: 'end', width: '84px', cell: (batch) => batch.overlap },
  {
    key: 'finished',
    header: 'Arrived',
    width: '220px',
    cell: (batch) => (
      <span className={classes.progress}>
        <SlimBar
          done={finishedOf(batch)}
          begun={batch.drafts}
          total={expectedOf(batch)}
          label={`Arrived for ${batch.name}`}
        />
        <span className={classes.share}>
          {countText(finishedOf(batch))} of {countText(expectedOf(batch))}
        </span>
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    width: '130px',
    cell: (batch) => {
      const state = batchState(batch);
      const act = state === 'not assigned' || state === 'partly assigned';
      return (
        <span className={classes.state} data-tone={act ? 'act' : undefined}>
          {state}
        </span>
      );
    },
  },
  {
    key: 'deadline',
    header: 'Due',
    align: 'end',
    width: '120px',
    cell: (batch) => (batch.deadline === null ? '–' : dateText(batch.deadline)),
  },
];

export const BatchTable = ({ batches }: { batches: readonly Batch[] }) => (
  <DataTable
    label="Batches"
    columns={columns}
    rows={batches}
    rowKey={(batch) => batch.id}
    empty="No batch yet. A batch is what physicians download and work through."
  />
);
