import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sealTools } from '../../renderer/data/seal-tools.ts';
import { AppError } from '../errors.ts';
import { importPrivateKey, keyHashOf } from './recovery-wrap.ts';
import { openRescueFile, type RescueRecord, sealRescueFile } from './rescue-file.ts';
import type { KeyHandle } from './seal-tools.ts';

const seed = Number(process.env.RESCUE_SEED ?? Date.now() % 1_000_000);
const sure = { seed, numRuns: 120 };

let publicKey: string;
let privateKey: KeyHandle;
beforeAll(async () => {
  const algorithm = {
    name: 'RSA-OAEP',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  publicKey = sealTools.toBase64(new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey)));
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
  privateKey = await importPrivateKey(sealTools, pkcs8);
});

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* values;
}
async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
/** The opening and each piece of a file, apart. */
const partsOf = (records: readonly RescueRecord[]) =>
  collect(
    sealRescueFile(
      sealTools,
      { kind: 'opened', appVersion: '1.2.3', owner: 'abcd', publicKey },
      each(records),
    ),
  );
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const keyFor = async () => privateKey;
async function read(chunks: AsyncIterable<Uint8Array>): Promise<RescueRecord[]> {
  const { records } = await openRescueFile(sealTools, chunks, keyFor);
  return collect(records);
}
const readBytes = (bytes: Uint8Array) => read(each([bytes]));
const codeOf = async (reading: Promise<unknown>): Promise<string> => {
  const cause: unknown = await reading.then(
    () => 'read',
    (thrown: unknown) => thrown,
  );
  return cause instanceof AppError ? cause.code : String(cause);
};

const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
/** Several pieces, and a record that lies over the border of two. */
const sample: RescueRecord[] = [
  { kind: 'json', value: { type: 'about', text: 'CANARY-WORK ä 🙂' } },
  ...[1, 2, 3, 4, 5].map((n): RescueRecord => ({ kind: 'bytes', bytes: filled(50_000, n) })),
  { kind: 'json', value: [1, null, 'end'] },
];

console.log(`RESCUE_SEED=${seed}`);

describe(`an emergency copy (seed ${seed})`, () => {
  it('[S27] gives back every record, whatever sizes it is read in', async () => {
    const record = fc.oneof(
      fc.json().map((text): RescueRecord => ({ kind: 'json', value: JSON.parse(text) })),
      fc.nat(150_000).map((length): RescueRecord => ({ kind: 'bytes', bytes: filled(length, length % 251) })),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { maxLength: 6 }),
        fc.integer({ min: 50, max: 90_000 }),
        async (records, size) => {
          const bytes = joined(await partsOf(records));
          const chunks = Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, i) =>
            bytes.subarray(i * size, (i + 1) * size),
          );
          expect(await read(each(chunks))).toEqual(records);
        },
      ),
      { seed, numRuns: 30 },
    );
  });

  it('[S27] shows nothing of the work, and says in clear only what it is', async () => {
    const bytes = joined(await partsOf(sample));
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text).not.toContain('CANARY');
    expect(text.slice(0, 8)).toBe('SORESCUE');
    const { head } = await openRescueFile(sealTools, each([bytes]), keyFor);
    expect(head).toEqual({
      kind: 'opened',
      appVersion: '1.2.3',
      owner: 'abcd',
      keyHash: keyHashOf(publicKey),
      wrappedKey: head.wrappedKey,
    });
  });

  it('[S27] tells a file that is cut at any byte, also between two pieces', async () => {
    const parts = await partsOf(sample);
    const bytes = joined(parts);
    for (let kept = 1; kept < parts.length; kept++)
      expect(await codeOf(readBytes(joined(parts.slice(0, kept))))).toBe('rescue-cut');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.byteLength - 1), async (length) => {
        expect(await codeOf(readBytes(bytes.subarray(0, length)))).toBe(
          length < 8 ? 'rescue-not-one' : 'rescue-cut',
        );
      }),
      sure,
    );
  });

  it('[S27] tells any flipped bit, wherever it is', async () => {
    const parts = await partsOf(sample);
    const bytes = joined(parts);
    const opening = parts[0]?.byteLength ?? 0;
    // Half of the flips in the head, which is small beside the rest.
    const place = fc.oneof(fc.nat(opening + 5), fc.nat(bytes.byteLength - 1));
    await fc.assert(
      fc.asyncProperty(place, fc.nat(7), async (at, bit) => {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(await codeOf(readBytes(flipped))).toMatch(/^rescue-(not-one|format|cut|damaged)$/);
      }),
      sure,
    );
  });

  it('[S27] tells pieces that were swapped, doubled, left out, added or taken from another copy', async () => {
    const parts = await partsOf(sample);
    const [opening = filled(0, 0), ...pieces] = parts;
    const [, ...others] = await partsOf(sample);
    expect(pieces.length).toBeGreaterThan(3);
    await fc.assert(
      fc.asyncProperty(fc.nat(pieces.length - 1), fc.nat(pieces.length - 1), async (i, j) => {
        const piece = pieces[i] ?? filled(0, 0);
        const doubled = [...pieces.slice(0, i), piece, ...pieces.slice(i)];
        const left = pieces.filter((_, at) => at !== i);
        const foreign = pieces.map((own, at) => (at === i ? (others[i] ?? own) : own));
        const added = [...pieces, piece];
        for (const changed of [doubled, left, foreign, added])
          expect(await codeOf(readBytes(joined([opening, ...changed])))).toMatch(/^rescue-(cut|damaged)$/);
        if (i === j) return;
        const swapped = pieces.map((own, at) => (at === i ? pieces[j] : at === j ? pieces[i] : own) ?? own);
        expect(await codeOf(readBytes(joined([opening, ...swapped])))).toMatch(/^rescue-(cut|damaged)$/);
      }),
      { seed, numRuns: 30 },
    );
  });

  it('[S27] takes garbage and other files for what they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        expect(await codeOf(readBytes(bytes))).toBe('rescue-not-one');
      }),
      sure,
    );
    const newer = joined(await partsOf(sample));
    newer[11] = 2;
    expect(await codeOf(readBytes(newer))).toBe('rescue-format');
  });

  it('[S27] does not open with another key', async () => {
    const bytes = joined(await partsOf(sample));
    const missing = async () => {
      throw new AppError('rescue-key-missing');
    };
    expect(await codeOf(openRescueFile(sealTools, each([bytes]), missing))).toBe('rescue-key-missing');
  });
});
