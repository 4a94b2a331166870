import type { Page } from 'playwright-core';
import type { Cable } from './cable.ts';
import { canary } from './canary-study.ts';
import type { Desk } from './hosts.ts';
import type { TestPerson } from './server.ts';

export const canaryCases = 12;

const active = (page: Page) => page.locator('[data-layer][data-active="true"]');
const untilCase = (page: Page, n: number) =>
  page.getByText(`${n} of ${canaryCases}`, { exact: true }).first().waitFor();

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

export async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
}

async function explain(page: Page): Promise<void> {
  await press(page, 'w');
  for (const part of ['evidence', 'alternatives', 'conclusion']) {
    await page.keyboard.type(`${canary(part)} seen → judged`);
    if (part !== 'conclusion') await press(page, 'Tab');
  }
  await press(page, 'Escape');
}

async function flagCase(page: Page): Promise<void> {
  await press(page, 'f', 'Digit2');
  await page
    .getByRole('textbox', { name: /^Note: / })
    .first()
    .fill(canary('case-flag-note'));
  await press(page, 'Escape');
}

async function flagPassage(page: Page): Promise<void> {
  await press(page, 'x', 'Enter', 'n');
  await page.keyboard.type(canary('safety-flag-note'));
  // Back to the choice of kind and severity.
  await press(page, 'Enter', 'Digit1', 'Digit1');
}

async function correct(page: Page): Promise<void> {
  await press(page, 'e', '3');
  await page
    .getByRole('textbox', { name: 'Text of the corrected answer' })
    .fill(`${canary('corrected-answer')} 25 mg.`);
  await press(page, 'Escape');
}

async function find(page: Page): Promise<void> {
  await press(page, '/');
  await page.getByLabel('Find in the question, context and answers').fill(canary('search'));
  await press(page, 'Escape', 'Escape');
  await press(page, 'Control+k');
  await page.getByRole('dialog', { name: 'Commands' }).waitFor();
  await page.keyboard.type(canary('command-search'));
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function judge(page: Page, from = 1): Promise<void> {
  await active(page).getByRole('slider').first().focus();
  for (let n = 0; n < 10; n++) await press(page, `Digit${((n + from) % 5) + 1}`);
  await press(page, 'Shift+Digit4');
}

async function skip(page: Page): Promise<void> {
  await press(page, 's');
  const dialog = page.getByRole('dialog', { name: 'Skip this case' });
  await dialog.waitFor();
  await press(page, 'Digit1');
  await dialog.getByLabel('Note').fill(canary('skip-note'));
  await press(page, 'Control+Enter');
}

async function submitCase(page: Page, n: number, more: (page: Page) => Promise<void>): Promise<void> {
  await untilCase(page, n);
  await judge(page, n);
  await more(page);
  await press(page, 'Control+Enter');
  // A question that a rule asks is answered with yes.
  const asked = page.getByRole('alertdialog');
  await page
    .getByText(`${n + 1} of ${canaryCases}`, { exact: true })
    .first()
    .or(asked)
    .first()
    .waitFor();
  if (await asked.isVisible()) {
    await page.waitForTimeout(400);
    await press(page, 'Enter');
  }
}

async function writeEverything(page: Page): Promise<void> {
  await explain(page);
  await flagCase(page);
  await flagPassage(page);
  await correct(page);
  await find(page);
}

/** A whole day: sign in, download, annotate, offline, online, sync; with canaries in everything that is written. */
export async function workWithCanaries(desk: Desk, cable: Cable, physician: TestPerson): Promise<void> {
  const { page } = desk;
  page.setDefaultTimeout(20_000);
  await signInWith(page, physician.user.email, physician.password);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await desk.untilStartsOffline();
  await page
    .getByPlaceholder('Find by title')
    .first()
    .fill(canary('title-search'))
    .catch(() => undefined);
  await press(page, 'Escape');
  await page
    .getByRole('button', { name: /continue|start/i })
    .first()
    .focus();
  await press(page, 'Enter');
  await submitCase(page, 1, writeEverything);
  await cable.pull();
  await submitCase(page, 2, explain);
  await untilCase(page, 3);
  await skip(page);
  await untilCase(page, 4);
  await explain(page);
  await page.locator('[data-saved="true"]').first().waitFor();
  await cable.plug();
  await runCommand(page, 'Sync and receipts');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await signInAgainIfAsked(page, physician);
}

async function runCommand(page: Page, words: string): Promise<void> {
  await press(page, 'Escape', 'Control+k');
  await page.getByRole('dialog', { name: 'Commands' }).waitFor();
  await page.keyboard.type(words);
  await page
    .getByRole('option', { name: new RegExp(words) })
    .first()
    .waitFor();
  await press(page, 'Enter');
}

async function signInAgainIfAsked(page: Page, { password }: TestPerson): Promise<void> {
  const asked = page.getByLabel(/^Password/);
  const synced = page.getByText(/all synced/i);
  await asked.or(synced).first().waitFor();
  if (await asked.isVisible()) {
    await asked.fill(password);
    await press(page, 'Enter');
  }
  await synced.first().waitFor();
}

export async function signOut(page: Page): Promise<void> {
  await runCommand(page, 'Sign out');
  await page.getByLabel('E-mail address').waitFor();
}
