import { AppError } from '../../shared/errors.ts';
import { encodeFrames } from '../../shared/sync/journal-frame.ts';
import { OpfsJournals } from './opfs-journals.ts';
import { sealRecord } from './sealed-record.ts';
import type { WorkerCall, WorkerReply } from './worker-calls.ts';

/** Owns the journals and key files of this browser: only a worker may write and flush a file synchronously. */

// One call at a time: a replace and an append of one journal must never meet.
let turn: Promise<unknown> = Promise.resolve();

const files = new OpfsJournals(() => {
  // Whoever waits for a record does not wait for the cases to be copied.
  setTimeout(() => {
    turn = turn.then(() => files.look());
  });
});

const freeIn = ({ quota, usage }: StorageEstimate): number | null =>
  quota === undefined || usage === undefined ? null : Math.max(0, Math.floor(quota - usage));

/** What the browser last said about the room left; asking takes longer than a write and its flush. */
let lastKnown: { freeBytes: number | null } | null = null;
const plentyBytes = 1024 * 1024 * 1024;

async function disk(): Promise<{ freeBytes: number | null }> {
  lastKnown = { freeBytes: freeIn(await navigator.storage.estimate()) };
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
  const opened = await files.open(name);
  setTimeout(warmUp);
  const estimate = await navigator.storage.estimate();
  files.wasCounted(estimate.usage ?? 0);
  lastKnown = { freeBytes: freeIn(estimate) };
  return { ...opened, disk: lastKnown };
}

async function append(name: string, payloads: readonly Uint8Array[]) {
  return { size: await files.append(name, payloads), disk: await diskAfterWrite() };
}

type AppendSealed = Extract<WorkerCall, { op: 'journal:append-sealed' }>;
const keys = new Map<string, CryptoKey>();

async function appendSealed({ name, key: given, records }: AppendSealed) {
  if (given) keys.set(name, given);
  const key = keys.get(name);
  if (!key) throw new AppError('journal-unavailable', { details: 'no key was given for the journal' });
  return append(name, await Promise.all(records.map((record) => sealRecord(key, record))));
}

function close(name: string): Promise<void> {
  keys.delete(name);
  return files.close(name);
}

const nothing = async (work: Promise<void>): Promise<null> => {
  await work;
  return null;
};

async function answer(call: WorkerCall): Promise<unknown> {
  switch (call.op) {
    case 'journal:open':
      return open(call.name);
    case 'journal:read':
      return files.read(call.name, call.offset);
    case 'journal:append':
      return append(call.name, call.payloads);
    case 'journal:append-sealed':
      return appendSealed(call);
    case 'journal:replace':
      return { size: await files.replace(call.name, call.payloads) };
    case 'journal:set-aside':
      return nothing(files.setAside(call.name));
    case 'journal:close':
      return nothing(close(call.name));
    case 'journal:remove':
      return nothing(files.remove(call.name));
    case 'journal:look':
      return nothing(files.look());
    case 'journal:require':
      return nothing(files.requireNamed());
    case 'keys:remove':
      return nothing(files.removeKey(call.name));
    case 'keys:load':
      return { bytes: await files.loadKey(call.name) };
    case 'keys:store':
      return nothing(files.storeKey(call.name, call.bytes));
  }
}

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
