import { AppError } from '../../shared/errors.ts';
import type { JournalFile, SyncFile } from './journal-file.ts';
import type { SyncAccessHandle } from './opfs-files.ts';

export type Written = { handle: SyncAccessHandle; journal: JournalFile };

const copyBytes = 4 * 1024 * 1024;

/**
 * Runs a write that must be whole: fewer bytes than asked means a full disk. Chromium 150 says there that it wrote
 * 4294967288 bytes, which is its error for no space as a number without a sign, where others throw.
 */
export function writeWhole(handle: SyncAccessHandle, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength; ) {
    const written = handle.write(bytes.subarray(done), { at: at + done });
    if (written <= 0 || written > bytes.byteLength - done)
      throw new AppError('disk-low', { details: 'the disk takes no more bytes' });
    done += written;
  }
}

export const syncFile = (handle: SyncAccessHandle): SyncFile => ({
  size: () => handle.getSize(),
  read: (at, length) => {
    const buffer = new Uint8Array(length);
    return buffer.subarray(0, handle.read(buffer, { at }));
  },
  write: (at, bytes) => writeWhole(handle, at, bytes),
  truncate: (size) => handle.truncate(size),
  flush: () => handle.flush(),
});
export const bytesOf = (handle: SyncAccessHandle) => syncFile(handle).read(0, handle.getSize());

/** A file that was thrown away cannot be read through its handle either. */
export class Unreadable extends AppError {
  constructor(cause?: unknown) {
    super('journal-unavailable', { details: 'a file that was thrown away cannot be read', cause });
  }
}

function readWhole(handle: SyncAccessHandle, at: number, length: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = syncFile(handle).read(at, length);
  } catch (cause) {
    throw new Unreadable(cause);
  }
  if (bytes.byteLength < length) throw new Unreadable();
  return bytes;
}

/** What a journal is written from, as a whole. */
export type Source = { size: number; write: (file: SyncAccessHandle) => void };

/** An open journal, whether its file still has a name or not. @throws AppError `journal-unavailable` where it cannot be read */
export const copyOf = ({ handle, journal }: Written): Source => ({
  size: journal.size,
  write: (file) => {
    for (let at = 0; at < journal.size; at += copyBytes)
      writeWhole(file, at, readWhole(handle, at, Math.min(copyBytes, journal.size - at)));
  },
});

/** A name beside a journal that its bytes give: the same bytes are not copied twice. */
export async function asideName(name: string, handle: SyncAccessHandle): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytesOf(handle))));
  const hash = [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${name}.damaged-${hash}`;
}
