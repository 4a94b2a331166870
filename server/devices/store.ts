import { and, asc, desc, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import type { Device, DeviceOutcome, DeviceSession, OrderKind } from '../../shared/contract/devices.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import type { Reader, Tx } from '../db/client.ts';
import { newId } from '../db/context.ts';
import { clients, deviceOrders, sessions, users } from '../db/schema.ts';

export { findDigest } from '../db/client-digest.ts';
export { changeSiteSettings, readSiteSettings, type SiteSettings } from '../db/site.ts';

const standing = isNull(deviceOrders.withdrawnAt);

/** The client row, held until the transaction ends: pushes of this laptop wait, and it for them. */
export async function lockClient(
  tx: Tx,
  clientId: string,
): Promise<{ userId: UserId; lastSeq: number } | null> {
  const [row] = await tx
    .select({ userId: clients.userId, lastSeq: clients.lastSeq })
    .from(clients)
    .where(eq(clients.id, clientId))
    .for('update');
  return row ? { ...row, userId: row.userId as UserId } : null;
}

export async function noteContact(
  tx: Tx,
  contact: { clientId: string; appVersion: string; localSeq: number; at: Date },
): Promise<void> {
  const { clientId, appVersion, localSeq, at } = contact;
  await tx
    .update(clients)
    .set({ appVersion, localSeq, lastSeenAt: at, removedAt: null })
    .where(eq(clients.id, clientId));
}

export async function bindSession(tx: Tx, sessionId: string, clientId: string): Promise<void> {
  await tx.update(sessions).set({ clientId }).where(eq(sessions.id, sessionId));
}

export type StandingOrder = {
  id: string;
  kind: OrderKind;
  by: string | null;
  orderedAt: Date;
  releasedAt: Date | null;
  reportedAt: Date | null;
  outcome: DeviceOutcome | null;
  unsent: number;
};

/** The order that stands about a client. */
export async function findOrder(reader: Reader, clientId: string): Promise<StandingOrder | null> {
  const [row] = await reader
    .select({
      id: deviceOrders.id,
      kind: deviceOrders.kind,
      by: users.name,
      orderedAt: deviceOrders.orderedAt,
      releasedAt: deviceOrders.releasedAt,
      reportedAt: deviceOrders.reportedAt,
      outcome: deviceOrders.outcome,
      unsent: deviceOrders.unsent,
    })
    .from(deviceOrders)
    .leftJoin(users, eq(users.id, deviceOrders.orderedBy))
    .where(and(eq(deviceOrders.clientId, clientId), standing));
  return row ?? null;
}

export async function insertOrder(
  tx: Tx,
  order: { clientId: string; kind: OrderKind; orderedBy: UserId | null; orderedAt: Date },
): Promise<string> {
  const id = newId();
  await tx.insert(deviceOrders).values({ id, ...order });
  return id;
}

/** @returns the ids of the orders that stood */
export async function withdrawOrders(tx: Tx, clientId: string, at: Date): Promise<string[]> {
  const rows = await tx
    .update(deviceOrders)
    .set({ withdrawnAt: at })
    .where(and(eq(deviceOrders.clientId, clientId), standing))
    .returning({ id: deviceOrders.id });
  return rows.map(({ id }) => id);
}

/** An order follows a local database that took a new client id; where the new one has an order, that one stands. */
export async function moveOrder(tx: Tx, from: string, to: string): Promise<string | null> {
  if ((await findOrder(tx, to)) !== null) return null;
  const [row] = await tx
    .update(deviceOrders)
    .set({ clientId: to })
    .where(and(eq(deviceOrders.clientId, from), standing, isNull(deviceOrders.releasedAt)))
    .returning({ id: deviceOrders.id });
  return row?.id ?? null;
}

export async function noteRelease(tx: Tx, orderId: string, at: Date): Promise<void> {
  await tx.update(deviceOrders).set({ releasedAt: at }).where(eq(deviceOrders.id, orderId));
}

export async function noteReport(
  tx: Tx,
  report: { orderId: string; outcome: DeviceOutcome; unsent: number; at: Date },
): Promise<void> {
  const { orderId, outcome, unsent, at } = report;
  await tx.update(deviceOrders).set({ outcome, unsent, reportedAt: at }).where(eq(deviceOrders.id, orderId));
}

export async function noteRemoval(tx: Tx, clientId: string, at: Date): Promise<void> {
  await tx.update(clients).set({ removedAt: at }).where(eq(clients.id, clientId));
}

export type Owner = { userId: UserId; email: string; name: string };

/** Those who have a laptop or an open session, by name. */
export async function listOwners(reader: Reader, userId?: UserId): Promise<Owner[]> {
  const rows = await reader
    .select({ userId: users.id, email: users.email, name: users.name })
    .from(users)
    .where(userId === undefined ? undefined : eq(users.id, userId))
    .orderBy(asc(users.name), asc(users.email));
  return rows.map((row) => ({ ...row, userId: row.userId as UserId }));
}

const waiting = sql<
  number | null
>`CASE WHEN ${clients.localSeq} IS NULL THEN NULL ELSE greatest(0, ${clients.localSeq} - ${clients.lastSeq})::int END`;

/** Local databases of these people, last seen first. */
export async function listClients(
  reader: Reader,
  userIds: readonly UserId[],
): Promise<(Device & { userId: string })[]> {
  const by = sql<string | null>`(SELECT name FROM users WHERE users.id = ${deviceOrders.orderedBy})`;
  const rows = await reader
    .select({
      client: {
        id: clients.id,
        userId: clients.userId,
        name: clients.deviceName,
        appVersion: clients.appVersion,
        firstSeenAt: clients.createdAt,
        lastSeenAt: clients.lastSeenAt,
        removedAt: clients.removedAt,
      },
      waiting,
      order: deviceOrders,
      by,
    })
    .from(clients)
    .leftJoin(deviceOrders, and(eq(deviceOrders.clientId, clients.id), standing))
    .where(inArray(clients.userId, [...userIds]))
    .orderBy(desc(clients.lastSeenAt));
  return rows.map(({ client, waiting: waits, order, by: name }) => ({
    ...client,
    id: client.id as Device['id'],
    firstSeenAt: client.firstSeenAt.toISOString(),
    lastSeenAt: client.lastSeenAt.toISOString(),
    removedAt: client.removedAt?.toISOString() ?? null,
    waiting: waits,
    order: order && {
      id: order.id as NonNullable<Device['order']>['id'],
      kind: order.kind,
      by: name || commandLine,
      at: order.orderedAt.toISOString(),
      releasedAt: order.releasedAt?.toISOString() ?? null,
      reportedAt: order.reportedAt?.toISOString() ?? null,
      outcome: order.outcome,
      unsent: order.unsent,
    },
  }));
}

/** Who gave an order that no account gave. */
export const commandLine = 'the administrator of the server';

/** Sessions of these people that are open at this moment, last used first. */
export async function listSessions(
  reader: Reader,
  userIds: readonly UserId[],
  at: Date,
): Promise<(DeviceSession & { userId: string })[]> {
  const rows = await reader
    .select({
      id: sessions.id,
      userId: sessions.userId,
      name: sessions.deviceName,
      carrier: sessions.carrier,
      signedInAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
      clientId: sessions.clientId,
    })
    .from(sessions)
    .where(
      and(inArray(sessions.userId, [...userIds]), isNull(sessions.revokedAt), gt(sessions.expiresAt, at)),
    )
    .orderBy(desc(sessions.lastSeenAt));
  return rows.map((row) => ({
    ...row,
    signedInAt: row.signedInAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    clientId: row.clientId as DeviceSession['clientId'],
  }));
}

/** Ends one open session, or all of a person; returns whose they were. */
export async function revokeSessions(
  tx: Tx,
  which: { sessionId: string } | { userId: UserId },
  at: Date,
): Promise<{ id: string; userId: string }[]> {
  const chosen = 'sessionId' in which ? eq(sessions.id, which.sessionId) : eq(sessions.userId, which.userId);
  return tx
    .update(sessions)
    .set({ revokedAt: at })
    .where(and(chosen, isNull(sessions.revokedAt)))
    .returning({ id: sessions.id, userId: sessions.userId });
}
