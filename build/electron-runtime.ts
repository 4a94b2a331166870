import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './paths.ts';

const packageFolder = join(projectRoot, 'node_modules/electron');
const downloadMs = 60_000;

type Env = Readonly<Record<string, string | undefined>>;

/** Where the program stands inside an unpacked runtime of this platform. */
export function programName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The program of Electron's runtime, where it is on this machine already. */
export function findElectron(env: Env = process.env): string | null {
  const folder = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageFolder, 'dist');
  const pathFile = join(packageFolder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : programName();
  return [join(folder, name), join(folder, programName())].find(isProgram) ?? null;
}

export type DownloadResult = { program: string } | { failure: string };

/** Lets Electron's own installer fetch the runtime, with an end to the waiting on a network that swallows packets. */
export function downloadElectron(env: Env = process.env): DownloadResult {
  const run = spawnSync(process.execPath, [join(packageFolder, 'install.js')], {
    cwd: projectRoot,
    encoding: 'utf8',
    timeout: downloadMs,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env },
  });
  const program = findElectron(env);
  if (program !== null) return { program };
  if (run.error && 'code' in run.error && run.error.code === 'ETIMEDOUT') {
    return { failure: `no answer within ${downloadMs / 1000} s` };
  }
  const message = run.stderr.split('\n').find((line) => /error|ENOTFOUND|ECONN|HTTP/i.test(line));
  return {
    failure: (message ?? 'the download failed')
      .trim()
      .replace(/^\w*Error:\s*/, '')
      .slice(0, 160),
  };
}
