import { type ReactNode, useEffect } from 'react';
import classes from './gate-frame.module.css';

type Props = { title: string; intro?: ReactNode; children: ReactNode; foot?: ReactNode };

/** The quiet sheet before the work: one thing to do, nothing else. */
export function GateFrame({ title, intro, children, foot }: Props) {
  useEffect(() => {
    document.title = `${title} · Second Opinion`;
  }, [title]);
  return (
    <main className={classes.gate}>
      <div className={classes.sheet}>
        <p className={classes.product}>Second Opinion</p>
        <h1 className={classes.title}>{title}</h1>
        {intro ? <p className={classes.intro}>{intro}</p> : null}
        {children}
        {foot ? <div className={classes.foot}>{foot}</div> : null}
      </div>
    </main>
  );
}
