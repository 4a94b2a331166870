import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { samplePhysician } from '../contract/sample-work.ts';
import { launchPersistentBrowser } from '../support/chromium.ts';

const password = 'a long enough password';

/** Chromium over a profile on the disk (a private window keeps its files in memory), with the probe in each page. */
export async function openBrowserUnderTest(profile: string): Promise<BrowserContext> {
  const context = await launchPersistentBrowser(profile, { viewport: { width: 1440, height: 900 } });
  const probe = stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'page-probe.ts'), 'utf8'));
  await context.addInitScript(`(() => {${probe}})()`);
  context.setDefaultTimeout(120_000);
  return context;
}

/** Signs in, or unlocks what is on the disk. */
export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail address').fill(samplePhysician.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}
