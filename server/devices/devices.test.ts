import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSession } from '../../shared/contract/auth.ts';
import {
  type DeviceContact,
  deviceContact,
  listDevices,
  listMyDevices,
  type OrderId,
  orderDevice,
  releaseDevice,
  reportDevice,
  revokeSessions,
  unlockDevice,
} from '../../shared/contract/devices.ts';
import { syncHello } from '../../shared/contract/sync.ts';
import type { ClientId } from '../../shared/schema/ids.ts';
import { sentDigest } from '../../shared/sync/digest.ts';
import { startLaptop } from '../../test/support/annotate.ts';
import { makeAssignedStudy } from '../../test/support/assigned-study.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents, clients } from '../db/schema.ts';
import { changeSettings } from './domain.ts';

let server: TestServer;
let admin: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ roles: ['admin'], name: 'Ida Admin' });
});
afterAll(() => server.stop());

const appVersion = '1.2.3';
const empty = { count: 0, digest: sentDigest([]) };

/** A physician with one laptop that has shaken hands. */
async function withLaptop() {
  const person = await server.person({ roles: ['physician'] });
  const clientId = randomUUID() as ClientId;
  await person.call(syncHello, { body: { clientId, appVersion, deviceName: 'ward laptop' } });
  const contact = (over: { clientId?: ClientId; formerClientId?: ClientId; lastSeq?: number } = {}) =>
    person.call(deviceContact, { body: { clientId, appVersion, lastSeq: 0, ...over } });
  return { person, clientId, contact };
}
const order = (clientId: ClientId, kind: 'lock' | 'wipe') =>
  admin.call(orderDevice, { body: { clientId, kind } });
const idOf = ({ order: standing }: DeviceContact) => standing?.id ?? ('none' as OrderId);
const deviceOf = async (person: TestPerson) =>
  (await admin.call(listDevices, { query: { userId: person.user.id } })).people[0]?.devices[0];
const actionsAbout = async (subject: string) =>
  (await server.db.select().from(auditEvents).where(eq(auditEvents.subject, subject))).map(
    ({ action }) => action,
  );

describe('a contact', () => {
  it('tells lease, idle time and no order, and leaves version and what waits behind', async () => {
    const { person, clientId, contact } = await withLaptop();
    expect(await contact({ lastSeq: 7 })).toEqual({ offlineLeaseDays: 30, idleLockMinutes: 15, order: null });
    expect(await deviceOf(person)).toMatchObject({
      id: clientId,
      name: 'ward laptop',
      appVersion,
      waiting: 7,
    });
    await changeSettings(server.context, { offlineLeaseDays: 10, idleLockMinutes: 5 });
    expect(await contact()).toMatchObject({ offlineLeaseDays: 10, idleLockMinutes: 5 });
    await changeSettings(server.context, { offlineLeaseDays: 30, idleLockMinutes: 15 });
    expect(await actionsAbout('site')).toEqual(['site.settings-changed', 'site.settings-changed']);
  });

  it('counts what waits down as changes arrive', async () => {
    const { person } = await withLaptop();
    const study = await makeAssignedStudy(server.context, [person.user.id], {
      name: `Study ${randomUUID()}`,
      size: 2,
    });
    const laptop = await startLaptop(person);
    const [first] = await laptop.assignments(study.batchId);
    await laptop.save(first?.id ?? '', 'draft', {});
    const [pushed] = await server.db.select().from(clients).where(eq(clients.lastSeq, 1));
    await person.call(deviceContact, {
      body: { clientId: pushed?.id as ClientId, appVersion, lastSeq: 3 },
    });
    const { person: mine } = await person.call(listMyDevices, {});
    expect(mine.devices.find(({ id }) => id === pushed?.id)?.waiting).toBe(2);
  });

  it('of a client that is unknown or somebody else’s says nothing of any order', async () => {
    const { clientId } = await withLaptop();
    const other = await withLaptop();
    await order(clientId, 'wipe');
    expect((await other.contact({ clientId })).order).toBeNull();
    expect((await other.contact({ clientId: randomUUID() as ClientId })).order).toBeNull();
    expect((await other.contact({ formerClientId: clientId })).order).toBeNull();
  });
});

describe('an order', () => {
  it('[S28] reaches the laptop it names with whom to ask, once however often it is given, and is withdrawn', async () => {
    const { person, clientId, contact } = await withLaptop();
    await order(clientId, 'lock');
    const first = await contact();
    expect(first.order).toMatchObject({ clientId, kind: 'lock', by: 'Ida Admin' });
    await order(clientId, 'lock');
    expect((await contact()).order?.id).toBe(first.order?.id);
    await admin.call(unlockDevice, { body: { clientId } });
    await admin.call(unlockDevice, { body: { clientId } });
    expect((await contact()).order).toBeNull();
    expect(await deviceOf(person)).toMatchObject({ order: null });
    expect(await actionsAbout(clientId)).toEqual([
      'client.introduced',
      'device.lock-ordered',
      'device.unlocked',
    ]);
  });

  it('[S28] follows a local database that took a new client id', async () => {
    const { person, clientId, contact } = await withLaptop();
    await order(clientId, 'wipe');
    const next = randomUUID() as ClientId;
    await person.call(syncHello, { body: { clientId: next, appVersion } });
    const followed = await contact({ clientId: next, formerClientId: clientId });
    expect(followed.order).toMatchObject({ clientId: next, kind: 'wipe' });
    expect((await contact()).order).toBeNull();
    expect(await contact({ clientId: next, formerClientId: clientId })).toEqual(followed);
  });

  it('[S28] lets a laptop destroy its key only while a wipe of it stands and both hold the same', async () => {
    const { person, clientId, contact } = await withLaptop();
    const release = (over: object = {}) =>
      person.call(releaseDevice, { body: { clientId, orderId: 'none' as OrderId, ...empty, ...over } });
    await order(clientId, 'lock');
    const lock = idOf(await contact());
    await expect(release({ orderId: lock })).rejects.toMatchObject({ code: 'order-withdrawn' });
    await order(clientId, 'wipe');
    const wipe = idOf(await contact());
    expect(wipe).not.toBe(lock);
    await expect(release({ orderId: lock })).rejects.toMatchObject({ code: 'order-withdrawn' });
    for (const wrong of [{ count: 1 }, { digest: 'f'.repeat(64) }])
      await expect(release({ orderId: wipe, ...wrong })).rejects.toMatchObject({ code: 'device-not-empty' });
    const word = { clientId, orderId: wipe, mayDestroy: true };
    expect(await release({ orderId: wipe })).toEqual(word);
    expect(await release({ orderId: wipe })).toEqual(word);
    const stranger = await withLaptop();
    await expect(
      stranger.person.call(releaseDevice, { body: { clientId, orderId: wipe, ...empty } }),
    ).rejects.toMatchObject({ code: 'order-withdrawn' });
    expect((await actionsAbout(clientId)).filter((action) => action === 'device.released')).toHaveLength(1);
  });

  it('[S28] takes the laptop’s word once, keeps it on the audit trail and shows it', async () => {
    const { person, clientId, contact } = await withLaptop();
    await order(clientId, 'wipe');
    const orderId = idOf(await contact());
    const report = (outcome: 'unsent' | 'wiped', unsent: number) =>
      person.call(reportDevice, { body: { clientId, orderId, outcome, unsent } });
    await report('unsent', 3);
    expect((await deviceOf(person))?.order).toMatchObject({ outcome: 'unsent', unsent: 3 });
    await report('wiped', 0);
    await report('wiped', 0);
    expect(await deviceOf(person)).toMatchObject({
      removedAt: expect.any(String),
      order: { outcome: 'wiped' },
    });
    expect((await actionsAbout(clientId)).slice(-2)).toEqual(['device.not-wiped', 'device.wiped']);
    const removed = { clientId, orderId: null, outcome: 'removed' as const, unsent: 0 };
    const stranger = await withLaptop();
    await expect(stranger.person.call(reportDevice, { body: removed })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('sessions', () => {
  it('are listed with device and contact, and end one by one or all at once, at the next request', async () => {
    const { person, clientId, contact } = await withLaptop();
    await contact();
    const { people } = await admin.call(listDevices, { query: { userId: person.user.id } });
    expect(people[0]?.sessions).toEqual([expect.objectContaining({ name: 'test', clientId })]);
    const sessionId = people[0]?.sessions[0]?.id ?? '';
    expect(await admin.call(revokeSessions, { body: { sessionId } })).toEqual({ ended: 1 });
    expect(await admin.call(revokeSessions, { body: { sessionId } })).toEqual({ ended: 0 });
    await expect(person.call(readSession, {})).rejects.toMatchObject({ code: 'session-expired' });
    const other = await withLaptop();
    expect(await admin.call(revokeSessions, { body: { userId: other.person.user.id } })).toEqual({
      ended: 1,
    });
    await expect(other.contact()).rejects.toMatchObject({ code: 'session-expired' });
    expect(await actionsAbout(sessionId)).toContain('session.revoked');
  });

  it('show each physician only their own', async () => {
    const [one, two] = [await withLaptop(), await withLaptop()];
    const { person } = await one.person.call(listMyDevices, {});
    expect(person.devices.map(({ id }) => id)).toEqual([one.clientId]);
    expect(JSON.stringify(person)).not.toContain(two.clientId);
  });
});
