import { useSession } from '../data/session.ts';
import type { Session } from '../data/types.ts';
import { closePreferences, openPreferences } from '../ui/preferences.ts';

let open: { of: Session['workspace'] | string; ready: Promise<void> } | null = null;

/** Settles once the choices of the one who is signed in are in force; asked again, it costs nothing. */
export function keepPreferencesOf({ user, workspace }: Session): Promise<void> {
  const of = workspace ?? user.id;
  if (open?.of === of) return open.ready;
  const keeper = workspace
    ? { load: workspace.loadPreference.bind(workspace), save: workspace.savePreference.bind(workspace) }
    : null;
  const ready = openPreferences(user.id, keeper);
  open = { of, ready };
  return ready;
}

useSession.subscribe(({ session }) => {
  if (session || !open) return;
  open = null;
  closePreferences();
});
