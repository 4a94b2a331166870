import { AppError } from '../../shared/errors.ts';
import { encodeFrames } from '../../shared/sync/journal-frame.ts';
import {
  asideName,
  bytesOf,
  copyOf,
  type Source,
  syncFile,
  Unreadable,
  type Written,
  writeWhole,
} from './journal-copy.ts';
import { JournalFile } from './journal-file.ts';
import { beginAnotherPlace, OpfsFolder, type SyncAccessHandle } from './opfs-files.ts';

/**
 * `seenAt`: when its file was last seen under its name. `isGone`: it was thrown away and is not written again yet, whatever
 * stands under its name by now.
 */
type OpenJournal = Written & { unlock: () => void; seenAt: number; isGone: boolean };

/**
 * Looking for a file's name makes Chromium write down that the site was used; where somebody saves faster than a person
 * does, not every record is worth that. What was acknowledged meanwhile is in the handle, and is copied from it.
 */
const trustMs = 500;

/** A site that is thrown away more often than that while one journal is written again is let be for now. */
const mostTries = 3;

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
      const written = (await this.#takeBack(name)) ?? (await this.#start(name));
      this.#open.set(name, { ...written, unlock, seenAt: performance.now(), isGone: false });
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
    const bytes = encodeFrames(payloads);
    const fresh: Source = { size: bytes.byteLength, write: (file) => writeWhole(file, 0, bytes) };
    const current = this.#opened(name);
    current.handle.close();
    // Until one whole file stands again nothing may be appended.
    this.#open.delete(name);
    try {
      const { written, failure } = await this.#replaced(name, fresh, current.journal.size);
      this.#open.set(name, { ...current, ...written, seenAt: performance.now() });
      if (failure) throw failure;
      return written.journal.size;
    } finally {
      if (!this.#open.has(name)) current.unlock();
    }
  }

  /** Old or new, one whole file stands under the name after it; the new one where the old was thrown away meanwhile. */
  async #replaced(
    name: string,
    fresh: Source,
    oldSize: number,
  ): Promise<{ written: Written; failure: unknown }> {
    let failure: unknown = null;
    try {
      await (await OpfsFolder.open('journals')).replace(name, fresh.write);
    } catch (cause) {
      failure = cause;
    }
    const written = await this.#start(name);
    const least = failure ? Math.min(oldSize, fresh.size) : fresh.size;
    if (written.journal.size >= least) return { written, failure };
    await this.#leave(name, written.handle);
    return { written: await this.#writeAgain(name, fresh), failure: null };
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
    current.isGone ||= !(await this.#isNamed(name));
    if (!current.isGone) {
      current.seenAt = performance.now();
      return;
    }
    const written = await this.#writeAgain(name, copyOf(current));
    this.#left.push(current.handle);
    this.#open.set(name, { ...current, ...written, seenAt: performance.now(), isGone: false });
    this.#onPutBack();
  }

  /** All of it may be thrown away once more at any moment meanwhile: what stands at the end is looked at. */
  async #writeAgain(name: string, source: Source): Promise<Written> {
    for (let tries = 0; tries < mostTries; tries++) {
      await beginAnotherPlace();
      await this.#putKeysBack();
      await (await OpfsFolder.open('journals')).replace(name, source.write);
      const written = await this.#start(name);
      if (written.journal.size >= source.size && (await this.#keysStand())) return written;
      await this.#leave(name, written.handle);
    }
    throw new AppError('journal-unavailable', { details: 'the files are thrown away again and again' });
  }

  /** Of a file that has no name any more the handle is kept, as closing it never returns. */
  async #leave(name: string, handle: SyncAccessHandle): Promise<void> {
    if (await this.#isNamed(name)) handle.close();
    else this.#left.push(handle);
  }

  async #keysStand(): Promise<boolean> {
    const keys = await OpfsFolder.open('keys');
    for (const name of this.#keyFiles.keys()) if (!(await keys.has(name))) return false;
    return true;
  }

  async #putKeysBack(): Promise<void> {
    const keys = await OpfsFolder.open('keys');
    for (const [name, bytes] of this.#keyFiles)
      if (!(await keys.has(name))) await keys.replace(name, (file) => writeWhole(file, 0, bytes));
  }

  /**
   * What had to be closed without a name, once it is opened again; null where there is none, or another one stands.
   * @throws where there is still no room for it
   */
  async #takeBack(name: string): Promise<Written | null> {
    const left = this.#nameless.get(name);
    if (!left) return null;
    let written: Written | null = null;
    try {
      if (await this.#isBegun(name)) await this.#putBeside(name, left);
      else written = await this.#writeAgain(name, copyOf(left));
    } catch (cause) {
      // What cannot be read now will not be later either; the page writes what it has in memory.
      if (!(cause instanceof Unreadable)) throw cause;
    }
    this.#nameless.delete(name);
    return written;
  }

  /** Something stands under the name; an empty file was left there half-way. */
  async #isBegun(name: string): Promise<boolean> {
    if (!(await this.#isNamed(name))) return false;
    const { handle, journal } = await this.#start(name);
    await this.#leave(name, handle);
    return journal.size > 0;
  }

  /** Another tab has begun a new one meanwhile: that one stands, and this one beside it. */
  async #putBeside(name: string, left: Written): Promise<void> {
    await this.#putKeysBack();
    const journals = await OpfsFolder.open('journals');
    await journals.replace(await asideName(name, left.handle), copyOf(left).write);
  }
}
