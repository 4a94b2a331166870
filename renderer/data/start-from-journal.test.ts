import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UserId } from '../../shared/schema/ids.ts';
import { frameHeaderBytes } from '../../shared/sync/journal-frame.ts';
import { createMemoryHost, type MemoryDisk, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { platformOf } from '../platform.ts';
import { databaseName, LocalDatabase } from './database.ts';
import { healthSentences } from './health-words.ts';
import type { DataKey } from './sealed-box.ts';
import { type Workspace, wholeHealth } from './types.ts';
import { openWorkspace, syncStoreOf } from './workspace.ts';

const real = Dexie.dependencies.indexedDB;
const opening = (open: (...args: Parameters<IDBFactory['open']>) => unknown): IDBFactory =>
  Object.assign(Object.create(real), { open });
/** IndexedDB is asked to open and never answers. */
const hang = () => {
  Dexie.dependencies.indexedDB = opening(() => ({}));
};
/** It answers that it cannot, as a broken or locked store does. */
const refuse = () => {
  Dexie.dependencies.indexedDB = opening(() => {
    throw new DOMException('Internal error opening backing store', 'UnknownError');
  });
};
const answer = () => {
  Dexie.dependencies.indexedDB = real;
};

let physician = samplePhysician;
let name = '';
let disk: MemoryDisk;
let dataKey: DataKey;
const opened: Workspace[] = [];
const at = (n: number) => assignmentId(1000 + n);
const epoch = '00000009-0000-4000-8000-000000000001';

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockReturnValue();
  physician = { ...samplePhysician, id: crypto.randomUUID() as UserId };
  name = databaseName(physician.id);
  disk = memoryDisk();
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
  };
});
afterEach(async () => {
  answer();
  await closeAll();
});

const closeAll = async () => {
  for (const workspace of opened.splice(0)) await workspace.close().catch(() => undefined);
};

async function open(host = createMemoryHost(disk)): Promise<Workspace> {
  await closeAll();
  const options = { host: platformOf(host), openTimeoutMs: 200, patienceMs: 50, spaceCheckMs: 50 };
  const workspace = await openWorkspace(physician, dataKey, options);
  opened.push(workspace);
  return workspace;
}

async function openWithBatch(): Promise<Workspace> {
  const workspace = await open();
  const sync = syncStoreOf(workspace);
  await sync.storeFeed({
    epoch,
    cursor: 1,
    head: 1,
    events: [{ n: 1, type: 'batch-assigned', batchId: batchId(1) }],
  });
  await sync.storeBatch(sampleBatch(3));
  await sync.storePage([0, 1, 2].map((n) => sampleAssignment(n)));
  return workspace;
}

const conclusionOf = async (workspace: Workspace, n: number) =>
  (await workspace.loadCase(at(n))).body.reasoning.conclusion;
const stands = async (workspace: Workspace, ...wanted: string[]) => {
  for (const [n, text] of wanted.entries()) expect(await conclusionOf(workspace, n)).toBe(text);
};
const untilBack = (workspace: Workspace) =>
  expect.poll(() => workspace.health().journalAlone, { timeout: 5000 }).toBe(false);
const sent = (workspace: Workspace) =>
  syncStoreOf(workspace)
    .nextToSend({ mutations: 50, bytes: 1e6 })
    .map(({ body }) => body.reasoning.conclusion);

/** All rows of the local database, to be put back as a browser or a backup might. */
async function rowsOf(): Promise<Map<string, unknown[]>> {
  const database = new LocalDatabase(name);
  await database.open();
  const rows = new Map<string, unknown[]>();
  for (const table of database.tables) rows.set(table.name, await table.toArray());
  database.close();
  return rows;
}
async function putRows(rows: Map<string, unknown[]>): Promise<void> {
  const database = new LocalDatabase(name);
  await database.open();
  for (const table of database.tables) {
    await table.clear();
    await table.bulkPut(rows.get(table.name) ?? []);
  }
  database.close();
}

describe.each([
  ['never answers', hang],
  ['cannot be opened', refuse],
])('a start while IndexedDB %s', (_, breakDatabase) => {
  it('opens everything from the journal, says so, takes new work, and heals by itself', async () => {
    const before = await openWithBatch();
    await before.save(at(0), bodyWith('submitted before'), 'submitted');
    await before.save(at(1), bodyWith('a draft before'), 'draft');
    breakDatabase();
    const workspace = await open();
    expect(workspace.health()).toMatchObject({ journalAlone: true, casesAway: false });
    expect(healthSentences(workspace.health())[0]).toMatch(/does not answer.*opened from the journal/);
    await stands(workspace, 'submitted before', 'a draft before', '');
    expect((await workspace.loadCase(at(2))).assignment.title).toContain('Case 2');
    expect((await workspace.queue())[0]).toMatchObject({ downloaded: 3, submitted: 1, drafts: 1 });
    expect((await workspace.guidelines(batchId(1)))?.markdown).toContain('bedside');
    await workspace.save(at(1), bodyWith('the draft goes on'), 'draft');
    await workspace.save(at(2), bodyWith('submitted meanwhile'), 'submitted');
    expect((await workspace.ledger({ offset: 0, limit: 9 })).total).toBe(3);
    // A draft that never left goes on under its number: nothing was in doubt.
    expect(sent(workspace)).toEqual(['submitted before', 'the draft goes on', 'submitted meanwhile']);
    const told: boolean[] = [];
    workspace.onChange(() => told.push(workspace.health().journalAlone));
    answer();
    await untilBack(workspace);
    expect(told.at(-1)).toBe(false);
    expect(healthSentences(workspace.health())).toEqual([]);
    await closeAll();
    // IndexedDB alone holds it all now.
    disk.files.clear();
    await stands(await open(), 'submitted before', 'the draft goes on', 'submitted meanwhile');
  });

  it('loses nothing of a life that ended before IndexedDB came back', async () => {
    await (await openWithBatch()).save(at(0), bodyWith('before'), 'submitted');
    breakDatabase();
    const workspace = await open();
    await workspace.save(at(1), bodyWith('meanwhile'), 'submitted');
    await syncStoreOf(workspace).storeBatch(sampleBatch(4));
    await syncStoreOf(workspace).storePage([sampleAssignment(3)]);
    await workspace.save(at(3), bodyWith('on a case that came meanwhile'), 'draft');
    await closeAll();
    answer();
    const again = await open();
    expect(again.health().journalAlone).toBe(false);
    await stands(again, 'before', 'meanwhile', '', 'on a case that came meanwhile');
    expect((await again.queue())[0]).toMatchObject({ total: 4, downloaded: 4 });
  });

  it('is refused where the journal is empty: the work may be in IndexedDB alone', async () => {
    await (await openWithBatch()).save(at(0), bodyWith('only in the rows'), 'draft');
    await closeAll();
    disk.files.clear();
    breakDatabase();
    await expect(open()).rejects.toMatchObject({ code: 'store-unavailable' });
    expect([...disk.files.values()].every((bytes) => bytes.byteLength === 0)).toBe(true);
    answer();
    await stands(await open(), 'only in the rows');
  });
});

describe('an IndexedDB that comes back after a start without it', () => {
  it('with older rows takes nothing back', async () => {
    const before = await openWithBatch();
    await before.save(at(0), bodyWith('first'), 'submitted');
    const then = await rowsOf();
    await before.save(at(0), bodyWith('second'), 'submitted');
    await closeAll();
    await putRows(then);
    hang();
    const workspace = await open();
    await workspace.save(at(1), bodyWith('meanwhile'), 'submitted');
    answer();
    await untilBack(workspace);
    await stands(workspace, 'second', 'meanwhile');
    await closeAll();
    disk.files.clear();
    await stands(await open(), 'second', 'meanwhile');
  });

  it('wiped is rebuilt, cases and all, and that is remembered', async () => {
    await (await openWithBatch()).save(at(0), bodyWith('kept'), 'submitted');
    await closeAll();
    await Dexie.delete(name);
    hang();
    const workspace = await open();
    expect(workspace.rebuiltAt()).toBeNull();
    answer();
    await untilBack(workspace);
    await expect.poll(() => workspace.rebuiltAt()).toMatch(/^\d{4}-/);
    await expect.poll(async () => (await rowsOf()).get('assignments')?.length).toBe(3);
    await closeAll();
    disk.files.clear();
    await stands(await open(), 'kept');
  });

  it('[S1] gives back what a damaged journal had lost, and takes nothing from what was written meanwhile', async () => {
    const before = await openWithBatch();
    const work = () => disk.files.get(`${name}.work`) as Uint8Array<ArrayBuffer>;
    await before.save(at(0), bodyWith('whole'), 'submitted');
    const start = work().byteLength;
    await before.save(at(1), bodyWith('in the damaged record'), 'submitted');
    await closeAll();
    // The last record, so that its numbers look free: the worst place.
    work().fill(0xee, start + frameHeaderBytes, start + frameHeaderBytes + 40);
    hang();
    const workspace = await open();
    expect(await conclusionOf(workspace, 1)).toBe('');
    await workspace.save(at(2), bodyWith('meanwhile'), 'submitted');
    await workspace.save(at(1), bodyWith('said anew'), 'draft');
    answer();
    await untilBack(workspace);
    const all = ['in the damaged record', 'meanwhile', 'said anew', 'whole'];
    expect(sent(workspace).sort()).toEqual(all);
    await stands(workspace, 'whole', 'said anew', 'meanwhile');
    const again = await open();
    expect(sent(again).sort()).toEqual(all);
    await stands(again, 'whole', 'said anew', 'meanwhile');
  });

  it('brings the cases that it alone holds, and until then it is said that they are away', async () => {
    await (await openWithBatch()).save(at(0), bodyWith('the answer is here'), 'submitted');
    await closeAll();
    disk.files.delete(`${name}.content`);
    hang();
    const workspace = await open();
    expect(workspace.health()).toMatchObject({ journalAlone: true, casesAway: true });
    expect(healthSentences(workspace.health())[1]).toContain('Connect to the network');
    expect(sent(workspace)).toEqual(['the answer is here']);
    expect((await workspace.ledger({ offset: 0, limit: 9 })).total).toBe(1);
    answer();
    await expect.poll(async () => (await workspace.queue())[0]?.downloaded).toBe(3);
    await stands(workspace, 'the answer is here');
    expect(workspace.health()).toEqual(wholeHealth);
  });
});

it('leaves IndexedDB shut on a disk that is nearly full, and opens it by itself once there is space', async () => {
  await (await openWithBatch()).save(at(0), bodyWith('kept'), 'submitted');
  await closeAll();
  let openings = 0;
  Dexie.dependencies.indexedDB = opening((...args: Parameters<IDBFactory['open']>) => {
    openings += 1;
    return (real as IDBFactory).open(...args);
  });
  const host = createMemoryHost(disk);
  host.freeBytes = 5_000_000;
  const workspace = await open(host);
  expect(openings).toBe(0);
  expect(healthSentences(workspace.health())[0]).toMatch(
    /so full that opening the local database could destroy it/,
  );
  await stands(workspace, 'kept');
  await expect(workspace.save(at(1), bodyWith('refused'), 'draft')).rejects.toMatchObject({
    code: 'disk-low',
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(openings).toBe(0);
  host.freeBytes = 10_000_000_000;
  await untilBack(workspace);
  await workspace.save(at(1), bodyWith('taken again'), 'draft');
  await stands(workspace, 'kept', 'taken again');
});

it('opens to be read on a disk so full that not even a doubt can be written down', async () => {
  const before = await openWithBatch();
  await before.save(at(0), bodyWith('kept'), 'submitted');
  await before.save(at(1), bodyWith('a draft'), 'draft');
  await closeAll();
  const work = disk.files.get(`${name}.work`) as Uint8Array<ArrayBuffer>;
  disk.files.set(`${name}.work`, new Uint8Array([...work, ...work.slice(0, 9)]));
  refuse();
  const host = createMemoryHost(disk);
  const { invoke } = host;
  let isFull = true;
  host.invoke = (channel, ...args) =>
    isFull && channel === 'journal:append'
      ? Promise.resolve({ ok: false, code: 'disk-low', message: 'full' })
      : invoke(channel, ...args);
  const workspace = await open(host);
  await stands(workspace, 'kept', 'a draft');
  await expect(workspace.save(at(2), bodyWith('refused'), 'draft')).rejects.toMatchObject({
    code: 'disk-low',
  });
  isFull = false;
  await workspace.save(at(1), bodyWith('the draft goes on'), 'draft');
  // What may have been sent before the tail was torn is not changed any more (rule S11).
  expect(sent(workspace)).toEqual(['kept', 'a draft', 'the draft goes on']);
});
