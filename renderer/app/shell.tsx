import { Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useSession } from '../data/session.ts';
import type { Session } from '../data/types.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter } from '../ui/command-center.ts';
import { Key } from '../ui/key.tsx';
import { ariaKeys } from '../ui/key-names.ts';
import { usePreference } from '../ui/preferences.ts';
import { AccountMenu } from './account-menu.tsx';
import { isOnlyPhysician } from './sections.ts';
import classes from './shell.module.css';
import { SyncChip } from './sync-chip.tsx';

const SideFrame = lazy(async () => ({ default: (await import('./side-frame.tsx')).SideFrame }));

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

export function Shell() {
  const session = useSession((state) => state.session);
  if (!session) return null;
  return isOnlyPhysician(session.user.roles) ? (
    <BarFrame session={session} />
  ) : (
    <Suspense>
      <SideFrame session={session} />
    </Suspense>
  );
}
