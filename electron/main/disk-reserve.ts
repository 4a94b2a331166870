import { randomBytes } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './fs-failure.ts';

export const reserveBytes = 8 * 1024 * 1024;
/** A reserve is made only where it leaves this much, so that it never is what fills the disk. */
const roomToLeave = 4 * reserveBytes;

export type DiskReserve = {
  /** Makes the reserve where it is missing and there is room for it. */
  ensure: () => Promise<void>;
  /** Gives the space back so that a pending write can be completed; false when there was none to give. */
  release: () => Promise<boolean>;
  /** Free bytes beside the reserve; what the reserve gave up counts as used. Null where it cannot be told. */
  freeBytes: () => Promise<number | null>;
};

async function available(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Space held back in advance, so that the record that meets a full disk can still be written. */
export function openDiskReserve(folder: string): DiskReserve {
  const path = join(folder, 'reserve~');
  let stands = false;

  const isWhole = async () => {
    try {
      return (await stat(path)).size === reserveBytes;
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw cause;
    }
  };

  const make = async () => {
    const file = await open(path, 'w', 0o600);
    try {
      // Random bytes: a file system that compresses would hold nothing back for zeros.
      await file.writeFile(randomBytes(reserveBytes));
      await file.sync();
    } finally {
      await file.close();
    }
  };

  return {
    ensure: async () => {
      stands = await isWhole().catch(() => false);
      if (stands || ((await available(folder)) ?? 0) < reserveBytes + roomToLeave) return;
      try {
        await make();
        stands = true;
      } catch {
        // Without a reserve the journal works as before; it only reports less free space.
        await rm(path, { force: true }).catch(() => undefined);
      }
    },
    release: async () => {
      const gave = await isWhole().catch(() => false);
      await rm(path, { force: true });
      stands = false;
      return gave;
    },
    freeBytes: async () => {
      const free = await available(folder);
      if (free === null) return null;
      return stands ? free : Math.max(0, free - reserveBytes);
    },
  };
}
