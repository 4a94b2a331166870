import type { SimFile } from './sim-disk.ts';
import { currentApp } from './surroundings.ts';

/**
 * Stands for `node:fs/promises` under the desktop app's own journal and key code: every call is a step that the
 * scheduler takes, before, inside or after which the laptop may die.
 */
const missing = (path: string) =>
  Object.assign(new Error(`ENOENT: no such file, '${path}'`), { code: 'ENOENT' });

const step = <T>(what: string, effect: () => T, torn?: () => void): Promise<T> =>
  currentApp().step('disk', what, effect, torn);
const disk = () => currentApp().laptop.disk;

class SimHandle {
  readonly #file: SimFile | null;
  constructor(file: SimFile | null) {
    this.#file = file;
  }

  get #open(): SimFile {
    if (!this.#file) throw new Error('a folder is no file');
    return this.#file;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number) {
    return step('read', () => {
      const bytes = this.#open.bytes.subarray(position, Math.min(position + length, this.#open.size));
      buffer.set(bytes, offset);
      return { bytesRead: bytes.byteLength, buffer };
    });
  }

  write(buffer: Uint8Array, offset: number, length: number, position: number) {
    const bytes = buffer.slice(offset, offset + length);
    const place = disk();
    const tear = () => {
      const part = currentApp().laptop.random.below(bytes.byteLength + 1);
      place.write(this.#open, position, bytes.subarray(0, part));
    };
    return step(
      'write',
      () => ({ bytesWritten: place.write(this.#open, position, bytes), buffer }),
      () => {
        try {
          tear();
        } catch {
          // A full disk tears nothing more.
        }
      },
    );
  }

  async writeFile(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.byteLength; )
      done += (await this.write(bytes, done, bytes.byteLength - done, done)).bytesWritten;
  }

  datasync() {
    return this.sync();
  }
  sync() {
    const place = disk();
    return step('sync', () => (this.#file ? this.#file.sync() : place.syncNames()));
  }
  truncate(size: number) {
    return step('truncate', () => this.#open.truncate(size));
  }
  stat() {
    return step('stat', () => ({ size: this.#open.size }));
  }
  close() {
    return step('close', () => undefined);
  }
}

const creates = (flags: string | number) => typeof flags === 'number' || flags.startsWith('w');

/** Folders are whatever is opened with `r`: the app opens no file that way. */
export async function open(path: string, flags: string | number = 'r'): Promise<SimHandle> {
  const place = disk();
  return step('open', () => {
    if (!creates(flags)) return new SimHandle(null);
    const file = place.find(path) ?? place.create(path);
    if (typeof flags === 'string') file.truncate(0);
    return new SimHandle(file);
  });
}

export async function readFile(path: string): Promise<Buffer> {
  const place = disk();
  return step('readFile', () => {
    const file = place.find(path);
    if (!file) throw missing(path);
    return Buffer.from(file.content());
  });
}

export async function rename(from: string, to: string): Promise<void> {
  const place = disk();
  return step('rename', () => place.rename(from, to));
}

export async function rm(path: string): Promise<void> {
  const place = disk();
  return step('rm', () => place.remove(path));
}

export async function readdir(folder: string): Promise<string[]> {
  const place = disk();
  return step('readdir', () => place.list(folder));
}

export async function stat(path: string): Promise<{ size: number }> {
  const place = disk();
  return step('stat', () => {
    const file = place.find(path);
    if (!file) throw missing(path);
    return { size: file.size };
  });
}

export async function mkdir(): Promise<void> {
  return step('mkdir', () => undefined);
}

export async function statfs(): Promise<{ bavail: number; bsize: number }> {
  const place = disk();
  return step('statfs', () => ({ bavail: place.free, bsize: 1 }));
}

export async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  await (await open(path, 'w')).writeFile(bytes);
}
