import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/chromium.ts';

const root = join(import.meta.dirname, '../..');
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const task of cleanUp.splice(0).reverse()) await task();
});

function newDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'second-opinion-start-'));
  // As root, PostgreSQL runs as another user, who must be able to enter.
  chmodSync(folder, 0o755);
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

type Started = {
  child: ChildProcess;
  output: () => string;
  until: (words: RegExp) => Promise<RegExpExecArray>;
  ended: Promise<number | null>;
};

/** What `npm start` runs, without npm around it, so that a signal reaches it alone. */
function start(data: string, ...args: string[]): Started {
  const command = ['build/start.ts', '--data', data, '--no-open', ...args];
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += String(chunk);
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  cleanUp.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const until = (words: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = words.exec(text);
        if (!found) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`ended before ${words}:\n${text}`)));
    });
  return { child, output: () => text, until, ended };
}

const running = /Second Opinion runs at (\S+)\. /;

async function stop({ child, ended }: Started): Promise<void> {
  child.kill('SIGINT');
  expect(await ended).toBe(0);
}

it('leads from nothing to an annotated case, stops cleanly, and goes on after a kill', async () => {
  const data = newDataFolder();
  const first = start(data, '--port', '0');
  await first.until(running);
  const link = (await first.until(/physician +\S+ +\S+ +(\S+)/))[1] ?? '';
  await first.until(/The workstation is at|Opened/);

  const browser = await launchBrowser();
  cleanUp.push(() => browser.close());
  const page = await browser.newPage();
  await page.goto(link);
  await page.getByLabel('New password').fill('a long enough password');
  await page.keyboard.press('Enter');
  // Practice stands above it and is what Enter would open.
  const work = page.getByRole('button', { name: /^First look/ });
  await work.getByText('on this laptop', { exact: true }).waitFor();
  await work.click();
  await page.getByText('1 of 31', { exact: true }).waitFor();
  for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit4');
  await page.keyboard.press('Shift+Digit2');
  await page.keyboard.press('Control+Enter');
  await page.getByText('2 of 31', { exact: true }).waitFor();
  await page.getByText('all synced').first().waitFor();

  await stop(first);
  expect(first.output()).toContain('Stopped.');
  expect(existsSync(join(data, 'postgres/postmaster.pid'))).toBe(false);

  const second = start(data, '--port', '0');
  await second.until(running);
  expect(second.output()).toMatch(/Data found in .*: 1 study/);
  expect(second.output()).not.toMatch(/physician +\S+@/);
  second.child.kill('SIGKILL');
  await second.ended;
  // The kill leaves PostgreSQL behind.
  expect(existsSync(join(data, 'postgres/postmaster.pid'))).toBe(true);

  const third = start(data, '--port', '0');
  await third.until(running);
  expect(third.output()).toMatch(/Data found in .*: 1 study/);
  await stop(third);
  expect(existsSync(join(data, 'postgres/postmaster.pid'))).toBe(false);
});

it('names a busy port and the next step', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  );
  cleanUp.push(() => new Promise((resolve) => taken.close(resolve)));
  const started = start(newDataFolder(), '--port', String(port), '--no-demo');
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain(String(port));
  expect(started.output()).toContain('--port');
});
