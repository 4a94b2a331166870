import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

let server: TestServer;
let browser: Browser;
let people: Record<'physician' | 'lead' | 'qa', TestPerson>;
beforeAll(async () => {
  server = await startTestServer({ staticRoot: join(import.meta.dirname, '../../dist/renderer') });
  browser = await launchBrowser();
  people = {
    physician: await server.person({ roles: ['physician'] }),
    lead: await server.person({ roles: ['lead'] }),
    qa: await server.person({ roles: ['qa'] }),
  };
  await makeAssignedStudy(server.context, [people.physician.user.id], { size: 3 });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What axe holds against the page as it stands (WCAG 2.2 A and AA, and its best practices). */
async function complaints(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

async function signedIn(colorScheme: 'light' | 'dark', { user, password }: TestPerson): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel('E-mail address').waitFor();
  expect(await complaints(page), 'sign-in').toEqual([]);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  return page;
}

describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
  it('axe finds nothing on the physician’s screens', async () => {
    const page = await signedIn(scheme, people.physician);
    await page.getByText('on this laptop', { exact: true }).waitFor();
    expect(await complaints(page), 'queue').toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('1 of 3', { exact: true }).first().waitFor();
    expect(await complaints(page), 'annotate').toEqual([]);
    await page.keyboard.press('Digit3');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^Still needed/).waitFor();
    expect(await complaints(page), 'annotate with answers missing').toEqual([]);
    await page.keyboard.press('s');
    await page.getByRole('dialog').waitFor();
    expect(await complaints(page), 'skip').toEqual([]);
    await page.context().close();
  });

  it('axe finds nothing on the screens of lead and reviewer', async () => {
    const lead = await signedIn(scheme, people.lead);
    await lead.getByRole('heading', { name: 'Studies' }).waitFor();
    expect(await complaints(lead), 'studies').toEqual([]);
    await lead.getByText('Medical questions').first().click();
    await lead.getByRole('heading', { name: 'Medical questions' }).waitFor();
    expect(await complaints(lead), 'study').toEqual([]);
    await lead.getByRole('link', { name: 'See progress' }).click();
    await lead.getByText('Work shows here').waitFor();
    expect(await complaints(lead), 'batch').toEqual([]);
    await lead.getByRole('link', { name: 'People' }).click();
    await lead.getByRole('heading', { name: 'People' }).waitFor();
    expect(await complaints(lead), 'people').toEqual([]);
    const reviewer = await signedIn(scheme, people.qa);
    await reviewer.getByRole('heading', { name: 'Review' }).waitFor();
    expect(await complaints(reviewer), 'review').toEqual([]);
    await lead.context().close();
    await reviewer.context().close();
  });
});
