import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchBrowser } from '../support/chromium.ts';
import { startTestServer, type TestPerson, type TestServer } from '../support/server.ts';

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

async function newPhysician(): Promise<TestPerson> {
  const physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { name: physician.user.email, size: 12 });
  return physician;
}

async function signIn(context: BrowserContext, { user, password }: TestPerson): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url);
  await passGate(page, { email: user.email, password });
  await page.getByText('on this laptop', { exact: true }).waitFor();
  return page;
}

async function passGate(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

async function openCase(page: Page): Promise<void> {
  await page.keyboard.press('Enter');
  await atCase(page, 1);
}

const atCase = (page: Page, n: number) => page.getByText(`${n} of 12`, { exact: true }).first().waitFor();
const layer = (page: Page) => page.locator('[data-layer][data-active]');
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName);
const newContext = (viewport = { width: 1280, height: 800 }) => browser.newContext({ viewport });

describe('commands', () => {
  it('are found, run and remembered by keyboard alone, and go to a case by number or title', async () => {
    const page = await signIn(await newContext(), await newPhysician());
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.type('open batch');
    await page.getByRole('option', { name: /Open Batch 1/ }).waitFor();
    await page.keyboard.press('Enter');
    await atCase(page, 1);
    expect(await focused(page)).toBe('Accuracy, answer A');

    await page.keyboard.press('Control+k');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await atCase(page, 12);
    const title = await page.evaluate(() => {
      const heading = document.querySelector('[data-layer][data-active] [data-context] h2');
      return heading?.textContent ?? '';
    });
    await page.keyboard.press('Control+k');
    await page.keyboard.type('1 ');
    await page.keyboard.press('Enter');
    await atCase(page, 1);
    await page.keyboard.press('Control+k');
    await page.keyboard.type(title.slice(0, 24));
    await page.keyboard.press('Enter');
    await atCase(page, 12);

    await page.keyboard.press('Control+k');
    await page.keyboard.type('skip with');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Skip this case' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    await page.getByRole('group', { name: 'Recent' }).getByRole('option').first().waitFor();
    expect(await page.getByRole('option').first().textContent()).toContain('Skip');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('3');
    expect(await layer(page).getByRole('slider').first().getAttribute('aria-valuenow')).toBe('3');
    await page.context().close();
  });

  it('open and close within one frame once the app has been at rest', async () => {
    const page = await signIn(await newContext(), await newPhysician());
    await openCase(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    const shown = await page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const event = { key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true };
          document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', event));
          requestAnimationFrame(() =>
            setTimeout(() => resolve(document.querySelector('[role=dialog] [role=option]') !== null)),
          );
        }),
    );
    expect(shown).toBe(true);
    await page.context().close();
  });
});

describe('chosen keys and settings', () => {
  it('hold at once, after a reload, and in every place that names the key', async () => {
    const physician = await newPhysician();
    const page = await signIn(await newContext(), physician);
    await openCase(page);
    await page.keyboard.press('Control+,');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByRole('button', { name: 'Change the keys of: Guidelines' }).click();
    await page.keyboard.press('s');
    await page.getByText(/is the key of “Skip, with a reason”/).waitFor();
    await page.getByRole('button', { name: 'Swap the two' }).click();
    await page.getByRole('button', { name: /Change the keys of: All commands/ }).click();
    await page.keyboard.press('Control+b');
    await page.getByRole('tab', { name: 'Look' }).click();
    await page.getByRole('radio', { name: '125 %' }).click();
    await page.getByRole('radiogroup', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).click();
    await page.getByRole('tab', { name: 'Work' }).click();
    await page
      .getByRole('radiogroup', { name: 'Go on after submitting' })
      .getByRole('radio', { name: 'Off' })
      .click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const guidelines = page.getByRole('button', { name: 'Guidelines', exact: true });
    expect(await guidelines.getAttribute('aria-keyshortcuts')).toBe('S');

    await page.reload();
    const root = () =>
      page.evaluate(() => ({
        theme: document.documentElement.dataset.mantineColorScheme,
        scale: document.documentElement.style.getPropertyValue('--text-scale'),
      }));
    await page.getByLabel('E-mail address').waitFor();
    expect(await root()).toEqual({ theme: 'dark', scale: '1.25' });
    await passGate(page, { email: physician.user.email, password: physician.password });
    await atCase(page, 1);
    expect(await root()).toEqual({ theme: 'dark', scale: '1.25' });
    expect(await guidelines.getAttribute('aria-keyshortcuts')).toBe('S');
    await page.keyboard.press('g');
    await page.getByRole('dialog', { name: 'Skip this case' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.waitFor();
    expect(await sheet.getByText('Skip, with a reason').locator('..').textContent()).toMatch(/^G/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+b');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.type('guidelines');
    expect(await page.getByRole('option').first().textContent()).toMatch(/Guidelines.*S$/);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });

    for (let slider = 0; slider < 10; slider++) await page.keyboard.press('Digit4');
    await page.keyboard.press('Shift+Digit2');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: /Next case/ }).waitFor();
    await atCase(page, 1);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('Next case');
    await page.keyboard.press('Enter');
    await atCase(page, 2);
    await page.context().close();
  });
});

const sizes = [
  { width: 640, height: 400 },
  { width: 480, height: 800 },
  { width: 900, height: 700 },
  { width: 1280, height: 800 },
  { width: 2560, height: 1440 },
  { width: 3840, height: 2160 },
];

/** Parts that reach beyond the window's edge, other than inside what scrolls by itself. */
const beyondEdge = (page: Page) =>
  page.evaluate(() => {
    const edge = document.documentElement.clientWidth + 1;
    const mayScroll = (element: Element) => element.closest('[data-answer], [data-layer]:not([data-active])');
    // A line that is cut off with an ellipsis ends at its own edge.
    const isCut = (element: Element): boolean => {
      for (let box = element.parentElement; box; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== 'visible' && box.getBoundingClientRect().right <= edge)
          return true;
      return false;
    };
    return [...document.querySelectorAll('body *')]
      .filter((element) => {
        const { right, width } = element.getBoundingClientRect();
        const seen = width > 1 && getComputedStyle(element).visibility !== 'hidden';
        return seen && right > edge && !mayScroll(element) && !isCut(element);
      })
      .map((element) => `${element.tagName} ${element.className}`);
  });

/** Whether the control in focus can be seen, not hidden by an edge that cuts it off. */
const focusInSight = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element) return false;
    const { left, top, width, height } = element.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return there !== null && (element.contains(there) || there.contains(element));
  });

describe('layout', () => {
  it('needs no sideways scrolling from 200 % zoom to the largest screens, and keeps the focus in sight', async () => {
    const page = await signIn(await newContext(), await newPhysician());
    for (const size of sizes) {
      await page.setViewportSize(size);
      expect(await beyondEdge(page), `queue at ${size.width}`).toEqual([]);
    }
    await openCase(page);
    for (const size of sizes) {
      await page.setViewportSize(size);
      const at = `annotate at ${size.width}`;
      expect(await beyondEdge(page), at).toEqual([]);
      await page.keyboard.press('p');
      await expect.poll(() => focusInSight(page), { message: at }).toBe(true);
      await page.keyboard.press('w');
      await expect.poll(() => focusInSight(page), { message: at }).toBe(true);
      await page.keyboard.press('Escape');
      const lineLength = await page.evaluate(() => {
        const text = document.querySelector('[data-layer][data-active] [data-answer="a"] p');
        const size = text ? Number.parseFloat(getComputedStyle(text).fontSize) : 1;
        return (text?.getBoundingClientRect().width ?? 0) / size;
      });
      expect(lineLength, at).toBeLessThan(50);
      for (const keys of ['Control+k', 'Control+,', '?']) {
        await page.keyboard.press(keys);
        await page.getByRole('dialog').waitFor();
        expect(await beyondEdge(page), `${keys} at ${size.width}`).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    }
    await page.context().close();
  });

  it('shows one answer at a time where two have no room, the one that is rated or scrolled', async () => {
    const page = await signIn(await newContext({ width: 480, height: 800 }), await newPhysician());
    await openCase(page);
    const text = (side: 'A' | 'B') => layer(page).getByRole('group', { name: `Answer ${side}, text` });
    expect(await text('A').isVisible()).toBe(true);
    expect(await text('B').isVisible()).toBe(false);
    await page.keyboard.press('Digit3');
    await text('B').waitFor({ state: 'visible' });
    expect(await text('A').isVisible()).toBe(false);
    await page.keyboard.press('[');
    await text('A').waitFor({ state: 'visible' });
    await layer(page).getByRole('button', { name: 'Answer B' }).click();
    await text('B').waitFor({ state: 'visible' });
    await page.setViewportSize({ width: 1280, height: 800 });
    await text('A').waitFor({ state: 'visible' });
    expect(await text('B').isVisible()).toBe(true);
    await page.context().close();
  });

  it('has the context at the side or above by one key, remembered, and always above in a narrow window', async () => {
    const physician = await newPhysician();
    const page = await signIn(await newContext(), physician);
    await openCase(page);
    const contextIsAbove = () =>
      page.evaluate(() => {
        const context = document.querySelector('[data-layer][data-active] aside')?.getBoundingClientRect();
        const answers = document.querySelector('[data-layer][data-active] main')?.getBoundingClientRect();
        return context && answers ? context.bottom <= answers.top + 1 : null;
      });
    expect(await contextIsAbove()).toBe(false);
    await page.keyboard.press('Shift+C');
    await expect.poll(contextIsAbove).toBe(true);
    await page.keyboard.press('Shift+C');
    await expect.poll(contextIsAbove).toBe(false);
    await page.setViewportSize({ width: 800, height: 800 });
    await expect.poll(contextIsAbove).toBe(true);
    await page.context().close();
  });
});
