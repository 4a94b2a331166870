import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { startBrowserProcess } from '../support/browser-process.ts';
import { searchFolders } from '../support/byte-search/byte-search.ts';
import { plantedPlaces, startPlantingServer } from '../support/byte-search/planting-server.ts';
import { expectNoTrace, spendCanaryDay } from '../support/canary-day.ts';
import { hosts } from '../support/hosts.ts';

declare global {
  interface Window {
    plant?: () => Promise<void>;
  }
}

async function visit(profile: string, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, close } = await startBrowserProcess(profile);
  await work(page);
  await close();
}

it('the byte search sees a word in every place where Chromium keeps what a site gives it', async () => {
  const site = await startPlantingServer();
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-planted-'));
  try {
    await visit(profile, async (page) => {
      await page.goto(site.url);
      await page.evaluate(() => window.plant?.());
    });
    // At a second start LevelDB packs what its log holds into tables.
    await visit(profile, async (page) => void (await page.goto(site.url)));
    const needles = plantedPlaces.map((what) => ({ what, text: `zq7planted-${what}` }));
    const { hits } = await searchFolders([profile], needles);
    expect([...new Set(hits.map(({ what }) => what))].sort()).toEqual([...plantedPlaces].sort());
  } finally {
    site.close();
    rmSync(profile, { recursive: true, force: true });
  }
});

it.each(hosts.filter(({ name }) => name === 'the browser'))(
  'a physician’s day in $name leaves no text of it on the disk, nor in the server’s log',
  async ({ open }) => {
    const day = await spendCanaryDay(open);
    expectNoTrace(day);
    // What ends with the session is the cookie, too.
    expect(day.cookies).toEqual([]);
  },
);
