import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { describeFailure } from '../server/main.ts';
import type { Role } from '../shared/permissions.ts';
import { launchBrowser } from '../test/support/chromium.ts';
import { ensureBuilt } from './bundle.ts';
import { projectRoot } from './paths.ts';
import { administratorStops, leadStops, reviewerStops } from './screen-tour/desk-tour.ts';
import { annotateAsSecond } from './screen-tour/others.ts';
import { physicianStops } from './screen-tour/physician-tour.ts';
import { type Site, startSite } from './screen-tour/site.ts';
import { type Shoot, type Size, type Stop, signIn, type Visit } from './screen-tour/stop.ts';

const usualSizes = ['1280x800', '1440x900', '2560x1440'];
const themes = ['light', 'dark'] as const;
const folder = join(projectRoot, 'screens');

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: usualSizes.join(',') },
  },
});

function sizeOf(text: string): Size {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (!width || !height) throw new Error(`"${text}" is no size; write it as 1280x800.`);
  return { width: Number(width), height: Number(height) };
}
const sizes = options.sizes.split(',').map(sizeOf);
const first = sizes[0] ?? sizeOf('1280x800');

async function takeAt(page: Page, name: string, { width, height }: Size, ending = ''): Promise<void> {
  for (const theme of themes) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(120);
    await page.screenshot({ path: join(folder, `${name}-${width}x${height}-${theme}${ending}.png`) });
  }
}

/** Takes the page as it stands at each size, in light and dark; the window is the first size again afterwards. */
const shooter =
  (page: Page): Shoot =>
  async (name, { sizes: at = sizes, contrast = false } = {}) => {
    // Nothing is pointed at.
    await page.mouse.move(1, 1);
    for (const size of at) {
      await page.setViewportSize(size);
      await page.waitForTimeout(250);
      await takeAt(page, name, size);
    }
    await page.setViewportSize(first);
    if (contrast) {
      await page.emulateMedia({ contrast: 'more' });
      await takeAt(page, name, first, '-contrast');
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
  };

/** One stop that fails is told and passed over, so that one screen under work does not hide all others. */
async function stopAt(stop: Stop, visit: Visit): Promise<boolean> {
  try {
    await stop.go(visit);
    return true;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    console.log(`  ${stop.name}: not taken (${line})`);
    await visit.page.screenshot({ path: join(folder, `not-taken-${stop.name}.png`) });
    return false;
  }
}

async function openDesk(browser: Browser, site: Site): Promise<Visit> {
  const context = await browser.newContext({ viewport: first, baseURL: site.url });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('E-mail address').waitFor();
  return { page, context, site, shoot: shooter(page) };
}

async function walk(browser: Browser, site: Site, role: Role, stops: readonly Stop[]): Promise<number> {
  const account = site.accounts.find((candidate) => candidate.role === role);
  if (!account) throw new Error(`the demo has no ${role}`);
  console.log(account.name);
  const visit = await openDesk(browser, site);
  let missed = 0;
  try {
    if (role === 'physician') await visit.shoot('sign-in', { contrast: true });
    await signIn(visit.page, account);
    for (const stop of stops) if (!(await stopAt(stop, visit))) missed += 1;
  } finally {
    await visit.context.close();
  }
  return missed;
}

/** The first thing somebody new sees: no work yet. */
async function lookAsNewcomer(browser: Browser, site: Site): Promise<void> {
  const visit = await openDesk(browser, site);
  await signIn(visit.page, await site.newcomer());
  await visit.page.getByRole('heading', { name: 'My cases' }).waitFor();
  await visit.page.waitForTimeout(1000);
  await visit.shoot('queue-empty');
  await visit.context.close();
}

/** Pictures of screens that are no more would be taken for the newest. */
function sweep(): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.png')) rmSync(join(folder, name));
}

async function walkAll(browser: Browser, site: Site): Promise<number> {
  await site.askForPractice(0.1);
  let missed = await walk(browser, site, 'physician', physicianStops);
  await site.askForPractice(null);
  await annotateAsSecond(site);
  await lookAsNewcomer(browser, site);
  missed += await walk(browser, site, 'lead', leadStops);
  missed += await walk(browser, site, 'qa', reviewerStops);
  missed += await walk(browser, site, 'admin', administratorStops);
  return missed;
}

async function main(): Promise<void> {
  await ensureBuilt({ log: console.log, only: 'renderer' });
  sweep();
  const site = await startSite();
  const browser = await launchBrowser();
  let missed = 0;
  try {
    missed = await walkAll(browser, site);
  } finally {
    await browser.close();
    await site.stop();
  }
  console.log(`Screenshots are in ${folder}.`);
  if (missed > 0) throw new Error(`${missed} stops could not be taken whole.`);
}

main().catch((error: unknown) => {
  console.error(describeFailure(error));
  process.exitCode = 1;
});
