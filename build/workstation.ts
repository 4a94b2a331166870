import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type DownloadResult, downloadElectron, findElectron } from './electron-runtime.ts';
import { projectRoot } from './paths.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the workstation is opened, and the one sentence that says so and why. */
export type Opening =
  | { kind: 'electron'; program: string; line: string }
  | { kind: 'browser'; line: string }
  | { kind: 'print'; line: string };

export type Surroundings = {
  url: string;
  env: Env;
  platform: NodeJS.Platform;
  browser: boolean;
  open: boolean;
  find: (env: Env) => string | null;
  download: (env: Env) => DownloadResult;
};

export const hasDisplay = (env: Env, platform: NodeJS.Platform) =>
  platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);

const isCi = (env: Env) => env.CI !== undefined && env.CI !== '' && env.CI !== 'false';

function whyNoElectron({ env, browser, download }: Surroundings): DownloadResult {
  if (browser) return { failure: 'as --browser asks' };
  if (isCi(env))
    return { failure: 'the Electron runtime is not on this machine and is not downloaded where CI is set' };
  const result = download(env);
  if ('program' in result) return result;
  return { failure: `the Electron runtime is not here and cannot be downloaded (${result.failure})` };
}

/** Decides where to open: Electron where its runtime is or can be had, else the browser, else only the address. */
export function chooseOpening(around: Surroundings): Opening {
  const { url, env, platform, browser } = around;
  if (!around.open)
    return { kind: 'print', line: `The workstation is at ${url} (not opened, as --no-open asks).` };
  if (!hasDisplay(env, platform)) {
    return {
      kind: 'print',
      line: `Open the workstation in a browser at ${url}: this machine has no display for a window.`,
    };
  }
  const present = browser ? null : around.find(env);
  const electron = present === null ? whyNoElectron(around) : { program: present };
  if ('program' in electron) {
    const why = present === null ? 'its runtime was downloaded now' : 'its runtime is on this machine';
    return {
      kind: 'electron',
      program: electron.program,
      line: `Opening the workstation in Electron: ${why}.`,
    };
  }
  return { kind: 'browser', line: `Opening the workstation in the browser at ${url}: ${electron.failure}.` };
}

const browserCommand: Partial<Record<NodeJS.Platform, readonly [program: string, ...first: string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Asks the system for its browser; one that cannot be found is not the server's failure. */
function openBrowser(url: string, platform: NodeJS.Platform, log: (line: string) => void): void {
  const [program, ...first] = browserCommand[platform] ?? ['xdg-open'];
  const child = spawn(program, [...first, url], { stdio: 'ignore', detached: true });
  child.on('error', () => log(`No browser could be started here. Open ${url} yourself.`));
  child.unref();
}

function openElectron(program: string, options: { url: string; userData: string }): ChildProcess {
  // Chromium refuses its sandbox to root; nobody but a container runs a desktop app as root.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return spawn(program, [...asRoot, projectRoot, `--server=${options.url}`], {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SECOND_OPINION_USER_DATA: options.userData },
  });
}

/** Opens the workstation and gives back Electron's process where there is one. */
export function openWorkstation(
  options: { url: string; dataDir: string; browser: boolean; open: boolean },
  log: (line: string) => void,
): ChildProcess | null {
  const { env, platform } = process;
  const opening = chooseOpening({
    ...options,
    env,
    platform,
    find: findElectron,
    download: downloadElectron,
  });
  log(opening.line);
  if (opening.kind === 'browser') openBrowser(options.url, platform, log);
  if (opening.kind !== 'electron') return null;
  return openElectron(opening.program, { url: options.url, userData: join(options.dataDir, 'workstation') });
}
