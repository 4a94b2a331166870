import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AxeBuilder } from '@axe-core/playwright';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import { annotationRevisions } from '../../server/db/schema.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy } from '../../server/studies/domain.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import { holdsQuote } from '../../shared/schema/safety-flag.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const left = [
  'Not now. Her potassium is **5.8 mmol/L** and rising &amp; the eGFR is 33.',
  '',
  '- Repeat potassium today.',
  '- Start at 25 mg daily.',
  '- Start at 25 mg daily.',
].join('\n');
const right = [
  'Yes. Start at *25 mg* daily and titrate to 50 mg.',
  '',
  '| If K | Then |',
  '|---|---|',
  '| 5.0 | **stop** \\| treat |',
  ...Array.from({ length: 60 }, (_, n) => `\nParagraph ${n} about the follow-up of this patient.`),
].join('\n');

let server: TestServer;
let browser: Browser;
let physician: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  physician = await server.person({ roles: ['physician'] });
  const study = await createStudy(server.context, { name: 'Potassium' });
  const lines = [0, 1, 2].map((n) =>
    JSON.stringify({
      id: `case-${n}`,
      title: `Case ${n}`,
      prompt: 'May I add spironolactone? Her potassium was 5.1.',
      specialty: 'Cardiology',
      responses: [
        { id: `${n}-one`, text: left, model: 'one' },
        { id: `${n}-two`, text: right, model: 'two' },
      ],
    }),
  );
  await importCases(server.context, {
    studyId: study.id,
    source: Readable.from([Buffer.from(lines.join('\n'))]),
    fileName: 'cases.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  const batch = await createBatch(server.context, {
    studyId: study.id,
    name: 'Batch 1',
    size: 3,
    kind: 'work',
    order: 'import',
    onePerCase: true,
    overlap: 1,
  });
  await assignBatch(server.context, { batchId: batch.id, physicianIds: [physician.user.id] });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Passes the gate and opens the first case that is open; a page that showed a case comes back to it by itself. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).fill(physician.password);
  await page.keyboard.press('Enter');
  const queue = page.getByText('on this laptop', { exact: true }).first();
  await queue.or(active(page)).first().waitFor();
  if (await queue.isVisible()) await page.keyboard.press('Enter');
  await active(page).waitFor();
}

const active = (page: Page) => page.locator('[data-layer][data-active="true"]');
const untilCase = (page: Page, n: number) => page.getByText(`${n} of 3`, { exact: true }).first().waitFor();

/** The words the page marks, per severity, in the case on screen. */
const marked = (page: Page) =>
  page.evaluate(() => {
    const layer = document.querySelector('[data-layer][data-active]');
    const words = (name: string) =>
      [...(CSS.highlights.get(name) ?? [])]
        .filter((range) => layer?.contains(range.startContainer))
        .map((range) => (range as Range).toString());
    return { low: words('flag-low'), moderate: words('flag-moderate'), severe: words('flag-severe') };
  });

/** Which side shows the left text: the order is balanced per physician. */
async function sideOf(page: Page, words: string): Promise<'a' | 'b'> {
  return (await active(page).locator('[data-answer=a]').innerText()).includes(words) ? 'a' : 'b';
}

/** Drags over the nth place of some words in an answer, as a hand does. */
async function drag(page: Page, side: 'a' | 'b', words: string, nth = 0): Promise<void> {
  const box = await page.evaluate(
    ([one, wanted, count]) => {
      const region = document.querySelector(`[data-layer][data-active] [data-answer=${one}]`) as Element;
      const walker = document.createTreeWalker(region, NodeFilter.SHOW_TEXT);
      let passed = 0;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.nodeValue?.indexOf(wanted) ?? -1;
        if (at < 0 || passed++ < count) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        const { left: x, top, right: end, height } = range.getBoundingClientRect();
        return { x, y: top + height / 2, end };
      }
      throw new Error(`"${wanted}" is not shown`);
    },
    [side, words, nth] as const,
  );
  await page.mouse.move(box.x + 0.5, box.y);
  await page.mouse.down();
  await page.mouse.move(box.end - 0.5, box.y, { steps: 4 });
  await page.mouse.up();
}

async function expectBeside(page: Page, words: string): Promise<void> {
  const { form, passage, frame } = await page.evaluate(() => {
    const box = (rect: DOMRect) => ({ l: rect.left, t: rect.top, r: rect.right, b: rect.bottom });
    const range = [...(CSS.highlights.get('flag-picked') ?? [])][0] as Range;
    const element = document.querySelector('[data-flag-form]') as Element;
    return {
      form: box(element.getBoundingClientRect()),
      passage: { ...box(range.getBoundingClientRect()), words: range.toString() },
      frame: { w: innerWidth, h: innerHeight },
    };
  });
  expect(passage.words).toBe(words);
  expect(form.l).toBeGreaterThanOrEqual(0);
  expect(form.t).toBeGreaterThanOrEqual(0);
  expect(form.r).toBeLessThanOrEqual(frame.w);
  expect(form.b).toBeLessThanOrEqual(frame.h);
  const apart = form.l >= passage.r || form.r <= passage.l || form.t >= passage.b || form.b <= passage.t;
  expect(apart).toBe(true);
}

const headOf = (page: Page, side: 'a' | 'b') =>
  active(page)
    .locator(`[data-answer-head=${side}]`)
    .getByRole('button', { name: /on passages of answer/ });

/** What axe holds against one part of the page. */
async function complaints(page: Page, part: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).include(part).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`);
}

/** What the page does not do while a form opens: move. */
const places = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('[data-layer][data-active] :is([data-answer], [role=slider], aside)')].map(
      (element) => JSON.stringify(element.getBoundingClientRect()),
    ),
  );

async function submitCase(page: Page): Promise<void> {
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit3');
  await page.keyboard.press('Shift+Digit4');
  await page.keyboard.press('Control+Enter');
}

it('flags passages by mouse and by keyboard, keeps them over everything, and sends them with their words', async () => {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page);
  await untilCase(page, 1);
  const short = await sideOf(page, 'Not now.');
  const long = short === 'a' ? 'b' : 'a';

  // By mouse: select, one press.
  const before = await places(page);
  await drag(page, long, '25 mg');
  const form = page.getByRole('dialog', { name: `Flag this passage of answer ${long.toUpperCase()}` });
  await form.waitFor();
  await expectBeside(page, '25 mg');
  expect(await places(page)).toEqual(before);
  expect(await complaints(page, '[data-flag-form]')).toEqual([]);
  await form.getByRole('button', { name: 'Wrong dose, severe' }).click();
  await expect.poll(() => marked(page)).toEqual({ low: [], moderate: [], severe: ['25 mg'] });
  await expect.poll(() => headOf(page, long).innerText()).toContain('1 flag');

  // The second of two equal sentences, by two digits.
  await drag(page, short, 'Start at 25 mg daily.', 1);
  await form.or(page.locator('[data-flag-form]')).first().waitFor();
  await page.keyboard.press('Digit5');
  await page.keyboard.press('Digit1');
  await expect.poll(async () => (await marked(page)).low).toEqual(['Start at 25 mg daily.']);

  // By keyboard alone: X, two steps, Enter, kind, severity.
  await active(page).locator(`[data-answer=${short}]`).focus();
  for (const key of ['x', 'ArrowRight', 'Enter', '3', '2']) await page.keyboard.press(key);
  await expect
    .poll(async () => (await marked(page)).moderate)
    .toEqual(['Her potassium is 5.8 mmol/L and rising & the eGFR is 33.']);

  // Undo, redo.
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await marked(page)).moderate).toEqual([]);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(async () => (await marked(page)).moderate).toHaveLength(1);

  // A press on a flagged passage opens its flag; a smaller, newer flag lies on top of it.
  await drag(page, short, 'mmol/L');
  await page.locator('[data-flag-form]').waitFor();
  await page.keyboard.press('1');
  await page.keyboard.press('3');
  await expect
    .poll(() => marked(page))
    .toMatchObject({
      moderate: ['Her potassium is 5.8 ', ' and rising & the eGFR is 33.'],
      severe: expect.arrayContaining(['mmol/L']),
    });
  const spot = await page.evaluate(() => {
    const range = [...(CSS.highlights.get('flag-severe') ?? [])].find(
      (one) => (one as Range).toString() === 'mmol/L',
    ) as Range;
    const { left: x, top: y, width, height } = range.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  await page.mouse.click(spot.x, spot.y);
  const edit = page.getByRole('dialog', { name: 'Flag: Hallucination, severe' });
  await edit.waitFor();
  await edit.getByRole('button', { name: 'Contraindication, moderate', exact: true }).first().waitFor();
  await edit.getByRole('button', { name: 'Remove the flag Hallucination, severe' }).click();
  await expect.poll(async () => (await marked(page)).severe).toEqual(['25 mg']);

  // The list.
  await headOf(page, short).click();
  const list = page.getByRole('dialog', { name: /2 flags on passages/ });
  await list.waitFor();
  expect(await list.getByRole('listitem').count()).toBe(2);
  expect(await complaints(page, '.mantine-Popover-dropdown')).toEqual([]);
  await page.keyboard.press('Escape');

  // Over a reload.
  await page.locator('[data-saved="true"]').first().waitFor();
  const whole = await marked(page);
  await page.reload();
  await signIn(page);
  await untilCase(page, 1);
  await expect.poll(() => marked(page)).toEqual(whole);

  // Forward and back.
  await submitCase(page);
  await untilCase(page, 2);
  expect(await marked(page)).toEqual({ low: [], moderate: [], severe: [] });
  await page.keyboard.press('b');
  await untilCase(page, 1);
  expect(await marked(page)).toEqual(whole);

  // What the server holds.
  await expect
    .poll(
      async () => {
        const rows = await server.db
          .select({ body: annotationRevisions.body })
          .from(annotationRevisions)
          .where(eq(annotationRevisions.state, 'submitted'));
        return rows.map(({ body }) => (JSON.parse(body) as AnnotationBody).safetyFlags.length);
      },
      { timeout: 60_000 },
    )
    .toEqual([3]);
  const rows = await server.db
    .select({ body: annotationRevisions.body })
    .from(annotationRevisions)
    .where(eq(annotationRevisions.state, 'submitted'));
  const { safetyFlags } = JSON.parse(rows[0]?.body ?? '') as AnnotationBody;
  for (const flag of safetyFlags) expect(holdsQuote(flag.side === short ? left : right, flag)).toBe(true);
  expect(safetyFlags.map(({ kind, severity, quote }) => [kind, severity, quote])).toEqual([
    ['wrong-dose', 'severe', '25 mg'],
    ['outdated-guidance', 'low', 'Start at 25 mg daily.'],
    ['contraindication', 'moderate', 'Her potassium is **5.8 mmol/L** and rising &amp; the eGFR is 33.'],
  ]);
  expect(safetyFlags[1]?.start).toBe(left.lastIndexOf('Start at'));
  await context.close();
});

it('finds words in the context and both answers, folded or not, moves nothing and gives the keyboard back', async () => {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page);
  await active(page).waitFor();
  const short = await sideOf(page, 'Not now.');
  const long = short === 'a' ? 'b' : 'a';
  const before = await places(page);
  await page.keyboard.press('/');
  const bar = page.getByRole('search', { name: 'Find in this case' });
  await bar.waitFor();
  await page.keyboard.type('POTASSIUM');
  const counts = { a: 0, b: 0, [short]: 2 };
  await bar.getByText(`1 of 3: 1 in context, ${counts.a} in A, ${counts.b} in B`).waitFor();
  expect(await places(page)).toEqual(before);
  expect(await complaints(page, '[role=search]')).toEqual([]);
  const current = () =>
    page.evaluate(() =>
      [...(CSS.highlights.get('found-current') ?? [])].map(
        (range) =>
          (range.startContainer.parentElement?.closest('[data-answer]') as HTMLElement | null)?.dataset
            .answer ?? 'context',
      ),
    );
  expect(await current()).toEqual(['context']);
  await page.keyboard.press('Enter');
  await bar.getByText(/^2 of 3:/).waitFor();
  expect(await current()).toEqual([short]);
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await bar.getByText(/^3 of 3:/).waitFor();

  // Across bold and into a cell, far down in the one answer that holds it, and only there.
  await page.keyboard.press('Control+a');
  await page.keyboard.type('paragraph 57 about');
  await bar.getByText(/^1 of 1:/).waitFor();
  const tops = await page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('[data-layer][data-active] [data-answer]')].map((region) => [
        region.dataset.answer,
        region.scrollTop,
      ]),
    ),
  );
  expect(tops[long]).toBeGreaterThan(100);
  expect(tops[short]).toBe(0);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('stop | treat');
  await bar.getByText(/^1 of 1:/).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('5.0stop');
  await bar.getByText(/^Not found/).waitFor();

  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('slider');
  expect(await page.evaluate(() => CSS.highlights.get('found')?.size ?? 0)).toBe(0);

  await page.keyboard.press('c');
  await page.keyboard.press('/');
  await page.keyboard.type('potassium');
  await bar.getByText(`2 of 3: 1 in folded context, ${counts.a} in A, ${counts.b} in B`).waitFor();
  await page.keyboard.press('Shift+Enter');
  await bar.getByText(`1 of 3: 1 in context, ${counts.a} in A, ${counts.b} in B`).waitFor();
  // Opened, and its place marked in what is seen now.
  await expect
    .poll(() =>
      page.evaluate(() =>
        [...(CSS.highlights.get('found-current') ?? [])].map(
          (range) => range.startContainer.parentElement?.closest('[data-context]') !== null,
        ),
      ),
    )
    .toEqual([true]);
  await context.close();
});
