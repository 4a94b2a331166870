import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './error-note.module.css';

type Props = {
  /** What happened, in one sentence; what follows it is set in plain type. */
  what: string;
  /** What is safe. */
  safe?: string;
  /** What to do now; leave out where `what` says it already. */
  next?: ReactNode;
  /** Exact places or causes, shown below in small type. */
  details?: ReactNode;
  /** `takesFocus`: nothing else on the page can be done, so that Enter does it. */
  action?: { label: string; onClick: () => void; takesFocus?: boolean };
};

/** Of several sentences the first one says what happened; all of them in bold nobody reads. */
function firstSentence(text: string): [first: string, rest: string] {
  const end = /[.!?] (?=[A-Z“])/.exec(text);
  return end ? [text.slice(0, end.index + 1), text.slice(end.index + 2)] : [text, ''];
}

/** What happened, what is safe, what to do: in that order, in the warning colour, read out at once. */
export function ErrorNote({ what, safe, next, details, action }: Props) {
  const [first, rest] = firstSentence(what);
  return (
    <div role="alert" className={classes.note}>
      <IconAlertTriangle className={classes.icon} size={18} stroke={1.8} aria-hidden="true" />
      <div className={classes.body}>
        <p>
          <b className={classes.what}>{first}</b>
          {rest === '' ? null : ` ${rest}`}
        </p>
        {safe ? <p>{safe}</p> : null}
        {next ? <p>{next}</p> : null}
        {details ? <div className={classes.details}>{details}</div> : null}
      </div>
      {action ? (
        <Button variant="default" size="xs" autoFocus={action.takesFocus} onClick={action.onClick}>
          {action.label}
        </Button>
      ) : null}
    </div>
  );
}
