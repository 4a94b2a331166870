import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWalkBrowser, type WalkBrowser, type WalkPage } from '../support/walk-browser.ts';
import { hostilePairs } from './walk-page/hostile-texts.ts';

/** Reading two answers in Chromium: hostile texts, word differences, linked scrolling. */
let browser: WalkBrowser;
beforeAll(async () => {
  browser = await startWalkBrowser();
});
afterAll(() => browser?.close());

const paragraph = (topic: string) =>
  `${topic} needs a plan: check ${topic} today, write ${topic} down, and call about ${topic} tomorrow. `.repeat(
    3,
  );
const topics = [
  'Potassium',
  'Creatinine',
  'Spironolactone',
  'Dapagliflozin',
  'Bisoprolol',
  'Furosemide',
  'Diet',
  'Follow-up',
];
const answer = (extra: number) =>
  topics
    .map(
      (topic, at) =>
        `## ${topic}\n\n${paragraph(topic)}${at === 1 ? `\n\n${'Another matter altogether, told at length. '.repeat(extra)}` : ''}`,
    )
    .join('\n\n');
const pair = (a: string, b: string) => ({ id: 'one', a, b });

async function openScreen(
  pairs: { id: string; a: string; b: string }[],
  preferences: Record<string, string> = {},
): Promise<WalkPage> {
  const opened = await browser.open({ viewport: { width: 1280, height: 800 } });
  await opened.page.evaluate(([some, kept]) => window.walk.screen(some, kept), [pairs, preferences] as const);
  await opened.page.locator('[data-layer][data-active] [data-answer=b]').waitFor();
  return opened;
}

const scroller = (page: Page, side: 'a' | 'b') =>
  page.locator(`[data-layer][data-active] [data-answer=${side}]`);
const top = (page: Page, side: 'a' | 'b') => scroller(page, side).evaluate((element) => element.scrollTop);

/** How far the same heading stands from the upper edge of each answer. */
const levels = (page: Page, heading: string) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll('[data-layer][data-active] [data-answer]')].map((one) => {
        const found = [...one.querySelectorAll('h3')].find((head) => head.textContent === name);
        return (found?.getBoundingClientRect().top ?? 0) - one.getBoundingClientRect().top;
      }),
    heading,
  );

const marked = (page: Page) =>
  page.evaluate(() =>
    [...(CSS.highlights.get('differs') ?? []), ...(CSS.highlights.get('differs-current') ?? [])].map(String),
  );

describe('hostile texts', () => {
  it.each([
    { width: 1280, height: 800 },
    { width: 2560, height: 1440 },
  ])('never widen a column, act, fetch or break the page at $width x $height', async (viewport) => {
    const opened = await browser.open({ viewport });
    const report = await opened.page.evaluate(
      (pairs) => window.walk.columns(pairs, null, { words: false }),
      hostilePairs,
    );
    expect(report.faults).toEqual([]);
    expect(opened.wrongs).toEqual([]);
    await opened.page.close();
  });

  it('leave both columns of the whole screen as wide as each other', async () => {
    const { page, wrongs } = await openScreen(
      hostilePairs.filter(({ id }) => id === 'damaged characters, right'),
    );
    const widths = await page
      .locator('[data-layer][data-active] section[aria-label^="Answer"]')
      .evaluateAll((columns) => columns.map((one) => one.scrollWidth));
    expect(widths).toHaveLength(2);
    expect(Math.abs((widths[0] ?? 0) - (widths[1] ?? 99))).toBeLessThanOrEqual(1);
    expect(Math.max(...widths)).toBeLessThanOrEqual((1280 - 300) / 2 + 1);
    await page.getByText('This text contains 6 damaged characters').waitFor({ state: 'attached' });
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('keep the head of a long table in view, and scroll by the keyboard inside themselves', async () => {
    const long = hostilePairs.filter(({ id }) => id === 'a table with 400 rows, left');
    const { page } = await openScreen(long);
    const table = page.getByRole('group', { name: 'Table, 400 rows' });
    await table.focus();
    for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowDown');
    await expect.poll(() => table.evaluate((element) => element.scrollTop)).toBeGreaterThan(60);
    const heads = await table.evaluate((element) => [
      element.getBoundingClientRect().top,
      element.querySelector('th')?.getBoundingClientRect().top ?? 0,
    ]);
    expect(Math.abs((heads[0] ?? 0) - (heads[1] ?? 99))).toBeLessThan(2);
    await page.close();
  });
});

describe('word differences', () => {
  const a = 'Start spironolactone 25 mg daily.\n\nCheck **potassium** in 1 week.';
  const b = 'Start spironolactone 12.5 mg daily.\n\nCheck potassium in 1 week, and creatinine.';

  it('are marked on demand, told in one line, and gone again; nothing moves', async () => {
    const { page, wrongs } = await openScreen([pair(a, b)]);
    const before = await page
      .locator('[data-answer] p')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
    expect(await marked(page)).toEqual([]);
    await page.keyboard.press('d');
    await page.getByText('1 word only in A, 3 only in B; the same: 82 %').waitFor();
    expect(await marked(page)).toEqual(['25', '12.5', 'and creatinine']);
    expect(
      await page
        .locator('[data-answer] p')
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON())),
    ).toEqual(before);
    await page.keyboard.press('d');
    await page.getByText('only in A').waitFor({ state: 'detached' });
    expect(await marked(page)).toEqual([]);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('are gone to one by one by N and Shift+N, and told to a screen reader', async () => {
    const { page } = await openScreen([pair(a, b)]);
    await page.keyboard.press('n');
    expect(await marked(page)).toEqual([]);
    await page.keyboard.press('d');
    await page.getByText('only in A').waitFor();
    await page.keyboard.press('n');
    await page.getByText('Difference 1 of 2: A has “25”, B has “12.5”').waitFor({ state: 'attached' });
    await page.keyboard.press('n');
    await page.getByText('Difference 2 of 2: only B has “and creatinine”').waitFor({ state: 'attached' });
    await page.keyboard.press('Shift+N');
    await page.getByText('Difference 1 of 2').waitFor({ state: 'attached' });
    await page.close();
  });

  it('stay on for the next case, and are those of that case', async () => {
    const { page } = await openScreen([pair(a, b), pair('Same words here.', 'Same words here.')]);
    await page.keyboard.press('d');
    await page.getByText('only in A').waitFor();
    for (const digit of '4444444444') await page.keyboard.press(digit);
    await page.keyboard.press('4');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Both answers have the same words in the same order').waitFor();
    expect(await marked(page)).toEqual([]);
    await page.close();
  });

  it('of long answers are found in a worker, under the policy of the product', async () => {
    const long = answer(40).repeat(12);
    const { page, wrongs } = await openScreen([pair(long, long.replace('Diet needs', 'Food needs'))]);
    const worker = page.waitForEvent('worker');
    await page.keyboard.press('d');
    await worker;
    await page.getByText('1 word only in A, 1 only in B; the same: over 99 %').waitFor();
    expect(await marked(page)).toEqual(['Diet', 'Food']);
    await expect.poll(() => page.workers().length).toBe(0);
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('of answers that share almost nothing are told, and no colour covers them', async () => {
    const { page } = await openScreen([
      pair(topics.join(' and then '), 'Quite another text that says nothing of what the first one did.'),
    ]);
    await page.keyboard.press('d');
    await page.getByText(/Almost everything differs/).waitFor();
    expect(await marked(page)).toEqual([]);
    await page.close();
  });
});

describe('linked scrolling', () => {
  const linked = { 'annotate.linked': 'true' };

  it('keeps matching parts level where one answer says more in between', async () => {
    const { page, wrongs } = await openScreen([pair(answer(0), answer(60))], linked);
    await page.waitForTimeout(800);
    await scroller(page, 'a').hover();
    for (const heading of ['Spironolactone', 'Bisoprolol', 'Diet']) {
      await scroller(page, 'a').evaluate((one, name) => {
        const head = [...one.querySelectorAll('h3')].find((each) => each.textContent === name);
        one.scrollTop +=
          (head?.getBoundingClientRect().top ?? 0) - one.getBoundingClientRect().top - one.clientHeight / 3;
      }, heading);
      await page.waitForTimeout(200);
      const [left = 0, right = 99] = await levels(page, heading);
      expect(Math.abs(left - right), heading).toBeLessThan(30);
    }
    expect(wrongs).toEqual([]);
    await page.close();
  });

  it('brings both ends to their ends, and stays where it was put', async () => {
    const { page } = await openScreen([pair(answer(0), answer(60))], linked);
    await page.waitForTimeout(800);
    await scroller(page, 'b').evaluate((one) => {
      one.scrollTop = one.scrollHeight;
    });
    await page.waitForTimeout(300);
    const ends = await page.evaluate(() =>
      [...document.querySelectorAll('[data-layer][data-active] [data-answer]')].map(
        (one) => one.scrollHeight - one.clientHeight - one.scrollTop,
      ),
    );
    expect(ends.every((left) => left <= 1)).toBe(true);
    const still = [await top(page, 'a'), await top(page, 'b')];
    await page.waitForTimeout(400);
    expect([await top(page, 'a'), await top(page, 'b')]).toEqual(still);
    await scroller(page, 'b').evaluate((one) => {
      one.scrollTop = 0;
    });
    await expect.poll(() => top(page, 'a')).toBeLessThan(1);
    await page.close();
  });

  it('follows page keys without drifting: down and up again ends where it began', async () => {
    const { page } = await openScreen([pair(answer(0), answer(60))], linked);
    await page.waitForTimeout(800);
    for (const key of ['PageDown', 'PageDown', 'PageUp', 'PageUp']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(200);
    }
    expect([await top(page, 'a'), await top(page, 'b')]).toEqual([0, 0]);
    await page.keyboard.press(']');
    await expect.poll(() => top(page, 'a')).toBeGreaterThan(10);
    await page.close();
  });
});
