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

type Look = { colorScheme: 'light' | 'dark'; contrast: 'no-preference' | 'more' };

async function signedIn(look: Look, { user, password }: TestPerson): Promise<Page> {
  const context = await browser.newContext({ ...look, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.getByLabel('E-mail address').waitFor();
  expect(await complaints(page), 'sign-in').toEqual([]);
  await page.getByLabel('E-mail address').fill(user.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  return page;
}

/** A dialog is looked at when it stands still. */
async function inDialog(page: Page, keys: string, name: string): Promise<void> {
  await page.keyboard.press(keys);
  await page.getByRole('dialog', { name }).waitFor();
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
  expect(await complaints(page), name).toEqual([]);
}

async function closeDialog(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

const looks: (Look & { name: string })[] = [
  { name: 'light', colorScheme: 'light', contrast: 'no-preference' },
  { name: 'dark', colorScheme: 'dark', contrast: 'no-preference' },
  { name: 'light, high contrast', colorScheme: 'light', contrast: 'more' },
  { name: 'dark, high contrast', colorScheme: 'dark', contrast: 'more' },
];

describe.each(looks)('in $name', ({ name: _name, ...scheme }) => {
  it('axe finds nothing on the physician’s screens', async () => {
    const page = await signedIn(scheme, people.physician);
    await page.getByText('on this laptop', { exact: true }).waitFor();
    expect(await complaints(page), 'queue').toEqual([]);
    await inDialog(page, 'Control+k', 'Commands');
    await closeDialog(page);
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
    await closeDialog(page);
    await inDialog(page, '?', 'Keyboard shortcuts');
    await closeDialog(page);
    await inDialog(page, 'Control+k', 'Commands');
    await page.keyboard.type('a');
    expect(await complaints(page), 'commands found').toEqual([]);
    await closeDialog(page);
    await inDialog(page, 'Control+,', 'Settings');
    await page.getByRole('tab', { name: 'Work' }).click();
    expect(await complaints(page), 'settings, work').toEqual([]);
    await page.getByRole('tab', { name: 'Keys' }).click();
    expect(await complaints(page), 'settings, keys').toEqual([]);
    await closeDialog(page);
    await page.setViewportSize({ width: 640, height: 400 });
    expect(await complaints(page), 'annotate at 200 % zoom').toEqual([]);
    await page.setViewportSize({ width: 480, height: 800 });
    expect(await complaints(page), 'annotate with one answer at a time').toEqual([]);
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

const look: Look = { colorScheme: 'light', contrast: 'no-preference' };

/** Walks through the page by Tab: what gets the focus, and what of it shows none. */
async function walkByTab(page: Page): Promise<{ names: string[]; unmarked: string[] }> {
  const names: string[] = [];
  const unmarked: string[] = [];
  for (let presses = 0; presses < 200; presses++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const { outlineStyle, boxShadow } = getComputedStyle(element);
      element.dataset.seen = String(Number(element.dataset.seen ?? 0) + 1);
      return {
        name: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim() || element.tagName,
        marked: outlineStyle !== 'none' || boxShadow !== 'none',
        times: Number(element.dataset.seen),
      };
    });
    if (stop === null || stop.times > 1) break;
    names.push(stop.name);
    if (!stop.marked) unmarked.push(stop.name);
  }
  return { names, unmarked };
}

describe('by keyboard', () => {
  it('Tab goes through the whole annotate screen, shows where it is, and is caught nowhere', async () => {
    const page = await signedIn(look, people.physician);
    await page.getByText('on this laptop', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 3', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Go to your judgement' }).focus();
    await page.evaluate(() => document.activeElement?.setAttribute('data-seen', '1'));
    const { names, unmarked } = await walkByTab(page);
    expect(unmarked).toEqual([]);
    expect(names.length).toBeGreaterThan(20);
    expect(names.some((name) => name.startsWith('Commands'))).toBe(true);
    expect(names.at(-1)).toMatch(/^Submit/);
    await page.context().close();
  });

  it('the first stop leads past header and texts to the judgement', async () => {
    const page = await signedIn(look, people.physician);
    await page.getByText('on this laptop', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('1 of 3', { exact: true }).first().waitFor();
    const skip = page.getByRole('button', { name: 'Go to your judgement' });
    await skip.focus();
    expect((await skip.boundingBox())?.width).toBeGreaterThan(100);
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toMatch(/slider|radio/);
    await page.context().close();
  });
});

/** Targets under 24 by 24 CSS pixels that also stand too close to another one (WCAG 2.2, 2.5.8). */
const smallTargets = (page: Page) =>
  page.evaluate(() => {
    const least = 24;
    const form = 'button, a[href], input, textarea, select, [role=slider], [role=radio], [role=tab], summary';
    const inText = (element: Element) => element.matches('a') && element.closest('p, li, td') !== null;
    const targets = [...document.querySelectorAll<HTMLElement>(form)].filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const shown = getComputedStyle(element).visibility !== 'hidden' && !element.closest('[inert]');
      return width > 1 && height > 1 && shown && getComputedStyle(element).clipPath === 'none';
    });
    const boxes = targets.map((element) => element.getBoundingClientRect());
    const tooClose = (box: DOMRect, other: DOMRect) => {
      const x = box.left + box.width / 2;
      const y = box.top + box.height / 2;
      const dx = Math.max(other.left - x, 0, x - other.right);
      const dy = Math.max(other.top - y, 0, y - other.bottom);
      return Math.hypot(dx, dy) < least / 2;
    };
    return targets.flatMap((element, index) => {
      const box = boxes[index];
      if (!box || inText(element) || (box.width >= least - 0.5 && box.height >= least - 0.5)) return [];
      const crowded = boxes.some((other, at) => at !== index && tooClose(box, other));
      const name = element.getAttribute('aria-label') ?? element.textContent ?? element.tagName;
      return crowded ? [`${name} ${Math.round(box.width)}x${Math.round(box.height)}`] : [];
    });
  });

it('every target is 24 by 24 pixels or stands free', async () => {
  const page = await signedIn(look, people.physician);
  await page.getByText('on this laptop', { exact: true }).waitFor();
  expect(await smallTargets(page), 'queue').toEqual([]);
  await page.keyboard.press('s');
  await page.getByRole('heading', { name: /Sync/ }).first().waitFor();
  expect(await smallTargets(page), 'ledger').toEqual([]);
  await page.goBack();
  await page.getByText('on this laptop', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 of 3', { exact: true }).first().waitFor();
  for (const width of [1280, 640]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await smallTargets(page), `annotate at ${width}`).toEqual([]);
  }
  await page.context().close();
  const gate = await browser.newPage();
  await gate.goto(server.url);
  await gate.getByLabel('E-mail address').waitFor();
  expect(await smallTargets(gate), 'sign-in').toEqual([]);
  await gate.context().close();
});
