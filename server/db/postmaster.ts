import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './living-process.ts';

// A postmaster works inside its cluster; another program that inherited the number does not.
function worksElsewhere(pid: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(cluster);
  } catch {
    return false;
  }
}

const fileIn = (cluster: string): string => join(cluster, 'postmaster.pid');

export const hasPostmasterFile = (cluster: string): boolean => existsSync(fileIn(cluster));

/** Removes a postmaster.pid that no living PostgreSQL of this cluster stands behind. */
export function dropDeadPostmaster(cluster: string): void {
  if (readPostmaster(cluster) === null) rmSync(fileIn(cluster), { force: true });
}

/** Process number and port of the PostgreSQL that holds this cluster; a left-over postmaster.pid counts as none. */
export function readPostmaster(cluster: string): { pid: number; port: number } | null {
  const file = fileIn(cluster);
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return null;
  if (!isAlive(pid)) return null;
  if (worksElsewhere(pid, cluster)) {
    rmSync(file, { force: true });
    return null;
  }
  return { pid, port: Number(lines[3] ?? 0) };
}
