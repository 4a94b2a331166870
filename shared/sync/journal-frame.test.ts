import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeFrames,
  encodeFrame,
  encodeFrames,
  followedPayloads,
  followFrames,
  isWholeFrame,
  scanFrames,
} from './journal-frame.ts';

const payload = fc.uint8Array({ maxLength: 60 });
const plain = (payloads: readonly Uint8Array[]) => payloads.map((bytes) => [...bytes]);

describe('journal frames', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), (payloads) => {
        const run = encodeFrames(payloads);
        expect(plain(decodeFrames(run).payloads)).toEqual(plain(payloads));
        expect(scanFrames(run, { final: true })).toMatchObject({ consumed: run.byteLength, damaged: [] });
      }),
      { seed: 1 },
    );
  });

  it('are followed by their headers to the same frames, and nowhere past bytes that are none', () => {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1, maxLength: 8 }), fc.nat(1000), (payloads, place) => {
        const run = encodeFrames(payloads);
        expect(plain(followedPayloads(run) ?? [])).toEqual(plain(payloads));
        const step = followFrames(run);
        expect(step?.next).toBe(run.byteLength);
        expect(isWholeFrame(run.subarray(step?.last))).toBe(true);
        const cut = run.subarray(0, place % run.byteLength);
        const whole = scanFrames(cut, { final: true }).consumed === cut.byteLength;
        expect(followedPayloads(cut) !== null).toBe(whole);
        run[0] = 0;
        expect(followFrames(run)).toBeNull();
        expect(followedPayloads(run)).toBeNull();
      }),
      { seed: 5 },
    );
  });

  it('cut at any byte, keep every whole frame before the cut', () => {
    const frames = [encodeFrame(new Uint8Array(20).fill(1)), encodeFrame(new Uint8Array(5).fill(2))];
    const run = encodeFrames([new Uint8Array(20).fill(1), new Uint8Array(5).fill(2)]);
    const firstEnd = frames[0]?.byteLength ?? 0;
    for (let cut = 0; cut < run.byteLength; cut++) {
      const scan = scanFrames(run.subarray(0, cut), { final: true });
      expect(scan.consumed, `cut at ${cut}`).toBe(cut >= firstEnd ? firstEnd : 0);
      expect(scan.damaged).toEqual([]);
    }
  });

  it('are found behind a damaged stretch, wherever it lies and whatever it holds', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.uint8Array({ minLength: 1, maxLength: 40 }), (place, noise) => {
        const payloads = [1, 2, 3, 4].map((n) => new Uint8Array(30).fill(n));
        const run = encodeFrames(payloads);
        const before = run.slice();
        const start = place % (46 * 3 - noise.length);
        run.set(noise, start);
        const scan = scanFrames(run, { final: true });
        const touched = new Set<number>();
        run.forEach((byte, i) => {
          if (byte !== before[i]) touched.add(Math.floor(i / 46));
        });
        const expected = payloads.filter((_, i) => !touched.has(i));
        expect(plain(scan.payloads)).toEqual(plain(expected));
        expect(scan.consumed).toBe(run.byteLength);
      }),
      { seed: 2 },
    );
  });

  it('a length that damage made huge hides nothing that follows', () => {
    const run = encodeFrames([new Uint8Array(10).fill(1), new Uint8Array(10).fill(2)]);
    new DataView(run.buffer).setUint32(4, 60 * 1024 * 1024);
    expect(plain(scanFrames(run, { final: true }).payloads)).toEqual([[2, 2, 2, 2, 2, 2, 2, 2, 2, 2]]);
    // Without the end of the file it may still be a frame that goes on: ask for more bytes first.
    expect(scanFrames(run, { final: false })).toMatchObject({ payloads: [], consumed: 0 });
  });

  it('read in pieces of any size give what reading at once gives', () => {
    fc.assert(
      fc.property(
        fc.array(payload, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 17, max: 90 }),
        (payloads, step) => {
          const run = encodeFrames(payloads);
          const found: Uint8Array[] = [];
          for (let at = 0, length = step; at < run.byteLength; ) {
            const end = Math.min(at + length, run.byteLength);
            const scan = scanFrames(run.subarray(at, end), { final: end === run.byteLength });
            found.push(...scan.payloads);
            length = scan.consumed === 0 ? length + step : step;
            at += scan.consumed;
          }
          expect(plain(found)).toEqual(plain(payloads));
        },
      ),
      { seed: 3 },
    );
  });
});
