import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ImportReport } from '../../../shared/contract/imports.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { failureSentence } from '../../ui/failure-note.tsx';
import { counted } from '../../ui/work-words.ts';
import classes from './import.module.css';
import { ReportCard } from './report-card.tsx';
import type { ImportState } from './use-import.ts';

type Props = {
  state: ImportState;
  studyId: StudyId;
  onImport: (badLines: 'stop' | 'skip') => void;
  onAgain: () => void;
};

const changesNothing = (report: ImportReport) => report.cases === 0 && report.comparisons === 0;

function checkedNote(report: ImportReport): string {
  if (report.refused > 0) return `${counted(report.refused, 'line')} cannot be imported; the others can.`;
  return changesNothing(report) ? 'All of this is in the study already.' : 'Every line can be imported.';
}

function ImportButtons({ report, onImport }: { report: ImportReport; onImport: Props['onImport'] }) {
  const good = report.lines - report.refused;
  if (report.refused === 0)
    return (
      <Button disabled={changesNothing(report)} onClick={() => onImport('stop')}>
        Import {counted(report.cases, 'case')}, {counted(report.comparisons, 'comparison')}
      </Button>
    );
  return (
    <>
      <Button variant="default" disabled={good === 0} onClick={() => onImport('skip')}>
        Leave out {counted(report.refused, 'bad line')} and import {counted(good, 'other')}
      </Button>
      <span className={classes.faint}>Or mend the file and choose it again.</span>
    </>
  );
}

/** What came of a check or an import, and what to do next. */
export function ImportOutcome({ state, studyId, onImport, onAgain }: Props) {
  if (state.kind === 'checked')
    return (
      <>
        <ReportCard
          title="Checked, nothing imported yet"
          note={checkedNote(state.report)}
          report={state.report}
        />
        <div className={classes.actions}>
          <ImportButtons report={state.report} onImport={onImport} />
        </div>
      </>
    );
  if (state.kind === 'imported')
    return (
      <>
        <ReportCard
          title="Imported"
          note="The cases are in the study. Next, put comparisons into a batch."
          report={state.report}
        />
        <div className={classes.actions}>
          <Button
            renderRoot={(props) => <Link to="/studies/$studyId/new-batch" params={{ studyId }} {...props} />}
          >
            New batch
          </Button>
          <Button variant="default" onClick={onAgain}>
            Import another file
          </Button>
        </div>
      </>
    );
  if (state.kind !== 'failed') return null;
  return (
    <>
      <ErrorNote what={failureSentence(state.error)} safe="Your file and your choices are still here." />
      {state.report ? (
        <>
          <ReportCard title="Nothing was imported" note={checkedNote(state.report)} report={state.report} />
          <div className={classes.actions}>
            <ImportButtons report={state.report} onImport={onImport} />
          </div>
        </>
      ) : null}
    </>
  );
}
