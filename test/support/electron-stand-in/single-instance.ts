import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const lockFile = (userData: string) => join(userData, 'stand-in-lock');
const callsFolder = (userData: string) => join(userData, 'stand-in-second-instances');

/** Is it still the app that wrote the number, and not another program that got it later? */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('electron-stand-in');
  } catch {
    return false;
  }
}

function holder(userData: string): number | null {
  try {
    const pid = Number(readFileSync(lockFile(userData), 'utf8'));
    return pid !== process.pid && isRunning(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Takes the lock of this folder, or hands the arguments to the one who has it. */
export function lockInstance(userData: string): boolean {
  mkdirSync(userData, { recursive: true });
  if (holder(userData) === null) {
    writeFileSync(lockFile(userData), String(process.pid));
    rmSync(callsFolder(userData), { recursive: true, force: true });
    return true;
  }
  mkdirSync(callsFolder(userData), { recursive: true });
  const call = join(callsFolder(userData), String(process.pid));
  writeFileSync(`${call}.part`, JSON.stringify({ argv: process.argv, cwd: process.cwd() }));
  renameSync(`${call}.part`, `${call}.json`);
  return false;
}

/** Tells of later starts that were refused. */
export function watchSecondInstances(userData: string, tell: (argv: string[], cwd: string) => void): void {
  const look = () => {
    let names: string[] = [];
    try {
      names = readdirSync(callsFolder(userData)).filter((name) => name.endsWith('.json'));
    } catch {
      return;
    }
    for (const name of names) {
      const path = join(callsFolder(userData), name);
      const { argv, cwd } = JSON.parse(readFileSync(path, 'utf8')) as { argv: string[]; cwd: string };
      rmSync(path);
      tell(argv, cwd);
    }
  };
  setInterval(look, 100).unref();
}
