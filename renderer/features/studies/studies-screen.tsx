import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Study } from '../../../shared/contract/studies.ts';
import { studiesQuery } from '../../data/server-queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText, dateText } from '../../ui/dates.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Card, Page } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';
import { SlimBar } from '../../ui/slim-bar.tsx';
import { NewStudyDialog } from './new-study-dialog.tsx';
import classes from './studies.module.css';

const columns: readonly Column<Study>[] = [
  {
    key: 'name',
    header: 'Study',
    cell: (study) => (
      <Link to="/studies/$studyId" params={{ studyId: study.id }}>
        {study.name}
      </Link>
    ),
  },
  { key: 'cases', header: 'Cases', align: 'end', width: '90px', cell: (study) => countText(study.cases) },
  {
    key: 'comparisons',
    header: 'Comparisons',
    align: 'end',
    width: '120px',
    cell: (study) => countText(study.comparisons),
  },
  {
    key: 'batches',
    header: 'Batches',
    align: 'end',
    width: '90px',
    cell: (study) => countText(study.batches),
  },
  {
    key: 'progress',
    header: 'Submitted',
    width: '220px',
    cell: (study) => (
      <span className={classes.progress}>
        <SlimBar done={study.submitted} total={study.assigned} label={`Submitted in ${study.name}`} />
        <span className={classes.share}>
          {study.assigned === 0
            ? 'none sent out'
            : `${countText(study.submitted)} of ${countText(study.assigned)}`}
        </span>
      </span>
    ),
  },
  {
    key: 'created',
    header: 'Created',
    align: 'end',
    width: '130px',
    cell: (study) => dateText(study.createdAt),
  },
];

/** All studies, newest work first in hand. */
export function StudiesScreen() {
  const studies = useQuery(studiesQuery);
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Studies"
      subtitle="Each study has its own rubric, cases and batches."
      actions={<Button onClick={() => setCreating(true)}>New study</Button>}
    >
      <QueryView query={studies}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              title="No study yet"
              actions={<Button onClick={() => setCreating(true)}>New study</Button>}
            >
              A study holds what belongs to one labelling effort: the questions asked, the cases, and who
              answers.
            </EmptyState>
          ) : (
            <Card padding="none">
              <DataTable label="Studies" columns={columns} rows={list} rowKey={(study) => study.id} />
            </Card>
          )
        }
      </QueryView>
      <NewStudyDialog opened={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}
