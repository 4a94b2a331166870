import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LedgerEntry } from '../../renderer/data/types.ts';
import { loadOrCreateRecoveryKey } from '../../server/db/recovery-key.ts';
import * as tables from '../../server/db/schema.ts';
import { createSignInLink } from '../../server/users/domain.ts';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { damageVaults } from '../support/damage-vault.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

const root = join(import.meta.dirname, '../..');
const study = 'Rescue journey';
let server: TestServer;
let browser: Browser;
let data: string;
let physician: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(root, 'dist/renderer') });
  data = mkdtempSync(join(tmpdir(), 'second-opinion-rescue-journey-'));
  const recoveryPublicKey = await loadOrCreateRecoveryKey(data);
  await server.db.update(tables.site).set({ recoveryPublicKey });
  physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { name: study, size: 3 });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

async function cli(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['server/cli/main.ts', ...args, '--data', data], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: server.databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const read = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (read.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (read.stderr += chunk.toString()));
  return new Promise((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, ...read }));
  });
}

/** What a click saves, under a name of its own. */
async function saved(page: Page, button: Locator, name: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await button.click();
  const path = join(data, name);
  await (await coming).saveAs(path);
  return path;
}

async function openDesk(password: string): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await signIn(page, password);
  await page.getByText('on this laptop', { exact: true }).first().waitFor();
  return { page, context };
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(physician.user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

async function judge(page: Page, n: number): Promise<void> {
  await page.getByText(`${n} of 3`, { exact: true }).first().waitFor();
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit4');
  await page.keyboard.press('Shift+Digit2');
  await page.keyboard.press('Control+Enter');
}

/** The way to the sync screen without loading the page anew, which would lock the work. */
async function openSync(page: Page): Promise<void> {
  await page.evaluate(`history.pushState({}, '', '/sync'); dispatchEvent(new PopStateEvent('popstate'))`);
  await page.getByRole('heading', { name: 'Sync and receipts' }).waitFor();
}

async function exportedHashes(): Promise<string[]> {
  const out = join(data, 'export.jsonl');
  expect((await cli('export', '--raw', '--study', study, '--out', out)).code).toBe(0);
  const lines = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => (JSON.parse(line) as { bodyHash: string }).bodyHash).sort();
}

it('[S27] brings work that never saw the network again to the server with its very hashes, and opens it without the old password or the vault', async () => {
  const first = await openDesk(physician.password);
  await first.context.setOffline(true);
  await first.page.keyboard.press('Enter');
  await judge(first.page, 1);
  await judge(first.page, 2);
  await first.page.getByText('3 of 3', { exact: true }).first().waitFor();
  await openSync(first.page);
  const ledgerFile = await saved(
    first.page,
    first.page.getByRole('button', { name: 'Save as JSON' }),
    'ledger.json',
  );
  const ledger = JSON.parse(readFileSync(ledgerFile, 'utf8')) as LedgerEntry[];
  const copyButton = (page: Page) => page.getByRole('button', { name: 'Save an emergency copy' });
  const copy = await saved(first.page, copyButton(first.page), 'copy.rescue');
  await first.page.getByText(/Give it to your administrator/).waitFor();
  // The profile is gone, and with it everything but the file.
  await first.context.close();
  expect(await exportedHashes()).toEqual([]);

  const wrongKey = join(data, 'wrong.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(wrongKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const refused = await cli('rescue', 'import', copy, '--key', wrongKey);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^This was sealed to recovery key .* nothing was changed\.\n$/);
  expect(await exportedHashes()).toEqual([]);

  const taken = await cli('rescue', 'import', copy);
  expect(taken).toMatchObject({ code: 0, stderr: '' });
  expect(taken.stdout).toContain('Took in');
  const hashes = ledger.map(({ bodyHash }) => bodyHash).sort();
  expect(hashes.length).toBeGreaterThanOrEqual(2);
  expect(await exportedHashes()).toEqual(hashes);

  // Another laptop, on which the password is then forgotten.
  const second = await openDesk(physician.password);
  const { page } = second;
  const { link } = await createSignInLink(server.context, physician.user.email, { baseUrl: server.url });
  await page.goto(link);
  const newPassword = 'the password after the link';
  await page.getByLabel('New password').fill(newPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'One more password, once' }).waitFor();
  await page.getByRole('button', { name: 'I no longer know it' }).click();
  const requestButton = page.getByRole('button', { name: 'Save a recovery request' });
  const request = await saved(page, requestButton, 'request.json');
  const shownCode = page.getByLabel('Check code');
  await expect.poll(() => shownCode.innerText()).toMatch(/^[0-9A-F]{4}(-[0-9A-F]{4}){2}$/);
  const answer = join(data, 'answer.json');
  const answered = await cli('rescue', 'unlock', request, '--for', physician.user.email, '--out', answer);
  expect(answered.stdout).toContain(await shownCode.innerText());
  await page.getByLabel('Recovery answer').setInputFiles(answer);
  await page.getByRole('heading', { name: 'My cases' }).waitFor();

  // And then its vault is damaged.
  await damageVaults(page);
  await page.reload();
  await signIn(page, newPassword);
  await page.getByRole('heading', { name: 'The work on this laptop is locked' }).waitFor();
  const lockedCopy = await saved(page, copyButton(page), 'locked.rescue');
  const inspected = await cli('rescue', 'inspect', lockedCopy);
  expect(inspected).toMatchObject({ code: 0, stderr: '' });
  expect(inspected.stdout).toContain(physician.user.email);
  expect(inspected.stdout).toContain('locked work');
  await second.context.close();
});
