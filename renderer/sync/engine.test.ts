import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RevisionId } from '../../shared/schema/ids.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { createMemoryHost, type MemoryHost, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { SimulatedServer } from '../../test/contract/simulated-server.ts';
import { databaseName } from '../data/database.ts';
import type { DataKey } from '../data/sealed-box.ts';
import type { Workspace } from '../data/types.ts';
import { openWorkspace, syncStoreOf } from '../data/workspace.ts';
import { platformOf } from '../platform.ts';
import { createSyncEngine, draftDelayMs, intervalMs, type SyncEngine } from './engine.ts';
import { platformTransport } from './transport.ts';

const at = (n: number) => assignmentId(1000 + n);
const otherClient = '00000007-0000-7000-8000-000000000001';
const revision = (n: number) => `00000008-0000-7000-8000-00000000000${n}` as RevisionId;

/** A laptop with a hand-driven clock: nothing runs by itself. */
type Laptop = {
  workspace: Workspace;
  engine: SyncEngine;
  host: MemoryHost;
  /** Waits the engine asked for, newest last. */
  waits: number[];
  /** Lets time pass until the engine's wait is over. */
  wait: () => Promise<void>;
  sync: () => Promise<void>;
};

let server: SimulatedServer;
let dataKey: DataKey;
const opened: Laptop[] = [];

beforeEach(async () => {
  server = new SimulatedServer();
  server.assign(
    sampleBatch(4),
    [0, 1, 2, 3].map((n) => sampleAssignment(n)),
  );
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);
  dataKey = { id: '00112233445566aa', key };
});

afterEach(async () => {
  for (const laptop of opened.splice(0)) {
    await laptop.engine.stop();
    await laptop.workspace.close();
  }
  await Dexie.delete(databaseName(samplePhysician.id));
});

async function startLaptop(disk = memoryDisk()): Promise<Laptop> {
  const host = createMemoryHost(disk);
  host.server = server.answer;
  const workspace = await openWorkspace(samplePhysician, dataKey, { host: platformOf(host) });
  const store = syncStoreOf(workspace);
  let now = 0;
  let pending: { at: number; job: () => void } | null = null;
  const waits: number[] = [];
  const engine = createSyncEngine({
    clock: () => now,
    random: () => 0.5,
    transport: platformTransport(platformOf(host)),
    store,
    userId: samplePhysician.id,
    timers: {
      after: (ms, job) => {
        const mine = { at: now + ms, job };
        pending = mine;
        waits.push(ms);
        return () => {
          if (pending === mine) pending = null;
        };
      },
    },
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
  });
  store.onSaved((state) => engine.trigger(state === 'draft' ? 'draft' : 'submission'));
  const laptop: Laptop = {
    workspace,
    engine,
    host,
    waits,
    wait: async () => {
      const due = pending;
      if (!due) throw new Error('the engine waits for nothing');
      pending = null;
      now = due.at;
      due.job();
      await engine.settled();
    },
    sync: async () => {
      engine.trigger('asked');
      await engine.settled();
    },
  };
  opened.push(laptop);
  return laptop;
}

async function startWithCases(): Promise<Laptop> {
  const laptop = await startLaptop();
  await laptop.sync();
  return laptop;
}

const ledgerOf = async (laptop: Laptop) => (await laptop.workspace.ledger({ offset: 0, limit: 50 })).entries;
/** A body as it is sent: with the version of the guidelines it was made under. */
const sent = (conclusion: string) => ({ ...bodyWith(conclusion), guidelinesVersion: 1 });
const conclusions = () => server.revisions().map((mutation) => mutation.body.reasoning.conclusion);

describe('sync engine', () => {
  it('[S17] downloads an assigned batch, and goes on after the last stored position', async () => {
    server = new SimulatedServer();
    server.assign(
      sampleBatch(60),
      Array.from({ length: 60 }, (_, n) => sampleAssignment(n)),
    );
    server.faults = [null, null, null, null, 'lost-reply'];
    const laptop = await startLaptop();
    await laptop.sync();
    expect((await laptop.workspace.queue())[0]).toMatchObject({ downloaded: 25, total: 60 });
    await laptop.wait();
    expect((await laptop.workspace.queue())[0]).toMatchObject({ downloaded: 60, total: 60 });
    expect(server.requests.filter((path) => path.endsWith('/assignments'))).toHaveLength(4);
  });

  it('[S17] asks a new server for all cases of a batch, whatever stands in their places here', async () => {
    const laptop = await startWithCases();
    server = new SimulatedServer();
    server.epoch = '00000000-0000-4000-8000-00000000e002';
    const given = (n: number) => ({ ...sampleAssignment(n), id: assignmentId(2000 + n) });
    server.assign(sampleBatch(4), [0, 1, 2, 3].map(given));
    laptop.host.server = server.answer;
    await laptop.sync();
    await laptop.sync();
    const ids = async () => (await laptop.workspace.places(batchId(1))).map(({ id }) => id);
    expect(new Set(await ids())).toEqual(new Set([0, 1, 2, 3].flatMap((n) => [at(n), given(n).id])));
    server.assign(sampleBatch(5), [given(4)]);
    await laptop.sync();
    expect(await ids()).toContain(given(4).id);
    expect(server.requests.filter((path) => path.endsWith('/assignments'))).toHaveLength(2);
  });

  it('[S8] shows synced only after receipts, and lists them', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('first'), 'draft');
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'waiting', waiting: 1 });
    await laptop.wait();
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
    const [entry] = await ledgerOf(laptop);
    expect(entry).toMatchObject({ seq: 1, status: 'accepted', bodyHash: bodyHash(sent('first')) });
    expect(entry?.auditHash).toHaveLength(64);
  });

  it('lets drafts wait a moment and sends a submission at once', async () => {
    const laptop = await startWithCases();
    const before = server.pushes.length;
    await laptop.workspace.save(at(0), bodyWith('draft'), 'draft');
    await laptop.engine.settled();
    expect(server.pushes.length).toBe(before);
    expect(laptop.waits.at(-1)).toBe(draftDelayMs);
    await laptop.workspace.save(at(1), bodyWith('submitted'), 'submitted');
    await laptop.engine.settled();
    expect(server.pushes.at(-1)).toHaveLength(2);
    expect(laptop.waits.at(-1)).toBe(intervalMs);
  });

  it('[S4] a lost reply, a lost request and a restart in between change nothing', async () => {
    const disk = memoryDisk();
    const first = await startLaptop(disk);
    await first.sync();
    await first.workspace.save(at(0), bodyWith('once'), 'submitted');
    await first.engine.settled();
    server.faults = ['lost-reply'];
    await first.workspace.save(at(1), bodyWith('twice?'), 'submitted');
    await first.engine.settled();
    expect((await first.workspace.syncSummary()).state).toBe('offline');
    await first.engine.stop();
    const second = await startLaptop(disk);
    server.faults = ['lost-request'];
    await second.sync();
    await second.wait();
    expect(conclusions()).toEqual(['once', 'twice?']);
    expect(await second.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
  });

  it('[S11] marks a change as attempted on the disk before its first byte leaves', async () => {
    const disk = memoryDisk();
    const first = await startLaptop(disk);
    await first.sync();
    await first.workspace.save(at(0), bodyWith('sent'), 'draft');
    server.faults = ['lost-reply'];
    await first.sync();
    await first.engine.stop();
    const second = await startLaptop(disk);
    await second.workspace.save(at(0), bodyWith('later'), 'draft');
    await second.sync();
    expect(conclusions()).toEqual(['sent', 'later']);
    expect((await ledgerOf(second)).map((entry) => entry.status)).toEqual(['accepted', 'accepted']);
  });

  it('[S18] tries again only after no reply, 5xx and 429, with a bound that grows, and honours Retry-After', async () => {
    const laptop = await startWithCases();
    server.faults = ['lost-request', { status: 503 }, { status: 500 }, { status: 429, retryAfter: 700 }];
    await laptop.workspace.save(at(0), bodyWith('x'), 'submitted');
    await laptop.engine.settled();
    await laptop.wait();
    await laptop.wait();
    await laptop.wait();
    expect(laptop.waits.slice(-4)).toEqual([1000, 2000, 4000, 700_500]);
    // The server asked for quiet: a save waits for it, a person does not have to.
    const asked = server.requests.length;
    await laptop.workspace.save(at(1), bodyWith('y'), 'submitted');
    await laptop.engine.settled();
    expect(server.requests.length).toBe(asked);
    await laptop.wait();
    expect(conclusions()).toEqual(['x', 'y']);
  });

  it('[S18] halves a push that is too large until it fits', async () => {
    const laptop = await startLaptop();
    await laptop.sync();
    server.faults = ['too-large', 'too-large'];
    await Promise.all([0, 1, 2, 3].map((n) => laptop.workspace.save(at(n), bodyWith(`case ${n}`), 'draft')));
    await laptop.wait();
    expect(server.pushes.map((push) => push.length)).toEqual([1, 1, 1, 1]);
    expect((await laptop.workspace.syncSummary()).waiting).toBe(0);
  });

  it('[S18] keeps everything when the session has ended, and goes on after a new sign-in', async () => {
    const laptop = await startWithCases();
    server.faults = ['signed-out'];
    await laptop.workspace.save(at(0), bodyWith('kept'), 'submitted');
    await laptop.engine.settled();
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'sign-in', waiting: 1 });
    const asked = server.requests.length;
    await laptop.workspace.save(at(1), bodyWith('kept too'), 'submitted');
    await laptop.engine.settled();
    expect(server.requests.length).toBe(asked);
    await laptop.sync();
    expect(conclusions()).toEqual(['kept', 'kept too']);
  });

  it('[S20] exchanges nothing under another person’s session', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('mine'), 'draft');
    server.person = {
      ...samplePhysician,
      id: '00000003-0000-4000-8000-000000000055' as typeof samplePhysician.id,
    };
    const before = server.requests.length;
    await laptop.sync();
    expect(server.requests.slice(before)).toEqual(['/api/auth/session']);
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'sign-in', waiting: 1 });
    server.person = samplePhysician;
    await laptop.sync();
    expect(conclusions()).toEqual(['mine']);
  });

  it('takes the page of a hotel for no network', async () => {
    const laptop = await startWithCases();
    server.faults = ['hotel-page'];
    await laptop.workspace.save(at(0), bodyWith('kept'), 'submitted');
    await laptop.engine.settled();
    expect(await laptop.workspace.syncSummary()).toMatchObject({
      state: 'offline',
      waiting: 1,
      message: null,
    });
    await laptop.wait();
    expect(conclusions()).toEqual(['kept']);
  });

  it('[S7] one change the server cannot read blocks no other, and is shown with its reason', async () => {
    const laptop = await startWithCases();
    server.quarantine.add(at(0));
    await laptop.workspace.save(at(0), bodyWith('unreadable'), 'submitted');
    await laptop.workspace.save(at(1), bodyWith('fine'), 'submitted');
    await laptop.engine.settled();
    expect(conclusions()).toEqual(['fine']);
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'attention', waiting: 0 });
    const entries = await ledgerOf(laptop);
    expect(entries.map((entry) => [entry.seq, entry.status, entry.reason])).toEqual([
      [2, 'accepted', null],
      [1, 'quarantined', 'It cannot be read.'],
    ]);
    expect((await laptop.workspace.loadCase(at(0))).body.reasoning.conclusion).toBe('unreadable');
    const look = { offset: 0, limit: 10, show: 'attention' as const };
    expect(await laptop.workspace.ledger(look)).toMatchObject({
      entries: [{ seq: 1, batchId: batchId(1) }],
      counts: { waiting: 0, attention: 1, synced: 1 },
    });
    server.quarantine.clear();
    await laptop.workspace.save(at(0), bodyWith('unreadable, mended'), 'submitted');
    await laptop.engine.settled();
    // What the server never took is no ground for the next revision.
    expect(server.pushes.at(-1)?.[0]?.baseRevisionId).toBeNull();
    expect((await laptop.workspace.syncSummary()).state).toBe('synced');
    // Saved again since: nobody has to look at the first any more.
    expect((await laptop.workspace.ledger(look)).total).toBe(0);
  });

  it('[S8] takes a receipt for another text for none', async () => {
    const laptop = await startWithCases();
    server.twist = (verdict) => ({ ...verdict, receipt: { ...verdict.receipt, bodyHash: 'a'.repeat(64) } });
    await laptop.workspace.save(at(0), bodyWith('mine'), 'submitted');
    await laptop.engine.settled();
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'attention', waiting: 1 });
    server.twist = (verdict) => verdict;
    await laptop.sync();
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
  });

  it('[S13] sends again what a restored server lost', async () => {
    const laptop = await startWithCases();
    for (const n of [0, 1, 2]) {
      await laptop.workspace.save(at(n), bodyWith(`case ${n}`), 'submitted');
      await laptop.engine.settled();
    }
    const [client, held] = [...server.held][0] ?? ['', []];
    server.held.set(client, held.slice(0, 1));
    server.feed = server.feed.slice(0, 2);
    for (const n of [1, 2]) server.heads.delete(at(n));
    laptop.engine.trigger('resumed');
    await laptop.engine.settled();
    expect(conclusions()).toEqual(['case 0', 'case 1', 'case 2']);
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
  });

  it('[S2][S13] shakes hands again with a new database and sends everything to it', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('before'), 'submitted');
    await laptop.engine.settled();
    const old = server;
    server = new SimulatedServer();
    server.epoch = '00000000-0000-4000-8000-00000000e002';
    laptop.host.server = server.answer;
    await laptop.workspace.save(at(1), bodyWith('after'), 'submitted');
    await laptop.engine.settled();
    expect(conclusions()).toEqual(['before', 'after']);
    expect(old.revisions()).toHaveLength(1);
    // The new server knows no batch; what is here stays here (S16).
    expect((await laptop.workspace.queue())[0]).toMatchObject({ downloaded: 4, submitted: 2 });
  });

  it('[S6] goes on from the number the server expects', async () => {
    const laptop = await startWithCases();
    for (const n of [0, 1]) {
      await laptop.workspace.save(at(n), bodyWith(`case ${n}`), 'submitted');
      await laptop.engine.settled();
    }
    const [client, held] = [...server.held][0] ?? ['', []];
    server.held.set(client, held.slice(0, 1));
    server.heads.delete(at(1));
    await laptop.workspace.save(at(2), bodyWith('case 2'), 'submitted');
    await laptop.engine.settled();
    expect(conclusions()).toEqual(['case 0', 'case 1', 'case 2']);
    expect((await laptop.workspace.syncSummary()).waiting).toBe(0);
  });

  it('[S5] a number taken by a copy of this laptop: a new client id, nothing lost, nothing twice', async () => {
    const disk = memoryDisk();
    const laptop = await startLaptop(disk);
    await laptop.sync();
    const copy = memoryDisk();
    for (const [name, bytes] of disk.files) copy.files.set(name, bytes.slice());
    await laptop.workspace.save(at(0), bodyWith('original'), 'submitted');
    await laptop.engine.settled();
    await laptop.engine.stop();
    await laptop.workspace.close();
    opened.length = 0;
    await Dexie.delete(databaseName(samplePhysician.id));
    const twin = await startLaptop(copy);
    await twin.workspace.save(at(1), bodyWith('copy'), 'submitted');
    await twin.sync();
    expect(conclusions().sort()).toEqual(['copy', 'original']);
    expect(server.held.size).toBe(2);
    expect((await twin.workspace.syncSummary()).waiting).toBe(0);
  });

  it('[S10] keeps another laptop’s version beside unsent work and lets a submission settle it', async () => {
    const laptop = await startWithCases();
    laptop.host.server = async () => ({ kind: 'unreachable', reason: 'ward basement' });
    await laptop.workspace.save(at(0), bodyWith('mine'), 'draft');
    const body = bodyWith('from the other laptop');
    server.heads.set(at(0), { revisionId: revision(1), state: 'draft' });
    server.tell({
      type: 'revision',
      assignmentId: at(0),
      revisionId: revision(1),
      clientId: otherClient as never,
      state: 'draft',
      diverged: false,
      bodyHash: bodyHash(body),
      body,
    });
    laptop.host.server = server.answer;
    await laptop.sync();
    const shown = await laptop.workspace.loadCase(at(0));
    expect(shown.body.reasoning.conclusion).toBe('mine');
    expect(shown.otherVersion?.body.reasoning.conclusion).toBe('from the other laptop');
    expect((await laptop.workspace.syncSummary()).state).toBe('attention');
    await laptop.workspace.save(at(0), bodyWith('both considered'), 'submitted');
    await laptop.engine.settled();
    expect((await laptop.workspace.loadCase(at(0))).otherVersion).toBeNull();
    expect((await ledgerOf(laptop))[0]?.status).toBe('accepted');
    expect(server.heads.get(at(0))?.state).toBe('submitted');
    expect((await laptop.workspace.syncSummary()).state).toBe('synced');
  });

  it('[S10] takes over another laptop’s newer version where nothing is unsent', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('mine'), 'draft');
    await laptop.sync();
    const body = bodyWith('went on elsewhere');
    server.tell({
      type: 'revision',
      assignmentId: at(0),
      revisionId: revision(2),
      clientId: otherClient as never,
      state: 'submitted',
      diverged: false,
      bodyHash: bodyHash(body),
      body,
    });
    await laptop.sync();
    expect(await laptop.workspace.loadCase(at(0))).toMatchObject({
      state: 'submitted',
      otherVersion: null,
      body,
    });
  });

  it('[S12] untouched recalled work leaves the queue, touched work stays, is sent and counts as late', async () => {
    const laptop = await startWithCases();
    laptop.host.server = async () => ({ kind: 'unreachable', reason: 'ward basement' });
    await laptop.workspace.save(at(0), bodyWith('touched'), 'draft');
    for (const n of [0, 1]) server.recalled.add(at(n));
    server.tell({
      type: 'assignments-recalled',
      batchId: batchId(1),
      assignmentIds: [at(0), at(1)],
      reason: 'wrong specialty',
    });
    laptop.host.server = server.answer;
    await laptop.sync();
    expect(
      (await laptop.workspace.places(batchId(1))).map((place) => [place.position, place.recalled]),
    ).toEqual([
      [0, true],
      [2, false],
      [3, false],
    ]);
    expect((await ledgerOf(laptop))[0]?.status).toBe('late');
    const frozen = await laptop.workspace.loadCase(at(0));
    expect(frozen.assignment.recalled).toBe(true);
    expect(frozen.body.reasoning.conclusion).toBe('touched');
    // Untouched work is off the queue, not off the disk.
    expect((await laptop.workspace.loadCase(at(1))).assignment.title).toContain('Case 1');
  });

  it('[S12] [S17] a new laptop shows what stands at the server, not a late draft that came by after the recall', async () => {
    const tell = (n: number, state: 'draft' | 'submitted', diverged: boolean) => {
      const body = bodyWith(`version ${n}`);
      const [id, hash] = [revision(n), bodyHash(body)];
      const what = { assignmentId: at(0), revisionId: id, clientId: otherClient as never, state, diverged };
      server.tell({ type: 'revision', ...what, bodyHash: hash, body });
      return { revisionId: id, state, bodyHash: hash, body };
    };
    const latest = tell(1, 'submitted', false);
    server.recalled.add(at(0));
    const assignmentIds = [at(0)];
    server.tell({ type: 'assignments-recalled', batchId: batchId(1), assignmentIds, reason: 'leave' });
    tell(2, 'draft', true);
    server.assignments = server.assignments.map((one) => (one.id === at(0) ? { ...one, latest } : one));
    const laptop = await startWithCases();
    const shown = await laptop.workspace.loadCase(at(0));
    expect(shown.state).toBe('submitted');
    expect(shown.body.reasoning.conclusion).toBe('version 1');
    expect(shown.assignment.recalled).toBe(true);
  });

  it('[S16] an empty feed, a 404 and an empty list remove nothing', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('kept'), 'draft');
    await laptop.sync();
    server.batches = [];
    server.assignments = [];
    server.tell({ type: 'batch-assigned', batchId: batchId(1) });
    server.tell({ type: 'batch-assigned', batchId: batchId(2) });
    await laptop.sync();
    expect((await laptop.workspace.queue())[0]).toMatchObject({ downloaded: 4, drafts: 1 });
    expect((await laptop.workspace.syncSummary()).state).toBe('attention');
  });

  it('[S15] sends everything again when both sides do not hold the same, and tells it where that does not mend it', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('mine'), 'submitted');
    await laptop.engine.settled();
    const spoil = () => {
      const held = [...server.held.values()].at(-1)?.[0];
      if (held) held.bodyHash = 'b'.repeat(64);
    };
    spoil();
    await laptop.workspace.save(at(1), bodyWith('more'), 'submitted');
    await laptop.engine.settled();
    expect([...server.held.values()].map((held) => held.length)).toEqual([2, 2]);
    expect(conclusions()).toEqual(['mine', 'more', 'mine', 'more']);
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
    server.lies = true;
    await laptop.workspace.save(at(1), bodyWith('and more'), 'submitted');
    await laptop.engine.settled();
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'attention', waiting: 0 });
    expect((await laptop.workspace.syncSummary()).message).toContain('do not agree');
    expect((await laptop.workspace.loadCase(at(0))).body.reasoning.conclusion).toBe('mine');
    const pushes = server.pushes.length;
    await laptop.sync();
    expect(server.pushes).toHaveLength(pushes);
  });

  it('[S4] converges after any history of faults, each change exactly once', async () => {
    const seed = 20_261_121;
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const kinds = [null, null, 'lost-request', 'lost-reply', 'hotel-page', { status: 503 }] as const;
    const laptop = await startWithCases();
    const submitted: string[] = [];
    for (let i = 0; i < 60; i++) {
      server.faults = Array.from({ length: random(4) }, () => kinds[random(kinds.length)] ?? null);
      const text = `change ${i}`;
      submitted.push(text);
      await laptop.workspace.save(at(random(4)), bodyWith(text), 'submitted');
      if (random(3) > 0) await laptop.engine.settled();
    }
    server.faults = [];
    await laptop.sync();
    expect(conclusions(), `seed ${seed}`).toEqual(submitted);
    expect((await laptop.workspace.syncSummary()).state, `seed ${seed}`).toBe('synced');
  });
});
