import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialog, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { startBrowserProcess } from '../support/browser-process.ts';
import { launchWorkstation } from '../support/electron-stand-in/launch-workstation.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';
import { fill, fillTo, free, mountSmallDisk } from '../support/small-disk.ts';

const mebibyte = 1024 * 1024;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
});
afterAll(() => server?.stop());

async function physicianWithCases(): Promise<TestPerson> {
  const physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { name: physician.user.id, size: 2 });
  return physician;
}

async function enter(page: Page, { user, password }: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
}

const layer = (page: Page) => page.locator('[data-layer][data-active="true"]');
const slider = (page: Page) => layer(page).getByRole('slider').first();
const refused = (page: Page) => layer(page).getByRole('alert');

/** The first rating is saved, the disk is filled, and the next ones are refused; gives what the slider says then. */
async function rateUntilRefused(page: Page, fillDisk: () => void): Promise<string> {
  await page.keyboard.press('Enter');
  await slider(page).waitFor();
  await slider(page).focus();
  await page.keyboard.press('2');
  await page
    .getByText(/Saved on this laptop|All synced/)
    .first()
    .waitFor();
  fillDisk();
  for (let n = 0; n < 20 && !(await refused(page).isVisible()); n++) {
    await slider(page).focus();
    await page.keyboard.press(n % 2 === 0 ? '4' : '5');
    await page.waitForTimeout(300);
  }
  await refused(page).waitFor();
  return (await slider(page).getAttribute('aria-valuenow')) ?? '';
}

it('a browser tab with answers that the disk refused asks before it closes, and closes freely once they are saved', async ({
  skip,
}) => {
  const disk = mountSmallDisk('400m');
  if (!disk) return skip('no small disk can be mounted here: it takes root on Linux');
  const physician = await physicianWithCases();
  const browser = await startBrowserProcess(join(disk.folder, 'profile'));
  try {
    const { page } = browser;
    await page.goto(server.url);
    await enter(page, physician);
    const rated = await rateUntilRefused(page, () => fill(disk.folder));
    const asked: string[] = [];
    const stay = async (dialog: Dialog) => {
      asked.push(dialog.type());
      await dialog.dismiss();
    };
    page.on('dialog', stay);
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => asked).toEqual(['beforeunload']);
    expect(page.isClosed()).toBe(false);
    expect(await slider(page).getAttribute('aria-valuenow')).toBe(rated);
    free(disk.folder);
    await refused(page).waitFor({ state: 'detached', timeout: 40_000 });
    const closed = page.waitForEvent('close');
    await page.close({ runBeforeUnload: true });
    await closed;
    expect(asked).toEqual(['beforeunload']);
  } finally {
    await browser.kill();
    disk.unmount();
  }
});

it('the desktop app asks before it quits with answers that the disk refused; whoever stays loses nothing', async ({
  skip,
}) => {
  const disk = mountSmallDisk('600m');
  if (!disk) return skip('no small disk can be mounted here: it takes root on Linux');
  const physician = await physicianWithCases();
  mkdirSync(join(disk.folder, 'app'));
  const launch = () => launchWorkstation({ userData: join(disk.folder, 'app'), serverUrl: server.url });
  let app = await launch();
  try {
    await enter(app.page, physician);
    const rated = await rateUntilRefused(app.page, () => fillTo(disk.folder, 120 * mebibyte));
    const answer = (response: number) =>
      app.send({ op: 'dialog', dialog: { kind: 'showMessageBox', result: { response } } });
    const stay = 0;
    await answer(stay);
    await app.send({ op: 'close-window' });
    await expect.poll(async () => (await app.state()).asked).toHaveLength(1);
    const [question] = (await app.state()).asked;
    const options = question?.options as Record<string, unknown>;
    expect(options).toMatchObject({ message: 'Close and lose answers?', defaultId: stay, cancelId: stay });
    expect(options.detail).toContain('free some space, and they are saved by themselves');
    expect(await slider(app.page).getAttribute('aria-valuenow')).toBe(rated);
    free(disk.folder);
    await refused(app.page).waitFor({ state: 'detached', timeout: 40_000 });
    // No dialog is prepared any more: it would fail, was it asked again.
    expect(await app.quit()).toMatchObject({ code: 0 });
    app = await launch();
    await enter(app.page, physician);
    await app.page.keyboard.press('Enter');
    await slider(app.page).waitFor();
    expect(await slider(app.page).getAttribute('aria-valuenow')).toBe(rated);
  } finally {
    await app.kill();
    disk.unmount();
  }
});
