import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the names in a folder durable: new, renamed and removed files. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows has no handle for a folder; NTFS keeps renames in its own log.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name no journal, key or setting can have, so that a half-written file is never taken for a whole one. */
export const draftOf = (path: string) => `${path}.new~`;

/** Puts the bytes under the name as a whole or not at all, also when the power fails. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  await syncFolder(dirname(path));
}
