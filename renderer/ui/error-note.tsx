import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './error-note.module.css';

type Props = {
  /** What happened, in one sentence. */
  what: string;
  /** What is safe. */
  safe?: string;
  /** What to do now; leave out where `what` says it already. */
  next?: ReactNode;
  /** Exact places or causes, shown below in small type. */
  details?: ReactNode;
  action?: { label: string; onClick: () => void };
};

/** What happened, what is safe, what to do: in that order, in the warning colour, read out at once. */
export function ErrorNote({ what, safe, next, details, action }: Props) {
  return (
    <div role="alert" className={classes.note}>
      <IconAlertTriangle className={classes.icon} size={18} stroke={1.8} aria-hidden="true" />
      <div className={classes.body}>
        <p className={classes.what}>{what}</p>
        {safe ? <p>{safe}</p> : null}
        {next ? <p>{next}</p> : null}
        {details ? <div className={classes.details}>{details}</div> : null}
      </div>
      {action ? (
        <Button variant="default" size="xs" onClick={action.onClick}>
          {action.label}
        </Button>
      ) : null}
    </div>
  );
}
