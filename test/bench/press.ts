import type { Page } from 'playwright-core';
import type { Sample } from './page-probe.ts';

/** A pause of no fixed length, so that key presses fall on every part of a frame. */
export const pause = (page: Page, ms: number) => page.waitForTimeout(ms + Math.random() * 17);

/** One key press, followed until the frame that shows its change is done. */
export async function measuredPress(page: Page, kind: string, key: string, keys: string): Promise<void> {
  const before = await page.evaluate(() => window.bench.count());
  await page.evaluate((one) => window.bench.arm(one.kind, one.key), { kind, key });
  await page.keyboard.press(keys);
  await page.waitForFunction((count) => window.bench.count() > count, before, { timeout: 10_000 });
}

/** What the page measured, with what only the browser's trace knows. */
export async function samplesOf(page: Page, presented?: (at: number) => number | null): Promise<Sample[]> {
  const samples = await page.evaluate(() => window.bench.samples());
  return samples.map((sample) => ({ ...sample, presented: presented?.(sample.at) ?? sample.presented }));
}
