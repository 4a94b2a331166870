import { AppError } from '../../shared/errors.ts';
import { encodeFrames } from '../../shared/sync/journal-frame.ts';
import { JournalFile, type SyncFile } from './journal-file.ts';
import { OpfsFolder, type SyncAccessHandle } from './opfs-files.ts';
import { sealRecord } from './sealed-record.ts';
import type { WorkerCall, WorkerReply } from './worker-calls.ts';

/** Owns the journals and key files of this browser: only a worker may write and flush a file synchronously. */

type OpenJournal = { handle: SyncAccessHandle; journal: JournalFile; unlock: () => void };
const journals = new Map<string, OpenJournal>();
let folders: Promise<{ journals: OpfsFolder; keys: OpfsFolder }> | null = null;

async function openFolders() {
  folders ??= Promise.all([OpfsFolder.open('journals'), OpfsFolder.open('keys')]).then(([j, k]) => ({
    journals: j,
    keys: k,
  }));
  return folders;
}

const alreadyOpen = () => new AppError('already-open');

/** Holds a lock of that name until the returned function is called; a second tab is told at once. */
function lock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(`journal-${name}`, { ifAvailable: true }, (granted) => {
      if (!granted) return reject(alreadyOpen());
      return new Promise<void>((unlock) => resolve(unlock));
    });
    held.catch(reject);
  });
}

/** Runs a write that must be whole: fewer bytes than asked means a full disk. */
function writeWhole(handle: SyncAccessHandle, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) {
    const written = handle.write(bytes.subarray(done), { at: at + done });
    if (written <= 0) throw new AppError('disk-low', { details: 'the disk takes no more bytes' });
    done += written;
  }
}

const syncFile = (handle: SyncAccessHandle): SyncFile => ({
  size: () => handle.getSize(),
  read: (at, length) => {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, handle.read(buffer, { at }));
  },
  write: (at, bytes) => writeWhole(handle, at, bytes),
  truncate: (size) => handle.truncate(size),
  flush: () => handle.flush(),
});

async function openHandle(name: string): Promise<SyncAccessHandle> {
  try {
    return await (await openFolders()).journals.openFile(name);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'NoModificationAllowedError') throw alreadyOpen();
    throw cause;
  }
}

async function freeBytes(): Promise<number | null> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? null : Math.max(0, Math.floor(quota - usage));
}

/** What the browser last said about the room left; asking takes longer than a write and its flush. */
let lastKnown: { freeBytes: number | null } | null = null;
const plentyBytes = 1024 * 1024 * 1024;

async function disk(): Promise<{ freeBytes: number | null }> {
  lastKnown = { freeBytes: await freeBytes() };
  return lastKnown;
}

/** With plenty left the last answer will do, and the question is asked anew behind the reply; else it is waited for. */
function diskAfterWrite(): { freeBytes: number | null } | Promise<{ freeBytes: number | null }> {
  if ((lastKnown?.freeBytes ?? 0) < plentyBytes) return disk();
  setTimeout(() => disk().catch(() => undefined)); // the next write asks again
  return lastKnown ?? disk();
}

let isWarm = false;
/** A moment of checksums behind the first opening: else the first saves would be the ones to run them uncompiled. */
function warmUp(): void {
  if (isWarm) return;
  isWarm = true;
  encodeFrames(Array.from({ length: 40 }, () => new Uint8Array(4096)));
}

async function open(name: string) {
  if (journals.has(name)) throw alreadyOpen();
  const unlock = await lock(name);
  try {
    const handle = await openHandle(name);
    const journal = new JournalFile(syncFile(handle));
    journals.set(name, { handle, journal, unlock });
    setTimeout(warmUp);
    return { size: journal.size, cutBytes: journal.cutBytes, disk: await disk() };
  } catch (cause) {
    unlock();
    throw cause;
  }
}

function opened(name: string): OpenJournal {
  const found = journals.get(name);
  if (!found) throw new AppError('journal-unavailable', { details: 'the journal is not open' });
  return found;
}

async function append(name: string, payloads: readonly Uint8Array[]) {
  return { size: opened(name).journal.append(payloads), disk: await diskAfterWrite() };
}

type AppendSealed = Extract<WorkerCall, { op: 'journal:append-sealed' }>;
const keys = new Map<string, CryptoKey>();

async function appendSealed({ name, key: given, records }: AppendSealed) {
  if (given) keys.set(name, given);
  const key = keys.get(name);
  if (!key) throw new AppError('journal-unavailable', { details: 'no key was given for the journal' });
  return append(name, await Promise.all(records.map((record) => sealRecord(key, record))));
}

async function replace(name: string, payloads: Uint8Array[]) {
  const current = opened(name);
  current.handle.close();
  let failure: unknown = null;
  try {
    const bytes = encodeFrames(payloads);
    await (await openFolders()).journals.replace(name, (file) => writeWhole(file, 0, bytes));
  } catch (cause) {
    failure = cause;
  }
  // Old or new, one whole file stands under the name.
  const handle = await openHandle(name);
  const journal = new JournalFile(syncFile(handle));
  journals.set(name, { ...current, handle, journal });
  if (failure) throw failure;
  return { size: journal.size };
}

/** Copies the file as it is beside itself, under a name that its bytes give: what stands there is not copied again. */
async function setAside(name: string) {
  const { handle } = opened(name);
  const bytes = syncFile(handle).read(0, handle.getSize());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  const hash = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const folder = (await openFolders()).journals;
  const aside = `${name}.damaged-${hash}`;
  if ((await folder.load(aside)) === null) await folder.replace(aside, (file) => writeWhole(file, 0, bytes));
  return null;
}

function close(name: string) {
  const found = journals.get(name);
  found?.handle.close();
  found?.unlock();
  journals.delete(name);
  keys.delete(name);
  return null;
}

async function answer(call: WorkerCall): Promise<unknown> {
  switch (call.op) {
    case 'journal:open':
      return open(call.name);
    case 'journal:read':
      return opened(call.name).journal.read(call.offset);
    case 'journal:append':
      return append(call.name, call.payloads);
    case 'journal:append-sealed':
      return appendSealed(call);
    case 'journal:replace':
      return replace(call.name, call.payloads);
    case 'journal:set-aside':
      return setAside(call.name);
    case 'journal:close':
      return close(call.name);
    case 'journal:remove':
      if (journals.has(call.name)) throw alreadyOpen();
      await (await openFolders()).journals.remove(call.name);
      return null;
    case 'keys:remove':
      await (await openFolders()).keys.remove(call.name);
      return null;
    case 'keys:load':
      return { bytes: await (await openFolders()).keys.load(call.name) };
    case 'keys:store':
      await (await openFolders()).keys.replace(call.name, (file) => writeWhole(file, 0, call.bytes));
      return null;
  }
}

// One call at a time: a replace and an append of one journal must never meet.
let turn: Promise<unknown> = Promise.resolve();

function failed(id: number, cause: unknown): WorkerReply {
  if (cause instanceof AppError) return { id, ok: false, code: cause.code, message: cause.message };
  if (cause instanceof DOMException && cause.name === 'QuotaExceededError')
    return { id, ok: false, code: 'disk-low', message: new AppError('disk-low').message };
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return { id, ok: false, code: 'host-failed', message };
}

self.addEventListener('message', ({ data }: MessageEvent<WorkerCall & { id: number }>) => {
  turn = turn
    .then(() => answer(data))
    .then(
      (value) => self.postMessage({ id: data.id, ok: true, value } satisfies WorkerReply),
      (cause) => self.postMessage(failed(data.id, cause)),
    );
});
