import { UnstyledButton } from '@mantine/core';
import classes from './status-chip.module.css';

/** `ok` all is where it should be; `busy` something runs; `quiet` offline and fine; `warn` somebody must act. */
export type ChipTone = 'ok' | 'busy' | 'quiet' | 'warn';

type Props = {
  tone: ChipTone;
  label: string;
  /** Second half, in the fainter ink: "3 waiting to sync". */
  detail?: string | null;
  onClick?: () => void;
  /** What a click does, for screen readers: "Open the ledger". */
  action?: string;
  /** What is announced when it changes, where that is less than all its words: a count that ticks is not news. */
  spoken?: string;
};

/** One line of truth about disk and server. It announces itself politely when its words change. */
export function StatusChip({ tone, label, detail = null, onClick, action, spoken }: Props) {
  const words = (
    <span className={classes.words}>
      <span className={classes.label}>{label}</span>
      {detail === null ? null : <span className={classes.detail}> · {detail}</span>}
    </span>
  );
  // Apart from the button: what is inside one is its name, and announces nothing.
  const news = (
    <span className="visually-hidden" role="status">
      {spoken ?? [label, detail].filter(Boolean).join(', ')}
    </span>
  );
  if (!onClick)
    return (
      <span className={classes.chip} data-tone={tone}>
        <i className={classes.dot} aria-hidden="true" />
        {words}
        {news}
      </span>
    );
  return (
    <>
      <UnstyledButton className={classes.chip} data-tone={tone} onClick={onClick} title={action}>
        <i className={classes.dot} aria-hidden="true" />
        {words}
        {action ? <span className="visually-hidden">. {action}</span> : null}
      </UnstyledButton>
      {news}
    </>
  );
}
