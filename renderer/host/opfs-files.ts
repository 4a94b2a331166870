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

/** One flat folder of files, each replaced as a whole or not at all. */
export class OpfsFolder {
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  static async open(name: string): Promise<OpfsFolder> {
    const root = await navigator.storage.getDirectory();
    return new OpfsFolder(await root.getDirectoryHandle(name, { create: true }));
  }

  async #handle(name: string, create: boolean): Promise<FileHandle | null> {
    try {
      return (await this.#folder.getFileHandle(name, { create })) as FileHandle;
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw cause;
    }
  }

  /** Opens a file for this worker alone. @throws DOMException NoModificationAllowedError when it is open elsewhere */
  async openFile(name: string): Promise<SyncAccessHandle> {
    await this.#finishReplace(name);
    const handle = await this.#handle(name, true);
    if (!handle) throw new Error('the file cannot be made');
    return handle.createSyncAccessHandle();
  }

  /** Bytes of a whole file, or null where there is none. */
  async load(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    await this.#finishReplace(name);
    const handle = await this.#handle(name, false);
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
      const handle = await this.#handle(part, false);
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
    const handle = await this.#handle(name, true);
    const file = await handle?.createSyncAccessHandle();
    if (!file) throw new Error('the file cannot be made');
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
    const fresh = await this.#handle(`${name}.new`, false);
    if (await this.#handle(`${name}.swap`, false)) {
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
