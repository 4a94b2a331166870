import type { Locator, Page } from 'playwright-core';
import { answerOnOtherLaptop } from './others.ts';
import { closeDialog, goTo, press, type Stop, syncNow } from './stop.ts';

export const layer = (page: Page): Locator => page.locator('[data-layer][data-active]');

/** Goes to the case whose title begins so, over the palette, and waits until it stands. */
export async function openCase(page: Page, title: string): Promise<void> {
  const shown = await layer(page).locator('h2').first().textContent();
  if (shown?.startsWith(title)) return;
  await press(page, 'Control+k');
  await page.getByRole('dialog', { name: 'Commands' }).waitFor();
  await page.keyboard.type(title);
  await page
    .getByRole('option', { name: new RegExp(title) })
    .first()
    .waitFor();
  await press(page, 'Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await layer(page).getByRole('slider').first().waitFor();
}

/** Continues where the queue says. */
export async function continueWork(page: Page): Promise<void> {
  await goTo(page, '/queue');
  await page
    .getByRole('button', { name: /^(continue|look again)/i })
    .first()
    .click();
  await page.waitForURL(/\/annotate\//);
  await layer(page).getByRole('slider').first().waitFor();
}

/** Ten ratings that no rule asks about, and a slight preference. */
export async function judge(page: Page, preference = 'Shift+Digit3'): Promise<void> {
  await press(page, ...Array.from({ length: 10 }, () => '3'), preference);
}

const home = async (page: Page) => {
  await layer(page).getByRole('slider').first().focus();
};

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

/** Differences, and what is found. */
export const reading: Stop = {
  name: 'reading',
  go: async ({ page, shoot }) => {
    await home(page);
    await press(page, '/');
    await page.keyboard.type('potassium');
    await shoot('annotate-find', { contrast: true });
    await press(page, 'Escape', 'd');
    await page.locator('[data-diff-bar]').waitFor();
    await shoot('annotate-all-differs');
    await press(page, 'd');
    await openCase(page, 'Steroid cover');
    await press(page, 'd');
    await page.locator('[data-diff-bar]').last().waitFor();
    await press(page, 'n');
    await shoot('annotate-differences', { contrast: true });
    await press(page, 'd');
    await openCase(page, 'Uptitrating');
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

/** Dialogs over the case. */
export const dialogs: Stop = {
  name: 'dialogs',
  go: async ({ page, shoot }) => {
    const inDialog = async (keys: string, name: string) => {
      await press(page, keys);
      await page.getByRole('dialog').waitFor();
      await shoot(name);
    };
    await home(page);
    await inDialog('t', 'annotate-time');
    await closeDialog(page);
    await inDialog('s', 'annotate-skip');
    await closeDialog(page);
    await inDialog('?', 'annotate-keys');
    await closeDialog(page);
    await inDialog('Control+k', 'palette');
    await page.keyboard.type('an');
    await shoot('palette-search');
    await closeDialog(page);
    await inDialog('Control+,', 'settings');
    await page.getByRole('tab', { name: 'Work' }).click();
    await shoot('settings-work');
    await page.getByRole('tab', { name: 'Keys' }).click();
    await shoot('settings-keys');
    await closeDialog(page);
  },
};

/** Guidelines beside the work, and a new version of them. */
export const guidelines: Stop = {
  name: 'guidelines',
  go: async ({ page, shoot, site }) => {
    const panel = page.getByRole('complementary', { name: 'Guidelines' });
    await home(page);
    await press(page, 'g');
    await panel.waitFor();
    await shoot('annotate-guidelines', { contrast: true });
    await press(page, 'g');
    await site.publish((text) => text.replace(/Two to four minutes/i, 'Three to five minutes'));
    await syncNow(page);
    await page.getByText(/^Guidelines changed/).waitFor();
    await shoot('annotate-guidelines-notice');
    await press(page, 'g');
    await panel.getByRole('group', { name: 'Changed' }).first().waitFor();
    await shoot('annotate-guidelines-changed');
    await press(page, 'g');
  },
};

const zoomed = { sizes: [{ width: 640, height: 400 }] };
const narrow = { sizes: [{ width: 480, height: 800 }] };
const huge = { sizes: [{ width: 3840, height: 2160 }] };

/** Where the context stands, and windows that are not the usual size. */
export const places: Stop = {
  name: 'places',
  go: async ({ page, shoot }) => {
    await home(page);
    await shoot('annotate-zoomed', zoomed);
    await shoot('annotate-narrow', narrow);
    await shoot('annotate-huge', huge);
    await home(page);
    await press(page, 'Shift+C');
    await shoot('annotate-context-above');
    await press(page, 'Shift+C', 'c');
    await shoot('annotate-context-folded');
    await press(page, 'c');
  },
};

async function submitCases(page: Page, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    await openCase(page, title);
    await judge(page);
    await press(page, 'Control+Enter');
    await page.waitForTimeout(150);
  }
}

/** Known cases among the work are told of two at a time. */
export const calibration: Stop = {
  name: 'calibration',
  go: async ({ page, shoot }) => {
    await submitCases(page, ['Uptitrating', 'Antithrombotic', 'First episode']);
    await syncNow(page);
    await openCase(page, 'Antithrombotic');
    const pill = layer(page).getByRole('button', { name: /^What experts said/ });
    await pill.waitFor();
    await home(page);
    await shoot('annotate-calibration-pill');
    await press(page, 'y');
    await layer(page).getByRole('region', { name: 'What experts said' }).waitFor();
    await shoot('annotate-calibration');
    await press(page, 'y');
  },
};

export const comment = 'Was the potassium of 5.3 seen? It rose under co-trimoxazole. Please look again.';

/** A reviewer gives a case back; the lead locks the batch. */
export const news: Stop = {
  name: 'news',
  go: async ({ page, shoot, site }) => {
    await site.giveBack(comment);
    await goTo(page, '/queue');
    await syncNow(page);
    await page.getByRole('tab', { name: 'Returned 1' }).click();
    await shoot('queue-returned');
    await page.getByRole('button', { name: new RegExp(comment.slice(0, 20)) }).click();
    await layer(page).getByText('A reviewer returned this case').waitFor();
    await shoot('annotate-returned', { contrast: true });
    await site.lock(true);
    await syncNow(page);
    await layer(page).getByText('Your lead locked this batch.').waitFor();
    await shoot('annotate-locked');
    await goTo(page, '/queue');
    await shoot('queue-locked');
    await site.lock(false);
    await syncNow(page);
    await page.getByText('locked it').waitFor({ state: 'detached' });
  },
};

/** One case answered on two laptops, each without knowing of the other. */
export const versions: Stop = {
  name: 'versions',
  go: async ({ page, shoot, site }) => {
    await openCase(page, 'Fatigue');
    const id = await layer(page).getAttribute('data-layer');
    await answerOnOtherLaptop(site, id ?? '');
    await home(page);
    await judge(page);
    await press(page, 'Control+Enter');
    await goTo(page, '/queue');
    await syncNow(page);
    await page.getByText(/on two laptops\. Both versions/).waitFor();
    await shoot('queue-two-laptops');
    await press(page, 'v');
    const choice = layer(page).getByRole('region', { name: 'Your answers of two laptops' });
    await choice.waitFor();
    await shoot('annotate-two-laptops', { contrast: true });
    await press(page, '2');
    await shoot('annotate-two-laptops-picked');
    await press(page, 'v');
    await shoot('annotate-two-laptops-later');
    await goTo(page, '/sync');
    await shoot('ledger-two-laptops');
    await goTo(page, '/queue');
    await press(page, 'v');
    await choice.waitFor();
    await press(page, '2', 'Control+Enter');
    await choice.waitFor({ state: 'detached' });
    await shoot('annotate-two-laptops-chosen');
  },
};

/** Comes last: the lead takes back what is not finished, a case on screen among it. */
export const recalled: Stop = {
  name: 'recalled',
  go: async ({ page, shoot, site }) => {
    await page.keyboard.press('b');
    await layer(page).getByRole('slider').first().waitFor();
    await press(page, '2');
    await syncNow(page);
    // The draft reaches the server; the chip speaks of what is not submitted.
    await page.waitForTimeout(2000);
    await site.takeBack('You are on leave; somebody else goes on with it.');
    await syncNow(page);
    await layer(page).getByText('Your lead took this case back.').waitFor();
    await shoot('annotate-recalled');
  },
};

/** Every case that is open is submitted, up to the page at the batch's end. */
export const end: Stop = {
  name: 'end',
  go: async ({ page, shoot }) => {
    await continueWork(page);
    const ended = page.getByRole('heading', { name: /is done$/ });
    for (let n = 0; n < 60 && !(await ended.isVisible()); n++) {
      await judge(page);
      await press(page, 'Control+Enter');
      await page.waitForTimeout(200);
    }
    await ended.waitFor();
    await page.getByText('and the server has it').waitFor();
    await shoot('batch-end');
  },
};
