import type { Page } from 'playwright-core';
import { home, layer, openCase } from './case-page.ts';
import { press, type Stop } from './stop.ts';

type Side = 'a' | 'b';
const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');
const betterDigit = { a: 'Shift+Digit2', b: 'Shift+Digit6' } as const;

/** Where the answer stands that reads the trend: the order is drawn per physician. */
async function soundSide(page: Page): Promise<Side> {
  const text = await layer(page).locator('[data-answer=a]').innerText();
  return text.includes('No, not today') ? 'a' : 'b';
}

/** Row by row: the sound answer's rating, and the other's. */
const ratings = [
  ['5', '2'],
  ['5', '1'],
  ['4', '3'],
  ['4', '2'],
  ['5', '4'],
] as const;

const ratingsFor = (sound: Side) =>
  ratings.map(([good, poor]) => (sound === 'a' ? [good, poor] : [poor, good]));

/** The states of the sliders, up to a question of the rubric's rules. */
export const judging: Stop = {
  name: 'judging',
  go: async ({ page, shoot }) => {
    await openCase(page, 'Uptitrating');
    await shoot('annotate-fresh', { contrast: true });
    const sound = await soundSide(page);
    const rows = ratingsFor(sound);
    await press(page, ...rows.slice(0, 2).flat());
    await shoot('annotate-half-rated');
    await press(page, 'Control+Enter');
    await layer(page)
      .getByText(/^Still needed/)
      .waitFor();
    await shoot('annotate-missing');
    await press(page, ...rows.slice(2).flat(), betterDigit[other(sound)]);
    await press(page, 'Control+Enter');
    await layer(page).getByRole('alertdialog').waitFor();
    await shoot('annotate-are-you-sure');
    await press(page, 'Escape', betterDigit[sound], 'r');
    await shoot('annotate-refusal');
    await press(page, 'Escape');
  },
};

async function flag(page: Page, side: Side, steps: number, kind: string, severity: string) {
  await layer(page).locator(`[data-answer=${side}]`).focus();
  await press(page, 'x', ...Array.from({ length: steps }, () => 'ArrowRight'), 'Enter');
  await page.locator('[data-flag-form]').waitFor();
  await press(page, kind, severity);
  await page.locator('[data-flag-form]').waitFor({ state: 'detached' });
}

/** Passages: choosing one, its form, flags of each severity, their list. */
export const passages: Stop = {
  name: 'passages',
  go: async ({ page, shoot }) => {
    const sound = await soundSide(page);
    const unsafe = other(sound);
    await layer(page).locator(`[data-answer=${unsafe}]`).focus();
    await press(page, 'x', 'ArrowRight');
    await shoot('annotate-passage');
    await press(page, 'Enter');
    await page.locator('[data-flag-form]').waitFor();
    await shoot('annotate-flag-form');
    await press(page, '4', '3');
    await page.locator('[data-flag-form]').waitFor({ state: 'detached' });
    await flag(page, unsafe, 3, '6', '2');
    await flag(page, sound, 3, '7', '1');
    await home(page);
    await shoot('annotate-flags', { contrast: true });
    await layer(page)
      .locator(`[data-answer-head=${unsafe}]`)
      .getByRole('button', { name: /on passages of answer/ })
      .click();
    await shoot('annotate-flag-list');
    await press(page, 'Escape');
  },
};

/** What is written: reasons, notes, the corrected answer. */
export const writing: Stop = {
  name: 'writing',
  go: async ({ page, shoot }) => {
    await home(page);
    await press(page, 'w');
    await page.keyboard.type('Potassium 5.3 and rising, with a new co-trimoxazole course.');
    await press(page, 'Tab', 'Tab');
    await page.keyboard.type('Do not raise the dose; stop the interacting drug and repeat in two days.');
    await shoot('annotate-reasons');
    await press(page, 'Escape');
    await home(page);
    await press(page, 'f', '1');
    const note = layer(page).getByRole('textbox', { name: /^Note: Context missing/ });
    await note.waitFor();
    await note.fill('Which dose does she take now?');
    await shoot('annotate-case-flags');
    await press(page, 'Escape');
    await home(page);
    await press(page, 'e');
    await shoot('annotate-correction-start');
    await press(page, '1');
    const area = layer(page).getByRole('textbox', { name: 'Text of the corrected answer' });
    await area.waitFor();
    await area.press('Control+Home');
    await page.keyboard.type('Stop co-trimoxazole first. ');
    await shoot('annotate-correction');
    await press(page, 'Escape');
    await area.waitFor({ state: 'detached' });
    await shoot('annotate-all-rated');
  },
};
