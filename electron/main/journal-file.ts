import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { encodeFrames } from '../../shared/sync/journal-frame.ts';
import { draftOf, syncFolder, writeAtomically } from './atomic-file.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { fsCode, isDiskFull } from './fs-failure.ts';
import { readAt, readStretch, wholeSize } from './journal-scan.ts';

const openFlags = constants.O_RDWR | constants.O_CREAT;

async function writeWhole(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, at + done);
    done += bytesWritten;
  }
}

/** A name beside the journal that nothing has yet: <name>.torn-1, <name>.torn-2, ... */
async function tornPath(path: string): Promise<string> {
  const prefix = `${basename(path)}.torn-`;
  const taken = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  const numbers = taken.map((name) => Number(name.slice(prefix.length)) || 0);
  return `${path}.torn-${Math.max(0, ...numbers) + 1}`;
}

/** Deletes a journal and everything that was put aside of it. */
export async function removeJournal(path: string): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) =>
    ['torn', 'damaged'].some((kind) => name.startsWith(`${basename(path)}.${kind}-`)),
  );
  for (const name of own) await rm(join(folder, name), { force: true });
  await rm(draftOf(path), { force: true });
  await rm(path, { force: true });
  if (names.length > 0) await syncFolder(folder);
}

/** Cuts what is behind the last whole record, after the cut bytes are safe in a file of their own. */
async function cutTornTail(
  file: FileHandle,
  path: string,
  size: number,
  reserve: DiskReserve,
): Promise<void> {
  const tail = await readAt(file, size, (await file.stat()).size - size);
  const aside = await tornPath(path);
  try {
    await writeAtomically(aside, tail);
  } catch (cause) {
    // A tail is torn most often because the disk is full.
    if (!isDiskFull(cause) || !(await reserve.release())) throw cause;
    await writeAtomically(aside, tail);
  }
  await file.truncate(size);
  await file.sync();
}

/** A record that a kill left written but not synced is read and shown from here on: no power cut may take it then. */
async function syncWhatWasLeft(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (cause) {
    // On a full disk what is there must be read all the same.
    if (!isDiskFull(cause)) throw cause;
  }
}

/** A failure of the disk as one of ours; its path stays in the log of this laptop. */
export function journalFailure(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  if (cause instanceof RangeError) return new AppError('bad-request', { message: cause.message });
  return isDiskFull(cause)
    ? new AppError('disk-low', { cause })
    : new AppError('journal-unavailable', { details: { code: fsCode(cause) }, cause });
}

/** One append-only file of framed records. Its calls must come one after the other. */
export class JournalFile {
  readonly #path: string;
  readonly #reserve: DiskReserve;
  #file: FileHandle;
  #size: number;
  /** A torn tail that a full disk had no room for: it stays where it is, and nothing is written over it. */
  #isTailLeft = false;
  readonly cutBytes: number;
  /** After a failed sync nobody knows what is on the disk: only a new opening, which reads it, can tell. */
  #isBroken = false;

  private constructor(path: string, reserve: DiskReserve, file: FileHandle, size: number, cutBytes: number) {
    this.#path = path;
    this.#reserve = reserve;
    this.#file = file;
    this.#size = size;
    this.cutBytes = cutBytes;
  }

  static async open(path: string, reserve: DiskReserve): Promise<JournalFile> {
    // What a replace left that did not come to its rename; the old journal is whole.
    await rm(draftOf(path), { force: true });
    const file = await open(path, openFlags, 0o600);
    try {
      await syncFolder(dirname(path));
      const size0 = (await file.stat()).size;
      const size = await wholeSize(file, size0);
      await syncWhatWasLeft(file);
      const journal = new JournalFile(path, reserve, file, size, size0 - size);
      if (size < size0) await journal.#cutTail();
      return journal;
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  /** On a full disk the tail can wait: what is whole must be read all the same. */
  async #cutTail(): Promise<void> {
    this.#isTailLeft = true;
    try {
      await cutTornTail(this.#file, this.#path, this.#size, this.#reserve);
      this.#isTailLeft = false;
    } catch (cause) {
      if (!isDiskFull(cause)) throw cause;
    }
  }

  /** Before anything is written: a tail left by a full disk goes aside first. */
  async #makeRoomForMore(): Promise<void> {
    if (this.#isTailLeft) await this.#cutTail();
    if (this.#isTailLeft) throw new AppError('disk-low');
  }

  get size(): number {
    return this.#size;
  }

  async read(from: number): Promise<{ bytes: Uint8Array<ArrayBuffer>; next: number | null }> {
    if (from >= this.#size) return { bytes: new Uint8Array(0), next: null };
    const { bytes, end } = await readStretch(this.#file, from, this.#size);
    return { bytes, next: end > from && end < this.#size ? end : null };
  }

  /** Writes the records in one piece and settles when they are on the disk. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    if (this.#isBroken) throw new AppError('journal-unavailable');
    await this.#makeRoomForMore();
    const run = encodeFrames(payloads);
    try {
      await this.#writeDurably(run);
    } catch (cause) {
      await this.#undo(cause);
      throw cause;
    }
    this.#size += run.byteLength;
  }

  async #writeDurably(run: Uint8Array): Promise<void> {
    const write = async () => {
      await writeWhole(this.#file, run, this.#size);
      await this.#file.datasync();
    };
    try {
      await write();
    } catch (cause) {
      if (!isDiskFull(cause) || !(await this.#reserve.release())) throw cause;
      await write();
    }
  }

  /** Takes half a record back, so that the next one does not stand behind damage. */
  async #undo(cause: unknown): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
      await this.#file.datasync();
      this.#isBroken = !isDiskFull(cause);
    } catch {
      this.#isBroken = true;
    }
  }

  /** Puts a new journal of these records in the old one's place: old or new stands there, never a mixture. */
  async replace(payloads: readonly Uint8Array[]): Promise<void> {
    await this.#makeRoomForMore();
    const run = encodeFrames(payloads);
    const draft = draftOf(this.#path);
    const next = await open(draft, 'w+', 0o600);
    try {
      await writeWhole(next, run, 0);
      await next.sync();
      if (process.platform === 'win32') await this.#replaceHere(next, draft, run.byteLength);
      else await this.#replaceBy(next, draft, run.byteLength);
    } catch (cause) {
      await next.close().catch(() => undefined);
      await rm(draft, { force: true }).catch(() => undefined);
      throw cause;
    }
  }

  /** Copies the file as it is beside itself, under a name that its bytes give: what stands there is not copied again. */
  async setAside(): Promise<void> {
    const size = (await this.#file.stat()).size;
    const bytes = await readAt(this.#file, 0, size);
    const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const aside = `${basename(this.#path)}.damaged-${name}`;
    const folder = dirname(this.#path);
    if (!(await readdir(folder)).includes(aside)) await writeAtomically(join(folder, aside), bytes);
  }

  async #replaceBy(next: FileHandle, draft: string, size: number): Promise<void> {
    await rename(draft, this.#path);
    const old = this.#file;
    this.#file = next;
    this.#size = size;
    this.#isBroken = false;
    await old.close();
    await syncFolder(dirname(this.#path));
  }

  /** Windows renames over no open file: both are closed for the moment of the swap. */
  async #replaceHere(next: FileHandle, draft: string, size: number): Promise<void> {
    await next.close();
    await this.#file.close();
    try {
      await rename(draft, this.#path);
      this.#size = size;
    } finally {
      this.#file = await open(this.#path, openFlags);
    }
    this.#isBroken = false;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
