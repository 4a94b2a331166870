import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mebibyte = 1024 * 1024;
export type SmallDisk = { folder: string; unmount: () => void };

/**
 * A disk of its own, in memory; null where that cannot be had: it takes root on Linux.
 * @param size as mount(8) takes it: `24m`
 */
export function mountSmallDisk(size: string): SmallDisk | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-small-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0) return null;
  return {
    folder,
    unmount: () => {
      // Chromium's last processes may hold a file for a moment longer.
      for (let i = 0; i < 50 && spawnSync('umount', [folder]).status !== 0; i += 1)
        spawnSync('sleep', ['0.1']);
      // What still holds a file must not hide why a round failed.
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes until the disk takes not one more byte. */
export function fill(folder: string): void {
  mkdirSync(join(folder, 'filler'), { recursive: true });
  for (let size = 16 * mebibyte, n = 0; size >= 1; n += 1)
    try {
      writeFileSync(join(folder, 'filler', `${size}-${n}`), Buffer.alloc(size, 1));
    } catch {
      size = Math.floor(size / 4);
    }
}
/** Writes until no more than this many bytes are left. */
export function fillTo(folder: string, bytes: number): void {
  mkdirSync(join(folder, 'filler'), { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  const over = bavail * bsize - bytes;
  if (over > 0) writeFileSync(join(folder, 'filler', `to-${bytes}`), Buffer.alloc(over, 1));
}
export const free = (folder: string): void =>
  rmSync(join(folder, 'filler'), { recursive: true, force: true });
