import type { BrowserContext } from 'playwright-core';
import type { BenchSite } from './bench-site.ts';
import type { Sample } from './page-probe.ts';
import { followPresses } from './presented.ts';
import { measuredPress, pause, samplesOf } from './press.ts';

/**
 * The floor of every figure in the same run and at the same pace: a page that shows a digit at each key, and a worker
 * of its own that writes and flushes so many bytes at the same key.
 */
export async function pressOnEmptyPage(
  context: BrowserContext,
  site: BenchSite,
  { count, bytes }: { count: number; bytes: number },
): Promise<Sample[]> {
  const page = await context.newPage();
  // Another origin: the app's service worker answers every address of its own.
  await page.goto(`${site.url.replace('127.0.0.1', 'localhost')}/empty`);
  await page.evaluate((size) => window.bench.writeAtEachKey(size), bytes);
  const frames = await followPresses(page);
  for (let n = 0; n < count; n++) {
    await pause(page, 220);
    await measuredPress(page, 'empty', 'k', 'k');
    await page.waitForTimeout(60);
  }
  const samples = await samplesOf(page, await frames.stop());
  await page.close();
  return samples;
}
