import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scanFrames } from '../../shared/sync/journal-frame.ts';
import { openJournals } from './journal.ts';

const writer = fileURLToPath(new URL('../../test/support/journal-writer.ts', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function storedNumbers(from: string): Promise<number[]> {
  const journals = openJournals(from);
  await journals.open('work');
  const numbers: number[] = [];
  for (let offset: number | null = 0; offset !== null; ) {
    const chunk: { bytes: Uint8Array; next: number | null } = await journals.read('work', offset);
    for (const payload of scanFrames(chunk.bytes, { final: true }).payloads)
      numbers.push(Number.parseInt(new TextDecoder().decode(payload), 10));
    offset = chunk.next;
  }
  await journals.closeAll();
  return numbers;
}

/** Lets a process write until it has acknowledged so many, kills it with SIGKILL and tells the last it acknowledged. */
function writeAndKill(first: number, acknowledgements: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stderr.on('data', (text) => {
      errors += String(text);
    });
    child.stdout.on('data', (text) => {
      output += String(text);
      if (output.split('\n').length > acknowledgements) child.kill('SIGKILL');
    });
    child.once('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the writer ended by itself: ${errors}`));
      else resolve(Number(output.split('\n').findLast((line, i, all) => line !== '' && i < all.length - 1)));
    });
  });
}

describe('SIGKILL while writing', () => {
  test('every acknowledged record is there afterwards, in order, five kills in a row', async () => {
    let expected: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const first = expected.length;
      const last = await writeAndKill(first, 40 + round * 37);
      const stored = await storedNumbers(folder);
      expect(last).toBeGreaterThanOrEqual(first);
      // What was written but not acknowledged any more may be there as well.
      expect(stored.length).toBeGreaterThan(last);
      expected = Array.from({ length: stored.length }, (_, i) => i);
      expect(stored).toEqual(expected);
    }
  });
});

const mebibyte = 1024 * 1024;

/** A small disk of its own, where this machine lets us make one. */
function mountSmallDisk(at: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', at]).status === 0;
}

describe('a disk that is full', () => {
  let isMounted = false;
  beforeEach(() => {
    isMounted = mountSmallDisk(folder);
  });
  afterEach(() => {
    if (isMounted) spawnSync('umount', [folder]);
  });

  test('a real one (tmpfs, where root may mount it): nothing acknowledged is lost, and refusals say disk-low', async () => {
    if (!isMounted) {
      // The same decisions on a failing file system are in journal.test.ts; this machine has no small disk to offer.
      console.log('journal: no tmpfs can be mounted here; a full disk is imitated in journal.test.ts only.');
      return;
    }
    const journals = openJournals(folder);
    await journals.open('work');
    fill(join(folder, 'filler'));
    const record = (i: number) => new TextEncoder().encode(`${i} ${'x'.repeat(mebibyte)}`);
    const saved: number[] = [];
    let refusal: unknown = null;
    let reportedFree: number | null = null;
    for (let i = 0; refusal === null && i < 50; i += 1) {
      await journals.append('work', [record(i)]).then(
        ({ disk }) => {
          saved.push(i);
          reportedFree = disk.freeBytes;
        },
        (cause: unknown) => {
          refusal = cause;
        },
      );
    }
    await journals.closeAll();
    // The reserve took the first ones although the disk was full, and its space was not called free.
    expect(saved.length).toBeGreaterThanOrEqual(5);
    expect(reportedFree).toBe(0);
    expect(refusal).toMatchObject({ code: 'disk-low' });
    expect(await storedNumbers(folder)).toEqual(saved);
  });
});

/** Writes until the disk takes no more. */
function fill(path: string): void {
  for (let size = 16 * mebibyte, n = 0; size >= 4096; n += 1) {
    try {
      writeFileSync(`${path}-${n}`, Buffer.alloc(size, 1));
    } catch {
      rmSync(`${path}-${n}`, { force: true });
      size = Math.floor(size / 2);
    }
  }
}
