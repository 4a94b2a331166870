import { memo, type ReactNode } from 'react';
import classes from './context-view.module.css';
import { SeriesRow } from './series-row.tsx';
import { type SeriesShape, shortDate } from './series-trend.ts';

/** What a chart says about a patient, as far as it is shown. */
export type ContextShape = {
  patient?: { summary: string; setting?: string | undefined } | undefined;
  problems: readonly { name: string; since?: string | undefined; note?: string | undefined }[];
  medications: readonly {
    name: string;
    dose?: string | undefined;
    frequency?: string | undefined;
    note?: string | undefined;
  }[];
  allergies: readonly { substance: string; reaction?: string | undefined; severity?: string | undefined }[];
  noKnownAllergies: boolean;
  notes: readonly { date: string; kind: string; author?: string | undefined; text: string }[];
  vitals: readonly SeriesShape[];
  labs: readonly SeriesShape[];
};

/** The structured half of a case, in the order a physician asks for it. */
export const ContextView = memo(function ContextView({ context }: { context: ContextShape }) {
  return (
    <>
      {context.patient ? <Patient patient={context.patient} /> : null}
      {context.problems.length > 0 ? <Problems problems={context.problems} /> : null}
      {context.medications.length > 0 ? <Medications medications={context.medications} /> : null}
      <Allergies allergies={context.allergies} none={context.noKnownAllergies} />
      <SeriesList title="Labs" series={context.labs} />
      <SeriesList title="Vital signs" series={context.vitals} />
      {context.notes.length > 0 ? <Notes notes={context.notes} /> : null}
    </>
  );
});

/** One titled part of the context panel. */
export function ContextSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h3 className={classes.title}>{title}</h3>
      {children}
    </section>
  );
}

function Patient({ patient }: { patient: NonNullable<ContextShape['patient']> }) {
  return (
    <ContextSection title="Patient">
      <p className={classes.patient} dir="auto">
        {patient.summary}
      </p>
      {patient.setting ? (
        <p className={classes.soft} dir="auto">
          {patient.setting}
        </p>
      ) : null}
    </ContextSection>
  );
}

function Problems({ problems }: { problems: ContextShape['problems'] }) {
  return (
    <ContextSection title="Problems">
      <ul className={classes.list}>
        {problems.map((problem, index) => (
          <li key={problem.name + String(index)} dir="auto">
            {problem.name}
            {problem.since ? <span className={classes.soft}> since {problem.since}</span> : null}
            {problem.note ? <span className={classes.note}>{problem.note}</span> : null}
          </li>
        ))}
      </ul>
    </ContextSection>
  );
}

function Medications({ medications }: { medications: ContextShape['medications'] }) {
  return (
    <ContextSection title="Medications">
      <ul className={classes.list}>
        {medications.map((medication, index) => (
          <li key={medication.name + String(index)} dir="auto">
            {medication.name}
            <span className={classes.dose}>
              {[medication.dose, medication.frequency].filter(Boolean).map((part) => ` ${part}`)}
            </span>
            {medication.note ? <span className={classes.note}>{medication.note}</span> : null}
          </li>
        ))}
      </ul>
    </ContextSection>
  );
}

function Allergies({ allergies, none }: { allergies: ContextShape['allergies']; none: boolean }) {
  if (allergies.length === 0)
    return (
      <ContextSection title="Allergies">
        <p className={none ? undefined : classes.soft}>{none ? 'No known allergies' : 'Not recorded'}</p>
      </ContextSection>
    );
  return (
    <ContextSection title="Allergies">
      <ul className={classes.list}>
        {allergies.map((allergy, index) => (
          <li key={allergy.substance + String(index)} className={classes.allergy} dir="auto">
            {allergy.substance}
            {allergy.reaction ? `: ${allergy.reaction}` : ''}
            {allergy.severity ? ` (${allergy.severity})` : ''}
          </li>
        ))}
      </ul>
    </ContextSection>
  );
}

function SeriesList({ title, series }: { title: string; series: readonly SeriesShape[] }) {
  if (series.length === 0) return null;
  return (
    <ContextSection title={title}>
      <ul className={classes.series}>
        {series.map((one, index) => (
          <SeriesRow key={one.name + String(index)} series={one} />
        ))}
      </ul>
    </ContextSection>
  );
}

function Notes({ notes }: { notes: ContextShape['notes'] }) {
  const newestFirst = [...notes].sort((one, other) =>
    one.date < other.date ? 1 : one.date > other.date ? -1 : 0,
  );
  return (
    <ContextSection title="Notes">
      {newestFirst.map((note, index) => (
        <article key={note.date + String(index)} className={classes.noteEntry}>
          <p className={classes.noteHead}>
            <time dateTime={note.date}>{shortDate(note.date)}</time> · {note.kind}
            {note.author ? `, ${note.author}` : ''}
          </p>
          <p className={classes.noteText} dir="auto">
            {note.text}
          </p>
        </article>
      ))}
    </ContextSection>
  );
}
