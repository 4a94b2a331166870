import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeAssignedStudy } from '../support/assigned-study.ts';
import { launchWorkstation } from '../support/electron-stand-in/launch-workstation.ts';
import { startTestServer } from '../support/server.ts';

it('the desktop locks with the system’s lock screen and with sleep, and the password leads back', async () => {
  const server = await startTestServer();
  const physician = await server.person({ roles: ['physician'] });
  await makeAssignedStudy(server.context, [physician.user.id], { size: 2 });
  const userData = mkdtempSync(join(tmpdir(), 'second-opinion-lock-events-'));
  const { page, send, kill } = await launchWorkstation({ userData, serverUrl: server.url });
  try {
    await page.getByLabel('E-mail address').fill(physician.user.email);
    await page.getByLabel('Password', { exact: true }).fill(physician.password);
    await page.keyboard.press('Enter');
    await page.getByText('on this laptop', { exact: true }).first().waitFor();
    await page.keyboard.press('Enter');
    const reasons = page.locator('[data-layer][data-active="true"] textarea');
    await reasons.last().fill('half a reason');
    for (const event of ['lock-screen', 'suspend'] as const) {
      await send({ op: 'power', event });
      await page.getByText(/The computer was locked or went to sleep/).waitFor();
      expect(await page.locator('textarea').count()).toBe(0);
      await page.getByLabel(/^Password of/).fill(physician.password);
      await page.keyboard.press('Enter');
      await reasons.last().waitFor();
      expect(await reasons.last().inputValue()).toBe('half a reason');
    }
  } finally {
    await kill();
    await server.stop();
    rmSync(userData, { recursive: true, force: true });
  }
});
