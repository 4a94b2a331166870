import type { FileHandle } from 'node:fs/promises';
import { followFrames, isWholeFrame, scanFrames } from '../../shared/sync/journal-frame.ts';

/** One read of a journal; a record larger than this makes the next read larger. */
const chunkBytes = 1024 * 1024;
/** Small records are followed many at a time, large ones stepped over. */
const headerWindowBytes = 64 * 1024;

export async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

export type Stretch = {
  /** Raw bytes from the offset to the end of the last whole frame in reach, damage between frames included. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Offset of what follows; the same as the one asked for when no whole frame follows any more. */
  end: number;
};

/** The next frames from an offset on: at least one whole one where there is one, whatever damage lies before it. */
export async function readStretch(file: FileHandle, from: number, size: number): Promise<Stretch> {
  let length = chunkBytes;
  for (;;) {
    const isFinal = from + length >= size;
    const bytes = await readAt(file, from, Math.min(length, size - from));
    const { consumed } = scanFrames(bytes, { final: isFinal });
    if (consumed > 0 || isFinal) return { bytes: bytes.subarray(0, consumed), end: from + consumed };
    // Nothing whole yet: a large record, or a long damage.
    length *= 4;
  }
}

/** Whether frame follows frame from the first byte to the last, and the last one is whole: then nothing is torn. */
async function isUnbroken(file: FileHandle, size: number): Promise<boolean> {
  let last = 0;
  for (let at = 0; at < size; ) {
    const step = followFrames(await readAt(file, at, Math.min(headerWindowBytes, size - at)));
    if (!step || step.last < 0) return false;
    last = at + step.last;
    at += step.next;
    if (at > size) return false;
  }
  return isWholeFrame(await readAt(file, last, size - last));
}

/** Where the last whole frame of a file ends; what stands behind it is a torn tail. */
export async function wholeSize(file: FileHandle, size: number): Promise<number> {
  if (size === 0 || (await isUnbroken(file, size))) return size;
  let at = 0;
  while (at < size) {
    const { end } = await readStretch(file, at, size);
    if (end === at) break;
    at = end;
  }
  return at;
}
