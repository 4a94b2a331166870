import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrames, scanFrames } from '../../shared/sync/journal-frame.ts';
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
import { healthSentences } from '../data/health-words.ts';
import type { DataKey } from '../data/sealed-box.ts';
import { type Workspace, wholeHealth } from '../data/types.ts';
import { openWorkspace, rescueSourceOf, syncStoreOf } from '../data/workspace.ts';
import { platformOf } from '../platform.ts';
import { SyncCycle } from './cycle.ts';
import { platformTransport } from './transport.ts';

const name = databaseName(samplePhysician.id);
const file = `${name}.content`;
const at = (n: number) => assignmentId(1000 + n);
/** Four pages of the download, the last one shorter. */
const size = 90;
const perPage = 25;

type Laptop = { workspace: Workspace; host: MemoryHost; sync: () => Promise<string | null> };

let server: SimulatedServer;
let dataKey: DataKey;
let disk = memoryDisk();
const real = Dexie.dependencies.indexedDB;
const opened: Workspace[] = [];

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  server = new SimulatedServer();
  server.assign(
    sampleBatch(size),
    Array.from({ length: size }, (_, n) => sampleAssignment(n)),
  );
  disk = memoryDisk();
  const uses = ['encrypt', 'decrypt'] as const;
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, uses),
  };
});
afterEach(async () => {
  Dexie.dependencies.indexedDB = real;
  await closeAll();
  await Dexie.delete(name);
  vi.restoreAllMocks();
});

const closeAll = async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
};

/** @param checkAfterMs when the cases' journal is looked through; by default not in this test's time */
async function start({ checkAfterMs = 60_000 } = {}): Promise<Laptop> {
  await closeAll();
  const host = createMemoryHost(disk);
  host.server = server.answer;
  const options = { host: platformOf(host), checkAfterMs, openTimeoutMs: 200, patienceMs: 100 };
  const workspace = await openWorkspace(samplePhysician, dataKey, options);
  opened.push(workspace);
  const cycle = new SyncCycle({
    clock: () => 0,
    random: () => 0,
    timers: { after: () => () => {} },
    transport: platformTransport(platformOf(host)),
    store: syncStoreOf(workspace),
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
  });
  return { workspace, host, sync: () => cycle.run() };
}

/** All of the batch is on the laptop, one case of it answered; the app is closed. */
async function download(): Promise<void> {
  const { workspace, sync } = await start();
  await sync();
  await workspace.save(at(30), bodyWith('said before'), 'draft');
  await sync();
  await closeAll();
}

/** Bytes of a page's record changed on the disk; the records before it are the batch's and those of earlier pages. */
function damagePage(page: number): void {
  const bytes = disk.files.get(file) as Uint8Array<ArrayBuffer>;
  const payload = scanFrames(bytes, { final: true }).payloads[1 + page] as Uint8Array;
  bytes.fill(0xee, payload.byteOffset + 20, payload.byteOffset + 60);
}

async function withRows(work: (database: LocalDatabase) => Promise<unknown>): Promise<void> {
  const database = new LocalDatabase(name);
  await database.open();
  await work(database);
  database.close();
}
const loseRows = (...numbers: number[]) =>
  withRows((database) => database.assignments.bulkDelete(numbers.map(at)));

const pagesAsked = () => server.requests.filter((path) => path.endsWith('/assignments')).length;
const opens = (workspace: Workspace, n: number) =>
  workspace.loadCase(at(n)).then(
    ({ assignment }) => assignment.position === n,
    (cause) => cause.code,
  );
const queueOf = async (workspace: Workspace) => (await workspace.queue())[0];
const missingOf = async (workspace: Workspace) =>
  (await workspace.places(batchId(1))).filter(({ missing }) => missing).map(({ position }) => position);
const untilFound = (workspace: Workspace, damaged = 1) =>
  expect.poll(() => workspace.health().damagedCases).toBe(damaged);

describe('cases that stand nowhere on the laptop any more', () => {
  it('[S17] are noticed soon after the start, told in one sentence, and come again at the next contact', async () => {
    await download();
    damagePage(1);
    await loseRows(26, 27, 30);
    const { workspace, sync } = await start({ checkAfterMs: 0 });
    await expect.poll(() => workspace.health().missingCases).toBe(3);
    expect(healthSentences(workspace.health())).toEqual([
      expect.stringMatching(/^The texts of 3 downloaded cases .* come again at the next contact/),
    ]);
    expect(await missingOf(workspace)).toEqual([26, 27, 30]);
    expect(await queueOf(workspace)).toMatchObject({ total: size, downloaded: size - 3, drafts: 1 });
    expect(await opens(workspace, 26)).toBe('case-missing');
    expect(await opens(workspace, 28)).toBe(true);
    const before = pagesAsked();
    expect(await sync()).toBeNull();
    expect(pagesAsked() - before).toBe(1);
    expect(await opens(workspace, 26)).toBe(true);
    expect((await workspace.loadCase(at(30))).body.reasoning.conclusion).toBe('said before');
    expect(await queueOf(workspace)).toMatchObject({ downloaded: size, drafts: 1 });
    expect(workspace.health().missingCases).toBe(0);
    expect(await sync()).toBeNull();
    expect(pagesAsked() - before).toBe(1);
    // Both places hold them again.
    await closeAll();
    await Dexie.delete(name);
    const again = await start();
    for (const n of [25, 26, 27, 30, 49]) expect(await opens(again.workspace, n), `case ${n}`).toBe(true);
  });

  it('[S17] are noticed when one is opened, and every one of them comes again', async () => {
    await download();
    damagePage(2);
    await loseRows(60);
    const { workspace, sync } = await start();
    expect(workspace.health()).toEqual(wholeHealth);
    expect(await opens(workspace, 60)).toBe('case-missing');
    expect(workspace.health().missingCases).toBe(1);
    expect(await opens(workspace, 61)).toBe(true);
    await sync();
    expect(await opens(workspace, 60)).toBe(true);
    expect(workspace.health().missingCases).toBe(0);
  });

  it('[S17] leave a hole where nothing is left that names them, and only the hole is fetched', async () => {
    await download();
    damagePage(1);
    await Dexie.delete(name);
    const { workspace, sync } = await start();
    expect(await queueOf(workspace)).toMatchObject({ total: size, downloaded: size - perPage });
    expect(workspace.health().missingCases).toBe(perPage);
    expect(await opens(workspace, 24)).toBe(true);
    expect(await opens(workspace, 50)).toBe(true);
    const before = pagesAsked();
    await sync();
    expect(pagesAsked() - before).toBe(1);
    expect(await queueOf(workspace)).toMatchObject({ downloaded: size, drafts: 1 });
    expect((await workspace.loadCase(at(30))).body.reasoning.conclusion).toBe('said before');
    expect((await workspace.places(batchId(1))).map(({ position }) => position)).toEqual(
      Array.from({ length: size }, (_, n) => n),
    );
    expect(workspace.health().missingCases).toBe(0);
  });

  it('[S17] are fetched in as many pages as are damaged, by a download that breaks off and goes on', async () => {
    await download();
    damagePage(0);
    damagePage(2);
    await Dexie.delete(name);
    const { workspace, sync } = await start();
    server.faults = [null, null, null, 'lost-reply'];
    await sync().catch(() => null);
    await sync();
    expect(await queueOf(workspace)).toMatchObject({ downloaded: size });
    for (const n of [0, 24, 50, 74]) expect(await opens(workspace, n), `case ${n}`).toBe(true);
  });

  it('[S16] [S17] stay listed where the server has them no more, and are not asked for again and again', async () => {
    await download();
    damagePage(1);
    await loseRows(40);
    server.assignments = server.assignments.filter(({ id }) => id !== at(40));
    const { workspace, sync } = await start({ checkAfterMs: 0 });
    await expect.poll(() => workspace.health().missingCases).toBe(1);
    const before = pagesAsked();
    for (let pass = 0; pass < 3; pass += 1) await sync();
    expect(pagesAsked() - before).toBe(1);
    expect(await missingOf(workspace)).toEqual([40]);
    expect(await queueOf(workspace)).toMatchObject({ total: size, downloaded: size - 1 });
  });
});

describe('a damaged journal of the cases', () => {
  it('is noticed though no case of it is opened, and gets back from IndexedDB what it had lost', async () => {
    await download();
    damagePage(1);
    const whole = disk.files.get(file)?.byteLength ?? 0;
    const { workspace, sync } = await start({ checkAfterMs: 0 });
    await untilFound(workspace);
    expect(healthSentences(workspace.health())).toEqual([
      expect.stringMatching(/journal of the downloaded cases cannot be read at one place/),
    ]);
    await expect.poll(() => disk.files.get(file)?.byteLength ?? 0).toBeGreaterThan(whole);
    const pages = pagesAsked();
    await sync();
    expect(pagesAsked()).toBe(pages);
    expect(workspace.health().missingCases).toBe(0);
    await closeAll();
    await Dexie.delete(name);
    const again = await start();
    expect(await queueOf(again.workspace)).toMatchObject({ downloaded: size });
    for (const n of [25, 30, 49]) expect(await opens(again.workspace, n), `case ${n}`).toBe(true);
  });

  it('is noticed also where a whole record does not open', async () => {
    await download();
    const payloads = scanFrames(disk.files.get(file) ?? new Uint8Array(0), { final: true }).payloads;
    const changed = payloads.map((payload) => payload.slice());
    const second = changed[2] as Uint8Array;
    second[second.length - 1] = (second[second.length - 1] ?? 0) ^ 1;
    disk.files.set(file, encodeFrames(changed) as Uint8Array<ArrayBuffer>);
    await loseRows(26);
    const { workspace } = await start({ checkAfterMs: 0 });
    await untilFound(workspace);
    await expect.poll(() => workspace.health().missingCases).toBe(1);
  });

  it('calls nothing lost while IndexedDB does not answer, and makes sure of it once it does', async () => {
    await download();
    damagePage(1);
    await loseRows(26);
    const hanging: IDBFactory = Object.assign(Object.create(real as IDBFactory), { open: () => ({}) });
    Dexie.dependencies.indexedDB = hanging;
    const { workspace } = await start({ checkAfterMs: 0 });
    await untilFound(workspace);
    await new Promise((resolve) => setTimeout(resolve, 300));
    // Of these nobody knows yet: the titles that name them are in IndexedDB.
    expect(await opens(workspace, 24)).toBe(true);
    expect(await opens(workspace, 28)).toBe('not-found');
    Dexie.dependencies.indexedDB = real;
    await expect
      .poll(() => workspace.health(), { timeout: 5000 })
      .toMatchObject({
        journalAlone: false,
        missingCases: 1,
      });
    expect(await missingOf(workspace)).toEqual([26]);
    expect(await opens(workspace, 28)).toBe(true);
  });

  it('calls a case lost that is opened only if IndexedDB has answered that it has it not', async () => {
    await download();
    damagePage(1);
    const { workspace } = await start();
    vi.spyOn(rescueSourceOf(workspace).store, 'ask').mockRejectedValueOnce(new Error('no answer'));
    expect(await opens(workspace, 28)).toBe('store-unavailable');
    expect(workspace.health().missingCases).toBe(0);
    expect(await opens(workspace, 28)).toBe(true);
  });

  it('[S17] are noticed where the end of the journal was torn off, which is no damage', async () => {
    await download();
    damagePage(3);
    await loseRows(80, 89);
    const { workspace, sync } = await start({ checkAfterMs: 0 });
    await expect.poll(() => workspace.health().missingCases).toBe(2);
    expect(workspace.health().damagedCases).toBe(0);
    await sync();
    expect(await queueOf(workspace)).toMatchObject({ downloaded: size });
    await closeAll();
    await Dexie.delete(name);
    const { workspace: filled } = await start();
    for (const n of [74, 75, 80, 89]) expect(await opens(filled, n), `case ${n}`).toBe(true);
  });

  it('is written anew once no case is missing any more, with a copy set aside, so that the next start has nothing to tell', async () => {
    await download();
    damagePage(1);
    await loseRows(26);
    const isDamaged = () =>
      scanFrames(disk.files.get(file) ?? new Uint8Array(), { final: true }).damaged.length > 0;
    const damaged = disk.files.get(file);
    const { workspace, sync } = await start({ checkAfterMs: 0 });
    await expect.poll(() => workspace.health().missingCases).toBe(1);
    expect(isDamaged()).toBe(true);
    expect(await sync()).toBeNull();
    await expect.poll(isDamaged).toBe(false);
    // What cannot be read is kept beside, as it was found.
    const aside = [...disk.files].filter(([path]) => path.startsWith(file) && path !== file);
    expect(aside.map(([, bytes]) => Buffer.from(bytes.subarray(0, damaged?.byteLength)))).toEqual([
      Buffer.from(damaged ?? []),
    ]);
    const again = await start({ checkAfterMs: 0 });
    await again.workspace.loadCase(at(26));
    expect(again.workspace.health()).toMatchObject({ damagedCases: 0, missingCases: 0 });
    // All of it stands in the journal: a wiped IndexedDB is filled from there.
    await closeAll();
    await Dexie.delete(name);
    const { workspace: filled } = await start();
    for (const n of [0, 25, 26, 30, size - 1]) expect(await opens(filled, n), `case ${n}`).toBe(true);
    expect(await queueOf(filled)).toMatchObject({ total: size, downloaded: size, drafts: 1 });
  });

  it('is not read by the start, and only in idle moments after it', async () => {
    await download();
    damagePage(1);
    const reads: string[] = [];
    await closeAll();
    const host = createMemoryHost(disk);
    const { invoke } = host;
    host.invoke = (channel, ...args) => {
      if (channel === 'journal:read') reads.push(String(args[0]));
      return invoke(channel, ...args);
    };
    const idle: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (job: () => void) => idle.push(job));
    try {
      const options = { host: platformOf(host), checkAfterMs: 0 };
      const workspace = await openWorkspace(samplePhysician, dataKey, options);
      opened.push(workspace);
      await workspace.loadCase(at(0));
      await expect.poll(() => idle.length).toBe(1);
      expect(reads).not.toContain(file);
      idle.shift()?.();
      await untilFound(workspace);
      expect(reads.filter((one) => one === file)).toHaveLength(1);
      // The next step, finding out what stood there, waits for an idle moment of its own.
      await expect.poll(() => idle.length).toBe(1);
      expect(reads.filter((one) => one === file)).toHaveLength(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('loses no case when it is written anew under another key before it was looked through', async () => {
    await download();
    damagePage(1);
    await loseRows(26);
    const { workspace, sync } = await start();
    const { content } = rescueSourceOf(workspace);
    await content.rewriteAll();
    await expect.poll(() => workspace.health()).toMatchObject({ damagedCases: 1, missingCases: 1 });
    await sync();
    expect(await opens(workspace, 26)).toBe(true);
    await closeAll();
    await Dexie.delete(name);
    const again = await start();
    for (const n of [25, 26, 30]) expect(await opens(again.workspace, n), `case ${n}`).toBe(true);
  });
});
