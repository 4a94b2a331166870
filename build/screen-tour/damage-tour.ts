import {
  blockDatabases,
  damageJournal,
  loseDatabases,
  throwAwaySite,
} from '../../test/support/harm-laptop.ts';
import { continueWork } from './case-page.ts';
import { begin, queueStands, reopen, shut } from './ordinary-day.ts';
import { goTo, press } from './stop.ts';
import type { WardStop } from './ward.ts';

/** A journal that cannot be read everywhere: with its database whole, with the database gone, and of the cases. */
const damage: WardStop = {
  name: 'damage',
  go: async ({ ward, open }) => {
    const laptop = await open();
    const { page, shoot } = laptop;
    const physician = await ward.physician('Dr. Ines Wolf', ['Morning round']);
    await begin(laptop, physician);
    await shut(laptop);
    await damageJournal(page, 'work', 0.6);
    await reopen(laptop, physician);
    await page.getByText('so nothing is missing').waitFor();
    await shoot('queue-damage', { contrast: true });
    await page.getByRole('button', { name: 'I have read this' }).click();
    await page.getByText('so nothing is missing').waitFor({ state: 'detached' });
    await goTo(page, '/sync');
    await page.getByText('so nothing is missing').waitFor();
    await shoot('ledger-damage');
    await shut(laptop);
    await damageJournal(page, 'work', 0.4);
    // Before its last record: a torn one is cut and fetched again.
    await damageJournal(page, 'content', 0.1);
    await loseDatabases(page);
    await reopen(laptop, physician);
    await page.getByText('may be missing').waitFor();
    await page.getByText('The journal of the downloaded cases').waitFor();
    await shoot('queue-damage-lost');
    await goTo(page, '/sync');
    await shoot('ledger-damage-lost');
  },
};

/** A database that never answers: the work opens from the journals alone, and it is rebuilt once it does. */
const noDatabase: WardStop = {
  name: 'no-database',
  go: async ({ site, ward, open }) => {
    const laptop = await open();
    const { page, context, shoot } = laptop;
    const physician = await ward.physician('Dr. Paul Reiter', ['Night round']);
    await begin(laptop, physician);
    await shut(laptop);
    const unblock = await blockDatabases(context, site.url);
    await page.bringToFront();
    await page.getByLabel('E-mail address').fill(physician.email);
    await page.getByLabel('Password', { exact: true }).fill(physician.password);
    await press(page, 'Enter');
    await page.waitForTimeout(3000);
    await shoot('sign-in-slow');
    await queueStands(page);
    await page.getByText('was opened from the journal beside it').waitFor();
    await shoot('queue-no-database', { contrast: true });
    await goTo(page, '/sync');
    await shoot('ledger-no-database');
    await goTo(page, '/queue');
    await continueWork(page);
    await press(page, '4');
    await page.waitForTimeout(1500);
    await shoot('annotate-no-database');
    await unblock();
    await goTo(page, '/queue');
    await page.getByText('was opened from the journal beside it').waitFor({ state: 'detached' });
    await goTo(page, '/sync');
    await page.getByText('it was rebuilt').waitFor();
    await shoot('ledger-rebuilt');
  },
};

/** The browser throws everything away under the open work: it is written again, and the next start finds it. */
const cleared: WardStop = {
  name: 'cleared',
  go: async ({ ward, open }) => {
    const laptop = await open();
    const { page, shoot } = laptop;
    const physician = await ward.physician('Dr. Nora Lind', ['Late round']);
    await begin(laptop, physician);
    await continueWork(page);
    await throwAwaySite(page);
    await press(page, '2', '3');
    await page.waitForTimeout(1500);
    await shoot('annotate-cleared');
    await goTo(page, '/sync');
    await page.getByText('it was rebuilt').waitFor();
    await shoot('ledger-cleared', { contrast: true });
    await shut(laptop);
    await reopen(laptop, physician);
    await shoot('queue-cleared');
  },
};

export const damageStops: WardStop[] = [damage, noDatabase, cleared];
