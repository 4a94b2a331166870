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
import { openWard } from './screen-tour/ward.ts';
import { wardStops } from './screen-tour/ward-tour.ts';

const usualSizes = ['1280x800', '1440x900', '2560x1440'];
const themes = ['light', 'dark'] as const;
const folder = join(projectRoot, 'screens');

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: usualSizes.join(',') },
    only: { type: 'string' },
  },
});
const walks = ['physician', 'newcomer', 'lead', 'qa', 'admin', ...wardStops.map(({ name }) => name)];
/** What is taken: everything, or the walks and stops of the ward that are named; each walk sees what those before it did. */
const wanted = new Set(options.only?.split(',') ?? walks);
for (const name of wanted)
  if (!walks.includes(name)) throw new Error(`"${name}" is no walk; there are ${walks.join(', ')}.`);

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
  (own: Page): Shoot =>
  async (name, { sizes: at = sizes, contrast = false, of: page = own } = {}) => {
    // Nothing is pointed at.
    await page.mouse.move(1, 1);
    for (const size of at) {
      const { width, height } = page.viewportSize() ?? {};
      const isSame = width === size.width && height === size.height;
      if (!isSame) await page.setViewportSize(size);
      await page.waitForTimeout(isSame ? 50 : 250);
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
async function taken(name: string, go: () => Promise<void>, pages: () => readonly Page[]): Promise<boolean> {
  try {
    await go();
    return true;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    console.log(`  ${name}: not taken (${line})`);
    for (const [at, page] of pages().entries())
      await page.screenshot({ path: join(folder, `not-taken-${name}${at === 0 ? '' : `-${at + 1}`}.png`) });
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
  if (!wanted.has(role)) return 0;
  const account = site.accounts.find((candidate) => candidate.role === role);
  if (!account) throw new Error(`the demo has no ${role}`);
  console.log(account.name);
  const visit = await openDesk(browser, site);
  let missed = 0;
  try {
    if (role === 'physician') await visit.shoot('sign-in', { contrast: true });
    await signIn(visit.page, account);
    for (const { name, go } of stops)
      if (
        !(await taken(
          name,
          () => go(visit),
          () => [visit.page],
        ))
      )
        missed += 1;
  } finally {
    await visit.context.close();
  }
  return missed;
}

/** The first thing somebody new sees: no work yet. */
async function lookAsNewcomer(browser: Browser, site: Site): Promise<void> {
  if (!wanted.has('newcomer')) return;
  const visit = await openDesk(browser, site);
  await signIn(visit.page, await site.newcomer());
  await visit.page.getByRole('heading', { name: 'My cases' }).waitFor();
  await visit.page.waitForTimeout(1000);
  await visit.shoot('queue-empty');
  await visit.context.close();
}

/** Physicians whose laptops come to harm, each stop on laptops of its own. */
async function walkWard(browser: Browser, site: Site): Promise<number> {
  const stops = wardStops.filter(({ name }) => wanted.has(name));
  if (stops.length === 0) return 0;
  console.log('The ward');
  const ward = await openWard(site);
  let missed = 0;
  for (const { name, go } of stops) {
    const laptops: Visit[] = [];
    const open = async () => {
      const laptop = await openDesk(browser, site);
      laptops.push(laptop);
      return laptop;
    };
    const pages = () => laptops.map(({ page }) => page);
    if (!(await taken(name, () => go({ site, ward, open, shootOf: shooter }), pages))) missed += 1;
    for (const { context } of laptops) await context.close();
  }
  return missed;
}

/** Pictures of screens that are no more would be taken for the newest. */
function sweep(): void {
  mkdirSync(folder, { recursive: true });
  if (options.only) return;
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
  missed += await walkWard(browser, site);
  return missed;
}

async function main(): Promise<void> {
  await ensureBuilt({ log: console.log });
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
