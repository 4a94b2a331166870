import type { Page } from 'playwright-core';
import { syncPush } from '../../shared/contract/sync.ts';
import { continueWork, home, judge, layer, openCase } from './case-page.ts';
import { answerOnOtherLaptop } from './others.ts';
import { goTo, press, type Stop, syncNow } from './stop.ts';

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
    await answerOnOtherLaptop(site, await site.firstPhysician(), id ?? '', {
      deviceName: 'Ward laptop 3',
      opinion: 1,
      conclusion: 'Neither answer says to repeat the potassium within a week.',
      hoursAgo: 1.5,
    });
    await home(page);
    await judge(page);
    await press(page, 'Control+Enter');
    await goTo(page, '/queue');
    await syncNow(page);
    await page.getByText(/on more than one laptop\./).waitFor();
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
    // What is taken back was begun: the server has its draft.
    const sent = page.waitForResponse((reply) => reply.url().endsWith(syncPush.path) && reply.ok());
    await press(page, '2');
    await sent;
    await site.takeBack('You are on leave; somebody else goes on with it.');
    await syncNow(page);
    await layer(page).getByText('Your lead took this case back.').waitFor();
    await shoot('annotate-recalled');
    await goTo(page, '/queue');
    await shoot('queue-recalled');
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
