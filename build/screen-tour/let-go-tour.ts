import { lockBatch } from '../../server/batches/domain.ts';
import { continueWork, judge, layer } from './case-page.ts';
import { goTo, press, signIn, syncNow } from './stop.ts';
import type { WardStop } from './ward.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** A batch closed a month ago: the server names the end of its time twice, and its texts leave this laptop. */
export const letGo: WardStop = {
  name: 'let-go',
  go: async ({ site, ward, open }) => {
    const { page, shoot } = await open();
    const physician = await ward.physician('Dr. Jonas Weber', ['Winter round', 'Spring round']);
    const [closed] = physician.batches;
    if (!closed) throw new Error('no batch');
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).nth(1).waitFor();
    await page.getByRole('button', { name: /^Winter round/ }).click();
    await layer(page).getByRole('slider').first().waitFor();
    const address = new URL(page.url()).pathname;
    await judge(page);
    await press(page, 'Control+Enter', '3', '4');
    await goTo(page, '/queue');
    await continueWork(page);
    await press(page, '4');
    await goTo(page, '/queue');
    await syncNow(page);
    await page.getByText('All synced').first().waitFor();
    const monthAgo = { ...site.context, clock: () => new Date(Date.now() - 31 * day) };
    await lockBatch(monthAgo, { batchId: closed, locked: true });
    await page.reload();
    await signIn(page, physician);
    await page.getByText('locked, can be read').waitFor();
    await shoot('queue-closed');
    const agreed = () => page.waitForResponse((reply) => reply.url().includes('/api/sync/digest/'));
    const heard = agreed();
    await syncNow(page);
    await heard;
    site.goForward(25 * hour);
    await syncNow(page);
    await page.getByText('no longer kept on this laptop').waitFor();
    await shoot('queue-let-go', { contrast: true });
    await press(page, '4');
    await shoot('queue-sent-let-go');
    await goTo(page, '/sync');
    await page
      .getByText(/^No longer kept on this laptop/)
      .first()
      .waitFor();
    await shoot('ledger-let-go');
    await page.evaluate(
      `history.pushState({}, '', ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent('popstate'))`,
    );
    await page.getByRole('alert').waitFor();
    await shoot('annotate-let-go');
    await goTo(page, '/queue');
    await press(page, 'Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.type('round');
    await shoot('palette-let-go');
    await press(page, 'Escape');
  },
};
