import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowserProcess } from '../support/browser-process.ts';
import { type LabSite, startLabSite } from '../support/lab-site.ts';

/** The browser's journal is written anew, and all of Chromium killed at each step of that in turn. */
let site: LabSite;

beforeAll(async () => {
  site = await startLabSite();
});

afterAll(async () => {
  await site?.close();
});

async function openPage(page: Page): Promise<Page> {
  await page.goto(site.url);
  await page.waitForFunction(() => window.lab !== undefined);
  return page;
}

const all = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

/**
 * Everything acknowledged so far must be there, once; one more is acknowledged, and a compaction is stopped at a step.
 * @returns the step, or null where it came to its end before that
 */
async function compactTo(
  page: Page,
  last: number,
  step: number,
  withoutMove = false,
): Promise<string | null> {
  const found = await page.evaluate(() => window.lab.stepping.numbers());
  expect(found.toSorted((one, other) => one - other)).toEqual(all(last));
  await page.evaluate((n) => window.lab.stepping.append(n), last + 1);
  return page.evaluate(([numbers, at, copies]) => window.lab.stepping.compact(numbers, at, copies), [
    all(last + 1),
    step,
    withoutMove,
  ] as const);
}

/** The steps that a compaction goes through, each of them the one it was stopped at. */
async function stepsOf(next: (last: number, step: number) => Promise<string | null>): Promise<string[]> {
  const steps: string[] = [];
  for (let step = 1; ; step += 1) {
    const reached = await next(step - 1, step);
    if (reached === null) return steps;
    steps.push(reached);
  }
}

it.each([
  ['moves the new file into its place', false],
  ['copies it there, where files cannot be moved', true],
])('loses nothing when Chromium is killed at any step of a compaction that %s', async (_, withoutMove) => {
  const profile = await mkdtemp(join(tmpdir(), 'so-compaction-'));
  try {
    const steps = await stepsOf(async (last, step) => {
      const browser = await startBrowserProcess(profile);
      try {
        return await compactTo(await openPage(browser.page), last, step, withoutMove);
      } finally {
        await browser.kill();
      }
    });
    const wanted = ['close', 'truncate', 'write', 'write, half of it', 'flush', 'removeEntry'];
    expect(steps).toEqual(expect.arrayContaining(wanted));
    expect(steps.includes('move')).toBe(!withoutMove);
    console.log(`Chromium was killed at ${steps.length} steps: ${steps.join(', ')}`);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});
