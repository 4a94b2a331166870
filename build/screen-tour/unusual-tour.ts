import { continueWork, home, layer, openCase } from './case-page.ts';
import { press, signIn } from './stop.ts';
import type { WardStop } from './ward.ts';

/** Text from right to left, answers of a hundred thousand characters, tables wider than a column. */
export const unusual: WardStop = {
  name: 'unusual',
  go: async ({ ward, open }) => {
    const { page, shoot } = await open();
    const physician = await ward.physicianOfUnusual('Dr. Layla Haddad', 'Unusual texts');
    await signIn(page, physician);
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await continueWork(page);
    await openCase(page, 'ارتفاع');
    await home(page);
    await shoot('annotate-right-to-left', { contrast: true });
    await openCase(page, 'Titration over');
    await home(page);
    await shoot('annotate-long');
    await layer(page).locator('[data-answer=a]').focus();
    await press(page, 'End');
    await page.waitForTimeout(400);
    await shoot('annotate-long-end');
  },
};
