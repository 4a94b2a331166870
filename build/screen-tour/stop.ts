import type { BrowserContext, Page } from 'playwright-core';
import type { Site } from './site.ts';

export type Size = { width: number; height: number };
export type Shots = {
  /** Instead of the usual sizes. */
  sizes?: readonly Size[];
  /** Also in high contrast, at the first size. */
  contrast?: boolean;
  /** Another page of the same laptop, instead of its own. */
  of?: Page;
};
/** Takes the page as it stands, under a name, in light and dark. */
export type Shoot = (name: string, shots?: Shots) => Promise<void>;
/** What a stop has: somebody's page, the camera, and the site behind it. */
export type Visit = { page: Page; context: BrowserContext; shoot: Shoot; site: Site };
export type Stop = { name: string; go: (visit: Visit) => Promise<void> };

/** Goes on inside the app: loading the address anew would lock a physician's work again. */
export async function goTo(page: Page, path: string): Promise<void> {
  const text = JSON.stringify(path);
  await page.evaluate(`history.pushState({}, '', ${text}); dispatchEvent(new PopStateEvent('popstate'))`);
  await page.locator('h1').first().waitFor();
  // A gate in front of the screen would otherwise be taken for it.
  if (await page.getByLabel('E-mail address').isVisible()) throw new Error(`${path} asked for a sign-in`);
}

export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

export async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** What a laptop hears when the network is back: it syncs at once instead of in a minute. */
export const syncNow = (page: Page): Promise<void> =>
  page.evaluate(`void dispatchEvent(new Event('online'))`);

export async function signIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByLabel('Password', { exact: true }).waitFor({ state: 'detached' });
}
