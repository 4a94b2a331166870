import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../support/shared-data.ts';
import { startWalkBrowser, type WalkBrowser, type WalkPage } from '../support/walk-browser.ts';
import type { Pair, Planted, WalkReport } from './walk-page/faults.ts';

/** Every pair of two real sets, laid out by the product's own columns in Chromium under the product's policy. */
const laptop = { width: 1280, height: 800 };
const larger = { width: 1440, height: 900 };
const perCall = 200;

let browser: WalkBrowser;
beforeAll(async () => {
  browser = await startWalkBrowser();
});
afterAll(() => browser?.close());

function pairsOf(path: string): Pair[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { id, responses } = JSON.parse(line) as { id: string; responses: { id: string; text: string }[] };
      return responses.flatMap((a, index) =>
        responses.slice(index + 1).map((b) => ({ id: `${id} ${a.id} ${b.id}`, a: a.text, b: b.text })),
      );
    });
}

async function walk(
  { page }: WalkPage,
  pairs: readonly Pair[],
  planted: Planted | null = null,
): Promise<WalkReport> {
  const whole: WalkReport = { pairs: 0, faults: [] };
  for (let at = 0; at < pairs.length; at += perCall) {
    const report = await page.evaluate(([some, plant]) => window.walk.columns(some, plant), [
      pairs.slice(at, at + perCall),
      planted,
    ] as const);
    whole.pairs += report.pairs;
    whole.faults.push(...report.faults);
  }
  return whole;
}

const sets = [
  { name: 'clinical-medquad', file: 'clinical-medquad/pairs.jsonl', pairs: 1308 },
  { name: 'refusal-xstest', file: 'refusal-xstest/completions.jsonl', pairs: 4500 },
];

describe.each(sets)('the walk over $name', ({ file, pairs: count }) => {
  const path = sharedData(file);
  it.skipIf(path === null)(
    `lays out all ${count} pairs with no error, script, request, overflow or lost word`,
    async () => {
      const pairs = pairsOf(path ?? '');
      const opened = await browser.open({ viewport: laptop });
      const report = await walk(opened, pairs);
      expect(report.faults.slice(0, 10)).toEqual([]);
      expect(opened.wrongs.slice(0, 10)).toEqual([]);
      expect(report.pairs).toBe(count);
      await opened.page.close();
    },
  );

  it.skipIf(path === null)('holds on a larger screen, for every fortieth pair', async () => {
    const pairs = pairsOf(path ?? '').filter((_, index) => index % 40 === 0);
    const opened = await browser.open({ viewport: larger });
    const report = await walk(opened, pairs);
    expect(report.faults.slice(0, 10)).toEqual([]);
    expect(opened.wrongs.slice(0, 10)).toEqual([]);
    expect(report.pairs).toBeGreaterThan(30);
    await opened.page.close();
  });
});

describe('the walk sees', () => {
  const pair = { id: 'planted', a: 'Potassium is 5.8.\n\nStop it.', b: 'Start it.' };
  it.each<[Planted, RegExp]>([
    ['image', /answer a holds IMG/],
    ['script', /answer a holds SCRIPT/],
    ['overflow', /answer a overflows/],
    ['page-overflow', /the page overflows/],
    ['width', /column widths/],
    ['lost-word', /answer a lost the word/],
  ])('a planted %s', async (planted, fault) => {
    const opened = await browser.open({ viewport: laptop });
    const { faults } = await walk(opened, [pair], planted);
    expect(faults.map(({ what }) => what).join('\n')).toMatch(fault);
    await opened.page.close();
  });

  it.each<[Planted, RegExp]>([
    ['console', /^error: planted/],
    ['image', /^request: .*planted\.png/],
    ['script', /Content Security Policy/],
  ])('what a planted %s makes the page say or fetch', async (planted, said) => {
    const opened = await browser.open({ viewport: laptop });
    await walk(opened, [pair], planted);
    await opened.page.waitForTimeout(50);
    expect(opened.wrongs.join('\n')).toMatch(new RegExp(said, 'm'));
    await opened.page.close();
  });

  it('nothing where nothing is planted', async () => {
    const opened = await browser.open({ viewport: laptop });
    expect(await walk(opened, [pair])).toEqual({ pairs: 1, faults: [] });
    expect(opened.wrongs).toEqual([]);
    await opened.page.close();
  });
});
