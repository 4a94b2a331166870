import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { splitRecord } from '../../shared/rescue/sealed-record.ts';
import { scanFrames } from '../../shared/sync/journal-frame.ts';
import { createMemoryHost, type MemoryDisk, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { type Platform, platformOf } from '../platform.ts';
import { contentTables, databaseName, LocalDatabase, type Row, unsealRow, workTables } from './database.ts';
import type { DataKey } from './sealed-box.ts';
import type { Workspace } from './types.ts';
import { openVaultOf, unlockVault } from './vault.ts';
import { changeVaultKey } from './vault-change.ts';
import { openWorkspace, rescueSourceOf, syncStoreOf } from './workspace.ts';

const user = samplePhysician;
const password = 'a long enough password';
const iterations = 1000;
const name = databaseName(user.id);
let disk: MemoryDisk;
const opened: Workspace[] = [];

beforeEach(() => {
  disk = memoryDisk();
});
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close().catch(() => undefined);
  await Dexie.delete(name);
  vi.restoreAllMocks();
});

const newHost = () => platformOf(createMemoryHost(disk));
async function open(dataKey: DataKey, host: Platform): Promise<Workspace> {
  const workspace = await openWorkspace(user, dataKey, { host });
  opened.push(workspace);
  return workspace;
}

/** Two cases with content and work, under a first key. */
async function fill(): Promise<DataKey> {
  const host = newHost();
  const { dataKey } = await openVaultOf(user, password, { host, iterations });
  const workspace = await open(dataKey, host);
  const sync = syncStoreOf(workspace);
  const epoch = '00000009-0000-4000-8000-000000000001';
  await sync.storeFeed({
    epoch,
    cursor: 1,
    head: 1,
    events: [{ n: 1, type: 'batch-assigned', batchId: batchId(1) }],
  });
  await sync.storeBatch(sampleBatch(2));
  await sync.storePage([sampleAssignment(0), sampleAssignment(1)]);
  await workspace.save(assignmentId(1000), bodyWith('first'), 'submitted');
  await workspace.save(assignmentId(1001), bodyWith('second'), 'draft');
  await workspace.close();
  return dataKey;
}

async function expectWhole(workspace: Workspace): Promise<void> {
  for (const [n, words] of ['first', 'second'].entries()) {
    const found = await workspace.loadCase(assignmentId(1000 + n));
    expect(found.body.reasoning.conclusion).toBe(words);
    expect(found.assignment.a).toContain('CANARY-ANSWER');
  }
  expect((await workspace.syncSummary()).waiting).toBe(2);
}

/** Ids of the keys that records of the journals name. */
function keysInJournals(): Set<string> {
  const found = new Set<string>();
  for (const [file, bytes] of disk.files)
    if (file.startsWith(name))
      for (const payload of scanFrames(bytes, { final: true }).payloads)
        found.add(splitRecord(payload).keyId);
  return found;
}

/** How many rows do not open with this key alone. */
async function rowsUnderOthers({ id, key }: DataKey): Promise<number> {
  const database = new LocalDatabase(name);
  await database.open();
  let others = 0;
  for (const table of [...workTables, ...contentTables])
    for (const row of await database.table<Row, string>(table).toArray())
      await unsealRow({ id, key }, table, row).catch(() => {
        others += 1;
      });
  database.close();
  return others;
}

describe('a change of the data key', () => {
  it('leaves nothing under the old key, loses nothing, and then gives the old key up', async () => {
    const before = await fill();
    const host = newHost();
    const { dataKey } = await changeVaultKey(user, password, { host, iterations });
    expect(dataKey.older?.map(({ id }) => id)).toEqual([before.id]);
    const workspace = await open(dataKey, host);
    await expectWhole(workspace);
    await rescueSourceOf(workspace).moved;
    await workspace.close();

    expect(keysInJournals()).toEqual(new Set([dataKey.id]));
    expect(await rowsUnderOthers(dataKey)).toBe(0);
    expect(await rowsUnderOthers(before)).toBeGreaterThan(5);
    const again = await unlockVault(user.email, password, newHost());
    expect(again.dataKey.older ?? []).toEqual([]);
    await expectWhole(await open(again.dataKey, newHost()));
  });

  it('goes on after it was interrupted at any write, with all work readable in between', async () => {
    for (let failAt = 0; ; failAt++) {
      disk = memoryDisk();
      await Dexie.delete(name);
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      await fill();
      await changeVaultKey(user, password, { host: newHost(), iterations });
      let writes = 0;
      const host = newHost();
      const failing =
        <Args extends unknown[], R>(write: (...args: Args) => Promise<R>) =>
        async (...args: Args) => {
          writes += 1;
          if (writes > failAt) throw new Error('the computer went off');
          return write(...args);
        };
      const { dataKey } = await unlockVault(user.email, password, host);
      const broken: Platform = {
        ...host,
        journal: { ...host.journal, replace: failing(host.journal.replace) },
        keys: { ...host.keys, store: failing(host.keys.store) },
      };
      const workspace = await open(dataKey, broken);
      await rescueSourceOf(workspace).moved;
      await expectWhole(workspace);
      await workspace.close();
      const wasWhole = warn.mock.calls.length === 0;

      const next = await unlockVault(user.email, password, newHost());
      const resumed = await open(next.dataKey, newHost());
      await rescueSourceOf(resumed).moved;
      await expectWhole(resumed);
      await resumed.close();
      expect(keysInJournals()).toEqual(new Set([next.dataKey.id]));
      expect(await rowsUnderOthers(next.dataKey)).toBe(0);
      expect((await unlockVault(user.email, password, newHost())).dataKey.older ?? []).toEqual([]);
      warn.mockRestore();
      if (wasWhole) {
        // Two journals, the vault and its recovery record: each of them was the one that failed.
        expect(failAt).toBeGreaterThanOrEqual(4);
        return;
      }
    }
  });

  it('keeps the earlier key where the journal alone could not be written anew', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await fill();
    await changeVaultKey(user, password, { host: newHost(), iterations });
    const host = newHost();
    const { dataKey } = await unlockVault(user.email, password, host);
    const replace: Platform['journal']['replace'] = (journal, payloads) =>
      journal.endsWith('.work')
        ? Promise.reject(new Error('no room for a second copy'))
        : host.journal.replace(journal, payloads);
    const workspace = await open(dataKey, { ...host, journal: { ...host.journal, replace } });
    await rescueSourceOf(workspace).moved;
    await workspace.close();
    warn.mockRestore();
    const next = await unlockVault(user.email, password, newHost());
    expect(next.dataKey.older).toHaveLength(1);
    await expectWhole(await open(next.dataKey, newHost()));
  });

  it('takes a new key of its own with another recovery key of the site', async () => {
    const spkiOf = async () => {
      const algorithm = {
        name: 'RSA-OAEP',
        hash: 'SHA-256',
        modulusLength: 2048,
        publicExponent: new Uint8Array([1, 0, 1]),
      };
      const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
      return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))));
    };
    const [first, second] = [await spkiOf(), await spkiOf()];
    const host = newHost();
    const made = await openVaultOf(user, password, { host, iterations, recoveryPublicKey: first });
    const same = await openVaultOf(user, password, { host, iterations, recoveryPublicKey: first });
    expect(same.dataKey.id).toBe(made.dataKey.id);
    const other = await openVaultOf(user, password, { host, iterations, recoveryPublicKey: second });
    expect(other.dataKey.id).not.toBe(made.dataKey.id);
    expect(other.dataKey.older?.map(({ id }) => id)).toEqual([made.dataKey.id]);
  });
});
