import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type BrowserProcess, startBrowserProcess } from '../support/browser-process.ts';
import { type LabSite, startLabSite } from '../support/lab-site.ts';
import { fill, free, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { checkJournal, startWriter } from './journal-kills.ts';
import { blame, newTally, note, type Part, type Random, type Tally } from './tally.ts';
import { checkLab, saveUntilGone } from './workstation-kills.ts';

async function fillUnderJournal(
  disk: SmallDisk,
  acknowledged: Map<number, number>,
  random: Random,
  tally: Tally,
) {
  const folder = join(disk.folder, 'journal');
  mkdirSync(folder, { recursive: true });
  const writer = startWriter(folder);
  await writer.firstWord;
  await wait(random() * 60);
  fill(disk.folder);
  await wait(50 + random() * 150);
  const isKilledFull = random() < 0.5;
  if (!isKilledFull) {
    free(disk.folder);
    const before = writer.counts.appends;
    for (let i = 0; i < 200 && writer.counts.appends === before; i += 1) await wait(10);
    if (writer.counts.appends > before) note(tally, 'went on by itself once there was space');
    else note(tally, 'DID NOT go on by itself');
  }
  await writer.kill();
  for (const [key, n] of writer.acknowledged) acknowledged.set(key, n);
  note(tally, 'refused by the journal', writer.counts.refusals);
  tally.acknowledged += writer.counts.appends;
  // Opened once while it is full, as a start on a full disk does, and once with space.
  if (isKilledFull) await checkJournal(folder, acknowledged, tally);
  free(disk.folder);
  await checkJournal(folder, acknowledged, tally);
}

/** The person's browser has promised to keep this site's files. */
function promiseToKeep(profile: string, origin: string): void {
  const exceptions = { durable_storage: { [`${origin},*`]: { setting: 1 } } };
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const preferences = { profile: { content_settings: { exceptions } } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
}

/**
 * npm's Chromium is a shell without settings: it keeps that promise for a storage bucket alone, once it is allowed to over
 * the debugging protocol. There the files begin where they are after a site was cleared once, in a bucket of their own.
 */
async function beginInBucket({ context, page }: BrowserProcess, { url }: LabSite): Promise<void> {
  await page.goto(`${url}page.js`);
  if (await page.evaluate(() => navigator.storage.persisted())) return;
  const session = await context.browser()?.newBrowserCDPSession();
  const { origin } = new URL(url);
  await session?.send('Browser.grantPermissions', { permissions: ['durableStorage'], origin });
  await page.evaluate(async () => {
    type Buckets = { open: (name: string, options: { persisted: boolean }) => Promise<StorageManager> };
    const { storageBuckets } = navigator as Navigator & { storageBuckets?: Buckets };
    const bucket = await storageBuckets?.open('work-1', { persisted: true });
    const root = await bucket?.getDirectory();
    await (await root?.getDirectoryHandle('journals', { create: true }))?.getFileHandle('begun', {
      create: true,
    });
  });
}

/** Asked of the bucket that the files are in, or else of the site. */
const isPromised = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    type Buckets = { keys: () => Promise<string[]>; open: (name: string) => Promise<StorageManager> };
    const { storageBuckets } = navigator as Navigator & { storageBuckets?: Buckets };
    const [first] = (await storageBuckets?.keys()) ?? [];
    const place = first === undefined ? navigator.storage : await storageBuckets?.open(first);
    return (await place?.persisted()) === true;
  });

type Memory = { last: number; acknowledged: number[] };

let living: BrowserProcess | null = null;

async function openLab(profile: string, site: LabSite, isNew = false) {
  // Chromium wants somewhere to write even when the profile's disk is full.
  const browser = await startBrowserProcess(profile);
  living = browser;
  if (isNew) await beginInBucket(browser, site);
  await browser.page.goto(site.url);
  await browser.page.waitForFunction(() => window.lab !== undefined);
  return browser;
}

async function fillUnderBrowser(
  disk: SmallDisk,
  site: LabSite,
  memory: Memory,
  random: Random,
  tally: Tally,
) {
  const profile = join(disk.folder, 'profile');
  const isNew = !existsSync(profile);
  if (isNew) promiseToKeep(profile, new URL(site.url).origin);
  const browser = await openLab(profile, site, isNew);
  note(tally, (await isPromised(browser.page)) ? 'kept by promise' : 'WITHOUT a promise');
  await checkLab(browser, memory, tally);
  const started = Promise.withResolvers<void>();
  const saving = saveUntilGone(browser, memory.last + 1, (n, error) => {
    memory.last = Math.max(memory.last, n);
    started.resolve();
    if (error !== null) return note(tally, `refused by the page (${error})`);
    memory.acknowledged[n % 3] = n;
    tally.acknowledged += 1;
  });
  await Promise.race([started.promise, saving]);
  await wait(random() * 300);
  fill(disk.folder);
  await wait(200 + random() * 400);
  if (random() < 0.5) await browser.kill();
  else {
    // The page is left alone: it must take work again by itself.
    free(disk.folder);
    const before = tally.acknowledged;
    // The app asks a full disk every 10 seconds by itself.
    for (let i = 0; i < 260 && tally.acknowledged === before; i += 1) await wait(50);
    note(
      tally,
      tally.acknowledged > before ? 'went on by itself once there was space' : 'DID NOT go on by itself',
    );
    await browser.kill();
  }
  await saving;
  free(disk.folder);
  const again = await openLab(profile, site);
  if (await again.page.evaluate(() => window.lab.isCleared())) {
    await again.kill();
    return beginAnew(profile, memory, tally);
  }
  if ((await again.page.evaluate(() => window.lab.stand())).length === 0) {
    // The work stands again, the cases did not come so far: the server has them, and the next contact brings them.
    note(tally, 'cases fetched again');
    await again.page.evaluate(() => window.lab.download());
  }
  await checkLab(again, memory, tally);
  await again.kill();
}

/** On a disk without a free byte Chromium now and then throws away everything a site has: what went with it is lost. */
function beginAnew(profile: string, memory: Memory, tally: Tally): void {
  note(tally, 'ALL FILES CLEARED BY CHROMIUM');
  for (const [n, save] of memory.acknowledged.entries())
    if (save > 0) blame(tally, 'lost', `case ${n}: save ${save}, with all files of the site`);
  memory.last = 0;
  memory.acknowledged = [];
  rmSync(profile, { recursive: true, force: true });
}

/** A small disk filled to the last byte at random moments, under the desktop app's journal and under a browser's profile. */
export const fullDiskKills: Part = async ({ rounds, random, progress }) => {
  const tally = newTally('full disk');
  const disks = [mountSmallDisk('64m'), mountSmallDisk('400m')];
  const [forJournal, forProfile] = disks;
  if (!forJournal || !forProfile) {
    console.log(
      'full disk: no tmpfs can be mounted here (root on Linux can); electron/main/journal.test.ts imitates one.',
    );
    return tally;
  }
  const site = await startLabSite();
  const acknowledged = new Map<number, number>();
  const memory: Memory = { last: 0, acknowledged: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      if (round % 2 === 0) await fillUnderJournal(forJournal, acknowledged, random, tally);
      else await fillUnderBrowser(forProfile, site, memory, random, tally);
      note(tally, round % 2 === 0 ? 'under the desktop journal' : 'under a browser profile');
      tally.rounds += 1;
      tally.kills += 1;
      progress(tally);
    }
  } finally {
    await living?.kill();
    await site.close();
    for (const disk of disks) disk?.unmount();
  }
  return tally;
};
