import { AppError } from '../../shared/errors.ts';
import { appendAudit } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import type { Actor, Context } from '../db/context.ts';
import { checkPassword, hashPassword } from './passwords.ts';
import { expiryOf, type SessionPolicy } from './session-policy.ts';
import * as store from './store.ts';

export type SignedIn = {
  user: store.Account;
  token: string;
  expiresAt: Date;
  recoveryPublicKey: string | null;
};
type Device = { deviceName: string; carrier: store.Carrier };

const actorOf = (user: store.Account): Actor => ({ userId: user.id, roles: user.roles, name: user.name });
const nobody: Actor = { userId: null, roles: [], name: '' };

async function openSession(tx: Tx, at: Date, policy: SessionPolicy, user: store.Account, device: Device) {
  const expiresAt = expiryOf(policy, at, at);
  const { id, token } = await store.insertSession(tx, { userId: user.id, ...device, at, expiresAt });
  await appendAudit(tx, actorOf(user), at, [
    {
      action: 'signed-in',
      subject: id,
      detail: { carrier: device.carrier, deviceName: device.deviceName },
    },
  ]);
  return { user, token, expiresAt, recoveryPublicKey: await store.findRecoveryPublicKey(tx) };
}

async function refuseSignIn(context: Context, user: store.Account | null, device: Device): Promise<never> {
  const at = context.clock();
  // An unknown address leaves an event as well (without the address), so that both take equally long.
  await context.db.transaction((tx) =>
    appendAudit(tx, user ? actorOf(user) : nobody, at, [
      {
        action: 'sign-in-failed',
        subject: user?.id ?? 'unknown',
        detail: { deviceName: device.deviceName },
      },
    ]),
  );
  throw new AppError('sign-in-failed');
}

/** Opens a session by e-mail address and password. @throws AppError `sign-in-failed` whatever was wrong */
export async function signIn(
  context: Context,
  policy: SessionPolicy,
  input: Device & { email: string; password: string },
): Promise<SignedIn> {
  const { email, password, ...device } = input;
  const found = await store.findCredentials(context.db, email);
  const matches = await checkPassword(found?.passwordHash ?? null, password);
  if (!found || !matches || found.status !== 'active')
    return refuseSignIn(context, found?.user ?? null, device);
  return context.db.transaction(async (tx) => {
    if (!(await store.isStillActive(tx, found.user.id))) throw new AppError('sign-in-failed');
    return openSession(tx, context.clock(), policy, found.user, device);
  });
}

/** Whom an open one-time link is for. @throws AppError `link-used` when it was used, has expired or never was */
export async function readLink(context: Context, token: string) {
  const link = await store.findOpenLink(context.db, token, context.clock());
  if (!link) throw new AppError('link-used');
  return { email: link.email, name: link.name, kind: link.kind };
}

/** Takes the link for this caller alone, sets name and password and ends the account's other sessions. */
async function takeLink(tx: Tx, at: Date, input: { token: string; name: string; passwordHash: string }) {
  const { token, ...change } = input;
  const link = await store.takeLink(tx, token, at);
  const user = link && (await store.activateUser(tx, link.userId, change));
  if (!link || !user) throw new AppError('link-used');
  await store.revokeSessionsOf(tx, user.id, at);
  await appendAudit(tx, actorOf(user), at, [
    { action: 'link-used', subject: link.id, detail: { kind: link.kind } },
  ]);
  return user;
}

/**
 * Uses a one-time link: sets name and password, makes the account active, ends its other sessions and signs in.
 * @throws AppError `link-used` for every caller but the first
 */
export async function acceptLink(
  context: Context,
  policy: SessionPolicy,
  input: Device & { token: string; name: string; password: string },
): Promise<SignedIn> {
  const { token, name, password, ...device } = input;
  await readLink(context, token);
  const passwordHash = await hashPassword(password);
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    const user = await takeLink(tx, at, { token, name, passwordHash });
    return openSession(tx, at, policy, user, device);
  });
}

/** Uses a one-time link as `acceptLink` does, without signing in: for accounts that are set up for someone. */
export async function activateAccount(
  context: Context,
  input: { token: string; name: string; password: string },
): Promise<void> {
  const { token, name, password } = input;
  const passwordHash = await hashPassword(password);
  await context.db.transaction((tx) => takeLink(tx, context.clock(), { token, name, passwordHash }));
}

/** Ends one session; the next request with its token is refused. */
export async function signOut(context: Context, sessionId: string): Promise<void> {
  await context.db.transaction(async (tx) => {
    await store.revokeSession(tx, sessionId, context.clock());
    await appendAudit(tx, context.actor, context.clock(), [{ action: 'signed-out', subject: sessionId }]);
  });
}
