import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../shared/schema/ids.ts';
import { createMemoryHost, type MemoryDisk, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { type PageHost, platformOf } from '../platform.ts';
import { databaseName, itemVersions, LocalDatabase } from './database.ts';
import type { DataKey } from './sealed-box.ts';
import type { Workspace } from './types.ts';
import { openWorkspace, syncStoreOf } from './workspace.ts';

/** Of fake-indexeddb: what runs the requests of a transaction. */
const transactions = IDBTransaction.prototype as unknown as { _start: () => void };
const start = transactions._start;

/** From here on no request is ever answered; one that was made meanwhile is answered late, after `answer`. */
const hang = () => {
  transactions._start = () => {};
};
const answer = () => {
  transactions._start = start;
};

/** A database of its own for each test: what hangs in one must not come to life in the next. */
let physician = samplePhysician;
let name = '';
const at = (n: number) => assignmentId(1000 + n);
let disk: MemoryDisk;
let dataKey: DataKey;
/** What a browser's host does beside the bridge; absent on the desktop. */
let requireFiles: PageHost['requireFiles'] | undefined;
const opened: Workspace[] = [];

beforeEach(async () => {
  physician = { ...samplePhysician, id: crypto.randomUUID() as UserId };
  name = databaseName(physician.id);
  disk = memoryDisk();
  requireFiles = undefined;
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
  };
});
afterEach(async () => {
  answer();
  for (const workspace of opened.splice(0)) await workspace.close().catch(() => undefined);
});

async function open(): Promise<Workspace> {
  const host = platformOf({
    ...createMemoryHost(disk),
    requireFiles: async () => (await requireFiles?.()) ?? { ok: true, value: null },
  });
  const options = { host, openTimeoutMs: 1500, patienceMs: 150 };
  const workspace = await openWorkspace(physician, dataKey, options);
  opened.push(workspace);
  return workspace;
}

async function openWithBatch(): Promise<Workspace> {
  const workspace = await open();
  const sync = syncStoreOf(workspace);
  const epoch = '00000009-0000-4000-8000-000000000001';
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

async function reopened(): Promise<Workspace> {
  const before = opened.splice(0);
  // As after a kill: what the old one would still write must not matter.
  for (const workspace of before) await workspace.close().catch(() => undefined);
  return open();
}

const conclusionOf = async (workspace: Workspace, n: number) =>
  (await workspace.loadCase(at(n))).body.reasoning.conclusion;

describe('an IndexedDB that never answers', () => {
  it('holds up no save, and each is there after a restart', async () => {
    const workspace = await openWithBatch();
    hang();
    await workspace.save(at(0), bodyWith('typed while it hung'), 'draft');
    await workspace.save(at(1), bodyWith('submitted while it hung'), 'submitted');
    expect(await conclusionOf(workspace, 1)).toBe('submitted while it hung');
    answer();
    const again = await reopened();
    expect(await conclusionOf(again, 0)).toBe('typed while it hung');
    expect(await conclusionOf(again, 1)).toBe('submitted while it hung');
  });

  it('keeps no case from being opened: the journal has it', async () => {
    await openWithBatch();
    const workspace = await reopened();
    hang();
    const { assignment } = await workspace.loadCase(at(2));
    expect(assignment.title).toContain('Case 2');
  });

  it('is opened anew by itself once it answers, and holds everything then', async () => {
    const workspace = await openWithBatch();
    hang();
    for (let n = 0; n < 4; n += 1) await workspace.save(at(n % 3), bodyWith(`save ${n}`), 'draft');
    answer();
    const stored = new LocalDatabase(name);
    await stored.open();
    const lsns = async () => Math.max(...(await itemVersions(stored)).values());
    const newest = () => workspace.ledger({ offset: 0, limit: 1 }).then(({ total }) => total);
    expect(await newest()).toBe(3);
    await expect.poll(async () => (await stored.outbox.count()) === 3, { timeout: 20_000 }).toBe(true);
    await workspace.save(at(0), bodyWith('after it came back'), 'submitted');
    const before = await lsns();
    await workspace.save(at(1), bodyWith('and again'), 'submitted');
    await expect.poll(lsns, { timeout: 20_000 }).toBeGreaterThan(before);
    stored.close();
  });
});

describe('an IndexedDB that the browser wiped', () => {
  it('is rebuilt from the journal, and that is remembered', async () => {
    const workspace = await openWithBatch();
    expect(workspace.rebuiltAt()).toBeNull();
    await workspace.save(at(0), bodyWith('survives'), 'submitted');
    for (const one of opened.splice(0)) await one.close();
    await Dexie.delete(name);
    const rebuilt = await open();
    expect(await conclusionOf(rebuilt, 0)).toBe('survives');
    expect(rebuilt.rebuiltAt()).toMatch(/^\d{4}-/);
    expect((await reopened()).rebuiltAt()).toBe(rebuilt.rebuiltAt());
  });

  it('under an open page gets no row before journal and key are known to stand, and holds up no save', async () => {
    const workspace = await openWithBatch();
    const stood: (() => void)[] = [];
    let asked = 0;
    requireFiles = async () => {
      asked += 1;
      if (asked === 1) return { ok: false, code: 'disk-low', message: 'no room' };
      await new Promise<void>((resolve) => stood.push(resolve));
      return { ok: true, value: null };
    };
    await Dexie.delete(name);
    const rows = async () => {
      const stored = new LocalDatabase(name);
      await stored.open();
      return stored.outbox.count().finally(() => stored.close());
    };
    await workspace.save(at(0), bodyWith('first'), 'submitted');
    await expect.poll(() => asked, { timeout: 20_000 }).toBe(1);
    await workspace.save(at(1), bodyWith('second'), 'submitted');
    await expect.poll(() => stood.length, { timeout: 20_000 }).toBe(1);
    expect(await conclusionOf(workspace, 1)).toBe('second');
    expect(await rows()).toBe(0);
    expect(workspace.rebuiltAt()).toBeNull();
    stood[0]?.();
    await expect.poll(rows, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => workspace.rebuiltAt(), { timeout: 20_000 }).toMatch(/^\d{4}-/);
  });
});
