import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrames, scanFrames } from '../../shared/sync/journal-frame.ts';
import { JournalFile, type SyncFile } from './journal-file.ts';

function fileOf(start: Uint8Array, onFlush = () => {}): SyncFile {
  let bytes = start;
  return {
    size: () => bytes.byteLength,
    read: (at, length) => bytes.slice(at, at + length),
    write: (at, more) => {
      const next = new Uint8Array(Math.max(bytes.byteLength, at + more.byteLength));
      next.set(bytes);
      next.set(more, at);
      bytes = next;
    },
    truncate: (size) => {
      bytes = bytes.slice(0, size);
    },
    flush: onFlush,
  };
}

const plain = (payloads: readonly Uint8Array[]) => payloads.map((bytes) => [...bytes]);

it('opens and reads any file, damaged and cut anywhere, as a search through every byte of it would', () => {
  const noise = fc.record({ place: fc.nat(), bytes: fc.uint8Array({ minLength: 1, maxLength: 6 }) });
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      fc.option(noise),
      fc.nat(30),
      (payloads, damage, cut) => {
        const run = encodeFrames(payloads);
        if (damage && run.byteLength > 6) run.set(damage.bytes, damage.place % (run.byteLength - 6));
        const file = run.slice(0, Math.max(0, run.byteLength - cut));
        const expected = scanFrames(file, { final: true });
        const journal = new JournalFile(fileOf(file));
        expect(journal.size).toBe(expected.consumed);
        expect(journal.cutBytes).toBe(file.byteLength - expected.consumed);
        journal.append([new Uint8Array(3)]);
        const read = scanFrames(journal.read(0).bytes, { final: true });
        expect(plain(read.payloads)).toEqual([...plain(expected.payloads), [0, 0, 0]]);
      },
    ),
    { seed: 6, numRuns: 400 },
  );
});

it('flushes what a kill left unflushed before anybody reads it', () => {
  let flushed = 0;
  const count = () => {
    flushed += 1;
  };
  new JournalFile(fileOf(new Uint8Array(0), count));
  expect(flushed).toBe(0);
  const journal = new JournalFile(fileOf(encodeFrames([new Uint8Array(3)]), count));
  expect(flushed).toBe(1);
  expect(scanFrames(journal.read(0).bytes, { final: true }).payloads).toHaveLength(1);
});

it('comes to an end on a file that was emptied behind its back', () => {
  const file = fileOf(encodeFrames([new Uint8Array(9)]));
  const journal = new JournalFile(file);
  file.truncate(0);
  const { bytes, next } = journal.read(0);
  expect([bytes.byteLength, next]).toEqual([0, null]);
});
