import {
  encodeFrames,
  frameHeaderBytes,
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
  #size: number;

  constructor(file: SyncFile) {
    this.#file = file;
    const end = endOfFrames(file);
    this.cutBytes = file.size() - end;
    if (this.cutBytes > 0) {
      file.truncate(end);
      file.flush();
    }
    this.#size = end;
  }

  get size(): number {
    return this.#size;
  }

  read(offset: number): { bytes: Uint8Array; next: number | null } {
    if (offset >= this.#size) return { bytes: new Uint8Array(0), next: null };
    const { bytes, next } = readChunk(this.#file, offset, this.#size);
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
