import type { Locator, Page } from 'playwright-core';
import { goTo, press } from './stop.ts';

export const layer = (page: Page): Locator => page.locator('[data-layer][data-active]');

/** Goes to the case whose title begins so, over the palette, and waits until it stands. */
export async function openCase(page: Page, title: string): Promise<void> {
  const shown = await layer(page).locator('h2').first().textContent();
  if (shown?.startsWith(title)) return;
  await press(page, 'Control+k');
  await page.getByRole('dialog', { name: 'Commands' }).waitFor();
  await page.keyboard.type(title);
  await page
    .getByRole('option', { name: new RegExp(title) })
    .first()
    .waitFor();
  await press(page, 'Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await layer(page).getByRole('heading', { name: title }).first().waitFor();
  await layer(page).getByRole('slider').first().waitFor();
}

/** Continues where the queue says. */
export async function continueWork(page: Page): Promise<void> {
  await goTo(page, '/queue');
  await page
    .getByRole('button', { name: /^(continue|look again)/i })
    .first()
    .click();
  await page.waitForURL(/\/annotate\//);
  await layer(page).getByRole('slider').first().waitFor();
}

/** Ten ratings that no rule asks about, and a slight preference. */
export async function judge(page: Page, preference = 'Shift+Digit3'): Promise<void> {
  await press(page, ...Array.from({ length: 10 }, () => '3'), preference);
}

/** The keyboard at the first slider of the case. */
export const home = async (page: Page) => {
  await layer(page).getByRole('slider').first().focus();
};
