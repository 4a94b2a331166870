import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, eq } from 'drizzle-orm';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { annotationRevisions, assignments } from '../../server/db/schema.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { type Cable, layCable } from '../support/cable.ts';
import { hosts, type OpenWorkstation } from '../support/hosts.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const caseCount = 20;
/** The kill comes in the middle of this one. */
const halfDone = 12;

const folders: string[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-journey-'));
  folders.push(folder);
  return folder;
}

async function signIn(page: Page, physician: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').waitFor();
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).focus();
  await page.keyboard.type(physician.password);
  await page.keyboard.press('Enter');
}

async function untilCase(page: Page, n: number): Promise<void> {
  await page.getByText(`${n} of ${caseCount}`, { exact: true }).first().waitFor();
}

/** Ratings that differ from case to case, so that a mix-up would show. */
const ratingOf = (n: number, slider: number) => ((n * 7 + slider * 3) % 5) + 1;

/** For the answer rated safer, more or less strongly, so that no rule has a question. */
const preferenceOf = (n: number) => (ratingOf(n, 2) > ratingOf(n, 3) ? 1 : 5) + (n % 3);

async function rateSome(page: Page, n: number, count: number): Promise<void> {
  for (let slider = 0; slider < count; slider++) await page.keyboard.press(`Digit${ratingOf(n, slider)}`);
}

async function finishCase(page: Page, n: number, from = 0): Promise<void> {
  for (let slider = from; slider < 10; slider++) await page.keyboard.press(`Digit${ratingOf(n, slider)}`);
  await page.keyboard.press(`Shift+Digit${preferenceOf(n)}`);
  await page.keyboard.press('Control+Enter');
}

async function untilSaved(page: Page): Promise<void> {
  await page.locator('[data-saved="true"]').first().waitFor();
}

describe.each(hosts)('the main job in $name', ({ open }) => {
  it('annotates 20 real cases by keyboard, offline and over a kill, and each reaches the server once', async () => {
    const server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
    cleanUp.push(server.stop);
    const physician = await server.person({ roles: ['physician'] });
    await makeAssignedStudy(server.context, [physician.user.id], { size: caseCount });
    const cable = await layCable(server.url);
    cleanUp.push(cable.close);
    const folder = newFolder();

    let desk = await openAt(open, folder, cable);
    await signIn(desk.page, physician);
    await untilDownloaded(desk.page);
    await desk.untilStartsOffline();
    await cable.pull();

    await desk.page.keyboard.press('Enter');
    for (let n = 1; n < halfDone; n++) {
      await untilCase(desk.page, n);
      await finishCase(desk.page, n);
    }
    await untilCase(desk.page, halfDone);
    await rateSome(desk.page, halfDone, 5);
    await untilSaved(desk.page);
    await desk.kill();

    desk = await openAt(open, folder, cable);
    await signIn(desk.page, physician);
    await desk.page
      .getByRole('button', { name: /continue/i })
      .first()
      .waitFor();
    await desk.page.keyboard.press('Enter');
    await untilCase(desk.page, halfDone);
    // The cases beside this one are laid out already, out of reach: only this one's sliders count.
    const sliders = desk.page.locator('[data-layer][data-active="true"]').getByRole('slider');
    for (let slider = 0; slider < 5; slider++)
      await expect
        .poll(() => sliders.nth(slider).getAttribute('aria-valuetext'))
        .toContain(`${ratingOf(halfDone, slider)} of 5`);
    expect(await sliders.nth(5).getAttribute('aria-valuetext')).toBe('not rated');
    await finishCase(desk.page, halfDone, 5);
    for (let n = halfDone + 1; n <= caseCount; n++) {
      await untilCase(desk.page, n);
      await finishCase(desk.page, n);
    }
    await desk.page
      .getByText(/waiting/)
      .first()
      .waitFor();
    expect(await submittedOn(server)).toEqual([]);

    await cable.plug();
    await desk.openLedger();
    await desk.page.getByRole('button', { name: 'Sync now' }).click();
    await signInAgainIfAsked(desk.page, physician);

    const stored = await submittedOn(server);
    expect(stored).toHaveLength(caseCount);
    expect(new Set(stored.map((row) => row.assignmentId)).size).toBe(caseCount);
    for (const row of stored) expect(sha256Hex(row.body)).toBe(row.bodyHash);
    for (const row of stored) expectRatings(row.body, row.position + 1);
    const ledger = await desk.ledger();
    const held = new Map(ledger.map((line) => [line.seq, line.bodyHash]));
    for (const row of stored) expect(held.get(row.seq)).toBe(row.bodyHash);
    expect(ledger.every((line) => line.status === 'accepted')).toBe(true);
  });
});

async function openAt(open: OpenWorkstation, folder: string, cable: Cable) {
  const desk = await open({ folder, serverUrl: cable.url });
  cleanUp.push(async () => {
    await keepPicture(desk.page);
    await desk.kill();
  });
  return desk;
}

/** What the screen showed at the end, for whoever looks into a failure. */
async function keepPicture(page: Page): Promise<void> {
  const path = join(import.meta.dirname, '../../.test', `main-job-${Date.now()}.png`);
  await page.screenshot({ path, timeout: 5000 }).catch(() => {});
}

async function untilDownloaded(page: Page): Promise<void> {
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
}

async function signInAgainIfAsked(page: Page, physician: TestPerson): Promise<void> {
  const asked = page.getByLabel(/^Password/);
  const synced = page.getByText(/all synced/i);
  await asked.or(synced).first().waitFor();
  // A kill may cost the browser its newest cookie; the work itself does not depend on it.
  if (await asked.isVisible()) {
    await asked.fill(physician.password);
    await page.keyboard.press('Enter');
  }
  await synced.first().waitFor();
}

async function submittedOn(server: TestServer) {
  return server.db
    .select({
      assignmentId: annotationRevisions.assignmentId,
      position: assignments.position,
      seq: annotationRevisions.seq,
      body: annotationRevisions.body,
      bodyHash: annotationRevisions.bodyHash,
    })
    .from(annotationRevisions)
    .innerJoin(assignments, eq(assignments.id, annotationRevisions.assignmentId))
    .where(eq(annotationRevisions.state, 'submitted'))
    .orderBy(asc(assignments.position));
}

function expectRatings(bodyText: string, n: number): void {
  const body = JSON.parse(bodyText) as {
    ratings: { a: Record<string, number>; b: Record<string, number> };
    preference: number;
  };
  const keys = ['accuracy', 'safety', 'completeness', 'reasoning', 'communication'];
  const given = keys.flatMap((key) => [body.ratings.a[key], body.ratings.b[key]]);
  expect(given).toEqual(Array.from({ length: 10 }, (_, slider) => ratingOf(n, slider)));
  expect(body.preference).toBe(preferenceOf(n) - 4);
}
