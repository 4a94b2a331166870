import { and, eq, gt, isNull, ne } from 'drizzle-orm';
import type { Role } from '../../shared/permissions.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import type { Reader, Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { links, sessions, site, users } from '../db/schema.ts';
import { hashToken, newToken } from '../db/tokens.ts';

export type Carrier = 'cookie' | 'token';
export type Account = { id: UserId; email: string; name: string; roles: Role[] };
export type StoredSession = {
  id: string;
  carrier: Carrier;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  status: 'invited' | 'active' | 'disabled';
  user: Account;
};

const account = { id: users.id, email: users.email, name: users.name, roles: users.roles };
const asAccount = (row: { id: string; email: string; name: string; roles: Role[] }): Account => ({
  ...row,
  id: row.id as UserId,
});

export async function findCredentials(reader: Reader, email: string) {
  const [row] = await reader
    .select({ user: account, status: users.status, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.email, email));
  return row ? { ...row, user: asAccount(row.user) } : null;
}

export async function isStillActive(tx: Tx, userId: UserId): Promise<boolean> {
  const [row] = await tx
    .select({ status: users.status })
    .from(users)
    .where(eq(users.id, userId))
    .for('share');
  return row?.status === 'active';
}

export async function findSession(reader: Reader, token: string): Promise<StoredSession | null> {
  const [row] = await reader
    .select({
      id: sessions.id,
      carrier: sessions.carrier,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
      revokedAt: sessions.revokedAt,
      status: users.status,
      user: account,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.tokenHash, hashToken(token)));
  return row ? { ...row, user: asAccount(row.user) } : null;
}

export async function insertSession(
  tx: Tx,
  session: { userId: UserId; carrier: Carrier; deviceName: string; at: Date; expiresAt: Date },
): Promise<{ id: string; token: string }> {
  const { at, ...rest } = session;
  const id = newId();
  const token = newToken();
  await tx
    .insert(sessions)
    .values({ id, tokenHash: hashToken(token), ...rest, createdAt: at, lastSeenAt: at });
  return { id, token };
}

export async function touchSession(tx: Tx, id: string, lastSeenAt: Date, expiresAt: Date): Promise<void> {
  await tx
    .update(sessions)
    .set({ lastSeenAt, expiresAt })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)));
}

export async function revokeSession(tx: Tx, id: string, at: Date): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: at })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)));
}

export async function revokeSessionsOf(tx: Tx, userId: UserId, at: Date): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: at })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)));
}

const isOpen = (token: string, at: Date) =>
  and(eq(links.tokenHash, hashToken(token)), isNull(links.usedAt), gt(links.expiresAt, at));

export async function findOpenLink(reader: Reader, token: string, at: Date) {
  const [row] = await reader
    .select({ id: links.id, kind: links.kind, email: users.email, name: users.name })
    .from(links)
    .innerJoin(users, eq(users.id, links.userId))
    .where(and(isOpen(token, at), ne(users.status, 'disabled')));
  return row ?? null;
}

/** Marks the link used; of any number of callers at once exactly one gets it. */
export async function takeLink(tx: Tx, token: string, at: Date) {
  const [row] = await tx
    .update(links)
    .set({ usedAt: at })
    .where(isOpen(token, at))
    .returning({ id: links.id, kind: links.kind, userId: links.userId });
  return row ?? null;
}

export async function activateUser(
  tx: Tx,
  userId: string,
  change: { name: string; passwordHash: string },
): Promise<Account | null> {
  const [row] = await tx
    .update(users)
    .set({ ...change, status: 'active' })
    .where(and(eq(users.id, userId), ne(users.status, 'disabled')))
    .returning(account);
  return row ? asAccount(row) : null;
}

export async function findRecoveryPublicKey(reader: Reader): Promise<string | null> {
  const [row] = await reader.select({ key: site.recoveryPublicKey }).from(site);
  return row?.key ?? null;
}
