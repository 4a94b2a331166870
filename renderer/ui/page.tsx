import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

type PageProps = {
  title: string;
  /** One quiet line under the title: what this page is about. */
  subtitle?: ReactNode;
  /** A way back up, above the title. */
  back?: ReactNode;
  actions?: ReactNode;
  /** `reading` for forms and short lists, `wide` for tables and side-by-side texts. */
  width?: 'reading' | 'base' | 'wide';
  children: ReactNode;
};

/** A desk page: title, one line about it, its actions at the right, cards below. */
export function Page({ title, subtitle, back, actions, width = 'base', children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Second Opinion`;
  }, [title]);
  return (
    <main className={classes.page} data-width={width}>
      {back ? <div className={classes.back}>{back}</div> : null}
      <header className={classes.head}>
        <div className={classes.titles}>
          <h1 className={classes.title}>{title}</h1>
          {/* Kept when empty, so that nothing below moves when the words arrive. */}
          {subtitle === undefined ? null : <p className={classes.subtitle}>{subtitle || '\u00a0'}</p>}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {children}
    </main>
  );
}

type CardProps = {
  title?: string;
  /** A quiet line under the title: how to read what follows. */
  note?: ReactNode;
  actions?: ReactNode;
  /** `none` for tables that reach the card's edges. */
  padding?: 'base' | 'none';
  children: ReactNode;
};

/** A panel on the page's paper. With a title it is a landmark of its own. */
export function Card({ title, note, actions, padding = 'base', children }: CardProps) {
  return (
    <section className={classes.card} aria-label={title}>
      {title ? (
        <header className={classes.cardHead}>
          <div className={classes.titles}>
            <h2 className={classes.cardTitle}>{title}</h2>
            {note ? <p className={classes.note}>{note}</p> : null}
          </div>
          {actions ? <div className={classes.actions}>{actions}</div> : null}
        </header>
      ) : null}
      <div className={classes.cardBody} data-padding={padding}>
        {children}
      </div>
    </section>
  );
}

/** Cards or figures beside each other, as many as fit. */
export function Columns({ min = 320, children }: { min?: number; children: ReactNode }) {
  return (
    <div
      className={classes.columns}
      style={{ gridTemplateColumns: `repeat(auto-fit, minmax(${min}px, 1fr))` }}
    >
      {children}
    </div>
  );
}
