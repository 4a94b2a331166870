import { currentSession, signOut, useSession } from '../data/session.ts';
import type { Workspace } from '../data/types.ts';
import type { RunningSync } from '../sync/start.ts';
import { useGate } from './gate.ts';

let running: { workspace: Workspace; sync: Promise<RunningSync> } | null = null;

const start = async (workspace: Workspace): Promise<RunningSync> =>
  (await import('../sync/start.ts')).startSync(workspace);

async function stop(): Promise<void> {
  const ending = running;
  running = null;
  await (await ending?.sync)?.stop();
}

function follow(workspace: Workspace | null): void {
  if (workspace === (running?.workspace ?? null)) return;
  void stop(); // its last round may end on its own time
  if (workspace) running = { workspace, sync: start(workspace) };
}

/** Background sync runs as long as a physician's work is open, on every screen. */
export function followSession(): void {
  // The desktop's main process does not learn of a cable that is plugged in again; the page does.
  window.addEventListener('online', () => void syncNow());
  // Sealed work is sent as well, though no screen shows it.
  useSession.subscribe(({ session, sealed }) => follow(session?.workspace ?? sealed?.workspace ?? null));
  follow(currentSession()?.workspace ?? null);
}

/** Tries at once. */
export async function syncNow(): Promise<void> {
  (await running?.sync)?.now();
}

/** Ends sync and session; all work stays on the laptop, sent or not. */
export async function leave(): Promise<void> {
  useGate.setState({ leaving: true });
  // What is being sent may hang on a dead network; it is safe on the disk either way.
  await Promise.race([stop(), new Promise((resolve) => setTimeout(resolve, 2000))]);
  await signOut();
}
