import { spawn } from 'node:child_process';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumOptions } from './chromium.ts';

export type BrowserProcess = {
  context: BrowserContext;
  page: Page;
  /** SIGKILL to the browser and every process it started. */
  kill: () => Promise<void>;
  close: () => Promise<void>;
};

function untilListening(stderr: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    stderr.on('data', (chunk) => {
      text += chunk;
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    });
    stderr.on('end', () => reject(new Error(`Chromium ended before it listened:\n${text}`)));
  });
}

async function firstPage(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = browser.contexts()[0];
  if (!context) throw new Error('Chromium has no window');
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

/** A Chromium of its own process group over a profile folder, so that a test can kill it like a power cut would. */
export async function startBrowserProcess(
  profile: string,
  extraEnv: Record<string, string> = {},
): Promise<BrowserProcess> {
  const { executablePath, args = [], env, headless } = chromiumOptions();
  if (!executablePath) throw new Error('no Chromium found');
  const child = spawn(
    executablePath,
    [
      ...args,
      ...(headless === false ? [] : ['--headless']),
      `--user-data-dir=${profile}`,
      '--remote-debugging-port=0',
      '--window-size=1280,800',
      'about:blank',
    ],
    {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...(env as NodeJS.ProcessEnv), ...extraEnv },
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const browser = await chromium.connectOverCDP(await untilListening(child.stderr));
  const { context, page } = await firstPage(browser);
  const kill = async () => {
    // A negative pid names the whole process group.
    if (child.pid && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
    await ended;
    await browser.close().catch(() => {});
  };
  const close = async () => {
    const session = await browser.newBrowserCDPSession();
    await session.send('Browser.close').catch(() => {});
    await ended;
  };
  return { context, page, kill, close };
}
