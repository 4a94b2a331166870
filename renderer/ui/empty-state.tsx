import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

type Props = {
  title: string;
  /** What it means and what comes next. */
  children?: ReactNode;
  /** At most one primary and one quiet button. */
  actions?: ReactNode;
};

/** A designed nothing: says why it is empty and what to do. */
export function EmptyState({ title, children, actions }: Props) {
  return (
    <div className={classes.empty}>
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.text}>{children}</div> : null}
      {actions ? <div className={classes.actions}>{actions}</div> : null}
    </div>
  );
}
