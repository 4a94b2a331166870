import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Site, startSite } from '../../build/screen-tour/site.ts';
import type { Shoot, Visit } from '../../build/screen-tour/stop.ts';
import { openWard, type Ward } from '../../build/screen-tour/ward.ts';
import { wardStops } from '../../build/screen-tour/ward-tour.ts';
import { launchBrowser } from '../support/chromium.ts';

/** What the tour takes pictures of on a laptop's hard days is looked at here by rules instead of by eye. */

let site: Site;
let ward: Ward;
let browser: Browser;
beforeAll(async () => {
  site = await startSite();
  ward = await openWard(site);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

const looks = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'no-preference' },
  { colorScheme: 'light', contrast: 'more' },
  { colorScheme: 'dark', contrast: 'more' },
] as const;
/** The second one is the first at 200 % zoom. */
const windows = [
  { width: 1280, height: 800 },
  { width: 640, height: 400 },
];

async function complaints(page: Page): Promise<string[]> {
  // Its usual way opens a page of its own, which is no window of the desktop app.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
  );
}

/** What stands out at the right of the window, or of a dialog, where nobody can scroll to it. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const faults = wide > 0 ? [`the page is ${wide} pixels too wide`] : [];
    const shown = 'h1, h2, p, button, input, textarea, [role=alert], [role=dialog], [role=status]';
    for (const element of document.querySelectorAll<HTMLElement>(shown)) {
      if (element.closest('[inert], .visually-hidden, [data-layer]:not([data-active])')) continue;
      const { width, height, right } = element.getBoundingClientRect();
      if (width < 2 || height < 2 || getComputedStyle(element).visibility === 'hidden') continue;
      let scrolls = false;
      for (let at = element.parentElement; at; at = at.parentElement)
        scrolls ||=
          ['auto', 'scroll'].includes(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth;
      if (!scrolls && right > innerWidth + 1)
        faults.push(`${element.tagName} "${element.textContent?.slice(0, 40)}" ends at ${Math.round(right)}`);
    }
    return faults;
  });

const stands = (page: Page) =>
  page.waitForFunction(() =>
    document.getAnimations().every(({ playState, effect }) => {
      const { iterations = 1 } = effect?.getComputedTiming() ?? {};
      return playState !== 'running' || iterations === Number.POSITIVE_INFINITY;
    }),
  );

/** Where the keyboard is nowhere, a person without a mouse cannot begin. */
const keyboardIsSomewhere = (page: Page) =>
  page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body);

let seen: string[] = [];
const looker =
  (own: Page): Shoot =>
  async (name, { of: page = own } = {}) => {
    seen.push(name);
    await page.mouse.move(1, 1);
    for (const look of looks) {
      await page.emulateMedia(look);
      await stands(page);
      expect(await complaints(page), `${name}, ${look.colorScheme}, contrast ${look.contrast}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
    if (waysIn.test(name)) expect(await keyboardIsSomewhere(page), `${name}: the keyboard`).toBe(true);
    for (const size of windows) {
      await page.setViewportSize(size);
      expect(await cutOff(page), `${name} at ${size.width} x ${size.height}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  };

/** Screens with one thing to do. */
const waysIn = /^(locked|second-window|device-(locked|wiped)|lease-over|annotate-let-go|sign-out)/;

async function openLaptop(laptops: Visit[]): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: site.url });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('E-mail address').waitFor();
  const laptop = { page, context, site, shoot: looker(page) };
  laptops.push(laptop);
  return laptop;
}

it.each(wardStops)(
  '$name: axe finds nothing in light, dark and high contrast, nothing is cut off at 200 % zoom, and a key leads on',
  async ({ go }) => {
    const laptops: Visit[] = [];
    seen = [];
    try {
      await go({ site, ward, open: () => openLaptop(laptops), shootOf: looker });
    } finally {
      for (const { context } of laptops) await context.close();
    }
    console.log(`looked at ${seen.join(', ') || 'nothing: it cannot be had on this machine'}`);
  },
);
