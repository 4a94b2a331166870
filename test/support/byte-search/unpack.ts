import type { Transform } from 'node:stream';
import { createBrotliDecompress, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { unpackLog, unpackTable } from './level-db.ts';
import { unsnappy } from './snappy.ts';

/** Bytes that stood packed in others. */
export type Unpacked = { how: string; bytes: Buffer };

const maxOutputBytes = 256 * 1024 * 1024;

/** What comes out of a stream until it ends or breaks: a cut or overwritten end takes nothing from the beginning. */
function streamed(stream: Transform, bytes: Buffer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const end = () => {
      stream.destroy();
      resolve(Buffer.concat(pieces));
    };
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.byteLength;
      if (size > maxOutputBytes) end();
    });
    stream.once('error', end);
    stream.once('end', end);
    stream.end(bytes);
  });
}

/** The deflated part alone: Node's gunzip gives nothing at all where other bytes follow the end. */
function afterGzipHead(bytes: Buffer): Buffer {
  const flags = bytes[3] ?? 0;
  const pastText = (at: number) => bytes.indexOf(0, at) + 1;
  let at = 10;
  if (flags & 4) at += 2 + (bytes.byteLength > at + 2 ? bytes.readUInt16LE(at) : 0);
  if (flags & 8) at = pastText(at);
  if (flags & 16) at = pastText(at);
  return bytes.subarray(flags & 2 ? at + 2 : at);
}

type Kind = { how: string; head: number[]; open: (bytes: Buffer) => Promise<Buffer> | Buffer | null };

/** What begins with these bytes may be packed this way. */
const kinds: Kind[] = [
  {
    how: 'gzip',
    head: [0x1f, 0x8b, 0x08],
    open: (bytes) => streamed(createInflateRaw(), afterGzipHead(bytes)),
  },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    how: 'zlib',
    head: [0x78, level],
    open: (bytes: Buffer) => streamed(createInflate(), bytes),
  })),
  {
    how: 'zstd',
    head: [0x28, 0xb5, 0x2f, 0xfd],
    open: (bytes) => streamed(createZstdDecompress(), bytes),
  },
  // Chromium packs large values of IndexedDB by themselves.
  { how: 'snappy value', head: [0xff, 0x11, 0x02], open: (bytes) => unsnappy(bytes.subarray(3)) },
];

function placesOf(bytes: Buffer, head: readonly number[]): number[] {
  const wanted = Buffer.from(head);
  const places: number[] = [];
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

const simpleEntryMagic = Buffer.from('305c72a71b6dfbfc', 'hex');
const simpleEnd = Buffer.from('d8410d97456ffaf4', 'hex');

/** The body of an entry of Chromium's HTTP cache: brotli says nothing about itself, so where it begins must be known. */
function cacheBody(bytes: Buffer): Buffer {
  if (bytes.byteLength < 24 || !bytes.subarray(0, 8).equals(simpleEntryMagic)) return bytes;
  const start = 24 + bytes.readUInt32LE(12);
  const end = bytes.indexOf(simpleEnd, start);
  return bytes.subarray(start, end < 0 ? bytes.byteLength : end);
}

function tableOf(bytes: Buffer): Buffer {
  try {
    return Buffer.concat(unpackTable(bytes));
  } catch {
    // The ending of a table on something that is none.
    return Buffer.alloc(0);
  }
}

/** Everything packed within these bytes that can be unpacked, one layer deep. */
export async function* unpack(bytes: Buffer): AsyncGenerator<Unpacked> {
  for (const { how, head, open } of kinds)
    for (const at of placesOf(bytes, head)) {
      const inner = await open(bytes.subarray(at));
      if (inner && inner.byteLength > 0) yield { how, bytes: inner };
    }
  const brotli = await streamed(createBrotliDecompress(), cacheBody(bytes));
  if (brotli.byteLength > 0) yield { how: 'brotli', bytes: brotli };
  for (const [how, inner] of [
    ['LevelDB table', tableOf(bytes)],
    ['LevelDB log', unpackLog(bytes)],
  ] as const)
    if (inner.byteLength > 0) yield { how, bytes: inner };
}
