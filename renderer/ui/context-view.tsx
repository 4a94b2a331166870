import { memo, useMemo } from 'react';
import { AllergyList, type AllergyShape } from './allergy-list.tsx';
import { ContextSection, FixedSection } from './context-section.tsx';
import classes from './context-view.module.css';
import { harmlessText } from './markdown-source.ts';
import { type MedicationShape, MedicationTable } from './medication-table.tsx';
import { NoteList, type NoteShape } from './note-list.tsx';
import { SeriesList } from './series-list.tsx';
import type { SeriesShape } from './series-trend.ts';

/** What a chart says about a patient, as far as it is shown. */
export type ContextShape = {
  patient?: { summary: string; setting?: string | undefined } | undefined;
  problems: readonly { name: string; since?: string | undefined; note?: string | undefined }[];
  medications: readonly MedicationShape[];
  allergies: readonly AllergyShape[];
  noKnownAllergies: boolean;
  notes: readonly NoteShape[];
  vitals: readonly SeriesShape[];
  labs: readonly SeriesShape[];
};

/** The structured half of a case, in the order a physician asks for it; each list keeps the chart's own order. */
export const ContextView = memo(function ContextView({ context }: { context: ContextShape }) {
  const chart = useMemo(() => harmless(context), [context]);
  return (
    <>
      {chart.patient ? <Patient patient={chart.patient} /> : null}
      {chart.problems.length > 0 ? <Problems problems={chart.problems} /> : null}
      {chart.medications.length > 0 ? <MedicationTable medications={chart.medications} /> : null}
      <AllergyList allergies={chart.allergies} none={chart.noKnownAllergies} />
      <SeriesList part="labs" title="Labs" series={chart.labs} />
      <SeriesList part="vitals" title="Vital signs" series={chart.vitals} />
      {chart.notes.length > 0 ? <NoteList notes={chart.notes} /> : null}
      <NotRecorded chart={chart} />
    </>
  );
});

/** The same chart without characters that could show a dose in another order than it is written. */
function harmless<T>(value: T): T {
  if (typeof value === 'string') return harmlessText(value) as T;
  if (Array.isArray(value)) return value.map(harmless) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, harmless(part)])) as T;
}

function Patient({ patient }: { patient: NonNullable<ContextShape['patient']> }) {
  return (
    <FixedSection part="patient" title="Patient">
      <p className={classes.patient} dir="auto">
        {patient.summary}
      </p>
      {patient.setting ? (
        <p className={classes.soft} dir="auto">
          {patient.setting}
        </p>
      ) : null}
    </FixedSection>
  );
}

function Problems({ problems }: { problems: ContextShape['problems'] }) {
  return (
    <ContextSection part="problems" title="Problems" count={problems.length}>
      <ul className={classes.list}>
        {problems.map((problem, index) => (
          <li key={problem.name + String(index)} className={classes.problem} dir="auto">
            <span>
              {problem.name}
              {problem.note ? (
                <span className={classes.note}>
                  <bdi>{problem.note}</bdi>
                </span>
              ) : null}
            </span>
            {problem.since ? <span className={classes.since}>since {problem.since}</span> : null}
          </li>
        ))}
      </ul>
    </ContextSection>
  );
}

/** Says what the chart does not hold, so that nobody looks for it. */
function NotRecorded({ chart }: { chart: ContextShape }) {
  const absent = [
    chart.problems.length === 0 ? 'problems' : null,
    chart.medications.length === 0 ? 'medications' : null,
    chart.labs.length === 0 ? 'labs' : null,
    chart.vitals.length === 0 ? 'vital signs' : null,
    chart.notes.length === 0 ? 'notes' : null,
  ].filter((word) => word !== null);
  return absent.length === 0 ? null : (
    <p className={classes.absent}>Not in this chart: {absent.join(', ')}.</p>
  );
}
