import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
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
import { databaseName, LocalDatabase } from '../data/database.ts';
import { openJournal } from '../data/journal.ts';
import type { DataKey } from '../data/sealed-box.ts';
import type { Workspace } from '../data/types.ts';
import { openWorkspace, rescueSourceOf, syncStoreOf } from '../data/workspace.ts';
import { platformOf } from '../platform.ts';
import { SyncCycle } from './cycle.ts';
import { platformTransport } from './transport.ts';

const name = databaseName(samplePhysician.id);
const at = (n: number) => assignmentId(1000 + n);
const second = (n: number) => assignmentId(2000 + n);
const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();

type Laptop = { workspace: Workspace; host: MemoryHost; sync: () => Promise<string | null> };

let server: SimulatedServer;
let dataKey: DataKey;
let disk = memoryDisk();
let steady = 0;
const opened: Workspace[] = [];

beforeEach(async () => {
  server = new SimulatedServer();
  server.now = day(0);
  for (const n of [1, 2])
    server.assign(
      sampleBatch(3, n),
      [0, 1, 2].map((position) => sampleAssignment(position, n)),
    );
  disk = memoryDisk();
  steady = 0;
  const uses = ['encrypt', 'decrypt'] as const;
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, uses),
  };
});

afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
  await Dexie.delete(name);
  vi.restoreAllMocks();
});

/** Opens on the same disk; `killed`: the one before never came to its end. */
async function start({ killed = false } = {}): Promise<Laptop> {
  for (const workspace of opened.splice(0)) if (!killed) await workspace.close();
  const host = createMemoryHost(disk);
  host.server = server.answer;
  const workspace = await openWorkspace(samplePhysician, dataKey, { host: platformOf(host) });
  opened.push(workspace);
  const cycle = new SyncCycle({
    clock: () => steady,
    random: () => 0,
    timers: { after: () => () => {} },
    transport: platformTransport(platformOf(host)),
    store: syncStoreOf(workspace),
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
  });
  return { workspace, host, sync: () => cycle.run() };
}

/** Two batches with a submission and a draft each; the first is closed on day 1. */
async function startWithClosedBatch(): Promise<Laptop> {
  const laptop = await start();
  await laptop.sync();
  for (const id of [at(0), second(0)])
    await laptop.workspace.save(id, bodyWith(`CANARY-BODY of ${id}`), 'submitted');
  for (const id of [at(1), second(1)])
    await laptop.workspace.save(id, bodyWith(`CANARY-BODY of ${id}`), 'draft');
  await laptop.sync();
  server.now = day(1);
  server.change(batchId(1), { locked: true, closedAt: day(1) });
  await laptop.sync();
  return laptop;
}

/** The laptop meets the server on these days of the server's. */
async function meetOn({ sync }: Laptop, ...days: number[]): Promise<void> {
  for (const one of days) {
    server.now = day(one);
    steady += 86_400_000;
    expect(await sync()).toBeNull();
  }
}

const logOf = (workspace: Workspace) => rescueSourceOf(workspace).store.log;
const isLetGo = ({ workspace }: Laptop, n = 1) => logOf(workspace).letGo(batchId(n)) !== null;
const ledgerOf = async ({ workspace }: Laptop) => (await workspace.ledger({ offset: 0, limit: 50 })).entries;

/** All that journals and rows hold, opened. */
async function storedText(): Promise<string> {
  const texts: string[] = [];
  const host = createMemoryHost({ ...disk, files: new Map(disk.files) });
  for (const journal of [`${name}.work`, `${name}.content`]) {
    const file = await openJournal<unknown>(platformOf(host), journal, dataKey);
    texts.push(JSON.stringify((await file.readAll()).values));
    await file.close();
  }
  const database = new LocalDatabase(name);
  await database.open();
  const { unsealRow } = await import('../data/database.ts');
  for (const table of database.tables)
    for (const row of (await table.toArray()) as { blob?: Uint8Array }[])
      if (row.blob) texts.push(JSON.stringify(await unsealRow(dataKey, table.name, row as never)));
  database.close();
  return texts.join('\n');
}

/** A submission of an untouched case on another laptop, as the feed tells of it. */
const toldOf = (n: number, body: AnnotationBody, diverged: boolean) => ({
  ...({ type: 'revision', assignmentId: at(2), state: 'submitted', diverged, body } as const),
  revisionId: `00000008-0000-7000-8000-00000000000${n}` as never,
  ...{ clientId: `00000007-0000-7000-8000-00000000000${n}` as never, bodyHash: bodyHash(body) },
});

describe('a closed batch', () => {
  it('[S13] lets its texts go after 30 days of the server’s time, and keeps ledger, numbers and digest', async () => {
    const laptop = await startWithClosedBatch();
    const before = await ledgerOf(laptop);
    await meetOn(laptop, 10, 30);
    expect(isLetGo(laptop)).toBe(false);
    await meetOn(laptop, 31);
    expect(isLetGo(laptop)).toBe(false);
    await meetOn(laptop, 32);
    expect(isLetGo(laptop)).toBe(true);

    const text = await storedText();
    for (const id of [at(0), at(1)]) expect(text).not.toContain(`CANARY-BODY of ${id}`);
    for (const id of [second(0), second(1)]) expect(text).toContain(`CANARY-BODY of ${id}`);
    expect(text.split('CANARY-PROMPT').length - 1).toBe(3 * 2);

    const after = await ledgerOf(laptop);
    expect(after.map(({ letGo }) => letGo)).toEqual([false, true, false, true]);
    expect(after.map(({ letGo: _, title: __, ...rest }) => rest)).toEqual(
      before.map(({ letGo: _, title: __, ...rest }) => rest),
    );
    expect(await laptop.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
    const again = await start();
    await again.workspace.save(second(2), bodyWith('the numbers go on'), 'submitted');
    expect(await again.sync()).toBeNull();
    expect((await ledgerOf(again)).at(0)).toMatchObject({ seq: 5, status: 'accepted' });
  });

  it('[S16] is shown as closed and no longer kept, with what was done in it; no case of it opens or is saved', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    for (const restarted of [false, true]) {
      const one = restarted ? await start() : laptop;
      const batch = (await one.workspace.queue()).find(({ id }) => id === batchId(1));
      expect(batch).toMatchObject({ name: 'Batch 1', letGoAt: day(32), total: 3, submitted: 1, drafts: 1 });
      expect(await one.workspace.places(batchId(1))).toEqual([]);
      const gone = { code: 'no-longer-kept' };
      await expect(one.workspace.loadCase(at(0))).rejects.toMatchObject(gone);
      await expect(one.workspace.loadCase(at(2))).rejects.toMatchObject(gone);
      const saving = one.workspace.save(at(0), bodyWith('too late'), 'draft');
      await expect(saving).rejects.toMatchObject(gone);
      expect((await one.workspace.loadCase(second(0))).state).toBe('submitted');
    }
  });

  it('[S13] is kept by any clock but the server’s, and by a server that says no time or no closing', async () => {
    const laptop = await startWithClosedBatch();
    vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2040, 0, 1));
    await meetOn(laptop, 2, 3, 4);
    vi.restoreAllMocks();
    server.now = null;
    for (let i = 0; i < 3; i++) await laptop.sync();
    expect(isLetGo(laptop)).toBe(false);
    server.change(batchId(1), { closedAt: undefined });
    await meetOn(laptop, 40, 50);
    expect(isLetGo(laptop)).toBe(false);
    server.batches = server.batches.map((batch) => ({ ...batch, ...(batch.locked && { closedAt: day(1) }) }));
    const again = await start();
    await meetOn(again, 51, 52, 53);
    expect(isLetGo(again)).toBe(true);
  });

  it('[S13] is kept by a server’s clock that was wrong for a moment', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 400, 3, 4);
    expect(isLetGo(laptop)).toBe(false);
    await meetOn(laptop, 31);
    expect(isLetGo(laptop)).toBe(false);
    await meetOn(laptop, 32);
    expect(isLetGo(laptop)).toBe(true);
  });

  it('[S13] is kept while it is read, and goes after the next start', async () => {
    const laptop = await startWithClosedBatch();
    await laptop.workspace.loadCase(at(0));
    await meetOn(laptop, 31, 32, 33);
    expect(isLetGo(laptop)).toBe(false);
    const again = await start();
    await meetOn(again, 34, 35);
    expect(isLetGo(again)).toBe(true);
  });

  const otherLaptop = '00000007-0000-7000-8000-000000000001' as never;
  const revision = '00000008-0000-7000-8000-000000000001' as RevisionId;
  const kept: [what: string, doing: (laptop: Laptop) => Promise<void>][] = [
    ['came late', ({ workspace }) => workspace.save(at(2), bodyWith('not known to be locked'), 'submitted')],
    [
      'is set aside',
      async ({ workspace }) => {
        server.quarantine.add(at(2));
        await workspace.save(at(2), bodyWith('cannot be read'), 'draft');
      },
    ],
    [
      'was recalled',
      async () =>
        server.tell({
          type: 'assignments-recalled',
          batchId: batchId(1),
          assignmentIds: [at(1)],
          reason: 'taken back',
        }),
    ],
    [
      'was returned',
      async () => {
        const about = {
          comment: 'Look at the dose.',
          at: day(1),
          revisionId: server.revisions()[0]?.revisionId,
        };
        server.tell({
          type: 'assignment-returned',
          batchId: batchId(1),
          assignmentId: at(0),
          ...(about as never as { comment: string; at: string; revisionId: RevisionId }),
        });
      },
    ],
    [
      'stands beside another laptop’s',
      async () => {
        const body = bodyWith('from the other laptop');
        const told = { state: 'submitted' as const, diverged: true, bodyHash: bodyHash(body), body };
        const about = { assignmentId: at(0), revisionId: revision, clientId: otherLaptop };
        server.tell({ type: 'revision', ...about, ...told });
      },
    ],
  ];
  it.each(kept)('[S16] is kept, and with it all there is, where work of it %s', async (_what, doing) => {
    const laptop = await startWithClosedBatch();
    await doing(laptop);
    server.now = day(1);
    await laptop.sync();
    await meetOn(laptop, 31, 32, 33);
    expect(isLetGo(laptop)).toBe(false);
    expect(await storedText()).toContain(`CANARY-BODY of ${at(0)}`);
    expect(await laptop.workspace.places(batchId(1))).toHaveLength(3);
  });

  it('[S16] is kept while the server confirms something else than what was sent', async () => {
    const laptop = await startWithClosedBatch();
    server.twist = (verdict) => ({ ...verdict, receipt: { ...verdict.receipt, bodyHash: '0'.repeat(64) } });
    await laptop.workspace.save(second(2), bodyWith('confirmed as something else'), 'draft');
    await meetOn(laptop, 31, 32, 33);
    expect(isLetGo(laptop)).toBe(false);
  });

  it('[S16] is kept while the server holds something else, and after a restore until it has all of it again', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31);
    const { clientId } = syncStoreOf(laptop.workspace).identity();
    const held = server.held.get(clientId) ?? [];
    // Only what was done in the other batch: what comes again into a closed one comes late.
    server.held.set(clientId, held.slice(0, 3));
    server.epoch = '00000000-0000-4000-8000-00000000e002';
    server.feed = server.feed.filter((event) => event.type !== 'revision');
    const again = await start();
    server.faults = [null, null, { status: 503 }];
    await again.sync().catch(() => undefined);
    server.faults = [];
    await meetOn(again, 32);
    expect(isLetGo(again)).toBe(false);
    expect(new Set(server.revisions().map(({ revisionId }) => revisionId)).size).toBe(4);
    await meetOn(again, 33);
    expect(isLetGo(again)).toBe(true);
  });

  it('[S13] comes again when it is opened again, as on a new laptop, and goes again after it is closed again', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    server.change(batchId(1), { locked: false, closedAt: null });
    await meetOn(laptop, 33);
    expect(isLetGo(laptop)).toBe(false);
    const { workspace } = laptop;
    expect(await workspace.places(batchId(1))).toHaveLength(3);
    expect(await workspace.loadCase(at(0))).toMatchObject({
      state: 'submitted',
      body: { reasoning: { conclusion: `CANARY-BODY of ${at(0)}` } },
    });
    await workspace.save(at(0), bodyWith('CANARY-BODY again'), 'submitted');
    await workspace.save(at(2), bodyWith('CANARY-BODY the rest'), 'submitted');
    await meetOn(laptop, 34);
    expect(server.revisions().every(({ state }, i) => i < 4 || state === 'submitted')).toBe(true);
    expect((await ledgerOf(laptop)).map(({ status }) => status)).toEqual(Array(6).fill('accepted'));
    server.change(batchId(1), { locked: true, closedAt: day(40) });
    const again = await start();
    await meetOn(again, 41, 69, 70);
    expect(isLetGo(again)).toBe(false);
    await meetOn(again, 71);
    expect(isLetGo(again)).toBe(true);
    expect(await storedText()).not.toMatch(/CANARY-BODY (again|the rest)/);
  });

  it('[S13] cannot be sent again once it is let go: a server that lost it is given the rest under a new client id', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    const { clientId } = syncStoreOf(laptop.workspace).identity();
    server.held.set(clientId, []);
    server.heads.clear();
    server.feed = server.feed.filter((event) => event.type !== 'revision');
    const again = await start();
    await again.sync();
    expect(await again.sync()).toBeNull();
    const now = syncStoreOf(again.workspace).identity().clientId;
    expect(now).not.toBe(clientId);
    expect(server.held.get(now)?.map(({ mutation }) => mutation.assignmentId)).toEqual([
      second(0),
      second(1),
    ]);
    expect(await again.workspace.syncSummary()).toMatchObject({ state: 'synced', waiting: 0 });
    expect((await ledgerOf(again)).map(({ status, letGo }) => [status, letGo])).toEqual([
      ['accepted', false],
      ['accepted', false],
      ['accepted', true],
      ['accepted', true],
    ]);
  });

  it('[S13] has its texts again where a restored server opens it and tells again of what it had lost', async () => {
    const body = bodyWith('from the other laptop');
    const told = toldOf(1, body, false);
    server.tell(told);
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    expect(isLetGo(laptop)).toBe(true);
    server.epoch = '00000000-0000-4000-8000-00000000e002';
    server.feed = server.feed.filter((event) => event.type !== 'revision');
    server.change(batchId(1), { locked: false, closedAt: null });
    await meetOn(laptop, 33, 34);
    expect(isLetGo(laptop)).toBe(false);
    expect((await laptop.workspace.loadCase(at(2))).state).toBe('untouched');
    server.tell(told);
    await meetOn(laptop, 35);
    expect(await laptop.workspace.loadCase(at(2))).toMatchObject({ state: 'submitted', body });
  });

  it('[S13] opened again has every version that came after that, and not only the newest', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    expect(isLetGo(laptop)).toBe(true);
    server.change(batchId(1), { locked: false, closedAt: null });
    const [head, beside] = [bodyWith('from the second laptop'), bodyWith('from the third laptop')];
    server.tell(toldOf(1, head, false));
    server.tell(toldOf(2, beside, true));
    await meetOn(laptop, 33);
    expect(await laptop.workspace.loadCase(at(2))).toMatchObject({
      body: head,
      otherVersion: { body: beside },
    });
  });

  it('[S13] keeps no text that was told of it while it could have been open', async () => {
    const laptop = await startWithClosedBatch();
    await meetOn(laptop, 31, 32);
    server.change(batchId(1), {});
    server.tell(toldOf(1, bodyWith('CANARY-LATE from the second laptop'), false));
    await meetOn(laptop, 33, 34);
    expect(isLetGo(laptop)).toBe(true);
    expect(await storedText()).not.toContain('CANARY-LATE');
  });

  it('[S13] is brought back by neither a wiped database nor an old journal, and an older app opens neither', async () => {
    const laptop = await startWithClosedBatch();
    const old = new Map(disk.files);
    await meetOn(laptop, 31, 32);
    await laptop.workspace.close();
    const database = new LocalDatabase(name);
    await database.open();
    expect(await database.guard.get('guard')).toMatchObject({ schemaVersion: 2 });
    database.close();
    const fresh = new Map(disk.files);
    await Dexie.delete(name);
    expect(isLetGo(await start())).toBe(true);
    expect(await storedText()).not.toContain(`CANARY-BODY of ${at(0)}`);
    // An old copy of the journals beside newer rows.
    for (const workspace of opened.splice(0)) await workspace.close();
    for (const [file, bytes] of old) disk.files.set(file, bytes);
    const restored = await start();
    expect(isLetGo(restored)).toBe(true);
    expect(await restored.workspace.places(batchId(1))).toEqual([]);
    expect(fresh.size).toBe(old.size);
  });

  it('[S13] cut short at any write is whole or goes on at the next meeting, and never a part of it', async () => {
    const wanted = { steps: 0 };
    for (let cut = 0; cut < 60; cut++) {
      server = new SimulatedServer();
      server.now = day(0);
      for (const n of [1, 2])
        server.assign(
          sampleBatch(3, n),
          [0, 1, 2].map((position) => sampleAssignment(position, n)),
        );
      const laptop = await startWithClosedBatch();
      await meetOn(laptop, 31);
      let left = cut;
      // From some write of a journal on nothing reaches the disk: as a power cut leaves it.
      const isCut = () => {
        left -= 1;
        if (left < 0) wanted.steps = Math.max(wanted.steps, cut + 1);
        return left < 0;
      };
      laptop.host.beforeAppend = () => (isCut() ? { torn: cut % 7 } : null);
      laptop.host.beforeReplace = () => {
        if (isCut()) throw new Error('the power is cut');
      };
      vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      server.now = day(32);
      steady += 86_400_000;
      await laptop.sync().catch(() => undefined);
      const isOver = left >= 0;
      const again = await start({ killed: true });
      const bodies = logOf(again.workspace)
        .mutations()
        .filter(([, value]) => value.batchId === batchId(1));
      const kept = bodies.filter(([, { mutation }]) => mutation.body !== null).length;
      expect([0, 2], `cut ${cut}`).toContain(kept);
      expect(kept === 0, `cut ${cut}`).toBe(isLetGo(again));
      await meetOn(again, 33, 34);
      expect(isLetGo(again), `cut ${cut}`).toBe(true);
      expect(await storedText()).not.toContain(`CANARY-BODY of ${at(0)}`);
      expect((await ledgerOf(again)).length).toBe(4);
      vi.restoreAllMocks();
      for (const workspace of opened.splice(0)) await workspace.close();
      await Dexie.delete(name);
      disk = memoryDisk();
      if (isOver) break;
    }
    expect(wanted.steps).toBeGreaterThan(3);
  }, 120_000);
});
