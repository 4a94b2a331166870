import classes from './slim-bar.module.css';

type Props = {
  /** Parts of the whole from the left, in this order; each in its own tone. */
  done: number;
  /** Begun but not done; drawn paler after the done part. */
  begun?: number;
  total: number;
  /** What the bar says in words; the figure beside it usually says it to the eye. */
  label: string;
};

const share = (part: number, total: number) => `${total === 0 ? 0 : (100 * part) / total}%`;

/** A thin progress line. */
export function SlimBar({ done, begun = 0, total, label }: Props) {
  return (
    <span
      className={classes.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      <i className={classes.done} style={{ width: share(done, total) }} />
      <i className={classes.begun} style={{ width: share(begun, total) }} />
    </span>
  );
}
