import type { ImportProblem, ImportReport } from '../../../shared/contract/imports.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { countText } from '../../ui/dates.ts';
import { Figure, FigureRow } from '../../ui/figure.tsx';
import { Card } from '../../ui/page.tsx';
import classes from './import.module.css';

const columns: readonly Column<ImportProblem>[] = [
  { key: 'line', header: 'Line', align: 'end', width: '80px', cell: (row) => countText(row.line) },
  { key: 'field', header: 'Field', width: '180px', cell: (row) => <code>{row.field || 'whole line'}</code> },
  { key: 'problem', header: 'What is wrong', cell: (row) => row.problem },
  { key: 'fix', header: 'What would be right', cell: (row) => row.fix },
];

/** What a check or an import found: the counts, and each refused line with its mend. */
export function ReportCard({ title, note, report }: { title: string; note: string; report: ImportReport }) {
  const shown = report.problems.length;
  return (
    <>
      <Card title={title} note={note}>
        <FigureRow>
          <Figure label="Lines read" value={countText(report.lines)} />
          <Figure label="New cases" value={countText(report.cases)} />
          <Figure label="Already there" value={countText(report.unchangedCases)} />
          <Figure label="Responses" value={countText(report.responses)} />
          <Figure label="Comparisons" value={countText(report.comparisons)} />
          <Figure label="Known answers" value={countText(report.knownAnswers)} />
          <Figure label="Identical pairs, never shown" value={countText(report.identicalPairs)} />
          <Figure label="Empty responses" value={countText(report.emptyResponses)} />
          <Figure
            label="Lines refused"
            value={
              <span className={report.refused > 0 ? classes.refused : undefined}>
                {countText(report.refused)}
              </span>
            }
          />
        </FigureRow>
      </Card>
      {shown === 0 ? null : (
        <Card
          title="Refused lines"
          note={
            report.refused > shown
              ? `The first ${countText(shown)} problems; ${countText(report.refused)} lines are refused in all.`
              : undefined
          }
          padding="none"
        >
          <DataTable
            label="Refused lines"
            columns={columns}
            rows={report.problems}
            rowKey={(row) => `${row.line} ${row.field} ${row.problem}`}
          />
        </Card>
      )}
    </>
  );
}
