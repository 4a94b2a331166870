import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lockBatch } from '../../server/batches/domain.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const caseCount = 12;
const day = 24 * 3_600_000;

let laterMs = 0;
const clock = () => new Date(Date.now() + laterMs);
let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startTestServer({ clock, staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const layer = (page: Page) => page.locator('[data-layer][data-active="true"]');
/** What a laptop hears when the network is back: it syncs at once instead of in a minute. */
const syncNow = (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event('online')));

async function signIn(page: Page, { user, password }: TestPerson): Promise<void> {
  const email = page.getByLabel('E-mail address');
  const secret = page.getByLabel('Password', { exact: true });
  await secret.waitFor();
  if (await email.isVisible()) await email.fill(user.email);
  await secret.fill(password);
  await page.keyboard.press('Enter');
  await secret.waitFor({ state: 'detached' });
}

type Kept = { files: number; rows: number; bytes: number };

/** What this site keeps in the browser's private files and in IndexedDB: bytes, rows, and the bytes of those rows. */
const keptIn = (page: Page): Promise<Kept> =>
  page.evaluate(async () => {
    const kept = { files: 0, rows: 0, bytes: 0 };
    // What is replaced meanwhile may be named and gone before it is looked at.
    const sizeIn = (file: FileSystemFileHandle) =>
      file.getFile().then(
        ({ size }) => size,
        () => 0,
      );
    async function sum(folder: FileSystemDirectoryHandle): Promise<void> {
      for await (const entry of folder.values())
        if (entry.kind === 'directory') await sum(entry as FileSystemDirectoryHandle);
        else kept.files += await sizeIn(entry as FileSystemFileHandle);
    }
    await sum(await navigator.storage.getDirectory());
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const sizeOf = (value: unknown): number =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? value.byteLength
        : value !== null && typeof value === 'object'
          ? Object.values(value).reduce<number>((size, one) => size + sizeOf(one), 0)
          : 0;
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name ?? ''));
      for (const store of database.objectStoreNames)
        for (const row of await done(database.transaction(store).objectStore(store).getAll())) {
          kept.rows += 1;
          kept.bytes += sizeOf(row);
        }
      database.close();
    }
    return kept;
  });

it('[S13] a batch closed for a month leaves the browser, ledger and numbers stay; opened again, it comes with what was answered', async () => {
  const ada = await server.person({ roles: ['physician'] });
  const study = { name: 'Winter round', size: caseCount };
  const { batchId } = await makeAssignedStudy(server.context, [ada.user.id], study);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page, ada);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText(`1 of ${caseCount}`, { exact: true }).first().waitFor();
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit4');
  await page.keyboard.press('Shift+Digit2');
  await page.keyboard.press('Control+Enter');
  await page.getByText(`2 of ${caseCount}`, { exact: true }).first().waitFor();
  await page.getByText('all synced').waitFor();
  await page.getByRole('button', { name: 'Back to the queue' }).click();
  const whole = await keptIn(page);
  expect(whole.rows).toBeGreaterThan(caseCount);

  const monthAgo = { ...server.context, clock: () => new Date(Date.now() - 31 * day) };
  await lockBatch(monthAgo, { batchId, locked: true });
  const agreement = () => page.waitForResponse((reply) => reply.url().includes('/api/sync/digest/'));
  await page.reload();
  await signIn(page, ada);
  await page.getByText('locked, can be read').waitFor();
  // The end of a month is named once, and a day later once more; until then everything is here.
  const named = agreement();
  await syncNow(page);
  await named;
  await page.waitForTimeout(300);
  expect((await keptIn(page)).rows).toBeGreaterThanOrEqual(whole.rows);
  laterMs += 25 * 3_600_000;
  await syncNow(page);
  await page.getByText('no longer kept on this laptop').waitFor();
  await expect
    .poll(async () => (await keptIn(page)).files, { timeout: 20_000 })
    .toBeLessThan(whole.files / 2);
  const left = await keptIn(page);
  expect(left.bytes).toBeLessThan(whole.bytes / 2);

  // Neither a new start nor a look at the receipts misses anything that stays.
  await page.reload();
  await signIn(page, ada);
  await page.getByText('no longer kept on this laptop').waitFor();
  await page.goto(`${server.url}/sync`);
  await signIn(page, ada);
  await page
    .getByText(/^No longer kept on this laptop/)
    .first()
    .waitFor();
  await page.getByRole('heading', { name: 'All synced' }).waitFor();

  await lockBatch(server.context, { batchId, locked: false });
  await page.goto(`${server.url}/queue`);
  await signIn(page, ada);
  await syncNow(page);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  const again = await keptIn(page);
  expect(again.files).toBeGreaterThan(whole.files / 2);
  await page.getByRole('tab', { name: /^Sent/ }).click();
  await page
    .getByRole('button', { name: /1 of 12|Case 1/ })
    .first()
    .click();
  await layer(page).getByRole('slider').first().waitFor();
  expect(await layer(page).getByRole('slider').first().getAttribute('aria-valuenow')).toBe('4');
});
