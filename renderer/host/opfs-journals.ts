import { AppError } from '../../shared/errors.ts';
import { encodeFrames } from '../../shared/sync/journal-frame.ts';
import { JournalFile, type SyncFile } from './journal-file.ts';
import { beginAnotherPlace, OpfsFolder, type SyncAccessHandle } from './opfs-files.ts';

type Written = { handle: SyncAccessHandle; journal: JournalFile };
/** `seenAt`: when its file was last seen under its name. */
type OpenJournal = Written & { unlock: () => void; seenAt: number };

/**
 * Looking for a file's name makes Chromium write down that the site was used; where somebody saves faster than a person
 * does, not every record is worth that. What was acknowledged meanwhile is in the handle, and is copied from it.
 */
const trustMs = 500;

const copyBytes = 4 * 1024 * 1024;

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

/**
 * Runs a write that must be whole: fewer bytes than asked means a full disk. Chromium 150 says there that it wrote
 * 4294967288 bytes, which is its error for no space as a number without a sign, where others throw.
 */
function writeWhole(handle: SyncAccessHandle, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) {
    const written = handle.write(bytes.subarray(done), { at: at + done });
    if (written <= 0 || written > bytes.byteLength - done)
      throw new AppError('disk-low', { details: 'the disk takes no more bytes' });
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
const bytesOf = (handle: SyncAccessHandle) => syncFile(handle).read(0, handle.getSize());

const unreadable = (cause?: unknown) =>
  new AppError('journal-unavailable', { details: 'a file that was thrown away cannot be read', cause });
const isUnreadable = (cause: unknown) => cause instanceof AppError && cause.code === 'journal-unavailable';

function readWhole(handle: SyncAccessHandle, at: number, length: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = syncFile(handle).read(at, length);
  } catch (cause) {
    throw unreadable(cause);
  }
  if (bytes.byteLength < length) throw unreadable();
  return bytes;
}

/** Copies an open journal, whether its file still has a name or not. @throws AppError `journal-unavailable` where it cannot be read */
const copyOf =
  ({ handle, journal }: Written) =>
  (file: SyncAccessHandle) => {
    for (let at = 0; at < journal.size; at += copyBytes)
      writeWhole(file, at, readWhole(handle, at, Math.min(copyBytes, journal.size - at)));
  };

/** A name beside a journal that its bytes give: the same bytes are not copied twice. */
async function asideName(name: string, handle: SyncAccessHandle): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytesOf(handle))));
  const hash = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${name}.damaged-${hash}`;
}

/**
 * The journals and key files of this browser. A browser may throw away all that a site has under an open page: for
 * want of space, or because somebody clears it. What is written then goes into files without a name, which are gone
 * with the page; so they are written under their names again, keys first. A record is acknowledged in a file that was
 * seen under its name within the last half second (`trustMs`). Its calls must come one after the other.
 */
export class OpfsJournals {
  readonly #open = new Map<string, OpenJournal>();
  /** Closed ones that were thrown away and the disk had no room for again: only their handles have the bytes. */
  readonly #nameless = new Map<string, Written>();
  /** Key files as they were last read or written here; what is in them is sealed. */
  readonly #keyFiles = new Map<string, Uint8Array>();
  readonly #onPutBack: () => void;
  /** Handles of files that were thrown away are kept and never closed: in Chromium the closing never returns. */
  readonly #left: SyncAccessHandle[] = [];
  /** The last write found no room. */
  #isFull = false;
  /** What the browser did not count of the open ones at the start: Chromium forgets at its end what these handles wrote. */
  #uncounted = 0;

  /** @param onPutBack one was thrown away and stands again: the others want to be looked at, in a turn of their own */
  constructor(onPutBack: () => void) {
    this.#onPutBack = onPutBack;
  }

  async open(name: string): Promise<{ size: number; cutBytes: number }> {
    if (this.#open.has(name)) throw alreadyOpen();
    const unlock = await lock(name);
    try {
      await this.#takeBack(name);
      const written = await this.#start(name);
      this.#open.set(name, { ...written, unlock, seenAt: performance.now() });
      return { size: written.journal.size, cutBytes: written.journal.cutBytes };
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  /** @param usage what the browser counts of this site's room, asked right after an opening */
  wasCounted(usage: number): void {
    this.#uncounted = Math.max(0, this.#held - usage);
  }

  read(name: string, offset: number): { bytes: Uint8Array; next: number | null } {
    return this.#opened(name).journal.read(offset);
  }

  /** @returns its size once the payloads are on the disk, in a file that had its name at most `trustMs` before */
  async append(name: string, payloads: readonly Uint8Array[]): Promise<number> {
    try {
      this.#write(name, payloads);
    } catch (cause) {
      // A file without a name may be refused room that the disk has.
      if (!(await this.#isThrownAway())) throw cause;
      await this.#ensureNamed(name);
      this.#write(name, payloads);
    }
    if (performance.now() - this.#opened(name).seenAt >= trustMs) await this.#ensureNamed(name);
    return this.#opened(name).journal.size;
  }

  #write(name: string, payloads: readonly Uint8Array[]): void {
    const { journal } = this.#opened(name);
    this.#isFull = true;
    journal.append(payloads);
    this.#isFull = false;
  }

  async replace(name: string, payloads: readonly Uint8Array[]): Promise<number> {
    await this.#ensureNamed(name);
    const current = this.#opened(name);
    current.handle.close();
    let failure: unknown = null;
    try {
      const bytes = encodeFrames(payloads);
      await (await OpfsFolder.open('journals')).replace(name, (file) => writeWhole(file, 0, bytes));
    } catch (cause) {
      failure = cause;
    }
    // Old or new, one whole file stands under the name.
    const written = await this.#start(name);
    this.#open.set(name, { ...current, ...written, seenAt: performance.now() });
    if (failure) throw failure;
    return written.journal.size;
  }

  /** Copies the file as it is beside itself, under a name that its bytes give: what stands there is not copied again. */
  async setAside(name: string): Promise<void> {
    const { handle } = this.#opened(name);
    const aside = await asideName(name, handle);
    const journals = await OpfsFolder.open('journals');
    if (await journals.has(aside)) return;
    const bytes = bytesOf(handle);
    await journals.replace(aside, (file) => writeWhole(file, 0, bytes));
  }

  async close(name: string): Promise<void> {
    if (!this.#open.has(name)) return;
    const isNamed = await this.#ensureNamed(name).then(
      () => true,
      () => false,
    );
    const { handle, journal, unlock } = this.#opened(name);
    if (isNamed) handle.close();
    else this.#nameless.set(name, { handle, journal });
    this.#open.delete(name);
    unlock();
  }

  async remove(name: string): Promise<void> {
    if (this.#open.has(name)) throw alreadyOpen();
    this.#nameless.delete(name);
    for (const folder of await OpfsFolder.everywhere('journals')) await folder.remove(name);
  }

  async loadKey(name: string): Promise<Uint8Array | null> {
    const keys = await OpfsFolder.open('keys');
    // A journal waits to be written again, and is no use without it.
    if (this.#nameless.size > 0) await this.#putKeysBack();
    const bytes = await keys.load(name);
    if (bytes) this.#keyFiles.set(name, bytes);
    return bytes;
  }

  async storeKey(name: string, bytes: Uint8Array): Promise<void> {
    await (await OpfsFolder.open('keys')).replace(name, (file) => writeWhole(file, 0, bytes));
    this.#keyFiles.set(name, bytes);
  }

  /** What is destroyed on purpose never comes back. */
  async removeKey(name: string): Promise<void> {
    this.#keyFiles.delete(name);
    for (const folder of await OpfsFolder.everywhere('keys')) await folder.remove(name);
  }

  /** Gives those that are open their names again where they were thrown away; what there is no room for is tried the next time. */
  async look(): Promise<void> {
    for (const name of await this.#namesToLookFor()) await this.#ensureNamed(name).catch(() => undefined);
  }

  /** As a look. @throws where one has no name and there is no room to write it again */
  async requireNamed(): Promise<void> {
    for (const name of await this.#namesToLookFor()) await this.#ensureNamed(name);
  }

  /** On a full disk nothing is touched: Chromium throws a site away when it cannot write down its use. */
  async #namesToLookFor(): Promise<string[]> {
    return this.#isFull && !(await this.#isThrownAway()) ? [] : [...this.#open.keys()];
  }

  #opened(name: string): OpenJournal {
    const found = this.#open.get(name);
    if (!found) throw new AppError('journal-unavailable', { details: 'the journal is not open' });
    return found;
  }

  async #start(name: string): Promise<Written> {
    const handle = await this.#handle(name);
    return { handle, journal: new JournalFile(syncFile(handle)) };
  }

  async #handle(name: string): Promise<SyncAccessHandle> {
    try {
      return await (await OpfsFolder.open('journals')).openFile(name);
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'NoModificationAllowedError') throw alreadyOpen();
      throw cause;
    }
  }

  get #held(): number {
    return [...this.#open.values()].reduce((sum, { journal }) => sum + journal.size, 0);
  }

  /** Told by the room that the site takes, which can be asked on a full disk as well: less than the journals alone. */
  async #isThrownAway(): Promise<boolean> {
    const { usage } = await navigator.storage.estimate();
    return usage !== undefined && usage + this.#uncounted < this.#held;
  }

  /**
   * Asked from the root each time: in Chromium a handle of a folder that was thrown away takes seconds to find nothing,
   * and spoils the names of what was written since.
   */
  async #isNamed(name: string): Promise<boolean> {
    const folder = await OpfsFolder.find('journals');
    return (await folder?.has(name)) ?? false;
  }

  /** A journal that no key opens is none: keys come first. @throws where there is no room for it */
  async #ensureNamed(name: string): Promise<void> {
    const current = this.#opened(name);
    if (await this.#isNamed(name)) {
      current.seenAt = performance.now();
      return;
    }
    await beginAnotherPlace();
    await this.#putKeysBack();
    const journals = await OpfsFolder.open('journals');
    await journals.replace(name, copyOf(current));
    this.#left.push(current.handle);
    this.#open.set(name, { ...current, ...(await this.#start(name)), seenAt: performance.now() });
    this.#onPutBack();
  }

  async #putKeysBack(): Promise<void> {
    const keys = await OpfsFolder.open('keys');
    for (const [name, bytes] of this.#keyFiles)
      if (!(await keys.has(name))) await keys.replace(name, (file) => writeWhole(file, 0, bytes));
  }

  /** What had to be closed without a name, once it is opened again. @throws where there is still no room for it */
  async #takeBack(name: string): Promise<void> {
    const left = this.#nameless.get(name);
    if (!left) return;
    await beginAnotherPlace();
    const journals = await OpfsFolder.open('journals');
    try {
      await this.#putKeysBack();
      // Another tab may have begun a new one meanwhile: that one stands, and this one beside it.
      const isTaken = await journals.has(name);
      await journals.replace(isTaken ? await asideName(name, left.handle) : name, copyOf(left));
    } catch (cause) {
      // What cannot be read now will not be later either; the page writes what it has in memory.
      if (!isUnreadable(cause)) throw cause;
    }
    this.#nameless.delete(name);
  }
}
