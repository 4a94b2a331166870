import { zstdDecompressSync } from 'node:zlib';
import { unsnappy } from './snappy.ts';

const tableMagic = Buffer.from('57fb808b247547db', 'hex');
const footerBytes = 48;
const logBlock = 32 * 1024;

function varint(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return { value, next: at + 10 };
}

type Handle = { offset: number; size: number };
function handleAt(bytes: Uint8Array, at: number): Handle & { next: number } {
  const offset = varint(bytes, at);
  const size = varint(bytes, offset.next);
  return { offset: offset.value, size: size.value, next: size.next };
}

/** A block of a table; the byte behind it says how it is packed. */
function blockAt(file: Buffer, { offset, size }: Handle): Buffer | null {
  const packed = file.subarray(offset, offset + size);
  if (packed.byteLength !== size || size === 0) return null;
  const kind = file[offset + size];
  if (kind === 1) return unsnappy(packed);
  if (kind === 2) return zstdDecompressSync(packed);
  return packed;
}

/** Keys share their beginnings with the key before; here they are whole again. */
function entriesOf(block: Buffer): { key: Buffer; value: Buffer }[] {
  if (block.byteLength < 4) return [];
  const restarts = block.readUInt32LE(block.byteLength - 4);
  const end = block.byteLength - 4 - 4 * restarts;
  const entries: { key: Buffer; value: Buffer }[] = [];
  let last = Buffer.alloc(0);
  for (let at = 0; at >= 0 && at < end; ) {
    const shared = varint(block, at);
    const own = varint(block, shared.next);
    const length = varint(block, own.next);
    const valueAt = length.next + own.value;
    const key = Buffer.concat([last.subarray(0, shared.value), block.subarray(length.next, valueAt)]);
    entries.push({ key, value: block.subarray(valueAt, valueAt + length.value) });
    last = key;
    at = valueAt + length.value;
  }
  return entries;
}

/** Keys and values of every block of a LevelDB table. */
export function unpackTable(file: Buffer): Buffer[] {
  if (!file.subarray(-8).equals(tableMagic)) return [];
  const footer = file.subarray(file.byteLength - footerBytes);
  const index = blockAt(file, handleAt(footer, handleAt(footer, 0).next));
  if (!index) return [];
  return entriesOf(index).flatMap(({ value }) => {
    const block = blockAt(file, handleAt(value, 0));
    return block ? entriesOf(block).flatMap((entry) => [entry.key, entry.value]) : [];
  });
}

/** A LevelDB log without the headers that cut long records into pieces. */
export function unpackLog(file: Buffer): Buffer {
  if (file.byteLength < 7) return Buffer.alloc(0);
  const kind = file[6] ?? 0;
  if (kind < 1 || kind > 4 || file.readUInt16LE(4) + 7 > logBlock) return Buffer.alloc(0);
  const pieces: Buffer[] = [];
  for (let block = 0; block < file.byteLength; block += logBlock) {
    const end = Math.min(block + logBlock, file.byteLength);
    for (let at = block; at + 7 <= end; ) {
      const length = file.readUInt16LE(at + 4);
      if (length === 0) break;
      pieces.push(file.subarray(at + 7, Math.min(at + 7 + length, end)));
      at += 7 + length;
    }
  }
  return Buffer.concat(pieces);
}
