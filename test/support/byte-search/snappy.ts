const maxBytes = 256 * 1024 * 1024;

type Reader = { at: number };

function readLength(bytes: Uint8Array, reader: Reader): number | null {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[reader.at++];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  return null;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value += (bytes[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}

/** A tag's piece: either `length` bytes that follow it, or a copy of what stands `back` bytes before. */
function readTag(bytes: Uint8Array, reader: Reader): { length: number; back: number } {
  const tag = bytes[reader.at++] ?? 0;
  const kind = tag & 3;
  if (kind === 0) {
    const more = Math.max(0, (tag >> 2) - 59);
    const length = more === 0 ? (tag >> 2) + 1 : littleEndian(bytes, reader.at, more) + 1;
    reader.at += more;
    return { length, back: 0 };
  }
  const width = kind === 1 ? 1 : kind === 2 ? 2 : 4;
  const low = littleEndian(bytes, reader.at, width);
  reader.at += width;
  if (kind === 1) return { length: ((tag >> 2) & 7) + 4, back: low + (tag >> 5) * 256 };
  return { length: (tag >> 2) + 1, back: low };
}

/** What a snappy block holds, as much of it as is whole; null where the bytes are none. */
export function unsnappy(bytes: Uint8Array): Buffer | null {
  const reader: Reader = { at: 0 };
  const size = readLength(bytes, reader);
  if (size === null || size === 0 || size > maxBytes || size > bytes.byteLength * 64) return null;
  const out = Buffer.alloc(size);
  let done = 0;
  while (reader.at < bytes.byteLength && done < size) {
    const { length, back } = readTag(bytes, reader);
    if (back > done || done + length > size) break;
    if (back === 0) {
      out.set(bytes.subarray(reader.at, reader.at + length), done);
      reader.at += length;
    } else for (let i = 0; i < length; i++) out[done + i] = out[done + i - back] ?? 0;
    done += length;
  }
  return done === 0 ? null : out.subarray(0, done);
}
