import type { Page } from 'playwright-core';
import { damageVaults } from '../../test/support/damage-vault.ts';
import { goTo, press, type Stop } from './stop.ts';

async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await press(page, 'Enter');
}

const copyButton = (page: Page) => page.getByRole('button', { name: 'Save an emergency copy' });

/** What rescues the work: the copy, the laptop's key, a forgotten password, and the screen of locked work. */
export const rescue: Stop = {
  name: 'rescue',
  go: async ({ page, shoot, site }) => {
    const email = 'mara@demo.example';
    await goTo(page, '/sync');
    await copyButton(page).click();
    await page.getByText('Give it to your administrator').waitFor();
    await copyButton(page).scrollIntoViewIfNeeded();
    await shoot('emergency-copy');
    await page.getByRole('button', { name: /Mara/ }).click();
    await page.getByRole('button', { name: 'Change the key of this laptop' }).waitFor();
    await shoot('account-menu');
    await page.getByRole('button', { name: 'Change the key of this laptop' }).click();
    await page.getByRole('dialog', { name: 'Change the key of this laptop' }).waitFor();
    await shoot('change-key');
    await page.reload();
    await page.getByLabel('E-mail address').fill(email);
    await page.getByRole('button', { name: 'I forgot my password' }).click();
    await page.getByRole('heading', { name: 'I forgot my password' }).waitFor();
    await shoot('forgot-password');
    await page.getByRole('button', { name: 'Back to sign-in' }).click();
    const password = await site.resetPassword(email);
    await enter(page, email, password);
    await page.getByRole('heading', { name: 'One more password, once' }).waitFor();
    await shoot('previous-password');
    await page.getByRole('button', { name: 'I no longer know it' }).click();
    await shoot('recovery-answer');
    await page.getByRole('button', { name: 'Save a recovery request' }).click();
    await page.getByRole('button', { name: 'Make a new request' }).waitFor();
    await shoot('recovery-requested');
    await damageVaults(page);
    await page.reload();
    await enter(page, email, password);
    await page.getByRole('heading', { name: 'The work on this laptop is locked' }).waitFor();
    await shoot('locked');
    await copyButton(page).click();
    await page.getByText('Give it to your administrator').waitFor();
    await shoot('locked-copy');
  },
};
