import type { BrowserContext, Page } from 'playwright-core';

/** Harm to what a browser keeps of somebody's work. Scripts run in the page, where the build scripts know no types of it. */

export type Journal = 'work' | 'content';

const damageScript = (journal: Journal, share: number) => `(async () => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('journals');
  for await (const [name, entry] of folder.entries()) {
    if (!name.endsWith('.${journal}')) continue;
    const { size } = await entry.getFile();
    const file = await entry.createWritable({ keepExistingData: true });
    await file.write({ type: 'write', position: Math.floor(size * ${share}), data: new Uint8Array(16).fill(85) });
    await file.close();
  }
})()`;

/**
 * Writes sixteen other bytes into a journal, as a failing disk does; the work must not be open.
 * @param share where: 0 is the first byte, 1 the end
 */
export const damageJournal = (page: Page, journal: Journal, share = 0.5): Promise<void> =>
  page.evaluate(damageScript(journal, share));

/** Every local database is gone, as where the browser has cleared them; the work must not be open. */
export const loseDatabases = (page: Page): Promise<void> =>
  page.evaluate(`(async () => {
    for (const { name } of await indexedDB.databases())
      await new Promise((resolve, reject) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onsuccess = resolve;
        asked.onerror = reject;
      });
  })()`);

/** The browser throws away what the site keeps, with the work open, as it does for want of space: all but the session. */
export async function throwAwaySite(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const storageTypes = 'file_systems,indexeddb,local_storage,service_workers,cache_storage,storage_buckets';
  await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes });
  await session.detach();
}

/**
 * A page that will not let go of the local databases while somebody asks to delete them: the browser keeps everybody
 * else who opens one waiting for as long. The work must not be open.
 * @returns what ends it; the databases are deleted then
 */
export async function blockDatabases(context: BrowserContext, url: string): Promise<() => Promise<void>> {
  const page = await context.newPage();
  await page.goto(`${url}/api/health`);
  await page.evaluate(`(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const opened = indexedDB.open(name);
        opened.onerror = reject;
        opened.onsuccess = () => {
          // Kept where the collector does not find it.
          (globalThis.held ??= []).push(opened.result);
          resolve();
        };
      });
      await new Promise((resolve) => {
        const asked = indexedDB.deleteDatabase(name);
        asked.onblocked = resolve;
        globalThis.held.push(asked);
      });
    }
  })()`);
  return () => page.close();
}
