import { beforeEach, expect, it, vi } from 'vitest';
import { OpfsJournals } from './opfs-journals.ts';

/** Files of a site in memory; a disk that is full says so in the way that is asked for. */
let files: Map<string, { bytes: Uint8Array }>;
let whenFull: (() => number) | null = null;

const missing = () => new DOMException('none', 'NotFoundError');

/** Whoever has a file open has it still when its name is gone. */
function accessHandle(path: string) {
  const file = files.get(path);
  if (!file) throw missing();
  return {
    getSize: () => file.bytes.byteLength,
    read: (buffer: Uint8Array, { at }: { at: number }) => {
      const part = file.bytes.subarray(at, at + buffer.byteLength);
      buffer.set(part);
      return part.byteLength;
    },
    write: (more: Uint8Array, { at }: { at: number }) => {
      if (whenFull) return whenFull();
      const next = new Uint8Array(Math.max(file.bytes.byteLength, at + more.byteLength));
      next.set(file.bytes);
      next.set(more, at);
      file.bytes = next;
      return more.byteLength;
    },
    truncate: (size: number) => {
      file.bytes = file.bytes.slice(0, size);
    },
    flush: () => undefined,
    close: () => undefined,
  };
}

const fileHandle = (folder: string, name: string) => ({
  createSyncAccessHandle: async () => accessHandle(`${folder}/${name}`),
  getFile: async () => new Blob([new Uint8Array(files.get(`${folder}/${name}`)?.bytes ?? [])]),
  move: async (to: string) => {
    files.set(`${folder}/${to}`, files.get(`${folder}/${name}`) ?? { bytes: new Uint8Array(0) });
    files.delete(`${folder}/${name}`);
  },
});

const folderHandle = (folder: string) => ({
  getFileHandle: async (name: string, options?: { create: boolean }) => {
    if (!files.has(`${folder}/${name}`)) {
      if (!options?.create) throw missing();
      files.set(`${folder}/${name}`, { bytes: new Uint8Array(0) });
    }
    return fileHandle(folder, name);
  },
  removeEntry: async (name: string) => void files.delete(`${folder}/${name}`),
});

beforeEach(() => {
  files = new Map();
  whenFull = null;
  const usage = () => [...files.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  vi.stubGlobal('navigator', {
    locks: {
      request: async (_name: string, _options: object, granted: (lock: object) => unknown) => granted({}),
    },
    storage: {
      getDirectory: async () => ({ getDirectoryHandle: async (name: string) => folderHandle(name) }),
      estimate: async () => ({ usage: usage(), quota: 1e9 }),
    },
  });
});

const record = (word: string) => new TextEncoder().encode(word.repeat(50));

it.each([
  ['throws', () => null],
  ['says that it wrote nothing', () => 0],
  ['names its error for a number of bytes, as Chromium 150 does', () => 4_294_967_288],
])('acknowledges nothing on a full disk that %s', async (_, answer) => {
  const journals = new OpfsJournals(() => undefined);
  await journals.open('work');
  const size = await journals.append('work', [record('before')]);
  whenFull = () => {
    const said = answer();
    if (said !== null) return said;
    throw new DOMException('no space', 'QuotaExceededError');
  };
  await expect(journals.append('work', [record('refused')])).rejects.toThrow();
  whenFull = null;
  expect(files.get('journals/work')?.bytes.byteLength).toBe(size);
  expect(await journals.append('work', [record('before')])).toBe(2 * size);
});

it('never brings a key back that was destroyed on purpose', async () => {
  const journals = new OpfsJournals(() => undefined);
  await journals.storeKey('vault-a', record('a'));
  await journals.storeKey('vault-b', record('b'));
  await journals.open('work');
  await journals.append('work', [record('before')]);
  files.clear();
  await journals.look();
  expect([...files.keys()].toSorted()).toEqual(['journals/work', 'keys/vault-a', 'keys/vault-b']);
  // Its folder's own listing is what the removal goes by.
  files.delete('keys/vault-b');
  await journals.removeKey('vault-b').catch(() => undefined);
  files.clear();
  await journals.look();
  expect([...files.keys()].toSorted()).toEqual(['journals/work', 'keys/vault-a']);
});

it('keeps what a full disk has no room for, and writes it when it is opened again', async () => {
  const journals = new OpfsJournals(() => undefined);
  await journals.open('work');
  const size = await journals.append('work', [record('before')]);
  files.delete('journals/work');
  whenFull = () => 0;
  await journals.close('work');
  await expect(journals.open('work')).rejects.toThrow();
  whenFull = null;
  expect(await journals.open('work')).toMatchObject({ size });
});
