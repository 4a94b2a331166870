import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { launchWorkstation } from '../support/electron-stand-in/launch-workstation.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
});
afterAll(() => server?.stop());

let studies = 0;
async function physicianWithCases(): Promise<TestPerson> {
  const physician = await server.person({ roles: ['physician'] });
  studies += 1;
  await makeAssignedStudy(server.context, [physician.user.id], { name: `Study ${studies}`, size: 2 });
  return physician;
}

async function enter(page: Page, { user, password }: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

const reason = (page: Page) => page.locator('[data-layer][data-active="true"] textarea').last();
async function openCase(page: Page): Promise<void> {
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await reason(page).waitFor();
}
async function type(page: Page, text: string): Promise<void> {
  await reason(page).fill(text);
  await page
    .getByText(/Saved on this laptop|All synced/)
    .first()
    .waitFor();
}

it('a second window of the browser is told in one sentence where to go on, and opens once the first is closed', async () => {
  const physician = await physicianWithCases();
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const first = await context.newPage();
    await first.goto(server.url);
    await enter(first, physician);
    await openCase(first);
    await type(first, 'half a reason');
    const second = await context.newPage();
    await second.goto(server.url);
    await enter(second, physician);
    await second.getByRole('heading', { name: 'Open in another window' }).waitFor();
    const sentence =
      'Second Opinion is already open in another window. Go on there, or close it and try again.';
    expect(await second.getByRole('alert').innerText()).toContain(sentence);
    // The first notices nothing of it: what stood there stands, and the next word is saved.
    expect(await reason(first).inputValue()).toBe('half a reason');
    await type(first, 'a whole reason');
    await second.getByRole('button', { name: 'Try again' }).click();
    await enter(second, physician);
    await second.getByRole('heading', { name: 'Open in another window' }).waitFor();
    await first.close();
    await second.getByRole('button', { name: 'Try again' }).click();
    await enter(second, physician);
    await openCase(second);
    expect(await reason(second).inputValue()).toBe('a whole reason');
  } finally {
    await browser.close();
  }
});

it('a second process of the desktop app on the same folder goes at once, and harms nothing of the first', async () => {
  const physician = await physicianWithCases();
  const userData = mkdtempSync(join(tmpdir(), 'second-opinion-second-process-'));
  const app = await launchWorkstation({ userData, serverUrl: server.url });
  try {
    await enter(app.page, physician);
    await openCase(app.page);
    await type(app.page, 'half a reason');
    const seconds = await Promise.all([app.startAgain(), app.startAgain()]);
    expect(seconds).toEqual([expect.objectContaining({ code: 0 }), expect.objectContaining({ code: 0 })]);
    expect(await reason(app.page).inputValue()).toBe('half a reason');
    await type(app.page, 'a whole reason');
    expect((await app.state()).windows).toHaveLength(1);
    await app.kill();
    const again = await launchWorkstation({ userData, serverUrl: server.url });
    try {
      await enter(again.page, physician);
      await openCase(again.page);
      expect(await reason(again.page).inputValue()).toBe('a whole reason');
    } finally {
      await again.kill();
    }
  } finally {
    await app.kill();
    rmSync(userData, { recursive: true, force: true });
  }
});
