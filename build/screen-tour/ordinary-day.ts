import type { Page } from 'playwright-core';
import { continueWork, judge } from './case-page.ts';
import { goTo, press, signIn, syncNow, type Visit } from './stop.ts';
import type { WardPhysician } from './ward.ts';

/** What a laptop does before and after the harm. */
type Laptop = Pick<Visit, 'page'>;

export const queueStands = (page: Page) => page.getByRole('heading', { name: 'My cases' }).waitFor();

/** Signs in and leaves a submitted case and a draft behind, both at the server. */
export async function begin({ page }: Laptop, physician: WardPhysician): Promise<void> {
  await signIn(page, physician);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await continueWork(page);
  await judge(page);
  await press(page, 'Control+Enter');
  await press(page, '3', '4');
  await goTo(page, '/queue');
  await syncNow(page);
  await page.getByText('All synced').first().waitFor();
}

/** As after a restart: the page anew, its work shut. */
export async function shut({ page }: Laptop): Promise<void> {
  await page.goto('/');
  await page.getByLabel('E-mail address').waitFor();
}

export async function reopen({ page }: Laptop, physician: WardPhysician): Promise<void> {
  await signIn(page, physician);
  await queueStands(page);
}
