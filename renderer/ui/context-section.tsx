import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { type ChartPart, usePartFold } from './context-choices.ts';
import classes from './context-section.module.css';

type Props = {
  part: ChartPart;
  title: string;
  /** How many entries it holds; shown folded or not. */
  count?: number;
  /** A word that must not be hidden by folding, such as how many values are out of range. */
  alert?: string | null;
  /** A control at the end of the head, shown while the part is open. */
  tool?: ReactNode;
  children: ReactNode;
};

/** One titled part of a chart that folds; where a jump by keyboard lands is its head. */
export function ContextSection({ part, title, count, alert, tool, children }: Props) {
  const [folded, setFolded] = usePartFold(part);
  const id = useId();
  const Chevron = folded ? IconChevronRight : IconChevronDown;
  return (
    <section className={classes.section} data-part={part}>
      <div className={classes.head}>
        <h3 className={classes.title}>
          <button
            type="button"
            className={classes.fold}
            aria-expanded={!folded}
            aria-controls={folded ? undefined : id}
            data-part-head={true}
            onClick={() => setFolded(!folded)}
          >
            <Chevron className={classes.chevron} size={13} stroke={2} aria-hidden="true" />
            {title}
            {count === undefined ? null : ' '}
            {count === undefined ? null : <span className={classes.count}>{count}</span>}
            {alert ? ' · ' : null}
            {alert ? <span className={classes.alert}>{alert}</span> : null}
          </button>
        </h3>
        {folded ? null : tool}
      </div>
      {folded ? null : <div id={id}>{children}</div>}
    </section>
  );
}

/** A part that never folds, because what it says must never be out of sight. */
export function FixedSection({ part, title, children }: Pick<Props, 'part' | 'title' | 'children'>) {
  return (
    <section className={classes.section} data-part={part}>
      <h3 className={classes.title} tabIndex={-1} data-part-head={true}>
        {title}
      </h3>
      {children}
    </section>
  );
}
