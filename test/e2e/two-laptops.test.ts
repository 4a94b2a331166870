import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { annotationRevisions, assignments } from '../../server/db/schema.ts';
import { recallAssignments } from '../../shared/contract/batches.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { takeKeyboard } from '../support/keyboard.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const caseCount = 2;

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

const layer = (page: Page) => page.locator('[data-layer][data-active="true"]');
/** What a laptop hears when the network is back: it syncs at once instead of in a minute. */
const syncNow = (page: Page) => page.evaluate(() => void window.dispatchEvent(new Event('online')));
const versions = (page: Page) => layer(page).getByRole('region', { name: 'Your answers of two laptops' });

/** A laptop is a browser profile of its own: nothing is shared with the other one. */
async function openLaptop({ user, password }: TestPerson): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  return page;
}

/** Rates everything with one digit, prefers by another and submits, all without a network. */
async function answerOffline(page: Page, rating: string, preference: string): Promise<void> {
  await page.context().setOffline(true);
  await page.keyboard.press('Enter');
  await page.getByText(`1 of ${caseCount}`, { exact: true }).first().waitFor();
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press(rating);
  await page.keyboard.press(preference);
  await page.keyboard.press('Control+Enter');
  await page.getByText(`2 of ${caseCount}`, { exact: true }).first().waitFor();
  await page.getByText(/1 waiting to sync/).waitFor();
}

async function backOnline(page: Page): Promise<void> {
  await page.context().setOffline(false);
  await syncNow(page);
}

const complaints = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`);

async function revisionsOf(person: TestPerson) {
  const rows = await server.db
    .select()
    .from(annotationRevisions)
    .where(eq(annotationRevisions.userId, person.user.id))
    .orderBy(annotationRevisions.ordinal);
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as AnnotationBody }));
}

/** In order of arrival; drafts on the way to them are left out. */
const submissionsOf = async (person: TestPerson) =>
  (await revisionsOf(person)).filter(({ state }) => state === 'submitted');

const headOf = async (id: string) =>
  (await server.db.select().from(assignments).where(eq(assignments.id, id)))[0]?.latestRevisionId;

it('[S30] two laptops answer one case offline; the choice, by keyboard alone, is the head of the server', async () => {
  const ada = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [ada.user.id], { name: 'Two laptops', size: caseCount });
  const ward = await openLaptop(ada);
  const home = await openLaptop(ada);
  await answerOffline(ward, 'Digit4', 'Shift+Digit2');
  await answerOffline(home, 'Digit3', 'Shift+Digit6');
  await backOnline(ward);
  await expect.poll(async () => (await submissionsOf(ada)).length, { timeout: 20_000 }).toBe(1);
  await backOnline(home);
  await expect.poll(async () => (await submissionsOf(ada)).length, { timeout: 20_000 }).toBe(2);

  await home.getByText('Answered on more than one laptop: choose').first().waitFor();
  await home.getByRole('button', { name: 'Back to the queue' }).click();
  await home.getByText(/on more than one laptop\. All versions are kept/).waitFor();
  await home.getByRole('tab', { name: 'To choose 1' }).waitFor();
  expect(await complaints(home)).toEqual([]);
  const keyboard = takeKeyboard(home);
  await home.keyboard.press('v');
  await versions(home).getByText('11 answers differ; all others are the same.').waitFor();
  await keyboard.untilAt(/This laptop/);
  expect(await complaints(home)).toEqual([]);
  // The second version, but for one answer that is taken from the first.
  await keyboard.press('2');
  await keyboard.press('Tab', 'Tab', 'Tab', 'ArrowLeft');
  await versions(home).getByText('1 from the left, 10 from the right.').waitFor();
  expect(keyboard.faults).toEqual([]);
  await home.keyboard.press('Control+Enter');
  await versions(home).waitFor({ state: 'detached' });
  await home.getByText('all synced').waitFor();

  const [first, second, ...chosen] = await submissionsOf(ada);
  const head = chosen.at(-1);
  if (!first || !second || !head) throw new Error('three submissions are needed');
  expect(await headOf(first.assignmentId)).toBe(head.id);
  expect(head).toMatchObject({ state: 'submitted', diverged: false, body: { preference: -2 } });
  expect(head.body.resolutions).toMatchObject([{ revisions: [second.id, first.id], kept: 'parts' }]);
  const ratings = [head.body.ratings.a, head.body.ratings.b].flatMap((side) => Object.values(side));
  expect(ratings.sort()).toEqual([3, ...Array.from({ length: 9 }, () => 4)]);
  expect(second).toMatchObject({ diverged: true, body: { preference: 2 } });

  // The other laptop has what was chosen, and nothing to choose any more.
  await syncNow(ward);
  await ward.getByText('all synced').waitFor();
  await ward.keyboard.press('b');
  await layer(ward).getByRole('radio', { name: 'A better' }).waitFor();
  expect(await versions(ward).count()).toBe(0);

  // Undo opens the choice again, and the answers made here are back.
  await home.keyboard.press('Control+z');
  await layer(home).getByText('You answered this case on two laptops.').waitFor();
  await home.keyboard.press('v');
  await versions(home).getByText('11 answers differ').waitFor();
});

it('[S12] a case that is recalled and given away in mid-sentence freezes; what was typed arrives late, and the other physician has it anew', async () => {
  const lead = await server.person({ roles: ['lead'] });
  const ada = await server.person({ roles: ['physician'] });
  const ben = await server.person({ roles: ['physician'] });
  const study = { name: 'Given away', size: caseCount };
  const { batchId } = await makeAssignedStudy(server.context, [ada.user.id], study);
  const page = await openLaptop(ada);
  await page.context().setOffline(true);
  await page.keyboard.press('Enter');
  await page.getByText(`1 of ${caseCount}`, { exact: true }).first().waitFor();
  const first = await layer(page).getAttribute('data-layer');
  await page.keyboard.press('Digit4');
  await page.keyboard.press('w');
  await page.keyboard.type('The dose is ten times too');
  await lead.call(recallAssignments, {
    params: { batchId },
    body: { fromId: ada.user.id, toId: ben.user.id, reason: 'You are on leave.' },
  });
  await page.context().setOffline(false);
  await syncNow(page);
  await layer(page).getByText('Your lead took this case back.').waitFor();
  await layer(page).getByText('You are on leave.').waitFor();
  await page.keyboard.type(' high');
  expect(await layer(page).getByRole('textbox').first().inputValue()).toBe('The dose is ten times too');
  expect(await complaints(page)).toEqual([]);
  const arrived = async () => (await revisionsOf(ada)).at(-1);
  await expect
    .poll(async () => (await arrived())?.body.reasoning.evidence, { timeout: 20_000 })
    .toBe('The dose is ten times too');
  expect(await arrived()).toMatchObject({ assignmentId: first, late: true });
  const download = page.waitForEvent('download');
  await layer(page).getByRole('button', { name: 'Save a copy of your answers' }).click();
  expect((await download).suggestedFilename()).toBe('case-1-answers.json');

  const other = await openLaptop(ben);
  await other.keyboard.press('Enter');
  await other.getByText(`1 of ${caseCount}`, { exact: true }).first().waitFor();
  expect(await layer(other).getAttribute('data-layer')).not.toBe(first);
  // Untouched, the second case is gone from the first laptop's queue; the first can be read, and is nothing to do.
  await page.getByRole('button', { name: 'Back to the queue' }).click();
  const row = page.getByRole('list', { name: 'Batches done or locked' }).getByRole('button');
  await row.getByText('1 case', { exact: true }).waitFor();
  await row.getByText('taken back, can be read').waitFor();
});
