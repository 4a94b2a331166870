import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frameHeaderBytes } from '../../shared/sync/journal-frame.ts';
import { createMemoryHost, type MemoryHost, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { platformOf } from '../platform.ts';
import { databaseName, LocalDatabase, sealRow } from './database.ts';
import type { DataKey } from './sealed-box.ts';
import type { Workspace } from './types.ts';
import { openWorkspace, syncStoreOf } from './workspace.ts';

const name = databaseName(samplePhysician.id);
let disk = memoryDisk();
let dataKey: DataKey;
const opened: Workspace[] = [];

beforeEach(async () => {
  disk = memoryDisk();
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
  };
});

afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close().catch(() => undefined);
  await Dexie.delete(name);
});

/** Opens on the same disk; the one before is gone without a close, as after a SIGKILL. */
async function start(
  host: MemoryHost = createMemoryHost(disk),
): Promise<{ workspace: Workspace; host: MemoryHost }> {
  const workspace = await openWorkspace(samplePhysician, dataKey, { host: platformOf(host) });
  opened.push(workspace);
  return { workspace, host };
}

async function startWithBatch(size = 3) {
  const started = await start();
  const sync = syncStoreOf(started.workspace);
  const epoch = '00000009-0000-4000-8000-000000000001';
  await sync.storeFeed({
    epoch,
    cursor: 1,
    head: 1,
    events: [{ n: 1, type: 'batch-assigned', batchId: batchId(1) }],
  });
  await sync.storeBatch(sampleBatch(size));
  await sync.storePage(Array.from({ length: size }, (_, i) => sampleAssignment(i)));
  return { ...started, sync };
}

const conclusionOf = async (workspace: Workspace, n: number) =>
  (await workspace.loadCase(assignmentId(1000 + n))).body.reasoning.conclusion;
const at = (n: number) => assignmentId(1000 + n);

async function outboxRows(): Promise<number> {
  const database = new LocalDatabase(name);
  await database.open();
  return database.outbox.count();
}

describe('workspace', () => {
  it('shows a downloaded batch with its counts and where to continue', async () => {
    const { workspace } = await startWithBatch(3);
    await workspace.save(at(0), bodyWith('done'), 'submitted');
    await workspace.save(at(1), bodyWith('half'), 'draft');
    const [batch] = await workspace.queue();
    expect(batch).toMatchObject({
      total: 3,
      downloaded: 3,
      untouched: 1,
      drafts: 1,
      submitted: 1,
      waiting: 2,
    });
    expect(batch?.continueAt).toBe(at(1));
    expect((await workspace.guidelines(batchId(1)))?.markdown).toContain('bedside');
    expect((await workspace.ledger({ offset: 0, limit: 10 })).entries.map((entry) => entry.seq)).toEqual([
      2, 1,
    ]);
  });

  it('finds everything again after a kill, the half-done case included', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('submitted text'), 'submitted');
    await workspace.save(at(1), bodyWith('draft text'), 'draft');
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 0)).toBe('submitted text');
    expect(await conclusionOf(again, 1)).toBe('draft text');
    expect((await again.places(batchId(1))).map((place) => place.state)).toEqual([
      'submitted',
      'draft',
      'untouched',
    ]);
    expect((await again.syncSummary()).waiting).toBe(2);
  });

  it('[S11] a draft that was never attempted is replaced under its number, a submission never', async () => {
    const { workspace, sync } = await startWithBatch();
    await workspace.save(at(0), bodyWith('one'), 'draft');
    await workspace.save(at(0), bodyWith('two'), 'draft');
    expect(
      sync.nextToSend({ mutations: 50, bytes: 1e6 }).map((m) => [m.seq, m.body.reasoning.conclusion]),
    ).toEqual([[1, 'two']]);
    await sync.markAttempted(sync.nextToSend({ mutations: 50, bytes: 1e6 }));
    await workspace.save(at(0), bodyWith('three'), 'draft');
    await workspace.save(at(0), bodyWith('four'), 'submitted');
    await workspace.save(at(0), bodyWith('five'), 'draft');
    const sent = sync.nextToSend({ mutations: 50, bytes: 1e6 });
    expect(sent.map((m) => [m.seq, m.state, m.body.reasoning.conclusion])).toEqual([
      [1, 'draft', 'two'],
      [2, 'draft', 'three'],
      [3, 'submitted', 'four'],
      [4, 'draft', 'five'],
    ]);
    expect(sent.slice(1).map((m) => m.baseRevisionId)).toEqual(sent.slice(0, 3).map((m) => m.revisionId));
  });

  it('rebuilds content and work from the journals when the browser wiped IndexedDB', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(2), bodyWith('survives the wipe'), 'submitted');
    await workspace.savePreference('pane', '340');
    await workspace.close();
    await Dexie.delete(name);
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 2)).toBe('survives the wipe');
    expect((await again.queue())[0]).toMatchObject({ downloaded: 3, submitted: 1, waiting: 1 });
    expect(await again.loadPreference('pane')).toBe('340');
    expect(await outboxRows()).toBe(1);
  });

  it('writes both journals anew from IndexedDB when their files are gone', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('only in the rows'), 'draft');
    await workspace.close();
    disk.files.clear();
    await (await start()).workspace.close();
    opened.length = 0;
    await Dexie.delete(name);
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 0)).toBe('only in the rows');
    expect((await again.queue())[0]?.downloaded).toBe(3);
  });

  it('fills from IndexedDB what a damaged stretch of the journal lost', async () => {
    const { workspace } = await startWithBatch();
    const before = disk.files.get(`${name}.work`)?.byteLength ?? 0;
    await workspace.save(at(0), bodyWith('in the damaged stretch'), 'submitted');
    const after = disk.files.get(`${name}.work`)?.byteLength ?? 0;
    await workspace.save(at(1), bodyWith('behind it'), 'submitted');
    await workspace.close();
    disk.files.get(`${name}.work`)?.fill(0xee, before + 1, after - 1);
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 0)).toBe('in the damaged stretch');
    await again.close();
    await Dexie.delete(name);
    const third = (await start()).workspace;
    expect([await conclusionOf(third, 0), await conclusionOf(third, 1)]).toEqual([
      'in the damaged stretch',
      'behind it',
    ]);
  });

  it('accepts nothing when the journal refuses, says so, and goes on when it works again', async () => {
    const { workspace, host } = await startWithBatch();
    for (const fault of [{ torn: 0 }, { torn: 7 }]) {
      host.beforeAppend = () => fault;
      await expect(workspace.save(at(0), bodyWith('refused'), 'draft')).rejects.toMatchObject({
        code: 'journal-unavailable',
      });
      expect((await workspace.loadCase(at(0))).state).toBe('untouched');
    }
    host.beforeAppend = null;
    await workspace.save(at(1), bodyWith('accepted'), 'submitted');
    const again = (await start()).workspace;
    expect((await again.loadCase(at(0))).state).toBe('untouched');
    expect(await conclusionOf(again, 1)).toBe('accepted');
  });

  it('takes saves again after the disk was away for a while, drafts of the same case included', async () => {
    const { workspace, host } = await startWithBatch();
    host.beforeAppend = () => ({ torn: 3 });
    host.refuseOpen = true;
    await expect(workspace.save(at(0), bodyWith('one'), 'draft')).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    await expect(workspace.save(at(0), bodyWith('two'), 'draft')).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    host.beforeAppend = null;
    host.refuseOpen = false;
    await workspace.save(at(0), bodyWith('three'), 'draft');
    expect(await conclusionOf((await start()).workspace, 0)).toBe('three');
  });

  it('[S11] takes every unsent change for attempted after a rebuild', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('perhaps sent'), 'draft');
    await workspace.close();
    await Dexie.delete(name);
    const again = (await start()).workspace;
    await again.save(at(0), bodyWith('after it'), 'draft');
    const sent = syncStoreOf(again).nextToSend({ mutations: 50, bytes: 1e6 });
    expect(sent.map((m) => m.body.reasoning.conclusion)).toEqual(['perhaps sent', 'after it']);
  });

  it('writes all it knows where a journal that refused a save comes back without what it had held', async () => {
    const { workspace, host } = await startWithBatch();
    await workspace.save(at(0), bodyWith('before'), 'submitted');
    host.beforeAppend = (name) => {
      if (name.endsWith('.work')) host.disk.files.delete(name);
      return { torn: 0 };
    };
    await expect(workspace.save(at(1), bodyWith('refused'), 'draft')).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    host.beforeAppend = null;
    await workspace.save(at(1), bodyWith('after'), 'draft');
    const bare = memoryDisk();
    for (const [file, bytes] of disk.files) bare.files.set(file, bytes.slice());
    await workspace.close();
    await Dexie.delete(name);
    const { workspace: again } = await start(createMemoryHost(bare));
    expect(await conclusionOf(again, 0)).toBe('before');
    expect(await conclusionOf(again, 1)).toBe('after');
  });

  it('counts a write whose failure was only reported, and gives its number to nothing else', async () => {
    const { workspace, host, sync } = await startWithBatch();
    host.beforeAppend = () => ({ torn: 0, whole: true });
    await expect(workspace.save(at(0), bodyWith('on the disk all the same'), 'submitted')).rejects.toThrow();
    host.beforeAppend = null;
    await workspace.save(at(1), bodyWith('next'), 'submitted');
    const sent = sync.nextToSend({ mutations: 50, bytes: 1e6 });
    expect(sent.map((m) => [m.seq, m.body.reasoning.conclusion])).toEqual([
      [1, 'on the disk all the same'],
      [2, 'next'],
    ]);
    expect(await conclusionOf((await start()).workspace, 0)).toBe('on the disk all the same');
  });

  it('counts a save as saved when only IndexedDB fails, and repairs it', async () => {
    const { workspace } = await startWithBatch();
    // Another connection removes the database under the open one, as Chromium does.
    await Dexie.delete(name);
    await workspace.save(at(0), bodyWith('journal holds it'), 'submitted');
    expect(await conclusionOf(workspace, 0)).toBe('journal holds it');
    await expect.poll(outboxRows, { timeout: 10_000 }).toBe(1);
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 0)).toBe('journal holds it');
  });

  it('survives a crash at every point between journal and IndexedDB', async () => {
    const { workspace } = await startWithBatch();
    const states: Map<string, Uint8Array<ArrayBuffer>>[] = [];
    for (const text of ['one', 'two', 'three']) {
      await workspace.save(at(0), bodyWith(text), 'submitted');
      states.push(new Map(disk.files));
    }
    await workspace.close();
    // IndexedDB is at "three"; the journal as it was after each save, and torn within the next record.
    for (const [i, files] of states.entries()) {
      disk = { ...memoryDisk(), files: new Map(files) };
      const again = (await start()).workspace;
      expect(await conclusionOf(again, 0), `journal after save ${i + 1}`).toBe('three');
      await again.close();
    }
    const whole = states[2]?.get(`${name}.work`) ?? new Uint8Array(0);
    const before = states[1]?.get(`${name}.work`)?.byteLength ?? 0;
    for (let cut = before; cut < whole.byteLength; cut += 97) {
      disk = { ...memoryDisk(), files: new Map(states[2] ?? []) };
      disk.files.set(`${name}.work`, whole.slice(0, cut));
      await Dexie.delete(name);
      const again = (await start()).workspace;
      expect(await conclusionOf(again, 0), `journal cut at ${cut}`).toBe('two');
      await again.close();
    }
  });

  it('brings IndexedDB up to the journal from where it had come to, taking nothing for sent', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('in both'), 'submitted');
    const database = new LocalDatabase(name);
    await database.open();
    const tables = database.tables.filter((table) => table.name !== 'assignments');
    const then = await Promise.all(tables.map((table) => table.toArray()));
    await workspace.save(at(0), bodyWith('only in the journal'), 'submitted');
    await workspace.save(at(1), bodyWith('a draft'), 'draft');
    await workspace.close();
    // Killed twice between the journal and IndexedDB.
    for (const [i, table] of tables.entries()) {
      await table.clear();
      await table.bulkPut(then[i] ?? []);
    }
    database.close();
    const again = (await start()).workspace;
    expect(await conclusionOf(again, 0)).toBe('only in the journal');
    await again.save(at(1), bodyWith('the draft goes on'), 'draft');
    const sent = syncStoreOf(again).nextToSend({ mutations: 50, bytes: 1e6 });
    expect(sent.map((m) => [m.seq, m.body.reasoning.conclusion])).toEqual([
      [1, 'in both'],
      [2, 'only in the journal'],
      [3, 'the draft goes on'],
    ]);
    await again.close();
    // IndexedDB alone holds it all now.
    disk.files.clear();
    const third = (await start()).workspace;
    expect([await conclusionOf(third, 0), await conclusionOf(third, 1)]).toEqual([
      'only in the journal',
      'the draft goes on',
    ]);
  });

  it('takes a damaged first byte of a record for damage, not for a newer app', async () => {
    const { workspace } = await startWithBatch();
    const before = disk.files.get(`${name}.work`)?.byteLength ?? 0;
    await workspace.save(at(0), bodyWith('in the damaged record'), 'submitted');
    await workspace.save(at(1), bodyWith('behind it'), 'submitted');
    await workspace.close();
    disk.files.get(`${name}.work`)?.fill(0xee, before + frameHeaderBytes, before + frameHeaderBytes + 1);
    const again = (await start()).workspace;
    expect([await conclusionOf(again, 0), await conclusionOf(again, 1)]).toEqual([
      'in the damaged record',
      'behind it',
    ]);
  });

  it('finds the place of every case where rows of titles are missing or from an older app', async () => {
    const { workspace } = await startWithBatch(3);
    await workspace.close();
    const read = async (one: Workspace) =>
      (await one.places(batchId(1))).map(({ id, position }) => [id, position]);
    const all = [0, 1, 2].map((n) => [at(n), n]);
    const database = new LocalDatabase(name);
    await database.open();
    const ids = (await database.documents.toCollection().primaryKeys()).filter((id) =>
      id.startsWith('titles.'),
    );
    expect(ids.length).toBeGreaterThan(0);
    await database.documents.bulkDelete(ids);
    const untitled = (await start()).workspace;
    expect(await read(untitled)).toEqual(all);
    await untitled.close();
    const old = [0, 1, 2].map((n) => [at(n), `Old title ${n}`]);
    await database.documents.put(await sealRow(dataKey, 'documents', `titles.${at(0)}`, 0, old));
    database.close();
    const again = (await start()).workspace;
    expect(await read(again)).toEqual(all);
    expect((await again.places(batchId(1)))[2]?.title).toBe('Old title 2');
  });

  it('saves in order and keeps the newest when many come at once', async () => {
    const { workspace, sync } = await startWithBatch();
    const saves = Array.from({ length: 30 }, (_, i) => workspace.save(at(0), bodyWith(`text ${i}`), 'draft'));
    saves.push(workspace.save(at(1), bodyWith('other case'), 'submitted'));
    await Promise.all(saves);
    expect(await conclusionOf(workspace, 0)).toBe('text 29');
    expect(sync.nextToSend({ mutations: 50, bytes: 1e6 })).toHaveLength(2);
  });

  it('does not drop a submission for a draft that is saved right behind it', async () => {
    const { workspace, sync } = await startWithBatch();
    await Promise.all([
      // Something under way, so that the first draft waits and is taken up by the submission behind it.
      workspace.save(at(1), bodyWith('other case'), 'draft'),
      workspace.save(at(0), bodyWith('a'), 'draft'),
      workspace.save(at(0), bodyWith('b'), 'submitted'),
      workspace.save(at(0), bodyWith('c'), 'draft'),
    ]);
    const sent = sync.nextToSend({ mutations: 50, bytes: 1e6 });
    expect(sent.map((m) => [m.state, m.body.reasoning.conclusion])).toEqual([
      ['draft', 'other case'],
      ['submitted', 'b'],
      ['draft', 'c'],
    ]);
  });

  it('writes the first of a run of saves at once and the newest of those behind it, in two records', async () => {
    const { workspace, host, sync } = await startWithBatch();
    let handed = 0;
    host.beforeAppend = () => {
      handed += 1;
      return null;
    };
    const first = workspace.save(at(0), bodyWith('first'), 'draft');
    const second = workspace.save(at(0), bodyWith('second'), 'draft');
    const third = workspace.save(at(0), bodyWith('third'), 'draft');
    await Promise.all([first, second, third]);
    expect(handed).toBe(2);
    expect(await conclusionOf(workspace, 0)).toBe('third');
    expect(sync.nextToSend({ mutations: 50, bytes: 1e6 })).toHaveLength(1);
  });

  it('refuses new work on a nearly full disk and takes it again when there is room', async () => {
    const { workspace, host } = await startWithBatch();
    host.freeBytes = 10_000_000;
    await workspace.save(at(0), bodyWith('the save that learns of it'), 'draft');
    expect(workspace.disk()).toEqual({ freeBytes: 10_000_000, low: true });
    await expect(workspace.save(at(0), bodyWith('refused'), 'draft')).rejects.toMatchObject({
      code: 'disk-low',
    });
    host.freeBytes = 10_000_000_000;
    await workspace.save(at(0), bodyWith('taken again'), 'draft');
    expect(await conclusionOf(workspace, 0)).toBe('taken again');
  });

  it('keeps the order of saves that waited for a nearly full disk', async () => {
    const { workspace, host, sync } = await startWithBatch();
    host.freeBytes = 10_000_000;
    await workspace.save(at(1), bodyWith('the save that learns of it'), 'draft');
    host.freeBytes = 10_000_000_000;
    const { invoke } = host;
    const second = Promise.withResolvers<void>();
    host.invoke = async (channel, ...args) => {
      const reply = await invoke(channel, ...args);
      host.invoke = invoke;
      // The disk has just answered the first, which still waits for the rows: this one must not pass it.
      const saveSecond = async () => {
        while (workspace.disk().low) await Promise.resolve();
        await workspace.save(at(0), bodyWith('second'), 'draft');
      };
      saveSecond().then(second.resolve, second.reject);
      return reply;
    };
    await Promise.all([workspace.save(at(0), bodyWith('first'), 'submitted'), second.promise]);
    const sent = sync.nextToSend({ mutations: 100, bytes: 1e7 }).filter((m) => m.assignmentId === at(0));
    expect(sent.map((m) => [m.state, m.body.reasoning.conclusion])).toEqual([
      ['submitted', 'first'],
      ['draft', 'second'],
    ]);
    expect(await conclusionOf(workspace, 0)).toBe('second');
  });

  it('asks a nearly full disk by itself whether there is room again, and tells the screens', async () => {
    const host = createMemoryHost(disk);
    const options = { host: platformOf(host), spaceCheckMs: 20 };
    const workspace = await openWorkspace(samplePhysician, dataKey, options);
    opened.push(workspace);
    host.freeBytes = 10_000_000;
    await workspace.savePreference('pane', '1');
    expect(workspace.disk().low).toBe(true);
    const told: boolean[] = [];
    workspace.onChange(() => told.push(workspace.disk().low));
    host.freeBytes = 10_000_000_000;
    await expect.poll(() => told.at(-1)).toBe(false);
  });

  it('refuses a second window', async () => {
    const { host } = await startWithBatch();
    await expect(openWorkspace(samplePhysician, dataKey, { host: platformOf(host) })).rejects.toMatchObject({
      code: 'already-open',
    });
  });

  it('refuses a store of a newer app and changes nothing', async () => {
    const { workspace } = await startWithBatch();
    await workspace.close();
    const database = new LocalDatabase(name);
    await database.open();
    await database.guard.put({ id: 'guard', schemaVersion: 99, rebuilding: false, upTo: { lsn: 0, sum: 0 } });
    database.close();
    const files = new Map(disk.files);
    await expect(start()).rejects.toMatchObject({ code: 'store-newer' });
    expect(disk.files).toEqual(files);
  });

  it('opens nothing, and least of all an empty start, under another key', async () => {
    const { workspace } = await startWithBatch();
    await workspace.close();
    const other = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    dataKey = { id: 'ffffffffffffffff', key: other };
    await expect(start()).rejects.toMatchObject({ code: 'key-unavailable' });
  });

  it('gives up on an IndexedDB that never answers, with a clear error', async () => {
    const real = Dexie.dependencies.indexedDB;
    const hanging: IDBFactory = Object.assign(Object.create(real), { open: () => ({}) });
    Dexie.dependencies.indexedDB = hanging;
    try {
      const opening = openWorkspace(samplePhysician, dataKey, {
        host: platformOf(createMemoryHost(disk)),
        openTimeoutMs: 50,
      });
      await expect(opening).rejects.toMatchObject({ code: 'store-unavailable' });
    } finally {
      Dexie.dependencies.indexedDB = real;
    }
  });

  it('makes text well-formed and refuses what is no annotation', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('half \uD800 and nul \u0000'), 'draft');
    expect(await conclusionOf(workspace, 0)).toBe('half \uFFFD and nul \uFFFD');
    const broken = { ...bodyWith('x'), preference: 9 } as never;
    await expect(workspace.save(at(0), broken, 'draft')).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('keeps a journal small by writing it anew, and loses nothing by it', async () => {
    const { workspace } = await startWithBatch();
    const filler = 'long text '.repeat(1990);
    const long = (i: number) => {
      const body = bodyWith(`${filler}${i}`);
      return {
        ...body,
        caseFlags: Array.from({ length: 8 }, () => ({ kind: 'context-unclear' as const, note: filler })),
      };
    };
    for (let i = 0; i < 30; i++) await workspace.save(at(0), long(i), 'draft');
    await workspace.save(at(1), bodyWith('kept'), 'submitted');
    await workspace.close();
    const before = disk.files.get(`${name}.work`)?.byteLength ?? 0;
    // On a full disk there is no room for the new one: the work opens all the same, on the old one.
    const full = createMemoryHost(disk);
    const { invoke } = full;
    full.invoke = (channel, ...args) =>
      channel === 'journal:replace'
        ? Promise.resolve({ ok: false, code: 'disk-low', message: 'full' })
        : invoke(channel, ...args);
    const onFullDisk = (await start(full)).workspace;
    expect(await conclusionOf(onFullDisk, 1)).toBe('kept');
    expect(disk.files.get(`${name}.work`)?.byteLength).toBe(before);
    await onFullDisk.close();
    const again = (await start()).workspace;
    expect(disk.files.get(`${name}.work`)?.byteLength).toBeLessThan(before / 10);
    await again.close();
    await Dexie.delete(name);
    const third = (await start()).workspace;
    expect(await conclusionOf(third, 0)).toBe(`${filler}29`);
    expect(await conclusionOf(third, 1)).toBe('kept');
    expect((await third.syncSummary()).waiting).toBe(2);
  });

  it('leaves no plain text in any stored byte', async () => {
    const { workspace } = await startWithBatch();
    await workspace.save(at(0), bodyWith('CANARY-REASON'), 'draft');
    await workspace.savePreference('CANARY-KEY', 'CANARY-VALUE');
    await workspace.close();
    const stored: string[] = [...disk.files.values()].map((bytes) => Buffer.from(bytes).toString('latin1'));
    const database = new LocalDatabase(name);
    await database.open();
    for (const table of database.tables)
      for (const row of (await table.toArray()) as Record<string, unknown>[])
        for (const value of Object.values(row))
          stored.push(value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value));
    database.close();
    expect(stored.length).toBeGreaterThan(10);
    const all = stored.join('\n');
    for (const secret of [
      'CANARY',
      'Sample study',
      'cardiology',
      'spironolactone',
      'Ada',
      'ward.test',
      'accuracy',
    ])
      expect(all, secret).not.toContain(secret);
  });
});
