import { create } from 'zustand';
import type { User } from '../../shared/contract/auth.ts';
import type { DeviceOrder } from '../../shared/contract/devices.ts';
import type { AccessKeeper } from './access.ts';
import type { StandingOrder } from './decide-access.ts';
import type { Session, Workspace } from './types.ts';

/** Why the work that was open is closed: what the way in shows instead of its usual form. */
export type Closed =
  /** Locked in place: the same person goes on with the password, where everything was left. */
  | { kind: 'locked'; by: 'idle' | 'person' | 'system'; user: User; mode: Session['mode'] }
  /** By order of an administrator. */
  | { kind: 'device-locked'; order: StandingOrder }
  /** The key is destroyed: by order (`by` says whose), or by the owner. */
  | { kind: 'removed'; by: string | null };

/** Open for the sync alone, while an order is carried out: no screen shows it. */
export type Sealed = { workspace: Workspace; user: User; order: DeviceOrder };

type SessionState = {
  session: Session | null;
  closed: Closed | null;
  sealed: Sealed | null;
  /** One sentence to tell at the next screen, such as a clock that went back. */
  notice: string | null;
};

/** What a reload may lose: who is signed in right now, or why nobody is. */
export const useSession = create<SessionState>(() => ({
  session: null,
  closed: null,
  sealed: null,
  notice: null,
}));
export const currentSession = (): Session | null => useSession.getState().session;

const keepers = new WeakMap<Workspace, AccessKeeper>();
export const keepAccess = (workspace: Workspace, keeper: AccessKeeper) => void keepers.set(workspace, keeper);
export const accessOf = (workspace: Workspace): AccessKeeper | null => keepers.get(workspace) ?? null;

/** Closes an open workspace after its last look at the clock. */
export async function closeWork(workspace: Workspace): Promise<void> {
  await accessOf(workspace)?.close();
  await workspace.close();
}

let settle: () => Promise<boolean> = async () => true;

/** The app says how what is on screen gets to the disk before work is closed; false where something did not. */
export function settleWorkBy(how: () => Promise<boolean>): void {
  settle = how;
}
export const settleWork = (): Promise<boolean> => settle();

/** Screens leave in the turn after the session has gone, and write a last time as they do. */
export const untilScreensLeft = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
