import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importPrivateKey } from '../../shared/rescue/recovery-wrap.ts';
import { openRescueFile } from '../../shared/rescue/rescue-file.ts';
import { readRescuedFile } from '../../shared/rescue/rescued-work.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { encodeFrames, frameHeaderBytes, scanFrames } from '../../shared/sync/journal-frame.ts';
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
import { databaseName } from './database.ts';
import { healthSentences } from './health-words.ts';
import { saveEmergencyCopy } from './rescue.ts';
import { sealTools } from './seal-tools.ts';
import type { DataKey } from './sealed-box.ts';
import type { Workspace } from './types.ts';
import { openVaultOf } from './vault.ts';
import { openWorkspace, rescueSourceOf, syncStoreOf } from './workspace.ts';

const real = Dexie.dependencies.indexedDB;
const hang = () => {
  Dexie.dependencies.indexedDB = Object.assign(Object.create(real), { open: () => ({}) });
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

async function open(): Promise<Workspace> {
  await closeAll();
  const host = platformOf(createMemoryHost(disk));
  const workspace = await openWorkspace(physician, dataKey, { host, openTimeoutMs: 200, patienceMs: 50 });
  opened.push(workspace);
  return workspace;
}

const work = () => disk.files.get(`${name}.work`) as Uint8Array<ArrayBuffer>;
const asides = () => [...disk.files.keys()].filter((file) => file.startsWith(`${name}.work.damaged-`));

/** Three submissions, each in a record of its own; closed. @returns where the records of each begin */
async function fill(): Promise<number[]> {
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
  const starts: number[] = [];
  for (const n of [0, 1, 2]) {
    starts.push(work().byteLength);
    await workspace.save(at(n), bodyWith(`answer ${n}`), 'submitted');
  }
  await closeAll();
  return starts;
}

/** Bytes of a record changed on the disk: its checksum does not match any more. */
const damageFrame = (start: number) =>
  work().fill(0xee, start + frameHeaderBytes, start + frameHeaderBytes + 30);

/** A whole record with a good checksum that does not open: what was sealed came to the disk changed. */
function damageSeal(index: number): void {
  const payloads = scanFrames(work(), { final: true }).payloads.map((payload) => payload.slice());
  const payload = payloads[index];
  if (payload) payload[payload.length - 1] = (payload[payload.length - 1] ?? 0) ^ 1;
  disk.files.set(`${name}.work`, encodeFrames(payloads) as Uint8Array<ArrayBuffer>);
}

const conclusions = async (workspace: Workspace) => {
  const all: string[] = [];
  for (const n of [0, 1, 2]) all.push((await workspace.loadCase(at(n))).body.reasoning.conclusion);
  return all;
};
const whole = ['answer 0', 'answer 1', 'answer 2'];
const damageOf = (workspace: Workspace) => workspace.health().damage;

describe('a record in the middle of the journal that cannot be read', () => {
  it.each([
    ['fails its checksum', (starts: number[]) => damageFrame(starts[1] ?? 0)],
    ['does not open', () => damageSeal(scanFrames(work(), { final: true }).payloads.length - 2)],
  ])('that %s comes back from IndexedDB, and it is said that nothing is missing', async (_, damage) => {
    damage(await fill());
    const workspace = await open();
    expect(await conclusions(workspace)).toEqual(whole);
    expect(damageOf(workspace)).toMatchObject({ places: 1, missing: 'nothing', seen: false });
    expect(healthSentences(workspace.health())).toEqual([
      expect.stringMatching(/cannot be read at one place; .* nothing is missing/),
    ]);
  });

  it('is told as perhaps missing where IndexedDB was wiped, also after it was built anew', async () => {
    damageFrame((await fill())[1] ?? 0);
    await Dexie.delete(name);
    for (let start = 0; start < 3; start += 1) {
      const workspace = await open();
      expect(await conclusions(workspace)).toEqual(['answer 0', '', 'answer 2']);
      expect(damageOf(workspace)).toMatchObject({ places: 1, missing: 'perhaps' });
      expect(healthSentences(workspace.health())[0]).toMatch(/may be missing.*tell your administrator/);
    }
  });

  it('is not called harmless because rows that were built from the damaged journal agree with it', async () => {
    const starts = await fill();
    damageFrame(starts[0] ?? 0);
    await Dexie.delete(name);
    await (await open()).seeDamage();
    await closeAll();
    // The record behind it, which the rows do hold: what was missing before stays missing.
    damageFrame(starts[1] ?? 0);
    const workspace = await open();
    expect(damageOf(workspace)).toMatchObject({ places: 1, missing: 'perhaps', seen: false });
    expect(await conclusions(workspace)).toEqual(['', 'answer 1', 'answer 2']);
  });

  it('waits for an IndexedDB that does not answer before anything is said to be missing', async () => {
    damageFrame((await fill())[1] ?? 0);
    hang();
    const workspace = await open();
    expect(damageOf(workspace)).toMatchObject({ places: 1, missing: 'unknown' });
    expect(healthSentences(workspace.health())[0]).toMatch(/does not answer yet/);
    // Nothing is thrown away before that is known.
    await expect(rescueSourceOf(workspace).store.rewriteAll()).rejects.toMatchObject({
      code: 'store-unavailable',
    });
    answer();
    await expect.poll(() => damageOf(workspace), { timeout: 5000 }).toMatchObject({ missing: 'nothing' });
    expect(await conclusions(workspace)).toEqual(whole);
  });

  it('is remembered, with its bytes, when the journal is written anew, until it was read of', async () => {
    damageFrame((await fill())[1] ?? 0);
    const bytes = work().slice();
    const workspace = await open();
    await rescueSourceOf(workspace).store.rewriteAll();
    expect(asides()).toHaveLength(1);
    const kept = disk.files.get(asides()[0] ?? '');
    expect([...(kept ?? []).slice(0, bytes.byteLength)]).toEqual([...bytes]);
    expect(scanFrames(work(), { final: true }).damaged).toEqual([]);
    const again = await open();
    expect(damageOf(again)).toMatchObject({ places: 1, missing: 'nothing', seen: false });
    await again.seeDamage();
    await rescueSourceOf(again).store.rewriteAll();
    expect(asides()).toHaveLength(1);
    const third = await open();
    expect(damageOf(third)).toMatchObject({ places: 1, seen: true });
    expect(await conclusions(third)).toEqual(whole);
  });

  it('keeps the journal as it is where its bytes cannot be set aside', async () => {
    damageFrame((await fill())[1] ?? 0);
    const workspace = await open();
    const { store, host } = rescueSourceOf(workspace);
    host.journal.setAside = () => Promise.reject(new Error('the disk is full'));
    const before = work().slice();
    await expect(store.rewriteAll()).rejects.toThrow('full');
    expect(work()).toEqual(before);
  });
});

it('is told in an emergency copy, with how many places there are', async () => {
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048 };
  const pair = await crypto.subtle.generateKey(
    { ...algorithm, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['encrypt', 'decrypt'],
  );
  const bytesOf = async (format: 'spki' | 'pkcs8', key: CryptoKey) =>
    new Uint8Array(await crypto.subtle.exportKey(format, key));
  const recoveryPublicKey = sealTools.toBase64(await bytesOf('spki', pair.publicKey));
  const host = platformOf(createMemoryHost(disk));
  const vault = await openVaultOf(physician, 'a password of this person', {
    host,
    iterations: 1000,
    recoveryPublicKey,
  });
  dataKey = vault.dataKey;
  const starts = await fill();
  damageFrame(starts[0] ?? 0);
  damageFrame(starts[2] ?? 0);
  // Something whole behind it: a damaged end is cut.
  disk.files.set(`${name}.work`, new Uint8Array([...work(), ...work().slice(0, starts[0])]));
  const workspace = await open();
  let saved: Uint8Array = new Uint8Array(0);
  rescueSourceOf(workspace).host.files.save = async ({ bytes, suggestedName }) => {
    saved = bytes;
    return suggestedName;
  };
  await saveEmergencyCopy(workspace);
  const privateKey = await importPrivateKey(sealTools, await bytesOf('pkcs8', pair.privateKey));
  async function* chunks() {
    yield saved;
  }
  const file = await openRescueFile(sealTools, chunks(), async () => privateKey);
  const { troubles, works } = await readRescuedFile(sealTools, file, async () => privateKey);
  expect(troubles).toEqual([expect.stringContaining('cannot be read at 2 places')]);
  expect(works.flatMap(({ changes }) => changes)).toHaveLength(3);
});

it('says nothing of a journal that was only cut at its torn end', async () => {
  await fill();
  disk.files.set(`${name}.work`, new Uint8Array([...work(), ...work().slice(0, 9)]));
  const workspace = await open();
  expect(workspace.health().damage).toBeNull();
  expect(await conclusions(workspace)).toEqual(whole);
});
