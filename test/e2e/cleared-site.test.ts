import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type BrowserProcess, startBrowserProcess } from '../support/browser-process.ts';
import { clearSite, type LabSite, startLabSite } from '../support/lab-site.ts';

/** Chromium throws away everything the site has while the page is open: by "clear site data", a cleaner, or for want of space. */
let site: LabSite;
let profile: string;

beforeAll(async () => {
  site = await startLabSite();
});

beforeEach(async () => {
  profile = await mkdtemp(join(tmpdir(), 'so-cleared-'));
});

afterEach(() => rm(profile, { recursive: true, force: true }));
afterAll(() => site?.close());

async function openLab(): Promise<BrowserProcess> {
  const browser = await startBrowserProcess(profile);
  await browser.page.goto(site.url);
  await browser.page.waitForFunction(() => window.lab !== undefined);
  return browser;
}

const conclusions = async (page: Page) =>
  (await page.evaluate(() => window.lab.stand())).map(({ text }) => text);

/** Starts, downloads and saves once; all of the site is thrown away, and `then` happens before all of Chromium is killed. */
async function clearedUnder(then: (page: Page) => Promise<unknown>): Promise<void> {
  const browser = await openLab();
  try {
    await browser.page.evaluate(() => window.lab.download());
    await browser.page.evaluate(() => window.lab.save(0, 'before'));
    await clearSite(browser.page);
    await then(browser.page);
  } finally {
    await browser.kill();
  }
}

async function afterwards<T>(ask: (page: Page) => Promise<T>): Promise<T> {
  const browser = await openLab();
  try {
    return await ask(browser.page);
  } finally {
    await browser.kill();
  }
}

const untilCasesStand = (page: Page) =>
  expect.poll(() => page.evaluate(() => window.lab.journals()), { timeout: 30_000 }).toHaveLength(2);

it('acknowledges nothing that the next start does not find, nor loses what was saved before the clearing', async () => {
  await clearedUnder(async (page) => {
    expect(await page.evaluate(() => window.lab.isCleared())).toBe(true);
    // Longer than the worker trusts that a file it has just seen still stands.
    await wait(500);
    await page.evaluate(() => window.lab.save(1, 'after'));
  });
  // The cases may not have been written again yet: they come from the server.
  expect(await afterwards((page) => page.evaluate(() => window.lab.waiting()))).toBe(2);
});

it('writes work and cases again while the page lives on, and says so', async () => {
  await clearedUnder(async (page) => {
    await page.evaluate(() => window.lab.save(1, 'after'));
    await untilCasesStand(page);
    await expect.poll(() => page.evaluate(() => window.lab.rebuiltAt()), { timeout: 30_000 }).not.toBeNull();
  });
  expect(await afterwards(conclusions)).toEqual(['before', 'after', '']);
});

it('writes them again where nobody saves anything, and once more when it happens again', async () => {
  await clearedUnder(async (page) => {
    await untilCasesStand(page);
    await clearSite(page);
    await untilCasesStand(page);
    await page.evaluate(() => window.lab.save(2, 'at the end'));
    await untilCasesStand(page);
  });
  expect(await afterwards(conclusions)).toEqual(['before', '', 'at the end']);
});

it('finds it all in a new tab after the one that wrote it again was closed', async () => {
  await clearedUnder(async (page) => {
    await untilCasesStand(page);
    await page.evaluate(() => window.lab.save(1, 'after'));
    const next = await page.context().newPage();
    await page.close();
    await next.goto(site.url);
    await next.waitForFunction(() => window.lab !== undefined);
    expect(await conclusions(next)).toEqual(['before', 'after', '']);
  });
  expect(await afterwards(conclusions)).toEqual(['before', 'after', '']);
});
