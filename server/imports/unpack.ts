import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../shared/errors.ts';

export type Bytes = AsyncIterable<Uint8Array> | Readable;

/** A small file can unpack to anything; beyond this it is refused. */
const maxUnpackedBytes = 16 * 1024 ** 3;

async function* chunksOf(source: Bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (chunk instanceof Uint8Array) yield chunk;
    else throw new TypeError('an import reads bytes, not text');
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // The error of either side arrives at the loop below: pipeline destroys gunzip with it.
  pipeline(packed, gunzip, () => {});
  let total = 0;
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    total += chunk.byteLength;
    if (total > maxUnpackedBytes)
      throw new AppError('file-unreadable', {
        message:
          'The file unpacks to more than 16 GB. Split it into smaller files and import them one after another.',
      });
    yield chunk;
  }
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;
const isUtf16 = (bytes: Uint8Array) =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

/**
 * The bytes of a file, unpacked when they begin like gzip.
 * @param onPacked sees every byte as it came, for the hash of the file
 */
export async function* unpack(
  source: Bytes,
  onPacked: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const packed = chunksOf(source);
  async function* seen() {
    for await (const chunk of packed) {
      onPacked(chunk);
      yield chunk;
    }
  }
  const rest = seen();
  try {
    let first: Uint8Array = Buffer.alloc(0);
    while (first.byteLength < 2) {
      const next = await rest.next();
      if (next.done) break;
      first = Buffer.concat([first, next.value]);
    }
    if (isUtf16(first))
      throw new AppError('file-unreadable', {
        message: 'The file is UTF-16. Save it as UTF-8 without a byte order mark and import it again.',
      });
    const whole = startingWith(first, rest);
    yield* isGzip(first) ? gunzipped(whole) : whole;
  } finally {
    // Lets go of the source. Not awaited: a source that stands still would hold the failure back.
    void rest.return(undefined).catch(() => {});
  }
}

/** True for what zlib says about a gzip file that is cut short or damaged. */
export function isGzipDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR';
}
