import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { assignmentId, batchId } from '../contract/sample-work.ts';
import { type BenchSite, startBenchSite } from './bench-site.ts';
import { openBrowserUnderTest, signIn } from './browser-under-test.ts';
import { type Row, rowOf } from './figures.ts';
import { type Loaded, loadedBy, loadLine } from './first-load.ts';
import type { Bare, Sample } from './page-probe.ts';

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

export const frameMs = 1000 / 60;
const durableBudgetMs = 10;
const startBudgetMs = 1000;
/** Submits before the first one that counts: code is compiled, caches are filled. */
const warmUp = 5;

/** A pause of no fixed length, so that key presses fall on every part of a frame. */
const pause = (page: Page, ms: number) => page.waitForTimeout(ms + Math.random() * 17);

async function measured(page: Page, kind: string, key: string, keys: string): Promise<void> {
  const before = await page.evaluate(() => window.bench.count());
  await page.evaluate((one) => window.bench.arm(one.kind, one.key), { kind, key });
  await page.keyboard.press(keys);
  await page.waitForFunction((count) => window.bench.count() > count, before, { timeout: 10_000 });
}

const samplesOf = (page: Page): Promise<Sample[]> => page.evaluate(() => window.bench.samples());

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

const untilLaidOut = () =>
  document.querySelectorAll('[data-layer][data-asleep]').length >= 1 &&
  document.querySelector('[data-layer]:not([data-active]):not([data-asleep])') === null;

async function pressThroughCases(page: Page, submits: number): Promise<void> {
  for (let n = 0; n < submits + warmUp; n++) {
    // A physician reads for minutes; the next case is laid out long before it is asked for.
    await page.waitForFunction(untilLaidOut);
    await pause(page, 250);
    await measured(page, n < warmUp ? 'warm-up' : 'submit', 'Enter', 'Control+Enter');
  }
}

/** Nudges, digits and letters in turn, no faster than a quick hand, with the network away. */
async function pressOnOneCase(page: Page, strokes: number): Promise<{ durable: Sample[]; bare: Bare[] }> {
  const layer = page.locator('[data-layer][data-active]');
  const bare: Bare[] = [];
  await page.context().setOffline(true);
  await layer.getByRole('slider').first().focus();
  await page.keyboard.press('Home');
  const third = Math.ceil(strokes / 3);
  for (let n = 0; n < third; n++) {
    const key = n % 8 < 4 ? 'ArrowRight' : 'ArrowLeft';
    const kind = n === 0 ? 'first' : 'nudge';
    await pause(page, 220);
    await measured(page, kind, key, key);
    await page.waitForTimeout(60);
    const bytes = (await samplesOf(page)).at(-1)?.durable?.bytes;
    if (bytes) bare.push(await page.evaluate((count) => window.bench.bareWrite(count), bytes));
  }
  for (let n = 0; n < third; n++) {
    await pause(page, 110);
    // A digit goes on to the next slider; after the last one it would be a preference.
    if (n % 8 === 0) await layer.getByRole('slider').first().focus();
    const digit = String((n % 5) + 1);
    await measured(page, 'digit', digit, `Digit${digit}`);
  }
  await layer.getByLabel('Evidence', { exact: false }).first().focus();
  for (let n = 0; n < third; n++) {
    await pause(page, 110);
    await measured(page, 'letter', 'k', 'k');
  }
  await page.context().setOffline(false);
  return { durable: (await samplesOf(page)).filter(({ kind }) => kind === 'nudge'), bare };
}

async function floorSamples(context: BrowserContext, site: BenchSite, count: number): Promise<Sample[]> {
  const page = await context.newPage();
  // Another origin: the app's service worker answers every address of its own.
  await page.goto(`${site.url.replace('127.0.0.1', 'localhost')}/empty`);
  for (let n = 0; n < count; n++) {
    await pause(page, 40);
    await measured(page, 'empty', 'k', 'k');
  }
  const samples = await samplesOf(page);
  await page.close();
  return samples;
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

const total = ({ at, painted }: Sample) => painted - at;
/** The total without the wait of a finished change for the next tick of the display. */
const work = ({ at, handled, frame, painted }: Sample) =>
  painted - at - (handled === 0 ? 0 : Math.max(0, frame - handled));
/** Under 16 ms the browser tells nothing. */
const presented = ({ presented: ms }: Sample) => ms ?? 8;

function paintRows(what: string, samples: readonly Sample[]): Row[] {
  return [
    rowOf(`${what} -> painted, without the wait for the frame`, samples.map(work), frameMs),
    rowOf(`${what} -> painted`, samples.map(total), frameMs),
    rowOf(`${what} -> on the screen, in steps of 8 ms`, samples.map(presented), null),
  ];
}

type OnDisk = NonNullable<Sample['durable']> & { at: number };

const onDisk = (samples: readonly Sample[]): OnDisk[] =>
  samples.flatMap(({ at, durable }) => (durable ? [{ at, ...durable }] : []));

/** The journal beside the least that could do the same: the write alone, and the write with its two messages. */
function durableRows(records: readonly OnDisk[], bare: readonly Bare[]): Row[] {
  const row = (what: string, of: (one: OnDisk) => number, budget: number | null = null) =>
    rowOf(what, records.map(of), budget);
  return [
    row('change -> durable in the journal', ({ at, flushed }) => flushed - at, durableBudgetMs),
    row('  of it: key press -> handed to the worker', ({ at, posted }) => posted - at),
    row('  of it: worker, write and flush', ({ posted, flushed }) => flushed - posted),
    row('change -> durable, and the page knows', ({ at, done }) => done - at),
    rowOf(
      'floor: bare write and flush, same worker',
      bare.map(({ written }) => written),
      null,
    ),
    rowOf(
      'floor: message, bare write and flush, answer',
      bare.map(({ told }) => told),
      null,
    ),
  ];
}

function durableFacts(records: readonly OnDisk[], bare: readonly Bare[]): string[] {
  const ratio = (ours: readonly number[], floor: readonly number[]) => {
    const [one, other] = [rowOf('', ours, null), rowOf('', floor, null)];
    return `${(one.p50 / other.p50).toFixed(1)}x at p50, ${(one.p95 / other.p95).toFixed(1)}x at p95`;
  };
  const written = bare.map((one) => one.written);
  const told = bare.map((one) => one.told);
  const fromHandOver = records.map(({ posted, flushed }) => flushed - posted);
  const bytes = Math.round(
    rowOf(
      '',
      records.map((record) => record.bytes),
      null,
    ).p50,
  );
  return [
    `durable against a bare write and flush of the same ${bytes} bytes: ${ratio(
      records.map(({ at, flushed }) => flushed - at),
      written,
    )} from the key press, ${ratio(fromHandOver, written)} from the hand-over to the worker`,
    `  against message, bare write and flush, answer: ${ratio(fromHandOver, told)} from the hand-over`,
  ];
}

/** The browser's own share of a frame, as the empty page shows it in the same run, taken off at each percentile. */
function overFloor(what: string, samples: readonly Sample[], floor: readonly Sample[]): string {
  const [ours, theirs] = [rowOf('', samples.map(work), null), rowOf('', floor.map(work), null)];
  const over = (share: 'p50' | 'p95') => (ours[share] - theirs[share]).toFixed(1);
  return `${what} over the floor: ${over('p50')} ms at p50, ${over('p95')} ms at p95`;
}

function factsOf(samples: readonly Sample[], submits: readonly Sample[]) {
  const next = (list: readonly Sample[]) =>
    `${list.filter(({ frames }) => frames === 1).length} of ${list.length}`;
  return [`shown in the very next frame: ${next(submits)} submits, ${next(samples)} key presses`];
}

/** The first three budgets, the cold start and the floor under them, on the built renderer and the real local store. */
export async function benchAnnotate(folder: string, options: AnnotateOptions): Promise<AnnotateFigures> {
  const { cases, characters, submits, strokes, starts } = options;
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-bench-'));
  const long = Math.min(cases, submits + warmUp + 3);
  const site = await startBenchSite(folder, { cases, long, characters });
  const context = await openBrowserUnderTest(profile);
  try {
    const { page, loads } = await openFirstCase(context, site, folder);
    await pressThroughCases(page, submits);
    const { durable, bare } = await pressOnOneCase(page, strokes);
    const all = await samplesOf(page);
    await page.close();
    const floor = await floorSamples(context, site, Math.min(150, strokes));
    const cold = await coldStarts(context, site, starts);
    const of = (...kinds: string[]) => all.filter(({ kind }) => kinds.includes(kind));
    const pressed = of('nudge', 'digit', 'letter');
    const records = onDisk(durable);
    return {
      cases,
      characters,
      rows: [
        ...paintRows('submit', of('submit')),
        ...paintRows('key press', pressed),
        ...paintRows('floor: key press on an empty page', floor),
        ...durableRows(records, bare),
        rowOf('cold start -> first case', cold.whole, startBudgetMs),
        rowOf('  of it: page -> unlock screen', cold.toUnlock, null),
        rowOf('  of it: password -> first case', cold.toCase, null),
      ],
      facts: [
        overFloor('submit', of('submit'), floor),
        overFloor('key press', pressed, floor),
        ...factsOf(pressed, of('submit')),
        ...durableFacts(records, bare),
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
