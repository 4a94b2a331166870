import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { eq } from 'drizzle-orm';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { annotationRevisions, auditEvents } from '../../server/db/schema.ts';
import { listDevices, orderDevice, unlockDevice } from '../../server/devices/domain.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { UserId } from '../../shared/schema/ids.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser, launchPersistentBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const canary = 'CANARY-typed-by-ada';
let server: TestServer;
let browser: Browser;
const cleanUp: (() => unknown)[] = [];
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

let studies = 0;
async function physicianWithCases(): Promise<TestPerson> {
  const physician = await server.person({ roles: ['physician'] });
  studies += 1;
  await makeAssignedStudy(server.context, [physician.user.id], { name: `Study ${studies}`, size: 2 });
  return physician;
}

async function open(context?: BrowserContext): Promise<Page> {
  const own = context ?? (await browser.newContext({ viewport: { width: 1280, height: 800 } }));
  cleanUp.push(() => own.close());
  const page = own.pages()[0] ?? (await own.newPage());
  await page.goto(server.url);
  return page;
}

async function enter(page: Page, { user, password }: TestPerson): Promise<void> {
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

async function openCase(page: Page): Promise<void> {
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 2', { exact: true }).first().waitFor();
}

const here = (page: Page) => page.locator('[data-layer][data-active="true"]');
const conclusion = (page: Page) => here(page).locator('textarea').last();
const saved = (page: Page) => page.getByText(/Saved on this laptop|All synced|Offline/).first();

/** The server is away; the app's own files are still there. */
const cutOff = (page: Page) => page.context().route('**/api/**', (route) => route.abort());
async function reconnect(page: Page): Promise<void> {
  await page.context().unroute('**/api/**');
  await page.evaluate(() => void dispatchEvent(new Event('online')));
}

async function complaints(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

async function look(page: Page, name: string): Promise<void> {
  await page.mouse.move(1, 1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await complaints(page), `${name}, ${colorScheme}`).toEqual([]);
    const folder = process.env.LOCK_PICTURES;
    if (folder) await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

async function newestConclusion(userId: UserId): Promise<string | undefined> {
  const rows = await server.db
    .select({ body: annotationRevisions.body, at: annotationRevisions.ordinal })
    .from(annotationRevisions)
    .where(eq(annotationRevisions.userId, userId));
  const newest = rows.sort((one, other) => one.at - other.at).at(-1);
  return newest && (JSON.parse(newest.body) as AnnotationBody).reasoning.conclusion;
}
async function deviceOf({ user }: TestPerson) {
  const [person] = await listDevices(server.context, user.id);
  const device = person?.devices[0];
  if (!device) throw new Error('no device');
  return device;
}

it('locks after a while without input, and the password leads back to the very case, word and caret', async () => {
  const physician = await physicianWithCases();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.clock.install();
  const page = await open(context);
  await enter(page, physician);
  await openCase(page);
  const address = page.url();
  await conclusion(page).click();
  await page.keyboard.type('half a rea');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await context.clock.fastForward('14:00');
  expect(await page.getByRole('heading', { name: 'Locked' }).count()).toBe(0);
  await context.clock.fastForward('02:00');
  await page.getByRole('heading', { name: 'Locked' }).waitFor();
  expect(await page.locator('body').innerText()).not.toContain('half a rea');
  expect(await page.locator('textarea').count()).toBe(0);
  await look(page, 'locked');
  await page.getByLabel(/^Password of/).fill('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('The password does not open the work').waitFor();
  await page.getByLabel(/^Password of/).fill(physician.password);
  await page.keyboard.press('Enter');
  await conclusion(page).waitFor();
  expect(page.url()).toBe(address);
  expect(await conclusion(page).inputValue()).toBe('half a rea');
  await page.waitForFunction(() => document.activeElement instanceof HTMLTextAreaElement);
  await page.keyboard.type('X');
  expect(await conclusion(page).inputValue()).toBe('half a rXea');
  await page.keyboard.press('t');
  await page.keyboard.press('Control+.');
  await page.getByText('You locked your work.').waitFor();
});

it('[S28] a remote lock sends what waits first, says who to ask, and is lifted by them', async () => {
  const physician = await physicianWithCases();
  const page = await open();
  await enter(page, physician);
  await openCase(page);
  const device = await deviceOf(physician);
  await cutOff(page);
  await conclusion(page).fill(canary);
  await page
    .getByText(/waiting/)
    .first()
    .waitFor();
  await orderDevice(server.context, device.id, 'lock');
  await reconnect(page);
  await page.getByRole('heading', { name: 'This laptop is locked' }).waitFor();
  await page.getByText('Everything you did had been sent.').waitFor();
  await look(page, 'device-locked');
  expect(await newestConclusion(physician.user.id)).toBe(canary);
  expect((await deviceOf(physician)).order).toMatchObject({ outcome: 'locked', unsent: 0 });
  await page.getByRole('button', { name: 'Go to sign-in' }).click();
  await enter(page, physician);
  await page.getByRole('heading', { name: 'This laptop is locked' }).waitFor();
  await unlockDevice(server.context, device.id);
  await page.getByRole('button', { name: /Go to sign-in|Try again/ }).click();
  await enter(page, physician);
  await openCase(page);
  expect(await conclusion(page).inputValue()).toBe(canary);
});

/** Every byte of every file under a folder, searched for texts as UTF-8 and UTF-16. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}

const keysOnDisk = (page: Page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const texts: string[] = [];
    for (const name of ['keys', 'journals']) {
      const folder = await root.getDirectoryHandle(name);
      for await (const [file, handle] of (
        folder as unknown as { entries: () => AsyncIterable<[string, FileSystemFileHandle]> }
      ).entries())
        texts.push(name === 'keys' ? await (await handle.getFile()).text() : file);
    }
    return texts;
  });

it('[S28] a remote wipe sends what waits first, and leaves neither a word nor the key in the whole profile', async () => {
  const physician = await physicianWithCases();
  const profile = mkdtempSync(join(tmpdir(), 'second-opinion-locks-'));
  cleanUp.push(() => rmSync(profile, { recursive: true, force: true }));
  const context = await launchPersistentBrowser(profile, { viewport: { width: 1280, height: 800 } });
  const page = await open(context);
  await enter(page, physician);
  await openCase(page);
  const device = await deviceOf(physician);
  await cutOff(page);
  await conclusion(page).fill(canary);
  await page
    .getByText(/waiting/)
    .first()
    .waitFor();
  const [vault = ''] = (await keysOnDisk(page)).filter((text) => text.includes('wrappedKey'));
  const { entries } = JSON.parse(vault) as {
    entries: { wrappedKey: string; recovery: { wrappedKey: string } }[];
  };
  const wraps = entries.flatMap(({ wrappedKey, recovery }) => [wrappedKey, recovery.wrappedKey]);
  expect(wraps).toHaveLength(2);
  await orderDevice(server.context, device.id, 'wipe');
  await reconnect(page);
  await page.getByRole('heading', { name: 'The work on this laptop is removed' }).waitFor();
  await look(page, 'removed');
  expect(await newestConclusion(physician.user.id)).toBe(canary);
  await expect.poll(async () => (await deviceOf(physician)).removedAt).not.toBeNull();
  await expect.poll(() => keysOnDisk(page)).toEqual([]);
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([]);
  await context.close();
  expect(filesWith(profile, [canary, ...wraps])).toEqual([]);
  const actions = await server.db.select().from(auditEvents).where(eq(auditEvents.subject, device.id));
  expect(actions.map(({ action }) => action)).toEqual([
    'client.introduced',
    'device.wipe-ordered',
    'device.released',
    'device.wiped',
  ]);
});

it('a laptop that did not meet the server for too long says so, keeps the work, and opens after a contact', async () => {
  const physician = await physicianWithCases();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await open(context);
  await enter(page, physician);
  await openCase(page);
  await conclusion(page).fill('kept for long');
  await saved(page).waitFor();
  await cutOff(page);
  await context.clock.install({ time: Date.now() + 31 * 86_400_000 });
  await page.goto(server.url);
  await enter(page, physician);
  await page.getByRole('heading', { name: 'This laptop has to meet the server' }).waitFor();
  await page.getByText('Your work is safe and sealed here.').waitFor();
  await look(page, 'lease-over');
  await page.context().unroute('**/api/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await enter(page, physician);
  await openCase(page);
  expect(await conclusion(page).inputValue()).toBe('kept for long');
});

it('signing out with waiting work says how much stays; a second physician sees none of it; it is sent at the next sign-in', async () => {
  const [ada, ben] = [await physicianWithCases(), await server.person({ roles: ['physician'] })];
  const page = await open();
  await enter(page, ada);
  await openCase(page);
  const title = await page.locator('h1').first().innerText();
  await cutOff(page);
  await conclusion(page).fill(canary);
  await page
    .getByText(/waiting/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Commands' }).waitFor();
  await page.keyboard.type('Sign out');
  await page.keyboard.press('Enter');
  await page.getByText('The changes of 1 case have not been sent yet.').waitFor();
  await look(page, 'sign-out');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.context().unroute('**/api/**');
  await enter(page, ben);
  await page.getByRole('heading', { name: 'My cases' }).waitFor();
  const text = await page.locator('body').innerText();
  for (const hidden of [canary, title, ada.user.email, ada.user.name, '1 waiting'])
    expect(text).not.toContain(hidden);
  expect(await newestConclusion(ada.user.id)).not.toBe(canary);
  await page.getByRole('button', { name: ben.user.name }).click();
  await look(page, 'account-menu');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await enter(page, ada);
  await page.getByRole('heading', { name: 'My cases' }).waitFor();
  await expect.poll(() => newestConclusion(ada.user.id)).toBe(canary);
});

it('a physician sees her laptops and removes her work; an administrator sees and orders', async () => {
  const physician = await physicianWithCases();
  const admin = await server.person({ roles: ['admin'], name: 'Ida Admin' });
  const page = await open();
  await enter(page, physician);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  const menu = page.getByRole('button', { name: physician.user.name });
  await menu.click();
  await page.getByRole('button', { name: 'My laptops' }).click();
  await page.getByRole('dialog').getByText('Open sessions').waitFor();
  await look(page, 'my-laptops');
  await page.keyboard.press('Escape');
  const desk = await open();
  await enter(desk, admin);
  await desk.getByRole('link', { name: 'People' }).click();
  await desk.getByRole('button', { name: `Laptops and sessions of ${physician.user.name}` }).click();
  await desk
    .getByRole('dialog')
    .getByText(/waiting there: nothing/)
    .waitFor();
  await look(desk, 'people-laptops');
  await desk.getByRole('button', { name: 'Wipe' }).click();
  await desk
    .getByRole('dialog')
    .getByText(/key to its work destroyed/)
    .waitFor();
  await look(desk, 'wipe-asked');
  await desk.getByRole('button', { name: 'Cancel' }).click();
  await menu.click();
  await page.getByRole('button', { name: 'Remove my work from here' }).click();
  await page.getByLabel('Your password').fill(physician.password);
  await look(page, 'remove-work');
  await page.getByRole('button', { name: 'Remove my work' }).click();
  await page.getByText('You removed your work from this laptop.').waitFor();
  await expect.poll(async () => (await deviceOf(physician)).removedAt).not.toBeNull();
  await page.waitForFunction(async () => (await indexedDB.databases()).length === 0);
});
