/** Handles of the Origin Private File System that TypeScript's DOM library lists for workers only. */
export type SyncAccessHandle = {
  getSize(): number;
  read(buffer: Uint8Array, options: { at: number }): number;
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
};
type FileHandle = FileSystemFileHandle & {
  createSyncAccessHandle(): Promise<SyncAccessHandle>;
  move?: (name: string) => Promise<void>;
};

const isMissing = (cause: unknown) => cause instanceof DOMException && cause.name === 'NotFoundError';

const noiseBytes = 65_536;
const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

type Buckets = {
  keys: () => Promise<string[]>;
  open: (name: string, options?: { persisted: boolean; durability: 'strict' }) => Promise<StorageManager>;
};
const buckets = () => (navigator as Navigator & { storageBuckets?: Buckets }).storageBuckets;
const bucketPrefix = 'work-';
const bucketNumber = (name: string) => Number(name.slice(bucketPrefix.length));
/** The bucket that this thread has found to be in use, or has begun. */
let inUse: string | null = null;

/** The buckets of this app's own, newest first. */
async function ownBuckets(all: Buckets): Promise<string[]> {
  const own = (await all.keys()).filter((name) => name.startsWith(bucketPrefix));
  return own.toSorted((one, other) => bucketNumber(other) - bucketNumber(one));
}

const rootOf = async (all: Buckets, bucket: string) => (await all.open(bucket)).getDirectory();

async function folderIn(root: FileSystemDirectoryHandle, name: string): Promise<OpfsFolder | null> {
  try {
    return new OpfsFolder(await root.getDirectoryHandle(name));
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

const holdsAny = async (root: FileSystemDirectoryHandle, name: string) =>
  (await (await folderIn(root, name))?.isEmpty()) === false;

/**
 * Where this site's private files are: in its usual place, or after the browser threw that away under an open page, in
 * the newest bucket of their own that came so far as to hold a journal. Asked anew each time, for a handle from before
 * finds nothing.
 */
export async function siteRoot(): Promise<FileSystemDirectoryHandle> {
  const all = buckets();
  for (const bucket of all ? await ownBuckets(all) : []) {
    const root = await rootOf(all as Buckets, bucket);
    if (bucket !== inUse && !(await holdsAny(root, 'journals'))) continue;
    inUse = bucket;
    return root;
  }
  return navigator.storage.getDirectory();
}

/**
 * Begins another place for the files where no journal stands in this one, if there can be another. In Chromium the
 * handles that a page still has of the place that was thrown away spoil the names of whatever is written there again, at
 * the latest when the page is closed.
 */
export async function beginAnotherPlace(): Promise<void> {
  const all = buckets();
  if (!all) return;
  const [newest] = await ownBuckets(all);
  // One that was begun and had no room for anything so far will do.
  if (newest !== undefined && newest === inUse) return;
  if (await holdsAny(await siteRoot(), 'journals')) return;
  inUse = `${bucketPrefix}${newest === undefined ? 1 : bucketNumber(newest) + 1}`;
  await all.open(inUse, { persisted: true, durability: 'strict' });
}

/** One flat folder of files, each replaced as a whole or not at all. */
export class OpfsFolder {
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  static async open(name: string): Promise<OpfsFolder> {
    const root = await siteRoot();
    return new OpfsFolder(await root.getDirectoryHandle(name, { create: true }));
  }

  static async find(name: string): Promise<OpfsFolder | null> {
    return folderIn(await siteRoot(), name);
  }

  /** The folders of that name in every place: what is destroyed must stand in none. */
  static async everywhere(name: string): Promise<OpfsFolder[]> {
    const all = buckets();
    const own = all ? await Promise.all((await ownBuckets(all)).map((bucket) => rootOf(all, bucket))) : [];
    const roots = [await navigator.storage.getDirectory(), ...own];
    const folders = await Promise.all(roots.map((root) => folderIn(root, name)));
    return folders.filter((folder) => folder !== null);
  }

  async #find(name: string): Promise<FileHandle | null> {
    try {
      return (await this.#folder.getFileHandle(name)) as FileHandle;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  }

  async #make(name: string): Promise<FileHandle> {
    return (await this.#folder.getFileHandle(name, { create: true })) as FileHandle;
  }

  /** No whole file stands in it. */
  async isEmpty(): Promise<boolean> {
    for await (const name of this.#folder.keys()) if (!/\.(new|swap)$/.test(name)) return false;
    return true;
  }

  /** Whether a file stands under that name. */
  async has(name: string): Promise<boolean> {
    return (await this.#find(name)) !== null;
  }

  /** Opens a file for this worker alone. @throws DOMException NoModificationAllowedError when it is open elsewhere */
  async openFile(name: string): Promise<SyncAccessHandle> {
    await this.#finishReplace(name);
    return (await this.#make(name)).createSyncAccessHandle();
  }

  /** Bytes of a whole file, or null where there is none. */
  async load(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    await this.#finishReplace(name);
    const handle = await this.#find(name);
    return handle ? new Uint8Array(await (await handle.getFile()).arrayBuffer()) : null;
  }

  /**
   * Replaces a file that is not open: the new one is written and flushed beside it, then a marker says that it is
   * whole, then it takes the name. Whenever it is interrupted, the next opening finds the old or the new file.
   */
  async replace(name: string, write: (file: SyncAccessHandle) => void): Promise<void> {
    await this.#finishReplace(name);
    await this.#write(`${name}.new`, write);
    await this.#write(`${name}.swap`, () => undefined);
    await this.#finishReplace(name);
  }

  /**
   * Writes noise over a file and lets it go, with what an interrupted replacement of it left and what was set aside;
   * none there: done.
   */
  async remove(name: string): Promise<void> {
    for (const part of await this.#partsOf(name)) {
      const handle = await this.#find(part);
      if (!handle) continue;
      const file = await handle.createSyncAccessHandle();
      try {
        for (let at = 0; at < file.getSize(); at += noiseBytes)
          file.write(noise(Math.min(noiseBytes, file.getSize() - at)), { at });
        file.flush();
      } finally {
        file.close();
      }
      await this.#folder.removeEntry(part);
    }
  }

  async #partsOf(name: string): Promise<string[]> {
    const parts: string[] = [];
    for await (const part of this.#folder.keys())
      if (part === name || part.startsWith(`${name}.damaged-`)) parts.push(part);
    // A replacement that was interrupted goes first, and its marker last: none may be finished half-way through.
    return [`${name}.new`, ...parts, `${name}.swap`];
  }

  async #write(name: string, write: (file: SyncAccessHandle) => void): Promise<void> {
    const file = await (await this.#make(name)).createSyncAccessHandle();
    try {
      file.truncate(0);
      write(file);
      file.flush();
    } finally {
      file.close();
    }
  }

  /** Completes a replacement whose marker stands, or drops one that never got so far. */
  async #finishReplace(name: string): Promise<void> {
    const fresh = await this.#find(`${name}.new`);
    if (await this.#find(`${name}.swap`)) {
      if (fresh) await this.#takeName(fresh, name);
      await this.#folder.removeEntry(`${name}.swap`);
    } else if (fresh) await this.#folder.removeEntry(`${name}.new`);
  }

  async #takeName(fresh: FileHandle, name: string): Promise<void> {
    if (fresh.move) return fresh.move(name);
    const bytes = new Uint8Array(await (await fresh.getFile()).arrayBuffer());
    await this.#write(name, (file) => void file.write(bytes, { at: 0 }));
    await this.#folder.removeEntry(`${name}.new`);
  }
}
