import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { fillTo, free, mountSmallDisk } from '../../test/support/small-disk.ts';
import { projectRoot } from '../paths.ts';
import { continueWork, home, layer } from './case-page.ts';
import { begin, queueStands, reopen } from './ordinary-day.ts';
import { goTo, press } from './stop.ts';
import type { WardStop } from './ward.ts';

type Workstation = { page: Page; quit: () => Promise<unknown>; kill: () => Promise<void> };
type Launch = (options: { userData: string; serverUrl: string }) => Promise<Workstation>;

/** Its page side is written against the DOM, which these scripts are compiled without: so it is not imported by name. */
async function launcher(): Promise<Launch> {
  const place = join(projectRoot, 'test/support/electron-stand-in/launch-workstation.ts');
  return ((await import(place)) as { launchWorkstation: Launch }).launchWorkstation;
}

const mebibyte = 1024 * 1024;

/** The desktop app on a disk that fills up: new work is refused in time, and a start spares the database. */
export const fullDisk: WardStop = {
  name: 'full-disk',
  go: async ({ site, ward, shootOf }) => {
    const disk = mountSmallDisk('600m');
    if (!disk) return console.log('  full-disk: passed over, it takes a disk of its own (root on Linux)');
    const launch = await launcher();
    const start = () => launch({ userData: join(disk.folder, 'app'), serverUrl: site.url });
    let app = await start();
    try {
      const physician = await ward.physician('Dr. Lars Vik', ['Desktop round']);
      await begin(app, physician);
      await continueWork(app.page);
      await home(app.page);
      fillTo(disk.folder, 120 * mebibyte);
      const refused = layer(app.page).getByRole('alert');
      for (let n = 0; n < 9 && !(await refused.isVisible()); n++) {
        await press(app.page, '3');
        await app.page.waitForTimeout(500);
      }
      await refused.waitFor();
      await shootOf(app.page)('annotate-disk-low', { contrast: true });
      const rated = await layer(app.page).getByRole('slider').first().getAttribute('aria-valuenow');
      await goTo(app.page, '/queue');
      await app.page.getByText('Not saved: answers of 1 case').first().waitFor();
      await shootOf(app.page)('queue-disk-low');
      // What was refused stands where it stood, and is saved once there is room.
      await continueWork(app.page);
      const again = await layer(app.page).getByRole('slider').first().getAttribute('aria-valuenow');
      if (again !== rated) throw new Error(`the refused rating ${rated} became ${again}`);
      free(disk.folder);
      await refused.waitFor({ state: 'detached' });
      await app.quit();
      fillTo(disk.folder, 20 * mebibyte);
      app = await start();
      await app.page.getByLabel('E-mail address').waitFor();
      await reopen(app, physician);
      await app.page.getByText('This disk is so full').waitFor();
      await shootOf(app.page)('queue-disk-full');
      await goTo(app.page, '/sync');
      await shootOf(app.page)('ledger-disk-full');
      free(disk.folder);
      await goTo(app.page, '/queue');
      await queueStands(app.page);
      await app.page.getByText('This disk is so full').waitFor({ state: 'detached' });
    } finally {
      await app.kill();
      disk.unmount();
    }
  },
};
