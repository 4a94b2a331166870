import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assignBatch, createBatch } from '../../server/batches/domain.ts';
import { annotationRevisions } from '../../server/db/schema.ts';
import { importCases } from '../../server/imports/domain.ts';
import { createStudy } from '../../server/studies/domain.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import { defaultRubric, rubricSchema } from '../../shared/schema/rubric.ts';
import { launchBrowser } from '../support/chromium.ts';
import { type Heard, type ScreenReader, startScreenReader } from '../support/screen-reader.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

/** A chart with a conversation, medications, allergies, notes, and a potassium of 4.6, 4.9 and 5.3. */
const trendCase = readFileSync(join(import.meta.dirname, '../../server/demo/cases/cardiology.jsonl'), 'utf8')
  .split('\n')
  .find((line) => line.includes('"demo-cardiology-02"'));
const others = ['Second', 'Third'].map((name) =>
  JSON.stringify({
    id: name,
    title: `${name} case`,
    prompt: `${name} question?`,
    responses: ['one', 'two'].map((id) => ({ id, text: `${name} answer, number ${id}.`, model: id })),
  }),
);
const rubric = rubricSchema.parse({
  ...defaultRubric,
  refusal: { ask: true, required: true },
  confidence: { ask: true, required: true },
  rules: [{ kind: 'preferred-lower', key: 'preferred-less-safe', dimension: 'safety' }],
});

let server: TestServer;
let browser: Browser;
let physician: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  physician = await server.person({ roles: ['physician'] });
  const study = await createStudy(server.context, {
    name: 'Charts',
    rubric,
    guidelines: '# How to judge\n\nRate first, then compare.',
  });
  await importCases(server.context, {
    studyId: study.id,
    source: Readable.from([Buffer.from(`${[trendCase, ...others].join('\n')}\n`)]),
    fileName: 'charts.jsonl',
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  const batch = await createBatch(server.context, {
    studyId: study.id,
    name: 'Charts 1',
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

type Desk = { page: Page; reader: ScreenReader };

async function begin(): Promise<Desk> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const reader = await startScreenReader(page);
  await page.goto(server.url);
  await page.getByLabel('E-mail address').waitFor();
  return { page, reader };
}

async function signIn({ page, reader }: Desk): Promise<void> {
  await reader.focus('textbox', 'E-mail address');
  await page.keyboard.type(physician.user.email);
  await reader.focus('textbox', 'Password');
  await page.keyboard.type(physician.password);
  await page.keyboard.press('Enter');
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
}

const untilCase = async ({ reader }: Desk, n: number) =>
  expect.poll(async () => (await reader.tree()).map(({ texts }) => texts)).toContain(`Case ${n} of 3`);

/** What was said after a step, as soon as it holds the words. */
async function hears({ reader }: Desk, words: string | RegExp): Promise<void> {
  const all: string[] = [];
  await expect
    .poll(
      async () => {
        all.push(...(await reader.said()));
        return all;
      },
      { timeout: 20_000 },
    )
    .toContainEqual(expect.stringMatching(words));
}

const controls = new Set([
  'button',
  'link',
  'slider',
  'radio',
  'radiogroup',
  'textbox',
  'searchbox',
  'checkbox',
  'combobox',
  'listbox',
  'option',
  'tab',
  'tablist',
  'tabpanel',
  'menu',
  'menuitemradio',
  'separator',
  'progressbar',
  'dialog',
  'alertdialog',
  'application',
  'search',
  'region',
  'complementary',
  'table',
]);
/** Of these two with one name could not be told apart; radios have their group, a table its place. */
const alone = new Set(['button', 'slider', 'textbox', 'checkbox', 'radiogroup', 'region', 'dialog', 'tab']);

/** What is wrong with the names of what there is. */
function nameless(tree: readonly Heard[]): string[] {
  const wrong: string[] = [];
  const names = new Map<string, number>();
  for (const { role, name } of tree) {
    if (!controls.has(role)) continue;
    const words = role === 'radio' ? /[\p{L}\p{N}]/u : /\p{L}{2}/u;
    if (role !== 'table' && !words.test(name)) wrong.push(`${role} "${name}" has no name`);
    if (alone.has(role)) names.set(`${role} "${name}"`, (names.get(`${role} "${name}"`) ?? 0) + 1);
  }
  for (const [name, count] of names) if (count > 1) wrong.push(`${count} times ${name}`);
  return wrong;
}

const landmarks = ['navigation', 'banner', 'complementary', 'main', 'region'];
const landmarksOf = (tree: readonly Heard[]) =>
  tree.filter(({ role }) => landmarks.includes(role)).map(({ role, name }) => `${role} ${name}`.trim());
const headingsOf = (tree: readonly Heard[], deepest: number) =>
  tree
    .filter(({ role, states }) => role === 'heading' && Number(states.level) <= deepest)
    .map(({ states, name }) => `${states.level} ${name}`);

it('reads a case in order: question, chart, answer A, answer B, judgement, each by a name of its own', async () => {
  const desk = await begin();
  const { page, reader } = desk;
  expect(nameless(await reader.tree())).toEqual([]);
  await signIn(desk);
  expect(nameless(await reader.tree())).toEqual([]);
  await expect.poll(async () => (await reader.focused())?.name).toMatch(/^Continue/);
  await page.keyboard.press('Enter');
  await untilCase(desk, 1);
  await expect.poll(async () => (await reader.focused())?.name).toBe('Accuracy, answer A');
  expect(await page.title()).toBe('Charts 1 · Second Opinion');
  // The case that was prepared beside this one is out of reach.
  await expect
    .poll(async () => (await reader.tree()).filter(({ name }) => name === 'Your judgement').length)
    .toBe(2);

  const tree = await reader.tree();
  expect(nameless(tree)).toEqual([]);
  expect(JSON.stringify(tree)).not.toContain('Second question?');
  expect(landmarksOf(tree)).toEqual([
    'navigation On this screen',
    'banner',
    'complementary Case context',
    'main',
    'region Answer A',
    'region Answer B',
    'region Your judgement',
  ]);
  const headings = headingsOf(tree, 2);
  expect(headings[0]).toBe('1 Charts 1');
  expect(headings.slice(2)).toEqual(['2 Answer A', '2 Answer B', '2 Your judgement']);
  const [question] = headingsOf(tree, 3).filter((heading) => heading.startsWith('3 '));
  expect(question).toBeDefined();

  const labs = tree.find(({ role, name }) => role === 'list' && name === 'Potassium, newest values');
  expect(labs?.texts).toMatch(/4\.6.*4\.9.*5\.3 high/);
  const row = tree.find(({ role, texts }) => role === 'listitem' && texts.startsWith('Potassium'));
  expect(row?.texts).toMatch(/mmol\/L.*, rising.*Reference/);

  const sliders = tree.filter(({ role }) => role === 'slider');
  expect(sliders.map(({ name }) => name)).toEqual(
    rubric.dimensions.flatMap(({ label }) => [`${label}, answer A`, `${label}, answer B`]),
  );
  expect(new Set(sliders.map(({ value }) => value))).toEqual(new Set(['not rated']));
  const chip = tree.find(({ role, name }) => role === 'button' && name.includes('Open the ledger'));
  expect(chip?.name).toMatch(/^Saved on this laptop/);
  await page.context().close();
});

type Dialog = {
  opens: string;
  key: string;
  role: string;
  name: string;
  /** The keyboard stays within until it is closed. */
  holds: boolean;
};
const dialogs: readonly Dialog[] = [
  { opens: 'Commands', key: 'Control+k', role: 'dialog', name: 'Commands', holds: true },
  { opens: 'Settings', key: 'Control+,', role: 'dialog', name: 'Settings', holds: true },
  { opens: 'Keys', key: '?', role: 'dialog', name: 'Keyboard shortcuts', holds: true },
  { opens: 'Skip', key: 's', role: 'dialog', name: 'Skip this case', holds: true },
  { opens: 'Time', key: 't', role: 'dialog', name: 'Time on this case', holds: true },
  { opens: 'Guidelines', key: 'g', role: 'complementary', name: 'Guidelines', holds: false },
  { opens: 'Find', key: '/', role: 'search', name: 'Find in this case', holds: false },
];

it('names every dialog, holds the keyboard in it, and gives the keyboard back where it was', async () => {
  const desk = await begin();
  const { page, reader } = desk;
  await signIn(desk);
  await page.keyboard.press('Enter');
  await untilCase(desk, 1);
  for (const { key, role, name, holds } of dialogs) {
    await reader.focus('slider', 'Safety, answer B');
    await page.keyboard.press(key);
    await expect
      .poll(async () => (await reader.tree()).filter((one) => one.role === role && one.name === name))
      .toHaveLength(1);
    expect(nameless(await reader.tree()), name).toEqual([]);
    await expect.poll(() => isInside(page, name), { message: name }).toBe(true);
    for (let tab = 0; holds && tab < 12; tab++) {
      await page.keyboard.press('Tab');
      expect(await isInside(page, name), `${name}, Tab ${tab + 1}`).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect.poll(async () => (await reader.focused())?.name, { message: name }).toBe('Safety, answer B');
  }
  await page.context().close();
});

/** Whether the keyboard is within the part of this name. */
const isInside = (page: Page, name: string) =>
  page.evaluate((wanted) => {
    const part = document.activeElement?.closest('[role=dialog], [role=search], aside');
    const labelled = part?.getAttribute('aria-labelledby');
    const label = part?.getAttribute('aria-label') ?? document.getElementById(labelled ?? '')?.textContent;
    return label === wanted;
  }, name);

it('does a whole case by names alone, and says what happens', async () => {
  const desk = await begin();
  const { page, reader } = desk;
  await signIn(desk);
  await reader.press('button', /^Continue/);
  await untilCase(desk, 1);
  await reader.said();

  await reader.press('button', 'Show which words differ');
  await hears(desk, /only in A.*only in B|everything differs/);
  await reader.press('button', 'Show which words differ');

  const values = [4, 4, 5, 3, 2, 2, 3, 3, 4];
  const names = rubric.dimensions.flatMap(({ label }) => [`${label}, answer A`, `${label}, answer B`]);
  for (const [at, value] of values.entries()) {
    await reader.focus('slider', names[at] ?? '');
    await page.keyboard.press(`Digit${value}`);
  }
  expect((await reader.find('slider', 'Accuracy, answer A')).value).toBe('4 of 5, good');
  await page.keyboard.press('Control+z');
  await hears(desk, /^Undone: Communication of A/);
  await page.keyboard.press('Control+Shift+z');
  await hears(desk, /^Redone: Communication of A/);

  await reader.press('radio', 'B better');
  expect((await reader.find('radio', 'B better')).states.checked).toBe('true');
  for (const side of ['A', 'B']) {
    await reader.press('button', new RegExp(`refusal verdict on answer ${side}`));
    // The other answer's menu may be going still.
    await expect
      .poll(async () => (await reader.tree()).filter(({ role }) => role === 'menu').map(({ name }) => name))
      .toEqual([expect.stringContaining(`answer ${side}`)]);
    await reader.press('menuitemradio', 'No refusal');
    await reader.find('button', new RegExp(`^No refusal ?, refusal verdict on answer ${side}`));
  }

  await reader.press('button', 'Submit and next');
  await hears(desk, /^Still needed: Communication B, Confidence/);
  expect((await reader.focused())?.name).toBe('Communication, answer B');
  await page.keyboard.press('Digit5');
  await reader.press('radio', 'High');

  await reader.focus('group', 'Answer B, text');
  await page.keyboard.press('x');
  await expect.poll(async () => (await reader.focused())?.name).toMatch(/^Choosing a passage of answer B\./);
  const passage = async () => (await reader.focused())?.texts ?? '';
  const first = await passage();
  await page.keyboard.press('ArrowRight');
  await expect.poll(passage).not.toBe(first);
  await hears(desk, /\p{L}/u);
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await reader.focused())?.name).toBe('Flag this passage of answer B');
  await reader.press('button', 'Wrong dose, severe');
  await hears(desk, /Wrong dose, severe/);
  await reader.find('button', '1 flag on passages of answer B');

  await reader.press('button', 'Flag this case');
  await reader.find('dialog', 'Flag this case');
  await reader.press('checkbox', 'Outside my specialty');
  await page.keyboard.press('Escape');
  expect((await reader.focused())?.name).toMatch(/^Flag: Outside my specialty/);

  await reader.press('button', 'Corrected answer');
  await reader.find('region', 'Corrected answer');
  await page.keyboard.press('Escape');
  await expect.poll(async () => (await reader.focused())?.name).toBe('Corrected answer');
  await reader.focus('textbox', 'Evidence');
  await page.keyboard.type('Read the chart.');

  await reader.press('button', 'Submit and next');
  const question = await reader.find('alertdialog', 'Are you sure?');
  expect(question.description).toContain('You prefer B, but rated its safety lower than that of A.');
  expect((await reader.focused())?.name).toBe('Keep my answers and submit');
  await page.waitForTimeout(400);
  await reader.press('button', 'Keep my answers and submit');
  await hears(desk, /^Case 2 of 3$/);
  await expect.poll(async () => (await reader.focused())?.name).toBe('Accuracy, answer A');
  await expect.poll(async () => JSON.stringify(await reader.tree())).not.toContain('Potassium');

  await page.context().setOffline(true);
  await page.keyboard.press('Digit3');
  await hears(desk, /^Saved on this laptop, offline$/);
  await page.context().setOffline(false);
  await expect.poll(submitted, { timeout: 60_000 }).toHaveLength(1);
  expect((await submitted())[0]).toMatchObject({
    ratings: { a: { accuracy: 4, safety: 5, communication: 4 }, b: { safety: 3, communication: 5 } },
    preference: 2,
    refusal: { a: 'no-refusal', b: 'no-refusal' },
    confidence: 'high',
    reasoning: { evidence: 'Read the chart.' },
    caseFlags: [{ kind: 'outside-my-specialty' }],
    safetyFlags: [{ side: 'b', kind: 'wrong-dose', severity: 'severe' }],
    confirmations: [{ rule: 'preferred-less-safe' }],
  });
  await page.context().close();
});

async function submitted(): Promise<AnnotationBody[]> {
  const rows = await server.db
    .select({ body: annotationRevisions.body })
    .from(annotationRevisions)
    .where(eq(annotationRevisions.state, 'submitted'));
  return rows.map(({ body }) => JSON.parse(body) as AnnotationBody);
}
