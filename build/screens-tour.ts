import type { Page } from 'playwright-core';
import type { Role } from '../shared/permissions.ts';

/** Takes the page as it stands, under a name. */
export type Shoot = (name: string) => Promise<void>;
export type Stop = { name: string; go: (page: Page, shoot: Shoot) => Promise<void> };

/** A screen that is only opened by its address. */
const at = (name: string, path: string): Stop => ({
  name,
  go: async (page, shoot) => {
    await page.goto(path);
    await page.locator('h1, h2, main').first().waitFor();
    await shoot(name);
  },
});

/** A screen that is reached by the first link from another one to an address of this form. */
const following = (name: string, from: string, address: RegExp): Stop => ({
  name,
  go: async (page, shoot) => {
    await page.goto(from);
    const links = page.locator('a[href]');
    await links.first().waitFor();
    await page.waitForFunction(
      (source) =>
        [...document.querySelectorAll('a[href]')].some((a) =>
          new RegExp(source).test(a.getAttribute('href') ?? ''),
        ),
      address.source,
    );
    const all = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
    const path = all.find((href) => address.test(href));
    if (path === undefined) throw new Error(`no link to ${address} on ${from}`);
    await page.goto(path);
    await page.locator('h1, h2, main').first().waitFor();
    await shoot(name);
  },
});

/** From the queue into a case by keyboard, then some of its states. */
const annotate: Stop = {
  name: 'annotate',
  go: async (page, shoot) => {
    await page.goto('/queue');
    await page
      .getByRole('button', { name: /continue/i })
      .or(page.getByRole('link', { name: /continue/i }))
      .first()
      .click();
    await page.waitForURL(/\/annotate\//);
    await page.getByRole('slider').first().waitFor();
    await shoot('annotate-untouched');
    for (const digit of ['4', '2', '4', '3']) await page.keyboard.press(digit);
    await shoot('annotate-rating');
    await page.keyboard.press('Control+Enter');
    await shoot('annotate-what-is-missing');
    await page.keyboard.press('?');
    await shoot('annotate-keys');
    await page.keyboard.press('Escape');
  },
};

/** What each role sees; a role's first screen is where it lands after sign-in. */
export const desks: Partial<Record<Role, Stop[]>> = {
  physician: [at('queue', '/queue'), annotate, at('sync', '/sync')],
  lead: [
    at('studies', '/studies'),
    following('study', '/studies', /^\/studies\/[0-9a-f-]{36}$/),
    following('batch', '/studies', /^\/batches\/[0-9a-f-]{36}$/),
    at('people', '/people'),
  ],
  qa: [at('review', '/review'), following('review-batch', '/review', /^\/review\/[0-9a-f-]{36}$/)],
};
