import {
  encodeFrames,
  followFrames,
  frameHeaderBytes,
  isWholeFrame,
  maxPayloadBytes,
  scanFrames,
} from '../../shared/sync/journal-frame.ts';

/** A file opened for this process alone, read and written in place. */
export type SyncFile = {
  size: () => number;
  read: (at: number, length: number) => Uint8Array;
  write: (at: number, bytes: Uint8Array) => void;
  truncate: (size: number) => void;
  /** Returns when everything written is on the disk. */
  flush: () => void;
};

const chunkBytes = 4 * 1024 * 1024;
/** Small records are followed many at a time, large ones stepped over. */
const headerWindowBytes = 64 * 1024;

/** `consumed`: how many bytes of the chunk are whole frames, or damage before one. */
type Chunk = { bytes: Uint8Array; frames: number; consumed: number; next: number | null };

/** Whole frames from an offset on; a frame larger than a chunk is read whole. */
function readChunk(file: SyncFile, offset: number, size: number): Chunk {
  for (let length = chunkBytes; ; length = Math.min(length * 4, maxPayloadBytes + frameHeaderBytes)) {
    const final = offset + length >= size;
    const bytes = file.read(offset, Math.min(length, size - offset));
    const scan = scanFrames(bytes, { final: final || length >= maxPayloadBytes + frameHeaderBytes });
    if (scan.consumed === 0 && !final && length < maxPayloadBytes + frameHeaderBytes) continue;
    // Nothing whole in the largest frame's length: damage; the search goes on behind it.
    const passed = scan.consumed === 0 ? length - frameHeaderBytes : scan.consumed;
    const next = final ? null : offset + passed;
    return {
      bytes: bytes.slice(0, scan.consumed),
      frames: scan.payloads.length,
      consumed: scan.consumed,
      next,
    };
  }
}

/** Frames from an offset on, followed by their headers; null where no chain of them goes on. */
function followedChunk(file: SyncFile, offset: number, size: number): Chunk | null {
  for (let length = chunkBytes; ; length *= 4) {
    const bytes = file.read(offset, Math.min(length, size - offset));
    const step = followFrames(bytes);
    if (!step) return null;
    const consumed = step.next <= bytes.byteLength ? step.next : step.last;
    if (consumed <= 0 && length < size - offset) continue;
    if (consumed <= 0) return null;
    const next = offset + consumed < size ? offset + consumed : null;
    return { bytes: bytes.slice(0, consumed), frames: 1, consumed, next };
  }
}

/**
 * Whether frame follows frame from the first byte to the last, and the last one is whole: then nothing is torn, and
 * no other byte needs to be read to know it. What became of the frames between is found when they are read.
 */
function isUnbroken(file: SyncFile): boolean {
  const size = file.size();
  let last = 0;
  for (let at = 0; at < size; ) {
    const step = followFrames(file.read(at, Math.min(headerWindowBytes, size - at)));
    if (!step || step.last < 0) return false;
    last = at + step.last;
    at += step.next;
    if (at > size) return false;
  }
  return size === 0 || isWholeFrame(file.read(last, size - last));
}

/** End of the last whole frame: what stands behind it is a torn tail. */
function endOfFrames(file: SyncFile): number {
  const size = file.size();
  let end = 0;
  for (let offset: number | null = 0; offset !== null; ) {
    const chunk: Chunk = readChunk(file, offset, size);
    if (chunk.frames > 0) end = offset + chunk.consumed;
    offset = chunk.next;
  }
  return end;
}

/** An append-only journal in one file; opening it cuts the torn tail of an interrupted write, and only that. */
export class JournalFile {
  readonly cutBytes: number;
  readonly #file: SyncFile;
  readonly #isUnbroken: boolean;
  #size: number;

  constructor(file: SyncFile) {
    this.#file = file;
    this.#isUnbroken = isUnbroken(file);
    const end = this.#isUnbroken ? file.size() : endOfFrames(file);
    this.cutBytes = file.size() - end;
    if (this.cutBytes > 0) file.truncate(end);
    // A record that a kill left written but not flushed is read and shown from here on: no power cut may take it then.
    if (file.size() > 0) file.flush();
    this.#size = end;
  }

  get size(): number {
    return this.#size;
  }

  read(offset: number): { bytes: Uint8Array; next: number | null } {
    if (offset >= this.#size) return { bytes: new Uint8Array(0), next: null };
    const followed = this.#isUnbroken ? followedChunk(this.#file, offset, this.#size) : null;
    const { bytes, next } = followed ?? readChunk(this.#file, offset, this.#size);
    return { bytes, next };
  }

  /** Returns when the payloads are on the disk; a failed write leaves the file as it was. */
  append(payloads: readonly Uint8Array[]): number {
    const bytes = encodeFrames(payloads);
    try {
      this.#file.write(this.#size, bytes);
      this.#file.flush();
    } catch (cause) {
      this.#undo();
      throw cause;
    }
    this.#size += bytes.byteLength;
    return this.#size;
  }

  #undo(): void {
    try {
      this.#file.truncate(this.#size);
    } catch {
      // The next append writes over the torn bytes, and the next opening cuts them.
    }
  }
}
