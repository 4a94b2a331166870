import { home, openCase } from './case-page.ts';
import { closeDialog, press, type Stop, syncNow } from './stop.ts';

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
