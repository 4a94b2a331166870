import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { annotationRevisions } from '../../server/db/schema.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { answersTo, bodyOf, doCase, fullRubric } from '../support/case-by-keyboard.ts';
import { launchBrowser } from '../support/chromium.ts';
import { takeKeyboard } from '../support/keyboard.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function openFirstCase(page: Page): Promise<void> {
  const physician = await server.person({ roles: ['physician'] });
  const options = { name: physician.user.id, size: 2, rubric: fullRubric };
  await makeAssignedStudy(server.context, [physician.user.id], options);
  await page.goto(server.url);
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).fill(physician.password);
  await page.keyboard.press('Enter');
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 2', { exact: true }).first().waitFor();
  await page.locator('[data-layer][data-active="true"]').getByRole('slider').first().waitFor();
}

/** The most that readers may set for themselves without losing anything: WCAG 1.4.12. */
const spaceText = (page: Page) =>
  page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }',
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  });

const sideways = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement ?? document.documentElement;
    return scrollWidth - clientWidth;
  });

/** Controls of the open case whose own words are cut off. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-layer][data-active] button, header button')]
      .filter(
        (button) =>
          button.checkVisibility({ visibilityProperty: true }) && button.scrollWidth > button.clientWidth + 1,
      )
      .map((button) => button.innerText),
  );

it.each([false, true])(
  'does a whole case by keyboard at 200 % on a small laptop, wide text spacing: %s',
  async (isSpaced) => {
    const context = await browser.newContext({
      viewport: { width: 640, height: 400 },
      deviceScaleFactor: 2,
    });
    const page = await context.newPage();
    await openFirstCase(page);
    if (isSpaced) await spaceText(page);
    const round = takeKeyboard(page);
    expect(await sideways(page)).toBe(0);
    // All the way round, over the browser's own controls at the end of the page, where it is nowhere in it.
    const isRound = () => round.stops.length > 1 && round.stops.at(-1) === round.stops[0];
    while (round.stops.length < 90 && !isRound()) await round.press('Tab');
    expect(round.faults).toEqual(['after Tab: the keyboard is nowhere']);
    const stops = round.stops.join('\n');
    for (const name of [
      'Question and context',
      'Answer A, text',
      'Answer B, text',
      'refusal verdict on answer B',
      'Communication, answer B',
      'Evidence',
      'Both unacceptable',
      'Corrected answer',
      'Skip',
      'Submit and next',
    ])
      expect(stops).toContain(name);
    const off = isSpaced ? [] : await cutOff(page);
    await page.locator('[data-layer][data-active="true"]').getByRole('slider').first().focus();
    const keyboard = takeKeyboard(page);
    await doCase(page, keyboard, answersTo(isSpaced ? 2 : 1));
    await page.getByText('2 of 2', { exact: true }).first().waitFor();
    expect(await sideways(page)).toBe(0);
    expect(keyboard.faults).toEqual([]);
    expect(off).toEqual([]);
    const bodies = async () => {
      const rows = await server.db
        .select({ body: annotationRevisions.body })
        .from(annotationRevisions)
        .where(eq(annotationRevisions.state, 'submitted'));
      return rows.map(({ body }) => JSON.parse(body) as unknown);
    };
    await expect.poll(bodies, { timeout: 60_000 }).toContainEqual(bodyOf(answersTo(isSpaced ? 2 : 1)));
    await context.close();
  },
);

it('moves nothing for those who want no motion', async () => {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const moved = new Set<string>();
    const look = () => {
      for (const animation of document.getAnimations()) {
        const { duration } = animation.effect?.getComputedTiming() ?? {};
        const { effect } = animation;
        const at = effect instanceof KeyframeEffect ? effect.target : null;
        if (typeof duration === 'number' && duration > 1)
          moved.add(`${at?.tagName}.${at?.className}: ${duration} ms`);
      }
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    Object.assign(window, { moved: () => [...moved] });
  });
  await openFirstCase(page);
  const open = ['Control+k', 'Control+,', '?', 's', 't', 'g', '/', 'f', 'r', 'x', 'e'];
  for (const key of open) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
    await page.keyboard.press('Escape');
    await page.waitForTimeout(60);
  }
  await page.locator('[data-layer][data-active="true"]').getByRole('slider').first().focus();
  for (const key of ['l', 'd', 'd', 'c', 'c', 'Digit3', 'ArrowRight', 'u', 'Control+z', 'Control+Enter'])
    await page.keyboard.press(key);
  for (const name of ['Safety, answer A', 'Safety, answer B'])
    await page.locator('[data-layer][data-active="true"]').getByRole('slider', { name }).hover();
  await page.waitForTimeout(200);
  expect(await page.evaluate(() => (window as unknown as { moved: () => string[] }).moved())).toEqual([]);
  await context.close();
});
