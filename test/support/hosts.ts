import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { LedgerEntry } from '../../renderer/data/types.ts';
import { startBrowserProcess } from './browser-process.ts';
import { launchWorkstation } from './electron-stand-in/launch-workstation.ts';

/** A workstation a journey works at: the same steps on every host. */
export type Desk = {
  page: Page;
  /** Waits until this host could start again with no network. */
  untilStartsOffline: () => Promise<void>;
  openLedger: () => Promise<void>;
  /** What the workstation itself says it sent and got receipts for, from the export of its open ledger. */
  ledger: () => Promise<LedgerEntry[]>;
  /** SIGKILL to the whole process tree. */
  kill: () => Promise<void>;
  /** Leaves as a person would. */
  leave: () => Promise<void>;
  /** Folders in which this host keeps anything, and what it wrote to its console. */
  traces: () => { folders: string[]; log: string };
};
type OpenOptions = {
  folder: string;
  serverUrl: string;
  /** Of the processes of this host, for example where temporary files go. */
  env?: Record<string, string>;
};
export type OpenWorkstation = (options: OpenOptions) => Promise<Desk>;

async function openLedger(page: Page): Promise<void> {
  await page.getByText('Batch 1 is done').waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'My cases' }).waitFor();
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'Save as JSON' }).waitFor();
}

async function openBrowser({ folder, serverUrl, env }: OpenOptions): Promise<Desk> {
  const browser = await startBrowserProcess(join(folder, 'profile'), env);
  const { page } = browser;
  let log = '';
  page.on('console', (message) => {
    log += `${message.text()}\n`;
  });
  await page.goto(serverUrl);
  return {
    page,
    untilStartsOffline: () =>
      page.evaluate(async () => {
        await navigator.serviceWorker.ready;
      }),
    openLedger: () => openLedger(page),
    ledger: async () => {
      const coming = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save as JSON' }).click();
      const file = await (await coming).path();
      return JSON.parse(readFileSync(file, 'utf8')) as LedgerEntry[];
    },
    kill: browser.kill,
    leave: browser.close,
    traces: () => ({ folders: [join(folder, 'profile')], log }),
  };
}

async function openElectron({ folder, serverUrl, env }: OpenOptions): Promise<Desk> {
  const workstation = await launchWorkstation({ userData: join(folder, 'user-data'), serverUrl, env });
  const { page, send, kill } = workstation;
  return {
    page,
    // The desktop app carries its own files.
    untilStartsOffline: () => Promise.resolve(),
    openLedger: () => openLedger(page),
    ledger: async () => {
      const filePath = join(folder, 'ledger.json');
      await send({ op: 'dialog', dialog: { kind: 'showSaveDialog', result: { canceled: false, filePath } } });
      await page.getByRole('button', { name: 'Save as JSON' }).click();
      await page.getByText(/^Saved as/).waitFor();
      return JSON.parse(readFileSync(filePath, 'utf8')) as LedgerEntry[];
    },
    kill,
    leave: async () => void (await workstation.quit()),
    traces: () => ({ folders: [join(folder, 'user-data')], log: workstation.log() }),
  };
}

export const hosts: { name: string; open: OpenWorkstation }[] = [
  { name: 'the browser', open: openBrowser },
  { name: 'Electron', open: openElectron },
];
