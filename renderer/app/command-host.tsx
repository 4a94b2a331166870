import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { lockWork, useSession } from '../data/session.ts';
import { keysInForce } from '../features/annotate/shortcuts.ts';
import { commandCenter, useOpenDialog } from '../ui/command-center.ts';
import { combinationOf } from '../ui/key-press.ts';
import { preferences } from '../ui/preferences.ts';
import { askAndLeave } from './account-menu.tsx';
import { useGate } from './gate.ts';
import { commandsEverywhere } from './palette-commands.ts';
import type { SectionPath } from './sections.ts';

const load = () => import('./command-dialogs.tsx');
const CommandDialogs = lazy(async () => ({ default: (await load()).CommandDialogs }));
const NoticeDialog = lazy(async () => ({ default: (await load()).NoticeDialog }));
const LeaveDialog = lazy(async () => ({ default: (await load()).LeaveDialog }));

/** Everything behind the gate, with palette and settings one key away on each screen. */
export function CommandHost() {
  useDialogKeys();
  useCommandsEverywhere();
  useEffect(() => {
    // After the first paint: the palette opens within a frame and without a network.
    const soon = setTimeout(() => void load().catch(() => undefined), 200); // told when it is opened
    return () => clearTimeout(soon);
  }, []);
  return (
    <>
      <Outlet />
      <OpenDialog />
      <AskToLeave />
      <Notice />
    </>
  );
}

/** Says what an opening had to say, such as a clock that went back. */
function Notice() {
  const notice = useSession((state) => state.notice);
  if (notice === null) return null;
  return (
    <Suspense>
      <NoticeDialog text={notice} onClose={() => useSession.setState({ notice: null })} />
    </Suspense>
  );
}

function OpenDialog() {
  const open = useOpenDialog();
  useEffect(() => commandCenter.close, []);
  if (open === null) return null;
  return (
    <Suspense>
      <CommandDialogs open={open} />
    </Suspense>
  );
}

function AskToLeave() {
  const waiting = useGate((gate) => gate.unsent);
  if (waiting === null) return null;
  return (
    <Suspense>
      <LeaveDialog waiting={waiting} onClose={() => useGate.setState({ unsent: null })} />
    </Suspense>
  );
}

/** Palette, settings and the lock answer to their keys on every screen; a screen with its own keys may take them first. */
function useDialogKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const keys = combinationOf(event);
      const map = keysInForce(preferences.get().keys);
      const asked = (['palette', 'settings', 'lock'] as const).find(
        (id) => keys !== null && map.get(id) === keys,
      );
      if (!asked) return;
      // From anywhere, a dialog included: who goes away now has no time to close it.
      if (asked === 'lock') {
        event.preventDefault();
        return void lockWork('person'); // false where there is nothing to lock, or not everything is written yet
      }
      const { open } = commandCenter.get();
      // Another dialog has the word; it is finished first.
      if (open !== asked && document.querySelector('[role=dialog]')) return;
      event.preventDefault();
      if (open === asked) return commandCenter.goBack();
      if (asked === 'palette') commandCenter.openPalette();
      else commandCenter.openSettings();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function useCommandsEverywhere(): void {
  const session = useSession((state) => state.session);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    if (!session) return;
    const goTo = (to: SectionPath) => void navigate({ to });
    return commandCenter.offer(() =>
      commandsEverywhere({ session, pathname, goTo, signOut: () => void askAndLeave(session) }),
    );
  }, [session, pathname, navigate]);
}
