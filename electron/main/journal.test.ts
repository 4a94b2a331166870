import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeFrames, scanFrames } from '../../shared/sync/journal-frame.ts';
import { type Journals, openJournals } from './journal.ts';

let folder = '';
let journals: Journals;
const record = (text: string) => new TextEncoder().encode(text);
const pathOf = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  journals = openJournals(folder);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await journals.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function readAll(from: Journals, name: string): Promise<string[]> {
  const texts: string[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const chunk: { bytes: Uint8Array; next: number | null } = await from.read(name, offset);
    const { payloads } = scanFrames(chunk.bytes, { final: true });
    texts.push(...payloads.map((payload) => new TextDecoder().decode(payload)));
    offset = chunk.next;
  }
  return texts;
}

const asAfterRestart = async () => {
  await journals.closeAll();
  journals = openJournals(folder);
  return journals;
};

async function fileHandleMethods(): Promise<FileHandle> {
  const handle = await open(pathOf('probe'), 'w');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
const systemError = (code: string) => Object.assign(new Error(code), { code });

describe('appending and reading', () => {
  test('records come back in order, over restarts', async () => {
    expect(await journals.open('work')).toMatchObject({ size: 0, cutBytes: 0 });
    await journals.append('work', [record('one'), record('two')]);
    const { size } = await journals.append('work', [record('three')]);
    expect(size).toBe(statSync(pathOf('work')).size);
    await asAfterRestart();
    expect(await journals.open('work')).toMatchObject({ size, cutBytes: 0 });
    expect(await readAll(journals, 'work')).toEqual(['one', 'two', 'three']);
  });

  test('many appends at once keep their order and are each whole', async () => {
    await journals.open('work');
    const texts = Array.from({ length: 200 }, (_, i) => `record ${i}`);
    await Promise.all(texts.map((text) => journals.append('work', [record(text)])));
    expect(await readAll(journals, 'work')).toEqual(texts);
  });

  test('a journal of many megabytes is read in chunks, a large record whole', async () => {
    await journals.open('work');
    const large = 'x'.repeat(3_000_000);
    const texts = ['small', large, ...Array.from({ length: 40 }, (_, i) => `${i}`.repeat(50_000)), 'last'];
    for (const text of texts) await journals.append('work', [record(text)]);
    const first = await journals.read('work', 0);
    expect(first.next).not.toBeNull();
    expect(await readAll(journals, 'work')).toEqual(texts);
  });

  test('the promise of an append settles only after the disk has confirmed', async () => {
    await journals.open('work');
    const confirmed = Promise.withResolvers<void>();
    const sync = vi.spyOn(await fileHandleMethods(), 'datasync').mockImplementation(() => confirmed.promise);
    let isSaved = false;
    const append = journals.append('work', [record('one')]).then(() => {
      isSaved = true;
    });
    await vi.waitFor(() => expect(sync).toHaveBeenCalledOnce());
    expect(isSaved).toBe(false);
    confirmed.resolve();
    await append;
    expect(isSaved).toBe(true);
  });

  test('a second opener is refused until the first one closes', async () => {
    await journals.open('work');
    await expect(journals.open('work')).rejects.toMatchObject({ code: 'already-open' });
    await journals.close('work');
    await expect(journals.open('work')).resolves.toMatchObject({ size: 0 });
  });

  test('without opening it nothing can be read or written', async () => {
    await expect(journals.append('work', [record('x')])).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    await expect(journals.read('work', 0)).rejects.toMatchObject({ code: 'journal-unavailable' });
    await expect(journals.replace('work', [])).rejects.toMatchObject({ code: 'journal-unavailable' });
  });

  test('reading at or behind the end gives nothing and no next', async () => {
    await journals.open('work');
    const { size } = await journals.append('work', [record('one')]);
    expect(await journals.read('work', size)).toEqual({ bytes: new Uint8Array(0), next: null });
    expect(await journals.read('work', size + 5)).toEqual({ bytes: new Uint8Array(0), next: null });
  });
});

describe('after a crash', () => {
  const whole = encodeFrames([record('one'), record('two')]);

  test('a torn tail is cut at every length it can have, and the cut bytes are kept aside', async () => {
    const next = encodeFrames([record('three')]);
    for (let length = 1; length < next.length; length += 1) {
      writeFileSync(pathOf('work'), Buffer.concat([whole, next.subarray(0, length)]));
      expect(await journals.open('work')).toMatchObject({ size: whole.length, cutBytes: length });
      expect(readFileSync(pathOf(`work.torn-${length}`))).toEqual(Buffer.from(next.subarray(0, length)));
      await journals.append('work', [record('again')]);
      expect(await readAll(journals, 'work')).toEqual(['one', 'two', 'again']);
      await journals.close('work');
    }
  });

  test('a record that was written but not synced is synced before anybody reads it', async () => {
    writeFileSync(pathOf('work'), whole);
    const synced = vi.spyOn(await fileHandleMethods(), 'datasync');
    await journals.open('work');
    expect(synced).toHaveBeenCalled();
    await journals.close('work');
    synced.mockRejectedValueOnce(systemError('EIO'));
    await expect(journals.open('work')).rejects.toMatchObject({ code: 'journal-unavailable' });
    synced.mockRejectedValueOnce(systemError('ENOSPC'));
    await journals.open('work');
    expect(await readAll(journals, 'work')).toEqual(['one', 'two']);
  });

  test('a tail of zeros, as a power cut leaves it, is cut', async () => {
    writeFileSync(pathOf('work'), Buffer.concat([whole, Buffer.alloc(5000)]));
    expect(await journals.open('work')).toMatchObject({ size: whole.length, cutBytes: 5000 });
    expect(await readAll(journals, 'work')).toEqual(['one', 'two']);
  });

  test('a damaged middle stays in the file and the records behind it are read', async () => {
    const texts = ['one', 'two', 'three', 'four'];
    const bytes = encodeFrames(texts.map(record));
    const second = encodeFrames([record('one')]).length;
    bytes[second + 17] = (bytes[second + 17] ?? 0) ^ 0xff;
    writeFileSync(pathOf('work'), bytes);
    expect(await journals.open('work')).toMatchObject({ size: bytes.length, cutBytes: 0 });
    expect(await readAll(journals, 'work')).toEqual(['one', 'three', 'four']);
    const { bytes: raw } = await journals.read('work', 0);
    expect(scanFrames(raw, { final: true }).damaged).toHaveLength(1);
    expect(readFileSync(pathOf('work'))).toEqual(Buffer.from(bytes));
  });

  test('damage longer than a chunk does not hide what stands behind it', async () => {
    const noise = Buffer.alloc(2_000_000, 'S');
    const bytes = Buffer.concat([whole, noise, encodeFrames([record('three')])]);
    writeFileSync(pathOf('work'), bytes);
    expect(await journals.open('work')).toMatchObject({ size: bytes.length, cutBytes: 0 });
    expect(await readAll(journals, 'work')).toEqual(['one', 'two', 'three']);
  });

  test('a replace that did not come to its end leaves the old journal', async () => {
    writeFileSync(pathOf('work'), whole);
    writeFileSync(pathOf('work.new~'), encodeFrames([record('half')]).subarray(0, 9));
    await journals.open('work');
    expect(await readAll(journals, 'work')).toEqual(['one', 'two']);
    expect(readdirSync(folder)).not.toContain('work.new~');
  });
});

describe('after a crash, on a disk that is full to the last byte', () => {
  const whole = encodeFrames([record('one'), record('two')]);
  const torn = encodeFrames([record('three')]).subarray(0, 9);

  beforeEach(() => writeFileSync(pathOf('work'), Buffer.concat([whole, torn])));

  test('a torn tail stays where it is, and all that is whole is read', async () => {
    vi.spyOn(await fileHandleMethods(), 'writeFile').mockRejectedValue(systemError('ENOSPC'));
    expect(await journals.open('work')).toMatchObject({ size: whole.length, cutBytes: torn.length });
    expect(await readAll(journals, 'work')).toEqual(['one', 'two']);
    expect(readFileSync(pathOf('work'))).toEqual(Buffer.concat([whole, torn]));
  });

  test('nothing is written over the tail; it goes aside as soon as there is space, before the next record', async () => {
    const full = vi.spyOn(await fileHandleMethods(), 'writeFile').mockRejectedValue(systemError('ENOSPC'));
    await journals.open('work');
    await expect(journals.append('work', [record('no')])).rejects.toMatchObject({ code: 'disk-low' });
    await expect(journals.replace('work', [record('no')])).rejects.toMatchObject({ code: 'disk-low' });
    expect(readFileSync(pathOf('work'))).toEqual(Buffer.concat([whole, torn]));
    full.mockRestore();
    await journals.append('work', [record('four')]);
    expect(readFileSync(pathOf('work.torn-1'))).toEqual(Buffer.from(torn));
    expect(await readAll(journals, 'work')).toEqual(['one', 'two', 'four']);
  });
});

describe('replacing', () => {
  test('the new records stand alone, can be added to and survive a restart', async () => {
    await journals.open('work');
    await journals.append('work', [record('one'), record('two')]);
    const { size } = await journals.replace('work', [record('three')]);
    expect(size).toBe(statSync(pathOf('work')).size);
    await journals.append('work', [record('four')]);
    await asAfterRestart();
    await journals.open('work');
    expect(await readAll(journals, 'work')).toEqual(['three', 'four']);
  });

  test('a failure before the swap leaves the old records and a usable journal', async () => {
    await journals.open('work');
    await journals.append('work', [record('one')]);
    const methods = await fileHandleMethods();
    vi.spyOn(methods, 'sync').mockRejectedValueOnce(systemError('EIO'));
    await expect(journals.replace('work', [record('two')])).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    await journals.append('work', [record('three')]);
    expect(await readAll(journals, 'work')).toEqual(['one', 'three']);
    expect(readdirSync(folder)).not.toContain('work.new~');
  });
});

describe('when the disk fails', () => {
  test('a failed sync is never called saved, and the journal must be opened anew', async () => {
    await journals.open('work');
    await journals.append('work', [record('one')]);
    vi.spyOn(await fileHandleMethods(), 'datasync').mockRejectedValueOnce(systemError('EIO'));
    await expect(journals.append('work', [record('two')])).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    await expect(journals.append('work', [record('three')])).rejects.toMatchObject({
      code: 'journal-unavailable',
    });
    await asAfterRestart();
    await journals.open('work');
    expect(await readAll(journals, 'work')).toEqual(['one']);
  });

  test('a full disk: the reserve is given up, the pending record is written, free space is told as none', async () => {
    const { disk } = await journals.open('work');
    expect(disk.freeBytes).toBeGreaterThan(0);
    expect(statSync(pathOf('reserve~')).size).toBe(8 * 1024 * 1024);
    vi.spyOn(await fileHandleMethods(), 'datasync').mockRejectedValueOnce(systemError('ENOSPC'));
    await journals.append('work', [record('one')]);
    expect(readdirSync(folder)).not.toContain('reserve~');
    expect(await readAll(journals, 'work')).toEqual(['one']);
  });

  test('a full disk without a reserve: disk-low, the half record is taken back, the journal goes on later', async () => {
    await journals.open('work');
    await journals.append('work', [record('one')]);
    rmSync(pathOf('reserve~'), { force: true });
    vi.spyOn(await fileHandleMethods(), 'datasync').mockRejectedValueOnce(systemError('ENOSPC'));
    await expect(journals.append('work', [record('two')])).rejects.toMatchObject({ code: 'disk-low' });
    await journals.append('work', [record('three')]);
    expect(await readAll(journals, 'work')).toEqual(['one', 'three']);
  });
});
