import { beforeEach, expect, it, vi } from 'vitest';
import type { OpfsJournals } from './opfs-journals.ts';

/** Files of a site in memory; a disk that is full says so in the way that is asked for. */
let files: Map<string, { bytes: Uint8Array }>;
let whenFull: (() => number) | null = null;
/** What the browser has forgotten to count. */
let uncounted = 0;
/** Runs once, right after a file has taken this name. */
let afterMove: { to: string; run: () => void } | null = null;
/** How often a file was looked for by its name. */
let looks = 0;

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
    const due = afterMove?.to === `${folder}/${to}` ? afterMove : null;
    if (due) afterMove = null;
    due?.run();
  },
});

const folderHandle = (folder: string) => ({
  keys: async function* () {
    for (const path of [...files.keys()])
      if (path.startsWith(`${folder}/`)) yield path.slice(folder.length + 1);
  },
  getFileHandle: async (name: string, options?: { create: boolean }) => {
    looks += 1;
    if (!files.has(`${folder}/${name}`)) {
      if (!options?.create) throw missing();
      files.set(`${folder}/${name}`, { bytes: new Uint8Array(0) });
    }
    return fileHandle(folder, name);
  },
  removeEntry: async (name: string) => void files.delete(`${folder}/${name}`),
});

const rootHandle = (place: string) => ({
  getDirectoryHandle: async (name: string, options?: { create: boolean }) => {
    const folder = `${place}${name}`;
    if (!options?.create && ![...files.keys()].some((path) => path.startsWith(`${folder}/`))) throw missing();
    return folderHandle(folder);
  },
});

/** Buckets of this browser; null: it has none. */
let buckets: Set<string> | null = null;
const storageBuckets = {
  keys: async () => [...(buckets ?? [])].toSorted(),
  open: async (name: string) => {
    buckets?.add(name);
    return { getDirectory: async () => rootHandle(`${name}:`) };
  },
};

/** As a page that has just been opened: what a thread remembers begins anew. */
async function openPage(): Promise<OpfsJournals> {
  vi.resetModules();
  return new (await import('./opfs-journals.ts')).OpfsJournals(() => undefined);
}

beforeEach(() => {
  files = new Map();
  whenFull = null;
  uncounted = 0;
  afterMove = null;
  buckets = null;
  const usage = () => [...files.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  vi.stubGlobal('navigator', {
    locks: {
      request: async (_name: string, _options: object, granted: (lock: object) => unknown) => granted({}),
    },
    storage: {
      getDirectory: async () => rootHandle(''),
      estimate: async () => ({ usage: Math.max(0, usage() - uncounted), quota: 1e9 }),
    },
    get storageBuckets() {
      return buckets ? storageBuckets : undefined;
    },
  });
});

const record = (word: string) => new TextEncoder().encode(word.repeat(50));

it.each([
  ['throws', () => null],
  ['says that it wrote nothing', () => 0],
  ['names its error for a number of bytes, as Chromium 150 does', () => 4_294_967_288],
])('acknowledges nothing on a full disk that %s', async (_, answer) => {
  const journals = await openPage();
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
  const journals = await openPage();
  await journals.storeKey('vault-a', record('a'));
  await journals.storeKey('vault-b', record('b'));
  await journals.open('work');
  await journals.append('work', [record('before')]);
  files.clear();
  await journals.look();
  expect([...files.keys()].toSorted()).toEqual(['journals/work', 'keys/vault-a', 'keys/vault-b']);
  await journals.removeKey('vault-b');
  files.clear();
  await journals.look();
  expect([...files.keys()].toSorted()).toEqual(['journals/work', 'keys/vault-a']);
});

it('keeps what a full disk has no room for, and writes it when it is opened again', async () => {
  const journals = await openPage();
  await journals.open('work');
  const size = await journals.append('work', [record('before')]);
  files.delete('journals/work');
  whenFull = () => 0;
  await journals.close('work');
  await expect(journals.open('work')).rejects.toThrow();
  whenFull = null;
  expect(await journals.open('work')).toMatchObject({ size });
});

it('leaves a full disk alone, though the browser counts less than the files take, and sees a clearing there all the same', async () => {
  const before = await openPage();
  await before.open('work');
  uncounted = await before.append('work', [record('before')]);
  const journals = await openPage();
  await journals.open('work');
  journals.wasCounted((await navigator.storage.estimate()).usage ?? 0);
  await journals.append('work', [record('counted')]);
  whenFull = () => 0;
  await expect(journals.append('work', [record('refused')])).rejects.toThrow();
  looks = 0;
  await journals.look();
  expect(looks).toBe(0);
  files.clear();
  whenFull = null;
  await journals.look();
  expect(looks).toBeGreaterThan(0);
  expect(files.has('journals/work')).toBe(true);
});

it.each(['journals/work', 'keys/vault'])(
  'writes work and key again where all is thrown away once more just as %s stands again',
  async (to) => {
    const journals = await openPage();
    await journals.storeKey('vault', record('key'));
    await journals.open('work');
    const size = await journals.append('work', [record('before')]);
    files.clear();
    afterMove = { to, run: () => files.clear() };
    await journals.look();
    expect(files.get('journals/work')?.bytes.byteLength).toBe(size);
    expect(files.get('keys/vault')?.bytes.byteLength).toBe(150);
    expect(await journals.append('work', [record('before')])).toBe(2 * size);
  },
);

it('does not take what was left half-way under a name for the journal that was thrown away', async () => {
  const journals = await openPage();
  await journals.storeKey('vault', record('key'));
  await journals.open('work');
  const size = await journals.append('work', [record('before')]);
  files.clear();
  // Thrown away once more as it stands again, and then the disk is full: a file of that name is there, and it is empty.
  afterMove = {
    to: 'journals/work',
    run: () => {
      files.clear();
      whenFull = () => 0;
    },
  };
  await expect(journals.requireNamed()).rejects.toThrow();
  expect(files.get('journals/work')?.bytes.byteLength).toBe(0);
  const left = new Map(files);
  whenFull = null;
  await journals.requireNamed();
  expect(files.get('journals/work')?.bytes.byteLength).toBe(size);
  // Nor when it had to be closed meanwhile.
  files.clear();
  whenFull = () => 0;
  await journals.close('work');
  files = left;
  whenFull = null;
  expect(await journals.open('work')).toMatchObject({ size });
});

it('keeps what a journal is replaced by where all is thrown away just as it stands', async () => {
  const journals = await openPage();
  await journals.storeKey('vault', record('key'));
  await journals.open('work');
  const size = await journals.append('work', [record('before')]);
  await journals.append('work', [record('before')]);
  afterMove = { to: 'journals/work', run: () => files.clear() };
  expect(await journals.replace('work', [record('before')])).toBe(size);
  expect(files.get('journals/work')?.bytes.byteLength).toBe(size);
  expect(files.has('keys/vault')).toBe(true);
});

it('says so where what was thrown away cannot be written again', async () => {
  const journals = await openPage();
  await journals.open('work');
  await journals.append('work', [record('before')]);
  await journals.requireNamed();
  files.clear();
  whenFull = () => 0;
  await expect(journals.requireNamed()).rejects.toThrow('nearly full');
  whenFull = null;
  await journals.requireNamed();
  expect(files.get('journals/work')?.bytes.byteLength).toBeGreaterThan(150);
});

it('writes what was thrown away in a bucket of its own, once, where every later start finds it', async () => {
  buckets = new Set();
  const journals = await openPage();
  await journals.storeKey('vault', record('key'));
  for (const name of ['work', 'content']) {
    await journals.open(name);
    await journals.append(name, [record(name)]);
  }
  files.clear();
  await journals.look();
  const places = ['work-1:journals/content', 'work-1:journals/work', 'work-1:keys/vault'];
  expect([...files.keys()].toSorted()).toEqual(places);
  await journals.look();
  expect([...buckets]).toEqual(['work-1']);
  const next = await openPage();
  expect(await next.loadKey('vault')).toHaveLength(150);
  expect((await next.open('work')).size).toBeGreaterThan(0);
});

it('passes over a bucket that came to nothing before the page ended, and begins no other one for want of room', async () => {
  buckets = new Set();
  const journals = await openPage();
  await journals.storeKey('vault', record('key'));
  await journals.open('work');
  await journals.append('work', [record('work')]);
  const kept = new Map(files);
  files.clear();
  whenFull = () => 0;
  await journals.look();
  await journals.look();
  expect([...buckets]).toEqual(['work-1']);
  // It had only seemed so: the usual place stands after all.
  whenFull = null;
  for (const [path, file] of kept) files.set(path, file);
  const next = await openPage();
  expect((await next.open('work')).size).toBeGreaterThan(0);
  expect(await next.loadKey('vault')).toHaveLength(150);
});

it('destroys a key in every place', async () => {
  buckets = new Set(['work-1', 'work-2']);
  for (const place of ['', 'work-1:', 'work-2:']) files.set(`${place}keys/vault`, { bytes: record('key') });
  await (await openPage()).removeKey('vault');
  expect([...files.keys()]).toEqual([]);
});
