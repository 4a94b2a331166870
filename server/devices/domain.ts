import type {
  Device,
  DeviceContact,
  DeviceOutcome,
  deviceContact,
  OrderId,
  OrderKind,
  PersonDevices,
  releaseDevice,
  reportDevice,
} from '../../shared/contract/devices.ts';
import type { EndpointInput, EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { ClientId, UserId } from '../../shared/schema/ids.ts';
import { appendAudit } from '../db/audit.ts';
import type { Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import * as store from './store.ts';

function physicianOf(context: Context): UserId {
  requirePermission(context.actor.roles, 'sync:use');
  if (context.actor.userId === null) throw new AppError('forbidden');
  return context.actor.userId;
}

/** The caller's own client, held; null for one the server never met or that is somebody else's. */
async function ownClient(tx: Tx, userId: UserId, clientId: string) {
  const client = await store.lockClient(tx, clientId);
  return client?.userId === userId ? client : null;
}

/**
 * What a laptop learns at every contact (rule S28). A client id that is unknown, or somebody else's, has no order and
 * leaves no trace: it is introduced by the handshake only.
 */
export async function contact(
  context: Context,
  input: EndpointInput<typeof deviceContact>['body'],
  sessionId: string | null,
): Promise<DeviceContact> {
  const userId = physicianOf(context);
  const { clientId, formerClientId, appVersion, lastSeq: localSeq } = input;
  return context.db.transaction(async (tx) => {
    const settings = await store.readSiteSettings(tx);
    if (!(await ownClient(tx, userId, clientId))) return { ...settings, order: null };
    await store.noteContact(tx, { clientId, appVersion, localSeq, at: context.clock() });
    if (sessionId !== null) await store.bindSession(tx, sessionId, clientId);
    if (formerClientId !== null && formerClientId !== clientId)
      await followClient(tx, context, formerClientId, clientId);
    const order = await store.findOrder(tx, clientId);
    return { ...settings, order: order && orderFor(clientId, order) };
  });
}

const orderFor = (clientId: ClientId, order: store.StandingOrder): DeviceContact['order'] => ({
  id: order.id as OrderId,
  clientId,
  kind: order.kind,
  by: order.by || store.commandLine,
  at: order.orderedAt.toISOString(),
});

async function followClient(tx: Tx, context: Context, former: ClientId, clientId: ClientId): Promise<void> {
  const userId = physicianOf(context);
  if (!(await ownClient(tx, userId, former))) return;
  const moved = await store.moveOrder(tx, former, clientId);
  if (moved !== null)
    await appendAudit(tx, context.actor, context.clock(), [
      { action: 'device.order-followed', subject: clientId, detail: { orderId: moved, former } },
    ]);
}

/** @throws AppError `order-withdrawn` when this order about the caller's own client does not stand */
async function getOwnOrder(tx: Tx, userId: UserId, clientId: string, orderId: string) {
  const client = await ownClient(tx, userId, clientId);
  const order = client && (await store.findOrder(tx, clientId));
  if (order?.id !== orderId) throw new AppError('order-withdrawn');
  return order;
}

/**
 * Lets a laptop destroy its key: only where a wipe of it stands and the server holds exactly what the laptop says it
 * sent (rule S28). Asked again, it answers the same.
 * @throws AppError `order-withdrawn`, or `device-not-empty` when the two do not hold the same
 */
export async function release(
  context: Context,
  input: EndpointInput<typeof releaseDevice>['body'],
): Promise<EndpointReply<typeof releaseDevice>> {
  const userId = physicianOf(context);
  const { clientId, orderId } = input;
  return context.db.transaction(async (tx) => {
    const order = await getOwnOrder(tx, userId, clientId, orderId);
    if (order.kind !== 'wipe') throw new AppError('order-withdrawn');
    const held = await store.findDigest(tx, userId, clientId);
    if (held?.count !== input.count || held.digest !== input.digest) throw new AppError('device-not-empty');
    if (order.releasedAt === null) {
      const at = context.clock();
      await store.noteRelease(tx, orderId, at);
      await appendAudit(tx, context.actor, at, [
        { action: 'device.released', subject: clientId, detail: { orderId, changes: held.count } },
      ]);
    }
    return { clientId, orderId, mayDestroy: true as const };
  });
}

const reportActions = {
  locked: 'device.locked',
  wiped: 'device.wiped',
  unsent: 'device.not-wiped',
  removed: 'device.removed',
} as const satisfies Record<DeviceOutcome, string>;

/**
 * Takes a laptop's word about an order, or about a removal by its owner. The same word again changes nothing.
 * @throws AppError `order-withdrawn` when the order does not stand; `not-found` for another's client
 */
export async function report(
  context: Context,
  input: EndpointInput<typeof reportDevice>['body'],
): Promise<EndpointReply<typeof reportDevice>> {
  const userId = physicianOf(context);
  const { clientId, orderId, outcome, unsent } = input;
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    if (orderId === null) {
      if (!(await ownClient(tx, userId, clientId))) throw new AppError('not-found');
    } else {
      const known = await getOwnOrder(tx, userId, clientId, orderId);
      if (known.outcome === outcome && known.unsent === unsent) return { taken: true as const };
      await store.noteReport(tx, { orderId, outcome, unsent, at });
    }
    if (outcome === 'wiped' || outcome === 'removed') await store.noteRemoval(tx, clientId, at);
    await appendAudit(tx, context.actor, at, [
      { action: reportActions[outcome], subject: clientId, detail: { orderId, unsent } },
    ]);
    return { taken: true as const };
  });
}

async function devicesOf(
  context: Context,
  owners: readonly store.Owner[],
  reader: Context['db'] | Tx = context.db,
): Promise<PersonDevices[]> {
  const ids = owners.map(({ userId }) => userId);
  if (ids.length === 0) return [];
  const clients = await store.listClients(reader, ids);
  const sessions = await store.listSessions(reader, ids, context.clock());
  return owners.map((owner) => ({
    ...owner,
    devices: clients.filter(({ userId }) => userId === owner.userId).map(({ userId: _, ...one }) => one),
    sessions: sessions.filter(({ userId }) => userId === owner.userId).map(({ userId: _, ...one }) => one),
  }));
}

/** Who works where: laptops and open sessions of everyone who has any, or of one person. */
export async function listDevices(context: Context, userId?: UserId): Promise<PersonDevices[]> {
  requirePermission(context.actor.roles, 'device:manage');
  const people = await devicesOf(context, await store.listOwners(context.db, userId));
  return userId === undefined
    ? people.filter(({ devices, sessions }) => devices.length + sessions.length > 0)
    : people;
}

/** The caller's own laptops and sessions. */
export async function listMyDevices(context: Context): Promise<PersonDevices> {
  const { userId } = context.actor;
  const [mine] = userId === null ? [] : await devicesOf(context, await store.listOwners(context.db, userId));
  if (!mine) throw new AppError('not-found');
  return mine;
}

async function getDevice(tx: Tx, context: Context, clientId: string, userId: UserId): Promise<Device> {
  const [person] = await devicesOf(context, await store.listOwners(tx, userId), tx);
  const device = person?.devices.find(({ id }) => id === clientId);
  if (!device) throw new AppError('not-found');
  return device;
}

/**
 * Orders a laptop to lock or to be wiped at its next contact. The same order again changes nothing; the other kind
 * takes the place of what stood.
 * @throws AppError `not-found`
 */
export async function orderDevice(context: Context, clientId: ClientId, kind: OrderKind): Promise<Device> {
  requirePermission(context.actor.roles, 'device:manage');
  return context.db.transaction(async (tx) => {
    const client = await store.lockClient(tx, clientId);
    if (!client) throw new AppError('not-found');
    const standing = await store.findOrder(tx, clientId);
    if (standing?.kind !== kind) {
      const at = context.clock();
      await store.withdrawOrders(tx, clientId, at);
      const order = { clientId, kind, orderedBy: context.actor.userId, orderedAt: at };
      const orderId = await store.insertOrder(tx, order);
      await appendAudit(tx, context.actor, at, [
        { action: `device.${kind}-ordered`, subject: clientId, detail: { orderId, userId: client.userId } },
      ]);
    }
    return getDevice(tx, context, clientId, client.userId);
  });
}

/** Withdraws the order about a laptop: its owner opens it at the next sign-in with the server. @throws AppError `not-found` */
export async function unlockDevice(context: Context, clientId: ClientId): Promise<Device> {
  requirePermission(context.actor.roles, 'device:manage');
  return context.db.transaction(async (tx) => {
    const client = await store.lockClient(tx, clientId);
    if (!client) throw new AppError('not-found');
    const at = context.clock();
    const orderIds = await store.withdrawOrders(tx, clientId, at);
    if (orderIds.length > 0)
      await appendAudit(tx, context.actor, at, [
        { action: 'device.unlocked', subject: clientId, detail: { orderIds, userId: client.userId } },
      ]);
    return getDevice(tx, context, clientId, client.userId);
  });
}

/** Ends sessions at once: their next request is refused. @returns how many were open */
export async function revokeSessions(
  context: Context,
  which: { sessionId: string } | { userId: UserId },
): Promise<number> {
  requirePermission(context.actor.roles, 'device:manage');
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    const ended = await store.revokeSessions(tx, which, at);
    await appendAudit(
      tx,
      context.actor,
      at,
      ended.map(({ id, userId }) => ({ action: 'session.revoked', subject: id, detail: { userId } })),
    );
    return ended.length;
  });
}

/** How long laptops open offline and stay open without input, as every contact tells them. */
export async function readSettings(context: Context): Promise<store.SiteSettings> {
  requirePermission(context.actor.roles, 'site:settings');
  return store.readSiteSettings(context.db);
}

/** Changes what is given of the site's settings; laptops learn of it at their next contact. */
export async function changeSettings(
  context: Context,
  change: Partial<store.SiteSettings>,
): Promise<store.SiteSettings> {
  requirePermission(context.actor.roles, 'site:settings');
  return context.db.transaction(async (tx) => {
    const before = await store.readSiteSettings(tx);
    if (Object.keys(change).length > 0) {
      await store.changeSiteSettings(tx, change);
      await appendAudit(tx, context.actor, context.clock(), [
        { action: 'site.settings-changed', subject: 'site', detail: { before, change } },
      ]);
    }
    return store.readSiteSettings(tx);
  });
}
