import { calibration, end, news, recalled, versions } from './batch-tour.ts';
import { continueWork, judge, layer, openCase } from './case-page.ts';
import { judging, passages, writing } from './judging-tour.ts';
import { dialogs, guidelines, places, reading } from './reading-tour.ts';
import { rescue } from './rescue-tour.ts';
import { closeDialog, goTo, press, type Stop, signIn, syncNow } from './stop.ts';

/** Work that opens after the practice. */
const gate: Stop = {
  name: 'gate',
  go: async ({ page, shoot }) => {
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await page.getByText(/^Opens after the practice/).waitFor();
    await shoot('queue-gated');
    await press(page, '?');
    await page.getByRole('dialog').waitFor();
    await shoot('queue-keys');
    await press(page, 'Escape');
  },
};

/** Practice without a network first, then with what experts said, up to its end. */
const practice: Stop = {
  name: 'practice',
  go: async ({ page, context, shoot }) => {
    await continueWork(page);
    await shoot('practice-fresh');
    await judge(page, 'Shift+Digit2');
    await context.setOffline(true);
    await press(page, 'Control+Enter');
    await layer(page).getByText('Your answers are submitted and saved on this laptop.').waitFor();
    await shoot('practice-waiting');
    await context.setOffline(false);
    await syncNow(page);
    const told = layer(page).getByRole('heading', { name: 'Why', exact: true });
    await told.waitFor();
    await shoot('practice-feedback', { contrast: true });
    await press(page, 'y');
    await shoot('practice-own-answers');
    await press(page, 'Control+Enter');
    const ended = page.getByRole('heading', { name: /^Practice (passed|not passed|done)/ });
    for (let n = 0; n < 9 && !(await ended.isVisible()); n++) {
      await judge(page, n % 2 === 0 ? 'Shift+Digit6' : 'Shift+Digit2');
      await press(page, 'Control+Enter');
      await told.waitFor();
      await press(page, 'Control+Enter');
      await page.waitForTimeout(300);
    }
    await ended.waitFor();
    await shoot('practice-end');
  },
};

const begin: Stop = {
  name: 'begin',
  go: async ({ page, shoot }) => {
    await goTo(page, '/queue');
    await page.getByRole('button', { name: /^Continue First look/ }).waitFor();
    await shoot('queue');
    await press(page, 'Control+k');
    await page.getByRole('dialog').waitFor();
    await shoot('queue-palette');
    await press(page, 'Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await continueWork(page);
  },
};

/** The queue's other tabs, with something in each. */
const tabs: Stop = {
  name: 'tabs',
  go: async ({ page, context, shoot }) => {
    await openCase(page, 'A certificate');
    await press(page, '3', '3');
    await openCase(page, 'Headache four');
    await press(page, '4');
    await context.setOffline(true);
    await openCase(page, 'Lithium level');
    await judge(page);
    await press(page, 'Control+Enter');
    await page.waitForTimeout(300);
    await goTo(page, '/queue');
    await press(page, '2');
    await shoot('queue-drafts');
    await press(page, '3');
    await shoot('queue-ready');
    await goTo(page, '/sync');
    await shoot('ledger-offline');
    await context.setOffline(false);
    await syncNow(page);
    await goTo(page, '/queue');
    await page
      .getByRole('tab', { name: 'Ready to send 0' })
      .or(page.getByText('Nothing waits'))
      .first()
      .waitFor();
    await press(page, '4');
    await shoot('queue-sent');
    await press(page, '6');
    await shoot('queue-feedback');
    await goTo(page, '/sync');
    await shoot('ledger');
  },
};

/** Leaving the laptop: locked in place, where one's work is, and taking it away. */
const locks: Stop = {
  name: 'locks',
  go: async ({ page, shoot, site }) => {
    const account = site.accounts.find(({ role }) => role === 'physician');
    if (!account) throw new Error('no physician');
    await goTo(page, '/queue');
    await page.getByRole('heading', { name: 'My cases' }).waitFor();
    await press(page, 'Control+.');
    const password = page.getByLabel(/^Password of/);
    await password.waitFor();
    await shoot('locked', { contrast: true });
    await password.fill(account.password);
    await press(page, 'Enter');
    await page.getByRole('heading', { name: 'My cases' }).waitFor();
    const menu = page.getByRole('button', { name: account.name });
    await menu.click();
    await page.getByRole('button', { name: 'My laptops' }).waitFor();
    await shoot('account-menu');
    await page.getByRole('button', { name: 'My laptops' }).click();
    await page.getByText('Open sessions').waitFor();
    await shoot('my-laptops');
    await closeDialog(page);
    await menu.click();
    await page.getByRole('button', { name: 'Remove my work from here' }).click();
    await page.getByRole('dialog').waitFor();
    await shoot('remove-work');
    await closeDialog(page);
  },
};

/** The work can be open in one window only; and after a reload it is locked until the password is given. */
const doors: Stop = {
  name: 'doors',
  go: async ({ page, shoot, site }) => {
    await page.reload();
    await page.getByLabel('E-mail address').waitFor();
    await shoot('sign-in-again');
    await page.getByLabel('E-mail address').fill('mara@demo.example');
    await page.getByLabel('Password', { exact: true }).fill('not-the-password');
    await press(page, 'Enter');
    await page.getByText('the password is wrong').waitFor();
    await shoot('sign-in-refused');
    const account = site.accounts.find(({ role }) => role === 'physician');
    if (!account) throw new Error('no physician');
    await signIn(page, account);
  },
};

export const physicianStops: Stop[] = [
  gate,
  practice,
  begin,
  judging,
  passages,
  reading,
  writing,
  dialogs,
  guidelines,
  places,
  calibration,
  versions,
  tabs,
  news,
  end,
  recalled,
  locks,
  doors,
  rescue,
];
