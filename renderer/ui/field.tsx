import { type ReactNode, useId } from 'react';
import classes from './field.module.css';

type FieldIds = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined };

type Props = {
  label: string;
  hint?: ReactNode;
  /** What is wrong and what would be right. */
  error?: string | null;
  /** Draws the control and spreads the ids on it. */
  children: (ids: FieldIds) => ReactNode;
};

/** Label, hint and error around a control that is not one of Mantine's inputs (those bring their own). */
export function Field({ label, hint, error = null, children }: Props) {
  const id = useId();
  const described = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ');
  return (
    <div className={classes.field}>
      <label className={classes.label} htmlFor={id}>
        {label}
      </label>
      {hint ? (
        <div id={`${id}-hint`} className={classes.hint}>
          {hint}
        </div>
      ) : null}
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error ? (
        <div id={`${id}-error`} role="alert" className={classes.error}>
          {error}
        </div>
      ) : null}
    </div>
  );
}

/** Fields one under another in the forms' rhythm. */
export function FieldStack({ children }: { children: ReactNode }) {
  return <div className={classes.stack}>{children}</div>;
}
