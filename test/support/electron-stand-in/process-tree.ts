import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

type Row = { pid: number; parent: number };

function fromProc(): Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The program's name stands in brackets and may hold anything; the parent is the second field behind it.
        const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
        return [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return [];
      }
    });
}

function fromPs(): Row[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => ({ pid, parent }));
}

function descendants(root: number): number[] {
  const rows = process.platform === 'linux' ? fromProc() : fromPs();
  const found = [root];
  for (let i = 0; i < found.length; i += 1)
    found.push(...rows.filter(({ parent }) => parent === found[i]).map(({ pid }) => pid));
  return found;
}

function isAlive(pid: number): boolean {
  try {
    if (process.platform === 'linux' && / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').slice(-400)))
      return false;
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Pulls the plug: SIGKILL to a process and all below it, by their numbers, and waits until none is left. */
export async function killTree(root: number): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(root), '/T', '/F']);
    return;
  }
  const pids = descendants(root);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
}
