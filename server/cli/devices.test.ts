import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLaptop } from '../../test/support/annotate.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { listDevices } from '../devices/domain.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
let server: TestServer;
let physician: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  physician = await server.person({ roles: ['physician'], email: 'ada@example.org' });
  await startLaptop(physician);
});
afterAll(() => server.stop());

async function cli(...args: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  const env = { ...process.env, DATABASE_URL: server.databaseUrl };
  try {
    return { ...(await promisify(execFile)(process.execPath, [main, ...args], { env })), code: 0 };
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      code = 1,
    } = error as { stdout?: string; stderr?: string; code?: number };
    return { stdout, stderr, code };
  }
}
const device = async () => (await listDevices(server.context, physician.user.id))[0]?.devices[0];

it('lists laptops and sessions, orders and withdraws, ends sessions, and changes how laptops lock', async () => {
  const id = (await device())?.id ?? '';
  const list = await cli('devices', 'list', '--user', 'ada@example.org');
  expect(list.stdout).toMatch(
    /^LAPTOP OF +NAME +APP +LAST CONTACT +WAITING +STATE +ID\nada@example.org .* open +/,
  );
  expect(list.stdout).toContain(id);
  expect((await cli('devices', 'lock', id)).stdout).toMatch(/^Ordered to lock .*\nIt sends what waits/);
  expect((await device())?.order).toMatchObject({ kind: 'lock', by: 'the administrator of the server' });
  expect((await cli('devices', 'unlock', id)).stdout).toContain('may be opened again');
  expect((await device())?.order).toBeNull();
  expect((await cli('devices', 'revoke', '--user', 'ada@example.org')).stdout).toContain('Ended 1 session.');
  expect((await cli('devices', 'lock', 'that-one')).stderr).toContain('There is no laptop "that-one"');
  const settings = await cli('site', 'settings', '--idle-lock-minutes', '5', '--json');
  expect(JSON.parse(settings.stdout)).toEqual({ settings: { offlineLeaseDays: 30, idleLockMinutes: 5 } });
});
