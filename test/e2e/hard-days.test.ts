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

/** What Tab comes to, once around, and where on the way nobody could see that it is there; the keyboard is back after it. */
async function unseenStops(page: Page): Promise<string[]> {
  const before = await page.evaluateHandle(() => document.activeElement);
  const unseen: string[] = [];
  await page.evaluate(() => {
    for (const element of document.querySelectorAll('[data-walked]')) element.removeAttribute('data-walked');
  });
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || at === document.body) return null;
      const isNew = at.dataset.walked === undefined;
      at.dataset.walked = '';
      // A field may stand within the frame that shows where the keyboard is.
      const frames = [at, at.parentElement, at.parentElement?.parentElement].filter((one) => one != null);
      const isSeen = frames.some((one) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
      });
      return {
        isNew,
        isSeen,
        name: `${at.tagName} ${at.getAttribute('aria-label') ?? at.textContent ?? ''}`,
      };
    });
    // Through the browser's own bar it comes back to the beginning.
    if (stop === null) continue;
    if (!stop.isNew) break;
    if (!stop.isSeen) unseen.push(stop.name.slice(0, 60));
  }
  await before.evaluate((element) => element instanceof HTMLElement && element.focus());
  return unseen;
}

/** Where the keyboard is nowhere, a person without a mouse cannot begin. */
const keyboardIsSomewhere = (page: Page) =>
  page.evaluate(() => document.activeElement !== null && document.activeElement !== document.body);

let seen: string[] = [];
const looker =
  (own: Page): Shoot =>
  async (name, { of: page = own } = {}) => {
    // Two looks of each state, by turns the one or the other: both schemes, and more contrast in one of them.
    const turn = seen.push(name) % 2;
    await page.mouse.move(1, 1);
    for (const look of looks.filter((_, i) => (i === 0 || i === 3) === (turn === 0))) {
      await page.emulateMedia(look);
      await stands(page);
      expect(await complaints(page), `${name}, ${look.colorScheme}, contrast ${look.contrast}`).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
    if (waysIn.test(name)) expect(await keyboardIsSomewhere(page), `${name}: the keyboard`).toBe(true);
    // On a case Tab would take the form away that is looked at; its own journey walks it.
    if (!/^(annotate|palette)/.test(name)) expect(await unseenStops(page), `${name}, by Tab`).toEqual([]);
    for (const size of windows) {
      await page.setViewportSize(size);
      // What stands beside a passage follows in the next frame.
      await page.waitForTimeout(150);
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

/** `npm test` has time for these; all of them are walked with SECOND_OPINION_HARD_DAYS=all. */
const usual = ['locked-in-place', 'ordered', 'away', 'damage', 'let-go'];
const walked =
  process.env.SECOND_OPINION_HARD_DAYS === 'all'
    ? wardStops
    : wardStops.filter(({ name }) => usual.includes(name));

it.each(walked)(
  '$name: axe finds nothing in light and dark, with more contrast in one of them, nothing is cut off at 200 % zoom, Tab is seen at each stop, and a key leads on',
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
