import type { Page } from 'playwright-core';
import type { Role } from '../shared/permissions.ts';

type Size = { width: number; height: number };
/** Takes the page as it stands, under a name; at the usual sizes unless others are given. */
export type Shoot = (name: string, sizes?: readonly Size[]) => Promise<void>;
export type Stop = { name: string; go: (page: Page, shoot: Shoot) => Promise<void> };

const id = '[0-9a-f-]{36}';

/** Goes on inside the app: loading the address anew would lock a physician's work again. */
async function goTo(page: Page, path: string): Promise<void> {
  const text = JSON.stringify(path);
  await page.evaluate(`history.pushState({}, '', ${text}); dispatchEvent(new PopStateEvent('popstate'))`);
  await page.locator('h1').first().waitFor();
  // A gate in front of the screen would otherwise be taken for it.
  if (await page.getByLabel('E-mail address').isVisible()) throw new Error(`${path} asked for a sign-in`);
}

const at = (name: string, path: string): Stop => ({
  name,
  go: async (page, shoot) => {
    await goTo(page, path);
    await shoot(name);
  },
});

/** From one screen on by the first link of each form in turn. */
const following = (name: string, from: string, ...forms: RegExp[]): Stop => ({
  name,
  go: async (page, shoot) => {
    await goTo(page, from);
    for (const form of forms) {
      const hrefs = () =>
        page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
      let path = (await hrefs()).find((href) => form.test(href));
      for (let tries = 0; path === undefined && tries < 40; tries++) {
        await page.waitForTimeout(250);
        path = (await hrefs()).find((href) => form.test(href));
      }
      if (path === undefined) throw new Error(`no link to ${form.source} on ${page.url()}`);
      await goTo(page, path);
    }
    await page.waitForTimeout(500);
    await shoot(name);
  },
});

/** From the queue into a case by keyboard, then some of its states. */
const annotate: Stop = {
  name: 'annotate',
  go: async (page, shoot) => {
    await goTo(page, '/queue');
    const button = page.getByRole('button', { name: /continue|start/i });
    await button
      .or(page.getByRole('link', { name: /continue|start/i }))
      .first()
      .click();
    await page.waitForURL(/\/annotate\//);
    await page.getByRole('slider').first().waitFor();
    await shoot('annotate-untouched');
    for (const digit of ['4', '2', '4', '3']) await page.keyboard.press(digit);
    await shoot('annotate-rating');
    await page.keyboard.press('Control+Enter');
    await shoot('annotate-what-is-missing');
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.keyboard.press('1');
    await shoot('annotate-flags');
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.keyboard.press('1');
    await shoot('annotate-corrected-answer');
    await page.keyboard.press('Escape');
    await page.keyboard.press('d');
    await page.locator('[data-diff-bar]').waitFor();
    await shoot('annotate-differences');
    await page.keyboard.press('d');
    await page.keyboard.press('?');
    await shoot('annotate-keys');
    await page.keyboard.press('Escape');
  },
};

const zoomed: readonly Size[] = [{ width: 640, height: 400 }];
const narrow: readonly Size[] = [{ width: 480, height: 800 }];
const large: readonly Size[] = [
  { width: 2560, height: 1440 },
  { width: 3840, height: 2160 },
];

/** Palette, settings, high contrast, and the windows that are not the usual size. */
const workstation: Stop = {
  name: 'workstation',
  go: async (page, shoot) => {
    await goTo(page, '/queue');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await shoot('queue-palette');
    await page.keyboard.press('Escape');
    const button = page.getByRole('button', { name: /continue|start|look again/i });
    await button.first().click();
    await page.waitForURL(/\/annotate\//);
    await page.locator('[data-layer][data-active]').getByRole('slider').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await shoot('palette');
    await page.keyboard.type('an');
    await shoot('palette-search');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+,');
    await page.getByRole('dialog').waitFor();
    await shoot('settings');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await shoot('settings-keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.emulateMedia({ contrast: 'more' });
    await shoot('annotate-high-contrast');
    await page.emulateMedia({ contrast: 'no-preference' });
    await shoot('annotate-zoomed', zoomed);
    await shoot('annotate-narrow', narrow);
    await shoot('annotate-large', large);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Shift+C');
    await shoot('annotate-context-above');
    await page.keyboard.press('Shift+C');
  },
};

const study = new RegExp(`^/studies/${id}$`);

/** What each role sees; a role's first screen is where it lands after sign-in. */
export const desks: Partial<Record<Role, Stop[]>> = {
  physician: [at('queue', '/queue'), annotate, workstation, at('sync', '/sync')],
  lead: [
    at('studies', '/studies'),
    following('study', '/studies', study),
    following('import', '/studies', study, new RegExp(`^/studies/${id}/import$`)),
    following('new-batch', '/studies', study, new RegExp(`^/studies/${id}/new-batch$`)),
    following('batch', '/studies', study, new RegExp(`^/batches/${id}$`)),
    at('people', '/people'),
  ],
  qa: [at('review', '/review')],
};
