import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy, publishGuidelines } from '../../server/studies/domain.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const demo = join(import.meta.dirname, '../../server/demo');
const guidelines = readFileSync(join(demo, 'guidelines.md'), 'utf8');
/** Potassium 4.5 to 5.3 and a conversation. */
const trendCase = readFileSync(join(demo, 'cases/cardiology.jsonl'), 'utf8')
  .split('\n')
  .find((line) => line.includes('"demo-cardiology-02"'));

const copied = 'Known heart failure on four medicines, no known lung disease. No fever.';
const copiedCase = JSON.stringify({
  id: 'copied-forward',
  title: 'Copied forward',
  prompt: 'May he go home?',
  context: {
    notes: [
      { date: '2026-05-02', kind: 'Ward note', text: `${copied} K 4.5 mmol/L.` },
      { date: '2026-05-03', kind: 'Ward note', text: `Dizzy on standing. ${copied} K 5.8 mmol/L.` },
    ],
  },
  responses: [
    { id: 'one', text: 'Yes.', model: 'm1' },
    { id: 'two', text: 'No.', model: 'm2' },
  ],
});

let server: TestServer;
let browser: Browser;
let physician: TestPerson;
let studyId: Awaited<ReturnType<typeof createStudy>>['id'];
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  physician = await server.person({ roles: ['physician'] });
  const study = await createStudy(server.context, { name: 'Charts', guidelines });
  studyId = study.id;
  await importCases(server.context, {
    studyId,
    source: Readable.from([Buffer.from(`${trendCase}\n${copiedCase}\n`)]),
    fileName: 'charts.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  const batch = await createBatch(server.context, {
    studyId,
    name: 'Charts 1',
    size: 2,
    kind: 'work',
    order: 'import',
    onePerCase: true,
    overlap: 1,
  });
  await assignBatch(server.context, { batchId: batch.id, physicianIds: [physician.user.id] });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail address').waitFor();
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).fill(physician.password);
  await page.keyboard.press('Enter');
}

const layer = (page: Page) => page.locator('[data-layer][data-active]');

async function openFirstCase(page: Page): Promise<void> {
  await signIn(page);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 2', { exact: true }).first().waitFor();
}

/** What axe holds against a part of the screen. */
async function complaints(page: Page, part: 'context' | 'guidelines'): Promise<string[]> {
  const scope = part === 'context' ? '[data-active] [data-section="context"]' : '[data-section="guidelines"]';
  const { violations } = await new AxeBuilder({ page }).include(scope).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const foldedLabs = (page: Page) => layer(page).getByRole('button', { name: /^Labs/ });

it('shows the chart beside the answers, and comes back to it as it was left', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  const page = await context.newPage();
  await page.goto(server.url);
  await openFirstCase(page);

  const potassium = layer(page).getByRole('list', { name: 'Potassium, newest values' });
  await potassium.waitFor();
  expect(await potassium.innerText()).toContain('5.3');
  const values = await potassium.getByRole('listitem').allInnerTexts();
  expect(values.map((value) => Number(/[\d.]+/.exec(value)?.[0]))).toEqual([4.6, 4.9, 5.3]);
  const row = potassium.locator('xpath=ancestor::li[1]');
  expect(await row.innerText()).toContain('↗');
  const curve = layer(page).getByRole('button', { name: /^Potassium: all/ });
  await curve.focus();
  await page.keyboard.press('ArrowRight');
  await layer(page)
    .getByText(/^\d+ \w+ \d{4}: 5\.3/)
    .waitFor();
  await page.keyboard.press('Enter');
  await layer(page).getByRole('table', { name: 'Potassium, newest first' }).waitFor();
  expect(await complaints(page, 'context'), 'chart').toEqual([]);

  await layer(page).getByRole('button', { name: 'Back to the question' }).waitFor();
  await page.keyboard.press('q');
  await layer(page).getByRole('button', { name: 'Back to the question' }).waitFor({ state: 'detached' });

  await foldedLabs(page).click();
  const context1 = layer(page).locator('[data-context]');
  await context1.evaluate((element) => {
    element.scrollTop = 260;
  });
  const place = await context1.evaluate((element) => element.scrollTop);
  expect(place).toBeGreaterThan(200);
  // Both choices settle before they are kept.
  await page.waitForTimeout(1500);
  await page.reload();
  await signIn(page);
  // The address is still the case's: the sign-in leads straight back to it.
  await page.getByText('1 of 2', { exact: true }).first().waitFor();
  expect(await foldedLabs(page).getAttribute('aria-expanded')).toBe('false');
  await expect.poll(() => context1.evaluate((element) => element.scrollTop)).toBe(place);

  await context.close();
});

it('greys what a note repeats, with enough contrast, and never a number that changed', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(server.url);
  await openFirstCase(page);
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit3');
  await page.keyboard.press('Shift+Digit4');
  await page.keyboard.press('Control+Enter');
  const repeated = layer(page).locator('[data-repeated]');
  await repeated.waitFor();
  expect(await repeated.textContent()).toBe(`repeated from 2 May 2026: ${copied}`);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await complaints(page, 'context'), colorScheme).toEqual([]);
  }
  await layer(page).getByRole('checkbox', { name: 'Repeated text greyed' }).uncheck();
  expect(await repeated.count()).toBe(0);
  await context.close();
});

it('searches the guidelines beside the work and marks what a new version changed', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await layer(page).waitFor();
  await page.keyboard.press('g');
  const panel = page.getByRole('complementary', { name: 'Guidelines' });
  await panel.getByText('Version 1').waitFor();
  expect(await complaints(page, 'guidelines'), 'guidelines').toEqual([]);
  await page.keyboard.press('/');
  await page.keyboard.type('citation');
  await panel.getByText('1 of 1').waitFor();
  const box = await panel.boundingBox();
  const answers = await layer(page).getByRole('group', { name: 'Answer A, text' }).boundingBox();
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual((answers?.x ?? 0) + 1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });

  const next = guidelines.replace('Two to four minutes', 'Three to five minutes');
  await publishGuidelines(server.context, studyId, next);
  // The engine asks the server at once when the network is back.
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByText('Guidelines changed: version 2.').waitFor();
  await page.keyboard.press('g');
  const change = panel.getByRole('group', { name: 'Changed' });
  await change.waitFor();
  expect(await change.locator('ins').allInnerTexts()).toEqual(['Three', 'five']);
  expect(await change.locator('del').allInnerTexts()).toEqual(['Two', 'four']);
  expect(await complaints(page, 'guidelines'), 'changes').toEqual([]);

  await panel.getByRole('button', { name: 'Contents' }).click();
  await panel.getByRole('button', { name: 'What to flag' }).click();
  const heading = panel.getByRole('heading', { name: 'What to flag' });
  const read = (await heading.boundingBox())?.y ?? 0;
  await publishGuidelines(server.context, studyId, `Read this first.\n\nThen this.\n\n${next}`);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await panel.getByText('Version 3').waitFor();
  await panel.getByRole('group', { name: 'New' }).first().waitFor();
  await expect.poll(async () => Math.abs(((await heading.boundingBox())?.y ?? 0) - read)).toBeLessThan(2);
  await context.close();
});
