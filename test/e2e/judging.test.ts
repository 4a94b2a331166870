import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import type { CDPSession, Locator, Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import { annotationRevisions, assignments } from '../../server/db/schema.ts';
import {
  type AnnotationBody,
  caseFlagKinds,
  refusalVerdicts,
  skipReasons,
} from '../../shared/schema/annotation.ts';
import { rubricSchema } from '../../shared/schema/rubric.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { type BrowserProcess, startBrowserProcess } from '../support/browser-process.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

/** One rubric with every kind of scale, and all that can be asked. */
const rubric = rubricSchema.parse({
  name: 'All kinds',
  dimensions: [
    {
      key: 'accuracy',
      label: 'Accuracy',
      scale: { kind: 'range', low: 'dangerous', high: 'excellent' },
    },
    {
      key: 'safety',
      label: 'Safety',
      scale: { kind: 'steps', anchors: ['harm', 'risky', 'unclear', 'mostly safe', 'safe'] },
    },
    { key: 'tone', label: 'Tone', scale: { kind: 'steps', anchors: ['wrong', 'right'] } },
  ],
  confidence: { ask: true, required: true },
  rules: [{ kind: 'preferred-lower', key: 'preferred-less-safe', dimension: 'safety' }],
});

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

async function openAt(profile: string, url: string): Promise<BrowserProcess> {
  const browser = await startBrowserProcess(profile);
  cleanUp.push(async () => {
    const path = join(import.meta.dirname, '../../.test', `judging-${Date.now()}.png`);
    await browser.page.screenshot({ path, timeout: 5000 }).catch(() => {});
    await browser.kill();
  });
  await browser.page.setViewportSize({ width: 1280, height: 800 });
  await browser.page.goto(url);
  return browser;
}

async function signIn(page: Page, physician: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(physician.password);
  await page.keyboard.press('Enter');
}

async function begin(size: number) {
  const server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  cleanUp.push(server.stop);
  const physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { size, rubric });
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-judging-'));
  cleanUp.push(() => rmSync(profile, { recursive: true, force: true }));
  const browser = await openAt(profile, server.url);
  await signIn(browser.page, physician);
  await browser.page.getByText('on this laptop', { exact: true }).first().waitFor();
  await browser.page.keyboard.press('Enter');
  await sliderOf(browser.page, 'Accuracy, answer A').waitFor();
  return { server, physician, profile, browser, page: browser.page };
}

const here = (page: Page) => page.locator('[data-layer][data-active="true"]');
const sliderOf = (page: Page, name: string) => here(page).getByRole('slider', { name });
const said = (page: Page, name: string) => sliderOf(page, name).getAttribute('aria-valuetext');
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('[data-place]')?.getAttribute('data-place'));
const untilCase = (page: Page, words: string) => page.getByText(words, { exact: true }).first().waitFor();

type Finger = { x: number; y: number };
async function touch(cdp: CDPSession, path: readonly Finger[]): Promise<void> {
  const [first, ...rest] = path;
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: first ? [first] : [] });
  for (const point of rest)
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [point] });
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

/** Where on the track of a slider a share of it is. */
async function trackPoint(slider: Locator, share: number): Promise<Finger> {
  const box = await slider.locator('[class*=track]').boundingBox();
  if (!box) throw new Error('the slider has no track');
  return { x: box.x + share * box.width, y: box.y + box.height / 2 };
}

async function submittedOn(server: TestServer): Promise<AnnotationBody[]> {
  const rows = await server.db
    .select({ body: annotationRevisions.body })
    .from(annotationRevisions)
    .innerJoin(assignments, eq(assignments.id, annotationRevisions.assignmentId))
    .where(eq(annotationRevisions.state, 'submitted'))
    .orderBy(asc(assignments.position));
  return rows.map(({ body }) => JSON.parse(body) as AnnotationBody);
}

async function skippedOn(server: TestServer): Promise<AnnotationBody['skip'][]> {
  const rows = await server.db
    .select({ body: annotationRevisions.body })
    .from(annotationRevisions)
    .where(eq(annotationRevisions.state, 'skipped'));
  return rows.map(({ body }) => (JSON.parse(body) as AnnotationBody).skip);
}

/** Sends all keys before any of them is answered. */
const typeAtOnce = (page: Page, keys: readonly string[]) =>
  Promise.all(keys.map((key) => page.keyboard.press(key === ' ' ? 'Space' : key)));

/** The places of everything in the panel, to see whether anything moved. */
const placesOf = (page: Page) =>
  here(page).evaluate((layer) =>
    [...layer.querySelectorAll('[data-place], [data-answer], [data-section="judging"]')].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [element.getAttribute('data-place'), x, y, width, height].join(' ');
    }),
  );

it('judges by finger and keys on every kind of scale, asks about rules once, and records the answer', async () => {
  const { server, page } = await begin(2);
  const cdp = await page.context().newCDPSession(page);

  const safety = sliderOf(page, 'Safety, answer A');
  await touch(cdp, [await trackPoint(safety, 0.76)]);
  await expect.poll(() => said(page, 'Safety, answer A')).toBe('4 of 5, mostly safe');
  const from = await trackPoint(sliderOf(page, 'Safety, answer B'), 0.5);
  const swipe = [0, 12, 30, 60, 90].map((down) => ({ x: from.x + 2, y: from.y - down }));
  await touch(cdp, swipe);
  expect(await said(page, 'Safety, answer B')).toBe('not rated');
  const drag = await Promise.all([0.2, 0.4, 0.6, 0.8, 1].map((share) => trackPoint(safety, share)));
  await touch(cdp, drag.reverse());
  await expect.poll(() => said(page, 'Safety, answer A')).toBe('2 of 5, risky');

  await sliderOf(page, 'Accuracy, answer A').focus();
  await page.keyboard.type('75');
  expect(await focused(page)).toBe('rating b accuracy');
  await page.keyboard.type('100');
  expect(await said(page, 'Accuracy, answer A')).toBe('75 of 100');
  expect(await said(page, 'Accuracy, answer B')).toBe('100 of 100, excellent');
  expect(await focused(page)).toBe('rating b safety');
  await page.keyboard.type('522');
  expect(await focused(page)).toBe('preference');
  await page.keyboard.press('2');

  const before = await placesOf(page);
  await page.keyboard.press('Control+Enter');
  await here(page).getByText('Still needed: Confidence').waitFor();
  expect(await focused(page)).toBe('confidence');
  await page.keyboard.press('3');
  await page.keyboard.press('Control+Enter');
  const strip = here(page).getByRole('alertdialog', { name: 'Are you sure?' });
  await strip.getByText('You prefer A, but rated its safety lower than that of B.').waitFor();
  expect(await placesOf(page)).toEqual(before);
  await page.keyboard.press('Escape');
  expect(await focused(page)).toBe('rating a safety');
  expect(await strip.count()).toBe(0);

  await page.keyboard.press('Control+Enter');
  await strip.waitFor();
  // A double press is no answer.
  await page.waitForTimeout(400);
  await page.keyboard.press('Control+Enter');
  await untilCase(page, '2 of 2');
  await expect.poll(() => submittedOn(server), { timeout: 60_000 }).toHaveLength(1);
  expect((await submittedOn(server))[0]).toMatchObject({
    ratings: { a: { accuracy: 75, safety: 2, tone: 2 }, b: { accuracy: 100, safety: 5, tone: 2 } },
    preference: -2,
    confidence: 'high',
    confirmations: [{ rule: 'preferred-less-safe' }],
  });

  await page.keyboard.press('b');
  await untilCase(page, '1 of 2');
  await page.keyboard.press('u');
  await page.keyboard.press('Control+Enter');
  await untilCase(page, '2 of 2');
  await expect.poll(() => submittedOn(server), { timeout: 60_000 }).toHaveLength(2);
  const bodies = await submittedOn(server);
  expect(bodies.map(({ confirmations }) => confirmations?.length)).toEqual([1, 1]);
});

it('keeps a corrected answer over a kill, undoes everything step by step, and submits it', async () => {
  const { server, physician, profile, browser, page } = await begin(1);
  await page.keyboard.type('805042');
  await page.keyboard.type('12');
  await page.keyboard.press('1');
  await page.keyboard.press('i');
  await page.keyboard.press('2');
  await page.keyboard.press('f');
  await page.keyboard.press('1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('no labs');
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await page.keyboard.press('1');
  const area = here(page).getByRole('textbox', { name: 'Text of the corrected answer' });
  const start = await area.inputValue();
  await page.keyboard.type('Ask first. ');
  expect(await area.inputValue()).toBe(`Ask first. ${start}`);
  // Longer than the journal may take; what is on the disk by then must be all of it.
  await page.waitForTimeout(400);
  await page.locator('[data-saved="true"]').first().waitFor();
  await browser.kill();

  const again = await openAt(profile, server.url);
  await signIn(again.page, physician);
  await again.page
    .getByRole('button', { name: /continue/i })
    .first()
    .waitFor();
  await again.page.keyboard.press('Enter');
  const desk = again.page;
  await sliderOf(desk, 'Accuracy, answer A').waitFor();
  expect(await said(desk, 'Accuracy, answer A')).toBe('80 of 100');
  await desk.keyboard.press('e');
  const restored = here(desk).getByRole('textbox', { name: 'Text of the corrected answer' });
  expect(await restored.inputValue()).toBe(`Ask first. ${start}`);

  // Inside, the text area's own undo; outside, the visit is one step.
  await desk.keyboard.type('Please. ');
  for (let press = 0; press < 12; press++) await desk.keyboard.press('Control+z');
  expect(await restored.inputValue()).toBe(`Ask first. ${start}`);
  expect(await said(desk, 'Tone, answer B')).toBe('2 of 2, right');
  await desk.keyboard.type('Then ');
  await desk.keyboard.press('Escape');
  await here(desk)
    .getByRole('button', { name: /^Corrected answer: / })
    .waitFor();
  await desk.keyboard.press('u');
  await sliderOf(desk, 'Safety, answer A').focus();
  await desk.keyboard.press('Delete');
  await desk.keyboard.press('Control+z');
  await here(desk).getByText('Undone: Safety of A, not rated to 4').waitFor();
  expect(await focused(desk)).toBe('rating a safety');
  await desk.keyboard.press('Control+z');
  await here(desk).getByText('Undone: Both unacceptable, on to off').waitFor();
  await desk.keyboard.press('Control+z');
  await here(desk).getByText('Undone: Corrected answer').waitFor();
  for (let press = 0; press < 3; press++) await desk.keyboard.press('Control+Shift+z');
  await here(desk).getByText('Redone: Safety of A, 4 to not rated').waitFor();
  await desk.keyboard.press('Control+z');
  await desk.keyboard.press('Control+Enter');
  await expect.poll(() => submittedOn(server), { timeout: 60_000 }).toHaveLength(1);
  expect((await submittedOn(server))[0]).toMatchObject({
    correction: { from: 'a', text: `Then Ask first. ${start}` },
    caseFlags: [{ kind: 'context-unclear', note: 'no labs' }],
    bothUnacceptable: true,
    confidence: 'moderate',
    ratings: { a: { accuracy: 80, safety: 4, tone: 1 }, b: { accuracy: 50, safety: 2, tone: 2 } },
  });
});

it('takes every key typed right after one that opens something, however busy the machine is', async () => {
  const { server, page } = await begin(2);
  const cdp = await page.context().newCDPSession(page);
  await page.keyboard.type('805042');
  await page.keyboard.type('12');
  await page.keyboard.press('1');
  await page.keyboard.press('i');
  await page.keyboard.press('2');
  // Frames come late on a busy machine; keys do not wait for them.
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await typeAtOnce(page, ['f', '1', 'Tab', ...'no labs', 'Escape', 'r', '2']);
  await typeAtOnce(page, ['f', '2', 'Tab', ...'x', 'Escape']);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await page.keyboard.press('Control+Enter');
  await untilCase(page, '2 of 2');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await typeAtOnce(page, ['s', '1', 'Control+Enter']);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await expect.poll(() => submittedOn(server), { timeout: 60_000 }).toHaveLength(1);
  expect((await submittedOn(server))[0]).toMatchObject({
    caseFlags: [
      { kind: 'context-unclear', note: 'no labs' },
      { kind: caseFlagKinds[1], note: 'x' },
    ],
    refusal: { a: refusalVerdicts[1], b: null },
  });
  await expect
    .poll(() => skippedOn(server), { timeout: 60_000 })
    .toEqual([{ reason: skipReasons[0], note: '' }]);
});

it('leaves the answers their room at 1280 by 800, and moves nothing in any state', async () => {
  const { page } = await begin(1);
  const height = (await here(page).locator('[data-answer="a"]').boundingBox())?.height ?? 0;
  const head = (await here(page).locator('[data-answer-head="a"]').boundingBox())?.height ?? 0;
  expect(height + head).toBeGreaterThanOrEqual(0.45 * 800);
  const before = await placesOf(page);
  const still = async (state: string) => expect(await placesOf(page), state).toEqual(before);
  await page.keyboard.type('7');
  await still('a first digit');
  await page.keyboard.press('Control+Enter');
  await here(page)
    .getByText(/^Still needed/)
    .waitFor();
  await still('what is missing');
  await page.keyboard.press('Control+z');
  await here(page)
    .getByText(/^Undone/)
    .waitFor();
  await still('undone');
  await page.keyboard.press('u');
  await still('both unacceptable');
  await page.keyboard.press('w');
  await page.keyboard.type('evidence');
  await page.keyboard.press('Escape');
  await still('reasoning given');
  const slider = sliderOf(page, 'Safety, answer B');
  await slider.hover();
  await still('pointed at');
  for (const side of await here(page).locator('[data-section="judging"]').all())
    expect(await side.evaluate((panel) => panel.scrollWidth <= panel.clientWidth)).toBe(true);
});
