import { createHash } from 'node:crypto';
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { JournalFile, type SyncFile } from '../../renderer/host/journal-file.ts';
import type { JournalHost } from './journal-contract.ts';

const fileOf = (fd: number): SyncFile => ({
  size: () => fstatSync(fd).size,
  read: (at, length) => {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, at));
  },
  write: (at, bytes) => void writeSync(fd, bytes, 0, bytes.byteLength, at),
  truncate: (size) => ftruncateSync(fd, size),
  flush: () => fdatasyncSync(fd),
});

export const filesIn = async (folder: string): Promise<Map<string, Uint8Array>> =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));

/** The browser host's journal logic over real files, for tests without a browser. */
export function createNodeFileHost(folder: string): JournalHost {
  const open = new Map<string, { fd: number; journal: JournalFile }>();
  const opened = (name: string) => {
    const found = open.get(name);
    if (!found) throw Object.assign(new Error('not open'), { code: 'journal-unavailable' });
    return found;
  };
  const start = (name: string) => {
    const fd = openSync(join(folder, name), 'a+');
    closeSync(fd);
    const writable = openSync(join(folder, name), 'r+');
    const journal = new JournalFile(fileOf(writable));
    open.set(name, { fd: writable, journal });
    return journal;
  };
  return {
    open: async (name) => {
      if (open.has(name)) throw Object.assign(new Error('open'), { code: 'already-open' });
      const journal = start(name);
      return { size: journal.size, cutBytes: journal.cutBytes };
    },
    read: async (name, offset) => opened(name).journal.read(offset),
    append: async (name, payloads) => ({ size: opened(name).journal.append(payloads) }),
    replace: async (name, payloads) => {
      const old = opened(name);
      const fresh = openSync(join(folder, `${name}.new`), 'w+');
      const { size } = { size: new JournalFile(fileOf(fresh)).append(payloads) };
      closeSync(fresh);
      closeSync(old.fd);
      renameSync(join(folder, `${name}.new`), join(folder, name));
      start(name);
      return { size };
    },
    setAside: async (name) => {
      opened(name);
      const bytes = readFileSync(join(folder, name));
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      writeFileSync(join(folder, `${name}.damaged-${hash}`), bytes);
    },
    remove: async (name) => {
      for (const file of readdirSync(folder))
        if (file === name || file.startsWith(`${name}.damaged-`)) rmSync(join(folder, file));
    },
    close: async (name) => {
      closeSync(opened(name).fd);
      open.delete(name);
    },
  };
}
