import type { SyncAccessHandle } from '../../../renderer/host/opfs-files.ts';
import type { Laptop } from './laptop.ts';
import type { RunningApp } from './running-app.ts';
import type { SimFile } from './sim-disk.ts';
import { currentApp } from './surroundings.ts';

/**
 * Stands for the Origin Private File System and the locks of a browser. What is awaited is a step of the scheduler;
 * an access handle works at once, and the laptop may die before, in or after any of its writes. Names are durable in
 * the order they were given: what a browser's own folder loses in a power cut is not asked.
 */
const openedBy = new WeakMap<SimFile, RunningApp>();
const lockedBy = new WeakMap<Laptop, Map<string, RunningApp>>();

const step = <T>(what: string, effect: () => T): Promise<T> => currentApp().step('disk', what, effect);
const missing = (path: string) => new DOMException(`there is no ${path}`, 'NotFoundError');

class SimAccessHandle implements SyncAccessHandle {
  readonly #app: RunningApp;
  readonly #file: SimFile;

  constructor(app: RunningApp, file: SimFile) {
    this.#app = app;
    this.#file = file;
    openedBy.set(file, app);
  }

  getSize(): number {
    return this.#file.size;
  }

  read(buffer: Uint8Array, { at }: { at: number }): number {
    const bytes = this.#file.bytes.subarray(at, Math.min(at + buffer.byteLength, this.#file.size));
    buffer.set(bytes);
    return bytes.byteLength;
  }

  write(bytes: Uint8Array, { at }: { at: number }): number {
    const { laptop } = this.#app;
    const put = (part: Uint8Array) => {
      if (laptop.disk.free <= 0 && at + part.byteLength > this.#file.size)
        throw new DOMException('the disk is full', 'QuotaExceededError');
      return laptop.disk.write(this.#file, at, part);
    };
    const tear = () => put(bytes.subarray(0, laptop.random.below(bytes.byteLength + 1)));
    return this.#app.stepNow('write', () => put(bytes), tear);
  }

  truncate(size: number): void {
    this.#app.stepNow('truncate', () => this.#file.truncate(size));
  }

  flush(): void {
    this.#app.stepNow('flush', () => this.#file.sync());
  }

  close(): void {
    // What a page asks of Chromium here is never answered.
    if (!this.#app.laptop.disk.hasName(this.#file)) throw new Error('a file that was thrown away is closed');
    openedBy.delete(this.#file);
  }
}

class SimFileHandle {
  readonly #folder: string;
  readonly #name: string;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  get #path(): string {
    return `${this.#folder}/${this.#name}`;
  }

  #find(): SimFile {
    const file = currentApp().laptop.disk.find(this.#path);
    if (!file) throw missing(this.#path);
    return file;
  }

  createSyncAccessHandle(): Promise<SyncAccessHandle> {
    return step('open', () => {
      const file = this.#find();
      if (openedBy.get(file)?.dead === false)
        throw new DOMException('it is open elsewhere', 'NoModificationAllowedError');
      return new SimAccessHandle(currentApp(), file);
    });
  }

  async getFile() {
    return { arrayBuffer: () => step('readFile', () => this.#find().content().buffer) };
  }

  move(name: string): Promise<void> {
    const { disk } = currentApp().laptop;
    return step('move', () => {
      disk.rename(this.#path, `${this.#folder}/${name}`);
      disk.syncNames();
    });
  }
}

class SimFolder {
  readonly #path: string;
  /** How often the site had been thrown away when this handle was made. */
  readonly #age = currentApp().laptop.thrownAway;

  constructor(path: string) {
    this.#path = path;
  }

  /** A handle from before the site was thrown away finds nothing, and in Chromium spoils the names of what was written since. */
  #requireFresh(): void {
    const { laptop } = currentApp();
    if (this.#age === laptop.thrownAway) return;
    laptop.disk.removeAll('opfs/');
    throw missing(this.#path);
  }

  getDirectoryHandle(name: string): Promise<SimFolder> {
    return step('folder', () => {
      this.#requireFresh();
      return new SimFolder(`${this.#path}/${name}`);
    });
  }

  getFileHandle(name: string, { create = false } = {}): Promise<SimFileHandle> {
    const path = `${this.#path}/${name}`;
    const { disk } = currentApp().laptop;
    return step('find', () => {
      this.#requireFresh();
      if (!disk.find(path)) {
        if (!create) throw missing(path);
        disk.create(path);
        disk.syncNames();
      }
      return new SimFileHandle(this.#path, name);
    });
  }

  removeEntry(name: string): Promise<void> {
    const path = `${this.#path}/${name}`;
    const { disk } = currentApp().laptop;
    return step('remove', () => {
      this.#requireFresh();
      if (!disk.find(path)) throw missing(path);
      disk.remove(path);
      disk.syncNames();
    });
  }
}

const storage = {
  getDirectory: () => step('folder', () => new SimFolder('opfs')),
  estimate: () => {
    const { disk } = currentApp().laptop;
    return step('estimate', () => {
      const usage = disk.bytesUnder('opfs/');
      return { quota: Math.max(0, disk.free) + usage, usage };
    });
  },
};

type Granted = (lock: object | null) => unknown;

/** Whoever had a lock and died has it no more. */
const locks = {
  request: async (name: string, _options: object, granted: Granted): Promise<unknown> => {
    const app = currentApp();
    const held = lockedBy.get(app.laptop) ?? new Map<string, RunningApp>();
    lockedBy.set(app.laptop, held);
    if (held.get(name)?.dead === false) return granted(null);
    held.set(name, app);
    await granted({});
    if (held.get(name) === app) held.delete(name);
    return undefined;
  },
};

/** What the worker of a browser finds under `navigator`. */
export const simNavigator = { storage, locks };
