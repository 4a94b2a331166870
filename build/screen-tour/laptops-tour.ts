import { continueWork, home, judge, layer } from './case-page.ts';
import { answerOnOtherLaptop } from './others.ts';
import { closeDialog, goTo, press, signIn, syncNow } from './stop.ts';
import type { WardStop } from './ward.ts';

/** One case answered on three laptops: the versions are chosen about two at a time. */
const threeVersions: WardStop = {
  name: 'three-versions',
  go: async ({ site, ward, open }) => {
    const { page, shoot } = await open();
    const physician = await ward.physician('Dr. Emil Haas', ['Three laptops']);
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await continueWork(page);
    const id = (await layer(page).getAttribute('data-layer')) ?? '';
    const token = await ward.token(physician);
    const conclusion = 'Neither answer says to repeat the potassium within a week.';
    const laptops = [
      { deviceName: 'Ward laptop 3', opinion: 1, hoursAgo: 26, conclusion },
      {
        deviceName: 'The laptop at home in the study, under the window',
        opinion: 2,
        hoursAgo: 3,
        conclusion: `${conclusion} ${'The second answer at least names the interaction, and says whom to call when the value comes back high. '.repeat(4)}`,
      },
    ];
    for (const laptop of laptops) await answerOnOtherLaptop(site, token, id, laptop);
    await judge(page);
    await press(page, 'Control+Enter');
    await goTo(page, '/queue');
    await syncNow(page);
    await page
      .getByText(/on more than one laptop\./)
      .first()
      .waitFor();
    await shoot('queue-three-versions');
    await press(page, 'v');
    const panel = layer(page).getByRole('region', { name: 'The 3 versions of your answers' });
    await panel.waitFor();
    await shoot('annotate-three-versions', { contrast: true });
    await press(page, '3', '2');
    await shoot('annotate-three-versions-next');
    await press(page, 'v');
    await shoot('annotate-three-versions-later');
    await press(page, 'v');
    await panel.waitFor();
    await press(page, '1', 'Control+Enter');
    await layer(page).getByRole('region', { name: 'Your answers of two laptops' }).waitFor();
    await shoot('annotate-three-versions-second');
    await press(page, '2', 'Control+Enter');
    await layer(page)
      .getByRole('region', { name: /Your answers|versions/ })
      .waitFor({ state: 'detached' });
    await shoot('annotate-three-versions-chosen');
  },
};

const minute = 60_000;

/** Half-typed notes of a skip and of a flag, an idle lock over them, a second window, and signing out with unsent work. */
const lockedInPlace: WardStop = {
  name: 'locked-in-place',
  go: async ({ ward, open }) => {
    const { page, context, shoot } = await open();
    await context.clock.install();
    const physician = await ward.physician('Dr. Klara Vogt', ['Idle hours']);
    await page.reload();
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await continueWork(page);
    await layer(page).locator('[data-answer=a]').focus();
    await press(page, 'x', 'ArrowRight', 'Enter');
    await page.locator('[data-flag-form]').waitFor();
    await page.locator('[data-flag-form]').getByRole('textbox').fill('Ten times the dose; see the');
    await shoot('annotate-flag-half-note');
    await press(page, 'Escape');
    await home(page);
    await press(page, 's');
    await page.getByRole('dialog').waitFor();
    await press(page, '5');
    await page.getByRole('dialog').getByLabel('Note').fill('The lab values belong to another pat');
    await shoot('annotate-skip-half-note');
    await context.clock.fastForward(16 * minute);
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    await shoot('locked-idle');
    await page.getByLabel(/^Password of/).fill('not-the-password');
    await press(page, 'Enter');
    await page.getByText('The password does not open the work').waitFor();
    await shoot('locked-wrong-password');
    await page.getByLabel(/^Password of/).fill(physician.password);
    await press(page, 'Enter');
    await layer(page).getByRole('slider').first().waitFor();
    await shoot('annotate-after-lock');
    await press(page, 's');
    await page.getByRole('dialog').waitFor();
    await shoot('annotate-skip-note-back');
    await closeDialog(page);
    const second = await context.newPage();
    await second.goto('/');
    await second.getByLabel('E-mail address').fill(physician.email);
    await second.getByLabel('Password', { exact: true }).fill(physician.password);
    await press(second, 'Enter');
    await second.getByRole('heading', { name: 'Open in another window' }).waitFor();
    await shoot('second-window', { of: second });
    await second.close();
    await page.bringToFront();
    await context.setOffline(true);
    await press(page, '3', '4');
    await page
      .getByText(/waiting/)
      .first()
      .waitFor();
    await goTo(page, '/queue');
    await page.getByRole('button', { name: physician.name }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('dialog').waitFor();
    await shoot('sign-out-unsent');
    await closeDialog(page);
    await context.setOffline(false);
  },
};

/** Orders of an administrator: what is seen while one is carried out, and after it. */
const ordered: WardStop = {
  name: 'ordered',
  go: async ({ ward, open }) => {
    const { page, context, shoot } = await open();
    const physician = await ward.physician('Dr. Noor Aziz', ['Lost laptop']);
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await continueWork(page);
    await page.getByText('All synced').first().waitFor();
    await ward.order(physician, 'wipe');
    // A network so slow that what waits is not sent yet.
    let goOn = () => {};
    const slow = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await context.route('**/api/sync/push', async (route) => {
      await slow;
      await route.continue();
    });
    await press(page, '3');
    await page.waitForTimeout(600);
    await syncNow(page);
    await page.getByRole('heading', { name: 'This laptop is being locked' }).waitFor();
    await shoot('device-sealing');
    goOn();
    await page.getByRole('heading', { name: 'The work on this laptop is removed' }).waitFor();
    await shoot('device-wiped');
    const other = await open();
    await signIn(other.page, physician);
    await other.page.getByText('on this laptop', { exact: true }).first().waitFor();
    await other.page.getByText('All synced').first().waitFor();
    await ward.order(physician, 'lock');
    await syncNow(other.page);
    await other.page.getByRole('heading', { name: 'This laptop is locked' }).waitFor();
    await other.shoot('device-locked');
    await other.page.getByRole('button', { name: 'Go to sign-in' }).click();
    await other.page.getByLabel('E-mail address').fill(physician.email);
    await other.page.getByLabel('Password', { exact: true }).fill(physician.password);
    await press(other.page, 'Enter');
    await other.page.getByRole('heading', { name: 'This laptop is locked' }).waitFor();
    await other.shoot('device-locked-again');
  },
};

const day = 24 * 60 * minute;

/** A laptop that was away from its server for too long. */
const away: WardStop = {
  name: 'away',
  go: async ({ ward, open }) => {
    const { page, context, shoot } = await open();
    const physician = await ward.physician('Dr. Rosa Kern', ['Long leave']);
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await page.getByText('All synced').first().waitFor();
    await context.route('**/api/**', (route) => route.abort());
    await context.clock.install({ time: Date.now() + 31 * day });
    await page.reload();
    await page.getByLabel('E-mail address').fill(physician.email);
    await page.getByLabel('Password', { exact: true }).fill(physician.password);
    await press(page, 'Enter');
    await page.getByRole('heading', { name: 'This laptop has to meet the server' }).waitFor();
    await shoot('lease-over');
  },
};

export const laptopStops: WardStop[] = [threeVersions, lockedInPlace, ordered, away];
