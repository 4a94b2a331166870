import { create } from 'zustand';
import {
  acceptLink as acceptLinkCall,
  readLink as readLinkCall,
  readSession,
  signIn as signInCall,
  signOut as signOutCall,
  type User,
} from '../../shared/contract/auth.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { platform } from '../platform.ts';
import { callServer } from './server-call.ts';
import type { Session } from './types.ts';
import { hasVault, type OpenVault, openVaultOf, rewrapVault, unlockVault } from './vault.ts';
import { openWorkspace } from './workspace.ts';

/** What a reload may lose: who is signed in right now. */
export const useSession = create<{ session: Session | null }>(() => ({ session: null }));
export const currentSession = (): Session | null => useSession.getState().session;

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
  if (before?.workspace && before.workspace !== session.workspace) await before.workspace.close();
  useSession.setState({ session });
  return session;
}

async function openFor(user: User, vault: OpenVault): Promise<Session['workspace']> {
  const open = currentSession()?.workspace;
  // Signing in again goes on with what is open: its queue must not be interrupted.
  if (open && open.user.id === user.id) return open;
  if (open) await open.close();
  return openWorkspace(user, vault.dataKey);
}

async function enter(signedIn: SignedIn, passwords: Passwords): Promise<Session> {
  const { user, recoveryPublicKey } = signedIn;
  if (!isPhysician(user)) return install({ user, mode: 'online', workspace: null });
  const options = { recoveryPublicKey, workIsOpen: currentSession()?.workspace?.user.id === user.id };
  const vault =
    passwords.previous === undefined
      ? await openVaultOf(user, passwords.next, options)
      : await rewrapVault(user, { previous: passwords.previous, next: passwords.next }, options);
  return install({ user, mode: 'online', workspace: await openFor(user, vault) });
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

/** Opens the work on this laptop with no network. @throws AppError `not-on-this-laptop`, `wrong-password`, `key-unavailable` */
export async function unlockOffline(email: string, password: string): Promise<Session> {
  const vault = await unlockVault(email, password);
  return install({ user: vault.user, mode: 'offline', workspace: await openFor(vault.user, vault) });
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

/** Signs the person of the open session in again after `session-expired`; the open work and its queue go on. */
export async function signInAgain(password: string): Promise<Session> {
  const session = currentSession();
  if (!session) throw new AppError('sign-in-required');
  return signInOnline(session.user.email, password);
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
  const session = currentSession();
  useSession.setState({ session: null });
  await session?.workspace?.close();
  // With no network the server's session ends by its own date; the host forgets its token in any case.
  await callServer(signOutCall, { body: {} }, { timeoutMs: 5000 }).catch(() => undefined);
  await platform().net.forgetSession();
}
