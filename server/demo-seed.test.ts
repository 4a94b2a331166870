import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptLink, signIn } from '../shared/contract/auth.ts';
import { listBatches } from '../shared/contract/batches.ts';
import { listStudies } from '../shared/contract/studies.ts';
import { createCall, startTestServer, type TestServer } from '../test/support/server.ts';
import { users } from './db/schema.ts';
import { type Demo, seedDemo } from './demo-seed.ts';

let server: TestServer;
let demo: Demo;
const device = { carrier: 'token' as const, deviceName: 'test' };

beforeAll(async () => {
  server = await startTestServer();
  const made = await seedDemo(server.context, { baseUrl: server.url });
  if (!made) throw new Error('no demo was made on an empty database');
  demo = made;
});
afterAll(() => server.stop());

describe('the demo', () => {
  it('gives each role an account whose random password works', async () => {
    expect(demo.accounts.map((account) => account.role)).toEqual([
      'admin',
      'qa',
      'lead',
      'physician',
      'physician',
    ]);
    expect(new Set(demo.accounts.map((account) => account.password)).size).toBe(5);
    for (const { email, password, role } of demo.accounts) {
      expect(password.length).toBeGreaterThanOrEqual(20);
      const { user } = await server.call(signIn, { body: { email, password, ...device } });
      expect(user.roles).toEqual([role]);
    }
  });

  it('gives each account a link that signs in once', async () => {
    for (const { link, name } of demo.accounts) {
      const body = { token: new URL(link).hash.slice(1), name, password: 'another long password', ...device };
      expect((await server.call(acceptLink, { body })).user.name).toBe(name);
      await expect(server.call(acceptLink, { body })).rejects.toMatchObject({ code: 'link-used' });
    }
  });

  it('has a study of which every comparison waits for both physicians, as practice or as work', async () => {
    const admin = demo.accounts.find((account) => account.role === 'admin');
    const body = { email: admin?.email ?? '', password: 'another long password', ...device };
    const { token } = await server.call(signIn, { body });
    const call = createCall(server.url, token);
    const [study] = (await call(listStudies, {})).studies;
    expect(study?.comparisons).toBeGreaterThanOrEqual(24);
    expect(study?.specialties.length).toBeGreaterThanOrEqual(6);
    const { batches } = await call(listBatches, { params: { studyId: study?.id ?? '' } });
    const [work, practice] = batches;
    expect(work).toMatchObject({ name: demo.batch, kind: 'work', overlap: 2 });
    expect(practice).toMatchObject({ name: demo.practice, kind: 'practice', overlap: 2 });
    expect(practice?.comparisons).toBeGreaterThanOrEqual(5);
    expect((work?.comparisons ?? 0) + (practice?.comparisons ?? 0)).toBe(study?.comparisons);
    for (const batch of batches) expect(batch.assigned).toBe(batch.comparisons * 2);
    expect(study?.settings).toMatchObject({ qualification: { required: false }, calibrationEvery: 2 });
    expect(study?.guidelinesVersion).toBe(1);
    // Some known cases are left among the work.
    expect((study?.known ?? 0) - (practice?.comparisons ?? 0)).toBeGreaterThanOrEqual(2);
  });

  it('is not made again, nor where people are already', async () => {
    expect(await seedDemo(server.context, { baseUrl: server.url })).toBeNull();
    const other = await startTestServer();
    await other.person({ roles: ['admin'] });
    expect(await seedDemo(other.context, { baseUrl: other.url })).toBeNull();
    await other.stop();
  });

  it('goes on where it was interrupted', async () => {
    const other = await startTestServer();
    await seedDemo(other.context, { baseUrl: other.url });
    // As it stands after a kill just before the last account.
    await other.db
      .update(users)
      .set({ email: 'gone@demo.example' })
      .where(eq(users.email, 'admin@demo.example'));
    const again = await seedDemo(other.context, { baseUrl: other.url });
    expect(again?.accounts).toHaveLength(5);
    expect(again?.comparisons).toBe(demo.comparisons);
    await other.stop();
  });
});
