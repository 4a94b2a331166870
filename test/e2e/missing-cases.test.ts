import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanFrames } from '../../shared/sync/journal-frame.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { takeKeyboard } from '../support/keyboard.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

/** More than one page of the download. */
const size = 30;

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function enter(page: Page, { user, password }: TestPerson): Promise<void> {
  await page.goto(server.url);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

/** The server is away; the app's own files are still there. */
const cutOff = (context: BrowserContext) => context.route('**/api/**', (route) => route.abort());

async function readCasesJournal(page: Page): Promise<{ name: string; bytes: Uint8Array }> {
  const found = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    for await (const [name, handle] of (await root.getDirectoryHandle('journals')).entries())
      if (name.includes('.content') && handle instanceof FileSystemFileHandle)
        return { name, bytes: [...new Uint8Array(await (await handle.getFile()).arrayBuffer())] };
    throw new Error('no journal of the cases');
  });
  return { name: found.name, bytes: new Uint8Array(found.bytes) };
}

/** Overwrites some bytes of the record that the first page of cases stands in, as a failing disk does. */
async function damageFirstPage(page: Page): Promise<void> {
  const { name, bytes } = await readCasesJournal(page);
  const record = scanFrames(bytes, { final: true }).payloads[1];
  if (!record) throw new Error('no page of cases');
  await page.evaluate(
    async ({ file, at }) => {
      const root = await navigator.storage.getDirectory();
      const handle = await (await root.getDirectoryHandle('journals')).getFileHandle(file);
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: 'write', position: at, data: new Uint8Array(64).fill(0xee) });
      await writable.close();
    },
    { file: name, at: record.byteOffset + 40 },
  );
}

/** Takes the rows of these positions out of IndexedDB. */
const loseRows = (page: Page, positions: number[]): Promise<number> =>
  page.evaluate(async (lost) => {
    const [{ name = '' } = {}] = await indexedDB.databases();
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open(name));
    const rows = database.transaction('assignments', 'readwrite').objectStore('assignments');
    const all = (await settled(rows.getAll())) as { id: string; position: number }[];
    const gone = all.filter(({ position }) => lost.includes(position));
    for (const { id } of gone) await settled(rows.delete(id));
    database.close();
    return gone.length;
  }, positions);

const placeOf = (page: Page, n: number) =>
  page.getByText(`${n} of ${size}`, { exact: true }).first().waitFor();
const lost = (page: Page) => page.getByText(/The texts of 2 downloaded cases cannot be read on this laptop/);

it('[S17] cases that a failing disk took are told, passed over, and come again with the network', async () => {
  const physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { size });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await enter(page, physician);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();

  // No page of the app holds its files while they are damaged.
  await page.goto(`${server.url}/api/health`);
  await damageFirstPage(page);
  expect(await loseRows(page, [1, 2])).toBe(2);

  await cutOff(context);
  await enter(page, physician);
  await lost(page).waitFor();
  await page
    .getByText(`${size - 2} of ${size} downloaded`)
    .first()
    .waitFor();
  await takeKeyboard(page);
  await page.keyboard.press('Enter');
  await placeOf(page, 1);
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('4');
  await page.keyboard.press('2');
  await page.keyboard.press('Control+Enter');
  await placeOf(page, 4);

  await context.unroute('**/api/**');
  await page.evaluate(() => void dispatchEvent(new Event('online')));
  await page
    .getByText(/all synced/)
    .first()
    .waitFor();
  await page.keyboard.press('b');
  await placeOf(page, 3);
  await page.keyboard.press('b');
  await placeOf(page, 2);
  expect(await page.locator('[data-layer][data-active="true"]').innerText()).not.toBe('');
  await page.getByRole('button', { name: 'Back to the queue' }).click();
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  expect(await lost(page).count()).toBe(0);
  await context.close();
});
