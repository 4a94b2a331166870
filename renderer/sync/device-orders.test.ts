import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceOrder, OrderId, OrderKind } from '../../shared/contract/devices.ts';
import type { NetReply, NetRequest } from '../../shared/ipc.ts';
import {
  createMemoryHost,
  type MemoryDisk,
  type MemoryHost,
  memoryDisk,
} from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { SimulatedServer } from '../../test/contract/simulated-server.ts';
import { databaseName } from '../data/database.ts';
import { devicePortOf } from '../data/device-orders.ts';
import {
  currentSession,
  removeMyWork,
  resumeErasure,
  signIn,
  signOut,
  unlockOffline,
  useSession,
} from '../data/session.ts';
import type { Workspace } from '../data/types.ts';
import { hasVault } from '../data/vault.ts';
import { syncStoreOf } from '../data/workspace.ts';
import { setPlatform } from '../platform.ts';
import { createSyncEngine } from './engine.ts';
import { platformTransport } from './transport.ts';

const { email } = samplePhysician;
const password = 'a long enough password';
const at = (n: number) => assignmentId(1000 + n);
const name = databaseName(samplePhysician.id);
const away: NetReply = { kind: 'unreachable', reason: 'no network' };

let server: SimulatedServer;
let disk: MemoryDisk;
let host: MemoryHost;
/** What becomes of a request: asked for each one. */
let network: (request: NetRequest) => 'ok' | 'lost-request' | 'lost-reply';
/** Calls of the host that still work; then the process is dead: nothing it does reaches disk or network. */
let life: number;

beforeEach(() => {
  server = new SimulatedServer();
  server.assign(
    sampleBatch(3),
    [0, 1, 2].map((n) => sampleAssignment(n)),
  );
  disk = memoryDisk();
  start();
});
afterEach(async () => {
  life = Number.POSITIVE_INFINITY;
  network = () => 'ok';
  await signOut();
  await Dexie.delete(name);
});

/** The app starts on this disk; nothing of an earlier process is left in memory. */
function start(): void {
  useSession.setState({ session: null, closed: null, sealed: null, notice: null });
  const machine = createMemoryHost(disk);
  machine.server = async (request) => {
    const fate = network(request);
    if (fate === 'lost-request') return away;
    const reply = await answer(request);
    return fate === 'lost-reply' ? away : reply;
  };
  host = {
    ...machine,
    invoke: async (channel, ...args) => {
      life -= 1;
      if (life < 0) return { ok: false, code: 'host-failed', message: 'the process is dead' };
      return machine.invoke(channel, ...args);
    },
  };
  life = Number.POSITIVE_INFINITY;
  network = () => 'ok';
  setPlatform(host);
}

async function answer(request: NetRequest): Promise<NetReply> {
  if (request.path !== '/api/auth/sign-in') return server.answer(request);
  const { user } = { user: server.person };
  const body = JSON.stringify({ user, expiresAt: '2030-01-01T00:00:00.000Z', recoveryPublicKey: null });
  return { kind: 'reply', status: 200, contentType: 'application/json', body, retryAfter: null };
}

/** One pass of the sync over whatever is open, sealed or not. */
async function pass(): Promise<void> {
  const { session, sealed } = useSession.getState();
  const workspace = session?.workspace ?? sealed?.workspace;
  if (!workspace) return;
  const engine = createSyncEngine({
    clock: () => 0,
    random: () => 0.5,
    transport: platformTransport(),
    store: syncStoreOf(workspace),
    userId: samplePhysician.id,
    timers: { after: () => () => undefined },
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
    device: devicePortOf(workspace, '0.0.0-test'),
  });
  engine.trigger('start');
  await engine.settled();
  await engine.stop();
}

/** Signs in, downloads, and saves two changes that are not sent. */
async function workOffline(mark = ''): Promise<Workspace> {
  const { workspace } = await signIn(email, password);
  if (!workspace) throw new Error('no workspace');
  await pass();
  await workspace.save(at(0), bodyWith(`CANARY first${mark}`), 'submitted');
  await workspace.save(at(1), bodyWith(`CANARY second${mark}`), 'draft');
  return workspace;
}

function orderIt(kind: OrderKind, over: Partial<DeviceOrder> = {}): DeviceOrder {
  const { workspace } = currentSession() ?? {};
  if (!workspace) throw new Error('nothing is open');
  const { clientId } = syncStoreOf(workspace).identity();
  const id = '00000009-0000-4000-8000-000000000001' as OrderId;
  server.order = { id, clientId, kind, by: 'Ida Admin', at: '2026-03-01T08:00:00.000Z', ...over };
  return server.order;
}
const conclusions = () => server.revisions().map(({ body }) => body.reasoning.conclusion);
const marked = (mark: string) => [`CANARY first${mark}`, `CANARY second${mark}`];
const both = marked('');
/** How often each of these is among the server's revisions. */
const timesOf = (texts: readonly string[]) =>
  texts.map((text) => conclusions().filter((conclusion) => conclusion === text).length);

/** Every start, sign-in and pass there would be until nothing changes any more. */
async function goOnUntilDone(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    start();
    await resumeErasure();
    if (!(await hasVault(email))) return;
    await signIn(email, password).catch(() => undefined);
    await pass();
  }
}

async function expectNothingLeft(): Promise<void> {
  expect([...disk.keys.keys()]).toEqual([]);
  expect([...disk.files.keys()]).toEqual([]);
  expect(await Dexie.exists(name)).toBe(false);
}

describe('a remote lock', { timeout: 60_000 }, () => {
  it('[S28] sends what waits, tells the server, and keeps the work sealed until it is withdrawn', async () => {
    await workOffline();
    const order = orderIt('lock');
    await pass();
    expect(conclusions()).toEqual(both);
    expect(server.reports).toEqual([
      { clientId: order.clientId, orderId: order.id, outcome: 'locked', unsent: 0 },
    ]);
    expect(currentSession()).toBeNull();
    expect(useSession.getState().closed).toMatchObject({ kind: 'device-locked', order: { by: 'Ida Admin' } });
    start();
    await expect(unlockOffline(email, password)).rejects.toMatchObject({ code: 'device-locked' });
    await expect(signIn(email, password)).rejects.toThrow(/locked by Ida Admin/);
    await pass();
    expect(currentSession()).toBeNull();
    server.order = null;
    const { workspace } = await signIn(email, password);
    expect((await workspace?.loadCase(at(1)))?.body.reasoning.conclusion).toBe('CANARY second');
    await signOut();
    await unlockOffline(email, password);
  });

  it('[S28] that is withdrawn while it is carried out lets its owner go on', async () => {
    await workOffline();
    orderIt('lock');
    await pass();
    start();
    await expect(signIn(email, password)).rejects.toMatchObject({ code: 'device-locked' });
    server.order = null;
    await pass();
    expect(useSession.getState()).toMatchObject({ sealed: null, session: { mode: 'online' } });
    await signOut();
    expect((await unlockOffline(email, password)).mode).toBe('offline');
  });

  it('[S28] that cannot send locks all the same, says how much, deletes nothing, and sends later', async () => {
    await workOffline();
    orderIt('lock');
    network = ({ path }) => (path === '/api/sync/push' ? 'lost-request' : 'ok');
    await pass();
    expect(useSession.getState().closed).toMatchObject({ order: { unsent: 2, told: true } });
    expect(server.reports).toMatchObject([{ outcome: 'locked', unsent: 2 }]);
    expect(conclusions()).toEqual([]);
    start();
    await expect(signIn(email, password)).rejects.toMatchObject({ code: 'device-locked' });
    await pass();
    expect(conclusions()).toEqual(both);
    expect(server.reports.at(-1)).toMatchObject({ outcome: 'locked', unsent: 0 });
  });

  it('[S28][S16] is nothing but an order of this server for this very client', async () => {
    await workOffline();
    const strange = '00000007-0000-7000-8000-00000000dead' as DeviceOrder['clientId'];
    orderIt('wipe', { clientId: strange });
    await pass();
    expect(currentSession()?.workspace).not.toBeNull();
    expect(conclusions()).toEqual(both);
    const replies: NetReply[] = [
      away,
      {
        kind: 'reply',
        status: 404,
        contentType: 'application/json',
        body: '{"error":{"code":"not-found","message":"x"}}',
        retryAfter: null,
      },
      {
        kind: 'reply',
        status: 401,
        contentType: 'application/json',
        body: '{"error":{"code":"session-expired","message":"x"}}',
        retryAfter: null,
      },
      { kind: 'reply', status: 200, contentType: 'text/html', body: '', retryAfter: null },
      { kind: 'reply', status: 200, contentType: 'application/json', body: '{}', retryAfter: null },
      { kind: 'reply', status: 500, contentType: 'text/html', body: '<h1>500</h1>', retryAfter: null },
    ];
    for (const reply of replies) {
      const real = host.server;
      setPlatform({
        ...host,
        invoke: async (channel, ...args) => {
          const [request] = args as unknown as [NetRequest];
          if (channel === 'net:request' && request.path === '/api/devices/contact')
            return { ok: true, value: reply as never };
          return host.invoke(channel, ...args);
        },
      });
      await pass();
      host.server = real;
      expect(currentSession()?.workspace, JSON.stringify(reply)).not.toBeNull();
    }
    expect(await hasVault(email)).toBe(true);
    expect(server.reports).toEqual([]);
  });
});

describe('a remote wipe', { timeout: 120_000 }, () => {
  it('[S28] sends first, destroys key, journals and database once the server holds all, and says so', async () => {
    await workOffline();
    const order = orderIt('wipe');
    await pass();
    expect(conclusions()).toEqual(both);
    await expectNothingLeft();
    expect(server.reports).toEqual([
      { clientId: order.clientId, orderId: order.id, outcome: 'wiped', unsent: 0 },
    ]);
    expect(useSession.getState().closed).toEqual({ kind: 'removed', by: 'Ida Admin' });
    server.order = null;
    const { workspace } = await signIn(email, password);
    expect(await workspace?.queue()).toEqual([]);
  });

  it.each([
    ['a change cannot be sent', '/api/sync/push', 2],
    ['the server does not answer whether it holds all', '/api/devices/release', 0],
  ] as const)('[S28] destroys nothing when %s, and does once it can', async (_what, path, unsent) => {
    await workOffline();
    orderIt('wipe');
    network = (request) => (request.path === path ? 'lost-request' : 'ok');
    await pass();
    expect(server.reports).toMatchObject([{ outcome: 'unsent', unsent }]);
    expect(await hasVault(email)).toBe(true);
    expect(useSession.getState().closed).toMatchObject({ kind: 'device-locked', order: { unsent } });
    await goOnUntilDone();
    await expectNothingLeft();
    expect(conclusions()).toEqual(both);
  });

  it('[S28] destroys nothing when the server holds something else', async () => {
    await workOffline();
    await pass();
    const [held] = [...server.held.values()];
    held?.pop();
    orderIt('wipe');
    network = ({ path }) => (path === '/api/sync/push' ? 'lost-request' : 'ok');
    await pass();
    expect(server.reports).toMatchObject([{ outcome: 'unsent' }]);
    expect(await hasVault(email)).toBe(true);
  });

  it('[S28] comes to the same end whichever reply is lost', async () => {
    for (let lost = 1; lost <= 12; lost++) {
      server.reports = [];
      server.order = null;
      const mark = ` before lost reply ${lost}`;
      await workOffline(mark);
      orderIt('wipe');
      let calls = 0;
      network = () => (++calls === lost ? 'lost-reply' : 'ok');
      await pass();
      await goOnUntilDone();
      await expectNothingLeft();
      expect(timesOf(marked(mark)), `reply ${lost}`).toEqual([1, 1]);
      expect(server.reports.at(-1), `reply ${lost}`).toMatchObject({ outcome: 'wiped' });
    }
  });

  it('[S28] killed at any step loses nothing the server lacks, and is finished at the next start', async () => {
    let wasKilled = true;
    let steps = 0;
    for (; wasKilled; steps++) {
      server.reports = [];
      server.order = null;
      const mark = ` before kill ${steps}`;
      await workOffline(mark);
      orderIt('wipe');
      life = steps;
      await pass();
      wasKilled = life < 0;
      const isKeyGone = ![...disk.keys.keys()].some((file) => file.startsWith('vault-'));
      if (isKeyGone) expect(timesOf(marked(mark)), `killed after ${steps} steps`).toEqual([1, 1]);
      else expect(disk.files.has(`${name}.work`), `killed after ${steps} steps`).toBe(true);
      await goOnUntilDone();
      await expectNothingLeft();
      expect(timesOf(marked(mark)), `killed after ${steps} steps`).toEqual([1, 1]);
      expect(server.reports.at(-1), `killed after ${steps} steps`).toMatchObject({ outcome: 'wiped' });
    }
    expect(steps).toBeGreaterThan(10);
  });
});

describe('removing one’s own work', { timeout: 60_000 }, () => {
  it('is refused while anything waits, asks for the password, and then leaves nothing', async () => {
    await workOffline();
    await expect(removeMyWork(password)).rejects.toMatchObject({ code: 'unsent-work' });
    await pass();
    await expect(removeMyWork('not the password')).rejects.toMatchObject({ code: 'wrong-password' });
    expect(currentSession()).not.toBeNull();
    await removeMyWork(password);
    await expectNothingLeft();
    expect(server.reports).toMatchObject([{ orderId: null, outcome: 'removed' }]);
    expect(useSession.getState().closed).toEqual({ kind: 'removed', by: null });
  });

  it('leaves another person’s work on the same laptop as it is', async () => {
    await workOffline();
    await pass();
    await signOut();
    const other = { ...samplePhysician, id: '00000003-0000-4000-8000-000000000078', email: 'ben@ward.test' };
    server.person = other as typeof samplePhysician;
    await signIn(other.email, password);
    await removeMyWork(password);
    server.person = samplePhysician;
    const { workspace } = await signIn(email, password);
    expect((await workspace?.loadCase(at(0)))?.body.reasoning.conclusion).toBe('CANARY first');
  });
});
