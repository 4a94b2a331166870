import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useSession } from '../data/session.ts';
import type { Session } from '../data/types.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter } from '../ui/command-center.ts';
import { Key } from '../ui/key.tsx';
import { ariaKeys } from '../ui/key-names.ts';
import { usePreference } from '../ui/preferences.ts';
import { AccountMenu } from './account-menu.tsx';
import { AskAgain } from './ask-again.tsx';
import { isIn, isOnlyPhysician, sectionsFor } from './sections.ts';
import classes from './shell.module.css';
import { SyncChip } from './sync-chip.tsx';

/** A physician's frame: one bar with the truth about disk and server. */
function BarFrame({ session }: { session: Session }) {
  return (
    <div className={classes.bar}>
      <header className={classes.header}>
        <Link to="/queue" className={classes.product}>
          Second Opinion
        </Link>
        <span className={classes.spring} />
        {session.workspace ? <SyncChip workspace={session.workspace} /> : null}
        <Commands />
        <AccountMenu session={session} />
      </header>
      <div className={classes.scroll} data-page-scroll data-scroll-restoration-id="page">
        <div className={classes.middle}>
          <Outlet />
        </div>
      </div>
    </div>
  );
}

function Commands() {
  const keys = keysInForce(usePreference('keys')).get('palette') ?? null;
  return (
    <button
      type="button"
      className={classes.commands}
      aria-haspopup="dialog"
      aria-keyshortcuts={keys === null ? undefined : ariaKeys(keys)}
      onClick={commandCenter.openPalette}
    >
      Commands {keys === null ? null : <Key keys={keys} />}
    </button>
  );
}

/** The frame of those who lead, review or do several things: their sections at the side. */
function SideFrame({ session }: { session: Session }) {
  const { pathname } = useLocation();
  return (
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
  );
}

export function Shell() {
  const session = useSession((state) => state.session);
  if (!session) return null;
  return isOnlyPhysician(session.user.roles) ? (
    <BarFrame session={session} />
  ) : (
    <SideFrame session={session} />
  );
}
