import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { assignmentId, batchId } from '../contract/sample-work.ts';
import {
  durableFacts,
  durableRows,
  type Floors,
  onDisk,
  paintFacts,
  paintRows,
  usualBytes,
} from './annotate-figures.ts';
import { type BenchSite, startBenchSite } from './bench-site.ts';
import { openBrowserUnderTest, signIn } from './browser-under-test.ts';
import { pressOnEmptyPage } from './empty-page.ts';
import { type Row, rowOf } from './figures.ts';
import { type Loaded, loadedBy, loadLine } from './first-load.ts';
import { followPresses } from './presented.ts';
import { measuredPress, pause, samplesOf } from './press.ts';

export type AnnotateOptions = {
  /** Cases in the local database. */
  cases: number;
  /** Characters of each answer on screen. */
  characters: number;
  submits: number;
  /** Key presses on sliders and in the reasoning, in all. */
  strokes: number;
  starts: number;
};
export type AnnotateFigures = {
  cases: number;
  characters: number;
  rows: Row[];
  facts: string[];
  loads: Record<string, Loaded>;
};

const startBudgetMs = 1000;
/** Submits before the first one that counts: code is compiled, caches are filled. */
const warmUp = 5;

type Opened = { page: Page; loads: [what: string, loaded: Loaded][] };

async function openFirstCase(context: BrowserContext, site: BenchSite, folder: string): Promise<Opened> {
  const page = await context.newPage();
  await page.goto(`${site.url}/queue`);
  await page.getByLabel('Password', { exact: true }).waitFor();
  const toSignIn = await loadedBy(page, folder);
  await signIn(page);
  // Downloaded whole, then at rest: what follows is measured on a warm screen.
  await page.getByText('on this laptop').first().waitFor({ timeout: 600_000 });
  await page.evaluate(
    (path) => history.pushState(null, '', path),
    `/annotate/${batchId(1)}/${assignmentId(1000)}`,
  );
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  await page.locator('[data-layer][data-active] [data-answer=b]').waitFor();
  await page.waitForTimeout(3000);
  const toCase = await loadedBy(page, folder);
  const loads: Opened['loads'] = [
    ['to sign-in', toSignIn],
    ['to the first case, queue included', toCase],
  ];
  return { page, loads };
}

/** Layers stand in the order of their cases. */
const untilLaidOut = () =>
  document.querySelector('[data-layer][data-active] + [data-layer][data-asleep]') !== null &&
  document.querySelector('[data-layer]:not([data-active]):not([data-asleep])') === null;

async function pressThroughCases(page: Page, submits: number): Promise<void> {
  for (let n = 0; n < submits + warmUp; n++) {
    // A physician reads for minutes; the next case is laid out long before it is asked for.
    await page.waitForFunction(untilLaidOut);
    await pause(page, 250);
    // A hand has the modifier down before it comes to Enter; what is measured begins with Enter.
    await page.keyboard.down('Control');
    await pause(page, 80);
    await measuredPress(page, n < warmUp ? 'warm-up' : 'submit', 'Enter', 'Enter');
    await page.keyboard.up('Control');
  }
}

/** Nudges, digits and letters in turn, no faster than a quick hand, with the network away. */
async function pressOnOneCase(page: Page, strokes: number): Promise<Floors> {
  const layer = page.locator('[data-layer][data-active]');
  const floors: Floors = { bare: [], sealed: [] };
  await page.context().setOffline(true);
  await page.evaluate(() => window.bench.writeBeside());
  await layer.getByRole('slider').first().focus();
  await page.keyboard.press('Home');
  const third = Math.ceil(strokes / 3);
  for (let n = 0; n < third; n++) {
    const key = n % 8 < 4 ? 'ArrowRight' : 'ArrowLeft';
    const kind = n === 0 ? 'first' : 'nudge';
    await pause(page, 220);
    await measuredPress(page, kind, key, key);
    await page.waitForTimeout(60);
    const bytes = (await samplesOf(page)).at(-1)?.durable?.bytes;
    if (!bytes) continue;
    floors.bare.push(await page.evaluate((count) => window.bench.bareWrite(count), bytes));
    await page.waitForTimeout(20);
    floors.sealed.push(await page.evaluate((count) => window.bench.bareWrite(count, true), bytes));
  }
  for (let n = 0; n < third; n++) {
    await pause(page, 110);
    // A digit goes on to the next slider; after the last one it would be a preference.
    if (n % 8 === 0) await layer.getByRole('slider').first().focus();
    const digit = String((n % 5) + 1);
    await measuredPress(page, 'digit', digit, `Digit${digit}`);
  }
  await layer.getByLabel('Evidence', { exact: false }).first().focus();
  for (let n = 0; n < third; n++) {
    await pause(page, 110);
    await measuredPress(page, 'letter', 'k', 'k');
  }
  await page.context().setOffline(false);
  return floors;
}

/** The window exists, the page is asked for, the password is typed at once: how long until the first case is there. */
async function coldStarts(context: BrowserContext, site: BenchSite, count: number) {
  const toUnlock: number[] = [];
  const toCase: number[] = [];
  for (let n = 0; n < count; n++) {
    const page = await context.newPage();
    await page.goto(`${site.url}/annotate/${batchId(1)}/${assignmentId(1000)}`);
    await page.getByLabel('Password', { exact: true }).waitFor();
    await signIn(page);
    await page.waitForFunction(() => window.bench.marks().case !== undefined);
    const marks = await page.evaluate(() => window.bench.marks());
    toUnlock.push(marks.password ?? Number.NaN);
    toCase.push((marks.case ?? Number.NaN) - (marks.enter ?? Number.NaN));
    await page.close();
  }
  return { toUnlock, toCase, whole: toCase.map((ms, n) => ms + (toUnlock[n] ?? 0)) };
}

/** The first three budgets, the cold start and the floor under them, on the built renderer and the real local store. */
export async function benchAnnotate(folder: string, options: AnnotateOptions): Promise<AnnotateFigures> {
  const { cases, characters, strokes, starts } = options;
  // After each submit there is a case to show and one laid out behind it.
  const submits = Math.max(1, Math.min(options.submits, cases - warmUp - 2));
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-bench-'));
  const long = Math.min(cases, submits + warmUp + 3);
  const site = await startBenchSite(folder, { cases, long, characters });
  const context = await openBrowserUnderTest(profile);
  try {
    const { page, loads } = await openFirstCase(context, site, folder);
    const frames = await followPresses(page);
    // As in a session: a case is rated, with a save at each change, before any is submitted.
    const floors = await pressOnOneCase(page, strokes);
    await pressThroughCases(page, submits);
    const all = await samplesOf(page, await frames.stop());
    await page.close();
    const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
    const records = onDisk(of('nudge'));
    const bytes = usualBytes(records);
    const floor = await pressOnEmptyPage(context, site, { count: Math.min(80, strokes), bytes });
    const cold = await coldStarts(context, site, starts);
    const pressed = of('nudge', 'digit', 'letter');
    const durable = { records, ...floors, empty: onDisk(floor) };
    return {
      cases,
      characters,
      rows: [
        ...paintRows('submit', of('submit')),
        ...paintRows('key press', pressed),
        ...paintRows('floor: key press on an empty page', floor),
        ...durableRows(durable),
        rowOf('cold start -> first case', cold.whole, startBudgetMs),
        rowOf('  of it: page -> unlock screen', cold.toUnlock, null),
        rowOf('  of it: password -> first case', cold.toCase, null),
      ],
      facts: [
        ...paintFacts('submit', of('submit'), floor),
        ...paintFacts('key press', pressed, floor),
        ...durableFacts(durable),
        ...loads.map(([what, loaded]) => loadLine(what, loaded)),
      ],
      loads: Object.fromEntries(loads),
    };
  } finally {
    await context.close();
    await site.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
