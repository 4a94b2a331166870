import { QueryClientProvider } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import type { Session } from '../data/types.ts';
import { AccountMenu } from './account-menu.tsx';
import { AskAgain } from './ask-again.tsx';
import { isIn, sectionsFor } from './sections.ts';
import { serverCache } from './server-cache.ts';
import classes from './shell.module.css';
import { SyncChip } from './sync-chip.tsx';

/** The frame of those who lead, review or do several things: their sections at the side. */
export function SideFrame({ session }: { session: Session }) {
  const { pathname } = useLocation();
  return (
    <QueryClientProvider client={serverCache()}>
      <div className={classes.side}>
        <nav className={classes.nav} aria-label="Sections">
          <Link to="/" className={classes.product}>
            Second Opinion
          </Link>
          {sectionsFor(session.user.roles).map((section) => (
            <Link
              key={section.key}
              to={section.path}
              className={classes.section}
              aria-current={isIn(section, pathname) ? 'page' : undefined}
            >
              {section.label}
            </Link>
          ))}
          <span className={classes.spring} />
          {session.workspace ? (
            <div className={classes.navChip}>
              <SyncChip workspace={session.workspace} />
            </div>
          ) : null}
          <AccountMenu session={session} wide />
        </nav>
        <div className={classes.scroll} data-page-scroll data-scroll-restoration-id="page">
          <AskAgain session={session} />
          <Outlet />
        </div>
      </div>
    </QueryClientProvider>
  );
}
