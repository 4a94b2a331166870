import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { importCases } from '../../server/imports/domain.ts';
import { assignBatch, createBatch, lockBatch } from '../../shared/contract/batches.ts';
import { readBatchReview, readComparisonReview, returnAnnotation } from '../../shared/contract/reviews.ts';
import { changeStudySettings, createStudy, publishGuidelines } from '../../shared/contract/studies.ts';
import type { BatchId, StudyId } from '../../shared/schema/ids.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const known = 2;
const plain = 3;
const why = 'The potassium of 5.8 decides it.';
const comment = 'Was the potassium of 5.8 seen? Please look again.';

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

function* records(): Generator<Uint8Array> {
  for (let n = 1; n <= known + plain; n++)
    yield new TextEncoder().encode(
      `${JSON.stringify({
        id: `case-${n}`,
        title: `Title ${n}`,
        prompt: `Question number ${n}?`,
        responses: ['left', 'right'].map((side) => ({
          id: `${side}-${n}`,
          text: `The ${side} answer to number ${n}.`,
          model: `model-${side}`,
        })),
        ...(n <= known && { expert: { better: `left-${n}`, than: `right-${n}`, by: 2, why } }),
      })}\n`,
    );
}

async function* lines(): AsyncGenerator<Uint8Array> {
  yield* records();
}

type Study = { studyId: StudyId; practiceId: BatchId; workId: BatchId };

/** A study whose real work opens after the practice; both batches are the physician's. */
async function makeStudy(lead: TestPerson, physician: TestPerson): Promise<Study> {
  const { study } = await lead.call(createStudy, { body: { name: 'Potassium', guidelines: 'Version one.' } });
  const studyId = study.id;
  await importCases(server.context, {
    studyId,
    fileName: 'cases.jsonl',
    source: lines(),
    pairs: 'all',
    dryRun: false,
    badLines: 'stop',
  });
  await lead.call(changeStudySettings, {
    params: { studyId },
    body: { qualification: { required: true, passShare: 1 }, calibrationEvery: null },
  });
  const make = async (name: string, kind: 'practice' | 'work', size: number) => {
    const { batch } = await lead.call(createBatch, { params: { studyId }, body: { name, kind, size } });
    await lead.call(assignBatch, {
      params: { batchId: batch.id },
      body: { physicianIds: [physician.user.id] },
    });
    return batch.id;
  };
  const practiceId = await make('First steps', 'practice', known);
  return { studyId, practiceId, workId: await make('Work 1', 'work', plain) };
}

async function openDesk({ user, password }: TestPerson): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  return page;
}

const layer = (page: Page) => page.locator('[data-layer][data-active="true"]');
/** What a laptop hears when the network is back: it syncs at once instead of in a minute. */
const syncNow = (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event('online')));

/** Rates everything and prefers the "left" text, wherever it is shown. */
async function judge(page: Page, n: number, of: number): Promise<void> {
  await page.getByText(`${n} of ${of}`, { exact: true }).first().waitFor();
  const swapped = /The right answer[\s\S]*The left answer/.test(await layer(page).innerText());
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit4');
  await page.keyboard.press(swapped ? 'Shift+Digit6' : 'Shift+Digit2');
  await page.keyboard.press('Control+Enter');
}

async function practise(page: Page): Promise<void> {
  await page.getByText('Opens after the practice: 0 of 2 done').waitFor();
  await page.getByText(/Begin with First steps: 2 cases with known answers/).waitFor();
  await page.getByText('on this laptop', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  for (let n = 1; n <= known; n++) {
    await judge(page, n, known);
    const told = layer(page).getByRole('region', { name: 'What experts said' });
    await told.getByText('You and the experts say the same').waitFor();
    await told.getByText(why).waitFor();
    await told.getByText(`${n} of 2 done, ${n} agreed, 2 needed`).waitFor();
    await page.keyboard.press('Control+Enter');
  }
  await page.getByRole('heading', { name: 'Practice passed' }).waitFor();
  await page.getByText(/Open for you now: Work 1 \(3 cases\)/).waitFor();
  await page.keyboard.press('Enter');
}

async function work(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Continue Work 1/ }).waitFor();
  await page.keyboard.press('Enter');
  for (let n = 1; n <= plain; n++) await judge(page, n, plain);
  await page.getByText('Work 1 is done').waitFor();
  await page.getByText('and the server has it').waitFor();
  await page.keyboard.press('Enter');
}

/** Gives the first comparison of the batch back and returns how to read its annotation again. */
async function returnFirst(qa: TestPerson, batchId: BatchId) {
  const { comparisons } = await qa.call(readBatchReview, { params: { batchId }, query: {} });
  const comparisonId = comparisons[0]?.comparisonId;
  if (!comparisonId) throw new Error('nothing to review');
  const params = { batchId, comparisonId };
  const read = async () => (await qa.call(readComparisonReview, { params })).annotations[0];
  const revisionId = (await read())?.revisionId ?? '';
  await qa.call(returnAnnotation, { params, body: { revisionId, comment } });
  return read;
}

async function correct(page: Page): Promise<void> {
  await syncNow(page);
  await page.getByRole('tab', { name: 'Returned 1' }).waitFor();
  await page.keyboard.press('Digit5');
  await page.getByRole('button', { name: new RegExp(comment.slice(0, 20)) }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await layer(page).getByText('A reviewer returned this case').waitFor();
  await layer(page).getByText(comment).waitFor();
  await page.keyboard.press('Shift+Digit4');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Work 1 is done').waitFor();
  await page.getByText('and the server has it').waitFor();
}

it('leads from the practice to the work it opens, and a returned case back to the reviewer', async () => {
  const lead = await server.person({ roles: ['lead'] });
  const qa = await server.person({ roles: ['qa'] });
  const ada = await server.person({ roles: ['physician'] });
  const { studyId, workId } = await makeStudy(lead, ada);
  const page = await openDesk(ada);
  await practise(page);
  await work(page);

  const read = await returnFirst(qa, workId);
  await correct(page);
  await expect.poll(async () => (await read())?.returned?.answered, { timeout: 20_000 }).toBe(true);
  const answered = await read();
  expect(answered).toMatchObject({ returned: { comment, answered: true }, body: { preference: 0 } });
  expect(answered?.body.guidelinesVersion).toBe(1);

  // On the case that was just corrected: it says that it is answered, and takes what comes in while it is open.
  await page.keyboard.press('b');
  await layer(page).getByText('Submitted again.').waitFor();
  await lead.call(publishGuidelines, {
    params: { studyId },
    body: { markdown: 'Version two: dose by eGFR.' },
  });
  await syncNow(page);
  await expect
    .poll(
      async () => {
        await page.keyboard.press('g');
        const isNew = await page.getByText('dose by eGFR').isVisible();
        await page.keyboard.press('Escape');
        return isNew;
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await lead.call(lockBatch, { params: { batchId: workId }, body: { locked: true } });
  await syncNow(page);
  await layer(page).getByText('Your lead locked this batch.').waitFor();
  await page.keyboard.press('Shift+Digit1');
  expect((await read())?.body.preference).toBe(0);
});
