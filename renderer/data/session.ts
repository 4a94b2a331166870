import {
  acceptLink as acceptLinkCall,
  readLink as readLinkCall,
  readSession,
  signIn as signInCall,
  type User,
} from '../../shared/contract/auth.ts';
import type { DeviceOrder } from '../../shared/contract/devices.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { platform } from '../platform.ts';
import { AccessKeeper } from './access.ts';
import {
  askContact,
  type Call,
  endServerSession,
  erase,
  isForThis,
  isOpen,
  resumeErasure,
  seal,
} from './device-orders.ts';
import { callServer } from './server-call.ts';
import {
  type Closed,
  closeWork,
  currentSession,
  keepAccess,
  settleWork,
  untilScreensLeft,
  useSession,
} from './session-state.ts';
import type { Session, Workspace } from './types.ts';
import { hasVault, openVaultOf, unlockVault } from './vault.ts';
import { rewrapVault } from './vault-change.ts';
import type { OpenVault } from './vault-entry.ts';
import { openWorkspace, syncStoreOf } from './workspace.ts';

export { resumeErasure } from './device-orders.ts';
export { type Closed, currentSession, settleWorkBy, useSession } from './session-state.ts';

type SignedIn = EndpointReply<typeof signInCall>;
type Passwords = { next: string; previous?: string };

const isPhysician = (user: User) => user.roles.includes('physician');

async function caller() {
  const { host, deviceName } = await platform().app.info();
  const carrier = host === 'browser' ? ('cookie' as const) : ('token' as const);
  return { deviceName, carrier };
}

async function install(session: Session): Promise<Session> {
  const before = currentSession();
  if (before?.workspace && before.workspace !== session.workspace) await closeWork(before.workspace);
  useSession.setState({ session, closed: null });
  return session;
}

/** How much the server has to do with an opening: it has just signed the person in, might be reached, or is not asked. */
type Server = 'met' | 'asked' | 'away';
const contactMs = { met: 5000, asked: 2000, away: 0 } as const;

const lockedBy = (order: DeviceOrder) =>
  new AppError('device-locked', {
    message: `This laptop was locked by ${order.by}. Your work is safe and sealed here; ask them to unlock it, then sign in with a connection.`,
    details: { by: order.by },
  });

/**
 * Holds an opening against what this laptop keeps and what the server says.
 * @throws AppError `lease-over` or `device-locked`; in the latter the work may be open still, for the sync alone
 */
async function requireOpening(workspace: Workspace, keeper: AccessKeeper, server: Server): Promise<void> {
  const contact = server === 'away' ? null : await askContact(workspace, contactMs[server]);
  if (contact === null && (server !== 'met' || keeper.order !== null)) return requireLease(keeper);
  await keeper.met(contact);
  if (contact === null) return;
  if (contact.order !== null && isForThis(workspace, contact.order)) {
    await seal(workspace, contact.order);
    throw lockedBy(contact.order);
  }
  if (keeper.order !== null) await keeper.keepOrder(null);
}

function requireLease(keeper: AccessKeeper): void {
  const opening = keeper.judge();
  if (opening.kind === 'device-locked') throw lockedBy(opening.order);
  if (opening.kind === 'lease-over') throw new AppError('lease-over');
  if (opening.wentBackMs === 0) return;
  const days = Math.round(opening.wentBackMs / 86_400_000);
  useSession.setState({
    notice: `The clock of this laptop is ${days === 1 ? 'a day' : `${days} days`} behind where it was before. Set it right; your work is safe.`,
  });
}

async function openFor(user: User, vault: OpenVault, server: Server): Promise<Workspace> {
  const open = currentSession()?.workspace ?? useSession.getState().sealed?.workspace;
  // Signing in again goes on with what is open: its queue must not be interrupted.
  if (open && open === currentSession()?.workspace && open.user.id === user.id) return open;
  if (open) await closeWork(open);
  useSession.setState({ sealed: null });
  const workspace = await openWorkspace(user, vault.dataKey);
  try {
    const keeper = await AccessKeeper.open(workspace);
    keepAccess(workspace, keeper);
    await requireOpening(workspace, keeper, server);
    keeper.follow();
    return workspace;
  } catch (cause) {
    if (!isOpen(workspace)) await closeWork(workspace);
    throw cause;
  }
}

async function enter(signedIn: SignedIn, passwords: Passwords): Promise<Session> {
  const { user, recoveryPublicKey } = signedIn;
  await resumeErasure();
  if (!isPhysician(user)) return install({ user, mode: 'online', workspace: null });
  const options = { recoveryPublicKey, workIsOpen: currentSession()?.workspace?.user.id === user.id };
  const vault =
    passwords.previous === undefined
      ? await openVaultOf(user, passwords.next, options)
      : await rewrapVault(user, { previous: passwords.previous, next: passwords.next }, options);
  return install({ user, mode: 'online', workspace: await openFor(user, vault, 'met') });
}

/**
 * Signs in at the server and, for a physician, opens the work on this laptop.
 * @throws AppError `sign-in-failed`, `server-unreachable`, or `previous-password-needed`: then the person is signed
 *   in at the server, and `signInWithPrevious` opens the work
 */
export async function signInOnline(email: string, password: string): Promise<Session> {
  const signedIn = await callServer(signInCall, { body: { email, password, ...(await caller()) } });
  return enter(signedIn, { next: password });
}

/** Signs in after the password was changed elsewhere, and puts the work on this laptop under the new one. */
export async function signInWithPrevious(
  email: string,
  password: string,
  previous: string,
): Promise<Session> {
  const signedIn = await callServer(signInCall, { body: { email, password, ...(await caller()) } });
  return enter(signedIn, { next: password, previous });
}

/**
 * Opens the work on this laptop with no network.
 * @throws AppError `not-on-this-laptop`, `wrong-password`, `key-unavailable`, `lease-over`, `device-locked`
 */
export async function unlockOffline(email: string, password: string): Promise<Session> {
  await resumeErasure();
  const vault = await unlockVault(email, password);
  const workspace = await openFor(vault.user, vault, 'away');
  return install({ user: vault.user, mode: 'offline', workspace });
}

const isAway = (cause: unknown) =>
  cause instanceof AppError && (cause.code === 'server-unreachable' || cause.code === 'database-unavailable');

/**
 * What the sign-in screen calls: the server where it can be reached, else (told by `onOffline`) the work on this laptop.
 * @throws AppError; with no server and no work here, a sentence that says both
 */
export async function signIn(
  email: string,
  password: string,
  onOffline: () => void = () => {},
): Promise<Session> {
  try {
    return await signInOnline(email, password);
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    if (await hasVault(email)) {
      onOffline();
      return unlockOffline(email, password);
    }
    throw new AppError('not-on-this-laptop', {
      message:
        'The server cannot be reached, and there is no work of this account on this laptop yet. Connect once to sign in for the first time.',
      cause,
    });
  }
}

/** Whom a one-time link is for. */
export const readLink = (token: string) => callServer(readLinkCall, { body: { token } });

/**
 * Uses a one-time link and signs in.
 * @throws AppError `previous-password-needed` where this laptop holds work under an older password
 */
export async function acceptLink(link: { token: string; name: string; password: string }): Promise<Session> {
  const signedIn = await callServer(acceptLinkCall, { body: { ...link, ...(await caller()) } });
  return enter(signedIn, { next: link.password });
}

let signingInAgain: { password: string; session: Promise<Session> } | null = null;

/**
 * Signs the person of the open session in again after `session-expired`; the open work and its queue go on. Whoever
 * asks meanwhile with the same password shares the one call.
 */
export function signInAgain(password: string): Promise<Session> {
  if (signingInAgain?.password === password) return signingInAgain.session;
  const email = currentSession()?.user.email;
  if (email === undefined) return Promise.reject(new AppError('sign-in-required'));
  const session = signInOnline(email, password).finally(() => {
    if (signingInAgain?.session === session) signingInAgain = null;
  });
  signingInAgain = { password, session };
  return session;
}

/**
 * Closes the work in place, for the same person to go on with it by the password: nothing of it stays on screen, and
 * its key is let go. Nothing is sent, ended or deleted.
 * @returns false when there is no work open, or something on screen is not on the disk: then all stays as it is
 */
export async function lockWork(by: Extract<Closed, { kind: 'locked' }>['by']): Promise<boolean> {
  const session = currentSession();
  if (!session?.workspace || !(await settleWork())) return false;
  if (currentSession() !== session) return false;
  const { user, mode, workspace } = session;
  useSession.setState({ session: null, closed: { kind: 'locked', by, user, mode } });
  await untilScreensLeft();
  await closeWork(workspace);
  return true;
}

/** Opens locked work again. @throws AppError as `unlockOffline` */
export async function unlockWork(password: string): Promise<Session> {
  const { closed } = useSession.getState();
  if (closed?.kind !== 'locked') throw new AppError('sign-in-required');
  const { mode } = closed;
  const vault = await unlockVault(closed.user.email, password);
  const workspace = await openFor(vault.user, vault, mode === 'online' ? 'asked' : 'away');
  return install({ user: vault.user, mode, workspace });
}

/** Leaves the lock screen for the usual way in; the work stays as it is. */
export const forgetClosed = (): void => useSession.setState({ closed: null });

/**
 * Destroys this person's work on this laptop on their own wish.
 * @throws AppError `unsent-work` while anything has no receipt, `wrong-password`; then nothing was touched
 */
export async function removeMyWork(password: string): Promise<void> {
  const session = currentSession();
  if (!session?.workspace) throw new AppError('sign-in-required');
  const { workspace, user } = session;
  if (!(await settleWork()) || syncStoreOf(workspace).waiting() > 0) throw new AppError('unsent-work');
  await unlockVault(user.email, password);
  useSession.setState({ session: null, closed: { kind: 'removed', by: null } });
  await untilScreensLeft();
  if (syncStoreOf(workspace).waiting() > 0) {
    useSession.setState({ session, closed: null });
    throw new AppError('unsent-work');
  }
  const call: Call = (definition, input) => callServer(definition, input, { timeoutMs: 5000 });
  await erase(workspace, { orderId: null, outcome: 'removed', by: null }, call);
}

export type Resumed =
  | { kind: 'none' }
  | { kind: 'session'; session: Session }
  /** Signed in at the server, but the work on this laptop needs the password. */
  | { kind: 'locked'; user: User };

/** After a reload: goes on with the server's session, so that leads and reviewers need not sign in again. */
export async function resumeSession(): Promise<Resumed> {
  try {
    const { user } = await callServer(readSession, {}, { timeoutMs: 5000 });
    if (isPhysician(user)) return { kind: 'locked', user };
    return { kind: 'session', session: await install({ user, mode: 'online', workspace: null }) };
  } catch {
    return { kind: 'none' };
  }
}

/** Locks the work and ends the session. Nothing on the laptop is deleted, sent or not. */
export async function signOut(): Promise<void> {
  const { session, sealed } = useSession.getState();
  const workspace = session?.workspace ?? sealed?.workspace;
  useSession.setState({ session: null, sealed: null, closed: null });
  if (workspace) await closeWork(workspace);
  // With no network the server's session ends by its own date.
  await endServerSession();
}
