import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

/** Words of the sealed columns: no physician's browser and no reviewer's may ever receive one. */
const canaries = ['CANARY-MODEL', 'CANARY-CASE', 'CANARY-RESPONSE', 'CANARY-META'];

let server: TestServer;
let browser: Browser;
let folder: string;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  folder = mkdtempSync(join(tmpdir(), 'second-opinion-line-'));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function pairsFile(): string {
  const lines = [1, 2, 3].map((n) =>
    JSON.stringify({
      id: `CANARY-CASE-${n}`,
      prompt: `Question number ${n}?`,
      context: 'A short history.',
      responses: ['left', 'right'].map((side) => ({
        id: `CANARY-RESPONSE-${n}-${side}`,
        text: `The ${side} answer to number ${n}.`,
        model: `CANARY-MODEL-${side}`,
      })),
      meta: { source: 'CANARY-META' },
    }),
  );
  const path = join(folder, 'pairs.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

type Desk = { page: Page; received: () => Promise<string> };

/** A signed-in browser of one person, and everything its network ever brought it. */
async function openDesk({ user, password }: TestPerson): Promise<Desk> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const bodies: Promise<string>[] = [];
  context.on('response', (response) => bodies.push(response.text().catch(() => '')));
  await page.goto(server.url);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  return { page, received: async () => (await Promise.all(bodies)).join('\n') };
}

async function importAndAssign(page: Page, physicians: TestPerson[]): Promise<void> {
  await page.getByRole('button', { name: 'New study' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New study' });
  await dialog.getByLabel('Name').fill('Whole line');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('heading', { name: 'Whole line' }).waitFor();
  await page.getByRole('link', { name: 'Import' }).first().click();
  await page.getByLabel('File to import').setInputFiles(pairsFile());
  await page.getByRole('button', { name: 'Check first' }).click();
  await page.getByText('Checked, nothing imported yet').waitFor();
  await page.getByRole('button', { name: /^Import 3/ }).click();
  await page.getByRole('link', { name: 'New batch' }).last().click();
  await page.getByLabel('Name').fill('Batch one');
  await page.getByLabel('Comparisons').fill('3');
  await page.getByLabel('Overlap').fill('2');
  await page.getByRole('button', { name: 'Create batch' }).click();
  for (const { user } of physicians) await page.getByLabel(user.name).check();
  await page.getByRole('button', { name: /^Assign/ }).click();
  await page.getByText('Sent out').waitFor();
}

/** Three cases by keyboard; this physician prefers the "left" texts, wherever they are shown. */
async function annotateAll({ page }: Desk, rating: number): Promise<void> {
  await page.getByText('on this laptop', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  for (let n = 1; n <= 3; n++) {
    await page.getByText(`${n} of 3`, { exact: true }).first().waitFor();
    const layer = page.locator('[data-layer][data-active="true"]');
    const swapped = /The right answer[\s\S]*The left answer/.test(await layer.innerText());
    for (let slider = 0; slider < 10; slider++) await page.keyboard.press(`Digit${rating}`);
    await page.keyboard.press(swapped ? 'Shift+Digit6' : 'Shift+Digit2');
    await page.keyboard.press('Control+Enter');
  }
  await page.getByText('Batch one is done').waitFor();
  await page.getByText('and the server has it').waitFor();
}

it('goes from a lead’s file over two physicians to a reviewer, and nothing sealed leaves the server', async () => {
  const lead = await server.person({ roles: ['lead'], name: 'Lea Lead' });
  const ada = await server.person({ roles: ['physician'], name: 'Ada Annotator' });
  const ben = await server.person({ roles: ['physician'], name: 'Ben Annotator' });
  const qa = await server.person({ roles: ['qa'], name: 'Quinn Reviewer' });

  const leadDesk = await openDesk(lead);
  await importAndAssign(leadDesk.page, [ada, ben]);

  const adaDesk = await openDesk(ada);
  await annotateAll(adaDesk, 4);
  // The lead's page was left open: the work arrives on it by itself.
  await expect.poll(() => leadDesk.page.locator('body').innerText(), { timeout: 20_000 }).toMatch(/3 of 3/);
  const benDesk = await openDesk(ben);
  await annotateAll(benDesk, 5);

  const qaDesk = await openDesk(qa);
  await qaDesk.page.getByText('Batch one').first().click();
  const agreement = qaDesk.page.getByRole('table', { name: 'Raw agreement' });
  const row = (name: string) => agreement.getByRole('row', { name: new RegExp(`^${name}`) }).innerText();
  // Both preferred the same texts in all three, whatever side they saw them on; ratings were one step apart.
  expect(await row('Preference')).toMatch(/100 %[\s\S]*100 %[\s\S]*3/);
  expect(await row('Accuracy')).toMatch(/0 %[\s\S]*100 %[\s\S]*0 %[\s\S]*100 %[\s\S]*3/);
  await qaDesk.page.keyboard.press('o');
  await qaDesk.page.getByText('Rater 1').first().waitFor();
  await qaDesk.page.getByText('Rater 2').first().waitFor();

  for (const desk of [adaDesk, benDesk, qaDesk]) {
    const received = await desk.received();
    expect(received).toContain('The left answer to number 1.');
    for (const canary of canaries) expect(received).not.toContain(canary);
  }
  for (const desk of [adaDesk, benDesk]) expect(await desk.received()).not.toContain('Quinn Reviewer');
  expect(await adaDesk.received()).not.toContain('Ben Annotator');
  expect(await qaDesk.received()).not.toMatch(/Ada Annotator|Ben Annotator/);
});
