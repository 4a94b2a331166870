import { Fragment } from 'react';
import { ContextSection } from './context-section.tsx';
import classes from './medication-table.module.css';

export type MedicationShape = {
  name: string;
  dose?: string | undefined;
  frequency?: string | undefined;
  note?: string | undefined;
};

/** What the patient takes: doses under doses, so that one look down the column tells which is missing or odd. */
export function MedicationTable({ medications }: { medications: readonly MedicationShape[] }) {
  return (
    <ContextSection part="medications" title="Medications" count={medications.length}>
      <div className={classes.holder}>
        <table className={classes.table}>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">Medication</th>
              <th scope="col">Dose</th>
              <th scope="col">How often</th>
            </tr>
          </thead>
          <tbody>
            {medications.map(({ name, dose, frequency, note }, index) => (
              <Fragment key={name + String(index)}>
                <tr data-noted={note ? true : undefined}>
                  <th scope="row" dir="auto">
                    {name}
                  </th>
                  <td className={classes.dose} data-short={isShort(dose)} dir="auto">
                    {dose ?? <Absent what="no dose given" />}
                  </td>
                  <td className={classes.frequency} dir="auto">
                    {frequency}
                  </td>
                </tr>
                {note ? (
                  <tr>
                    <td className={classes.note} colSpan={3} dir="auto">
                      {note}
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </ContextSection>
  );
}

/** A number is not parted from its unit; only what would push the other columns out may break. */
const isShort = (dose: string | undefined) => (dose !== undefined && dose.length <= 12) || undefined;

const Absent = ({ what }: { what: string }) => (
  <>
    <span aria-hidden="true">–</span>
    <span className="visually-hidden">{what}</span>
  </>
);
