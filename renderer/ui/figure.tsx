import type { ReactNode } from 'react';
import classes from './figure.module.css';

/** One number and what it counts. */
export function Figure({ label, value, note }: { label: string; value: ReactNode; note?: ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value}>{value}</dd>
      {note ? <dd className={classes.note}>{note}</dd> : null}
    </div>
  );
}

/** Figures in one row. */
export const FigureRow = ({ children }: { children: ReactNode }) => (
  <dl className={classes.row}>{children}</dl>
);
