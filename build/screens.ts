import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { readConfig } from '../server/config.ts';
import { type DemoAccount, seedDemo } from '../server/demo-seed.ts';
import { describeFailure, startServer } from '../server/main.ts';
import type { Role } from '../shared/permissions.ts';
import { launchBrowser } from '../test/support/chromium.ts';
import { ensureBuilt } from './bundle.ts';
import { projectRoot } from './paths.ts';
import { desks, type Shoot, type Stop } from './screens-tour.ts';

const sizes = [
  { width: 1280, height: 800 },
  { width: 1600, height: 1000 },
];
const themes = ['light', 'dark'] as const;
const folder = join(projectRoot, 'screens');

type Site = { url: string; accounts: readonly DemoAccount[] };

/** Takes the page as it stands, once per size; the last one is left for what comes next. */
const shooter =
  (page: Page, theme: string): Shoot =>
  async (name, at = sizes) => {
    for (const size of at) {
      await page.setViewportSize(size);
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}-${size.width}x${size.height}-${theme}.png`) });
    }
  };

async function signIn(page: Page, account: DemoAccount): Promise<void> {
  await page.getByLabel('E-mail address').fill(account.email);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).waitFor({ state: 'detached' });
}

/** One stop that fails is told and passed over, so that one screen under work does not hide all others. */
async function visit(stop: Stop, page: Page, shoot: Shoot, log: (line: string) => void): Promise<boolean> {
  try {
    await stop.go(page, shoot);
    return true;
  } catch (error) {
    log(
      `  ${stop.name}: not taken (${String(error instanceof Error ? error.message : error).split('\n')[0]})`,
    );
    return false;
  }
}

async function walk(browser: Browser, site: Site, role: Role, theme: 'light' | 'dark'): Promise<number> {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: sizes[0] ?? null,
    baseURL: site.url,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const shoot = shooter(page, theme);
  const account = site.accounts.find((candidate) => candidate.role === role);
  if (!account) throw new Error(`the demo has no ${role}`);
  let missed = 0;
  try {
    await page.goto('/');
    await page.getByLabel('E-mail address').waitFor();
    if (role === 'physician') await shoot('sign-in');
    await signIn(page, account);
    for (const stop of desks[role] ?? []) if (!(await visit(stop, page, shoot, console.log))) missed += 1;
  } finally {
    await context.close();
  }
  return missed;
}

async function main(): Promise<void> {
  await ensureBuilt({ log: console.log });
  const dataDir = mkdtempSync(join(tmpdir(), 'second-opinion-screens-'));
  mkdirSync(folder, { recursive: true });
  const server = await startServer(readConfig({ SECOND_OPINION_DATA: dataDir, PORT: '0' }));
  const browser = await launchBrowser();
  let missed = 0;
  try {
    const demo = await seedDemo(server.context, { baseUrl: server.url });
    if (!demo) throw new Error('the demo was not made');
    const site = { url: server.url, accounts: demo.accounts };
    for (const theme of themes)
      for (const role of Object.keys(desks) as Role[]) {
        console.log(`${role}, ${theme}`);
        missed += await walk(browser, site, role, theme);
      }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  console.log(`Screenshots are in ${folder}.`);
  if (missed > 0) throw new Error(`${missed} screens could not be taken.`);
}

main().catch((error: unknown) => {
  console.error(describeFailure(error));
  process.exitCode = 1;
});
