import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as contract from '../../shared/contract/auth.ts';
import { listStudies } from '../../shared/contract/studies.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../test/support/server.ts';
import { auditEvents, links, sessions, users } from '../db/schema.ts';
import { createSignInLink, invitePerson } from '../users/domain.ts';

const dayMs = 86_400_000;
let server: TestServer;
let now: Date;

beforeAll(async () => {
  now = new Date('2026-03-01T08:00:00Z');
  server = await startTestServer({ clock: () => now });
});
afterAll(() => server.stop());

const device = { carrier: 'token' as const, deviceName: 'laptop' };
const signIn = (email: string, password: string) =>
  server.call(contract.signIn, { body: { email, password, ...device } });
const tokenOf = (link: string) => new URL(link).hash.slice(1);
const actionsOf = async (stream: string) =>
  (
    await server.db.select().from(auditEvents).where(eq(auditEvents.stream, stream)).orderBy(auditEvents.n)
  ).map((event) => event.action);
const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

let invited = 0;
async function newInvitation() {
  invited += 1;
  const email = `invited-${invited}@test.example`;
  const input = { email, name: 'Invited', roles: ['physician' as const], specialties: [] };
  return { email, ...(await invitePerson(server.context, input, { baseUrl: server.url })) };
}

describe('signing in', () => {
  let person: TestPerson;
  beforeAll(async () => {
    person = await server.person({ roles: ['lead'], email: 'sign-in@test.example' });
  });

  it('gives the account, a token and the recovery key, whatever the case of the address', async () => {
    const reply = await signIn('Sign-In@Test.Example', person.password);
    expect(reply.user).toEqual(person.user);
    expect(reply.token).toMatch(/^[\w-]{43}$/);
    expect(reply.recoveryPublicKey).toMatch(/^[A-Za-z0-9+/=]{500,}$/);
    expect(reply.expiresAt).toBe(new Date(now.getTime() + 14 * dayMs).toISOString());
    const session = await server.call(contract.readSession, {}, withToken(reply.token ?? ''));
    expect(session.user.email).toBe('sign-in@test.example');
  });

  it('keeps neither the token nor the password in the database', async () => {
    const { token = '' } = await signIn(person.user.email, person.password);
    const stored = await server.db.select().from(sessions);
    expect(JSON.stringify(stored)).not.toContain(token);
    const [row] = await server.db.select().from(users).where(eq(users.id, person.user.id));
    expect(row?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('fails alike for a wrong password, an unknown address and a person who never accepted', async () => {
    const { email } = await newInvitation();
    const failures = await Promise.all(
      [
        [person.user.email, 'a wrong password'],
        ['nobody@test.example', person.password],
        [email, person.password],
      ].map(([address = '', password = '']) => signIn(address, password).catch((error: unknown) => error)),
    );
    const expected = {
      code: 'sign-in-failed',
      message: 'The e-mail address or the password is wrong. Check both and try again.',
    };
    for (const failure of failures) expect(failure).toMatchObject(expected);
    expect(await actionsOf(person.user.id)).toContain('sign-in-failed');
  });

  it('carries the session in a cookie that no page can read, and gives the page no token', async () => {
    const payload = { email: person.user.email, password: person.password, carrier: 'cookie' };
    const reply = await server.app.inject({ method: 'POST', url: contract.signIn.path, payload });
    const cookie = String(reply.headers['set-cookie']);
    expect(cookie).toMatch(/^so_session=[\w-]{43}; .*Path=\/; .*HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain('Secure');
    expect(reply.json()).not.toHaveProperty('token');
    expect(reply.headers['cache-control']).toBe('no-store');
    const token = cookie.slice('so_session='.length, cookie.indexOf(';'));
    const asBearer = await server.app.inject({
      url: contract.readSession.path,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(asBearer.json().error.code).toBe('session-expired');
  });

  it('marks the cookie secure where people come over TLS', async () => {
    const overTls = await startTestServer({ publicUrl: 'https://review.example.org' });
    const someone = await overTls.person({ roles: ['qa'] });
    const payload = { email: someone.user.email, password: someone.password, carrier: 'cookie' };
    const headers = { host: 'review.example.org', origin: 'https://review.example.org' };
    const reply = await overTls.app.inject({ method: 'POST', url: contract.signIn.path, headers, payload });
    expect(reply.statusCode).toBe(200);
    expect(String(reply.headers['set-cookie'])).toContain('; Secure');
    expect(reply.headers['strict-transport-security']).toContain('max-age=');
    await overTls.stop();
  });
});

describe('a session', () => {
  it('is asked for by everything that is not public', async () => {
    await expect(server.call(contract.readSession, {})).rejects.toMatchObject({
      code: 'sign-in-required',
      status: 401,
    });
    await expect(server.call(contract.readSession, {}, withToken('made-up'))).rejects.toMatchObject({
      code: 'session-expired',
    });
  });

  it('slides on with use, ends without it, and ends for good at its longest life', async () => {
    const person = await server.person({ roles: ['lead'] });
    const began = now;
    for (let day = 13; day < 90; day += 13) {
      now = new Date(began.getTime() + day * dayMs);
      await person.call(contract.readSession, {});
    }
    now = new Date(began.getTime() + 91 * dayMs);
    await expect(person.call(contract.readSession, {})).rejects.toMatchObject({ code: 'session-expired' });
    const { token = '' } = await signIn(person.user.email, person.password);
    now = new Date(now.getTime() + 15 * dayMs);
    await expect(server.call(contract.readSession, {}, withToken(token))).rejects.toMatchObject({
      code: 'session-expired',
    });
  });

  it('slides in the browser as well: use renews the cookie for as long as the session', async () => {
    const person = await server.person({ roles: ['lead'] });
    const payload = { email: person.user.email, password: person.password, carrier: 'cookie' };
    const reply = await server.app.inject({ method: 'POST', url: contract.signIn.path, payload });
    const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
    const use = () => server.app.inject({ url: contract.readSession.path, headers: { cookie } });
    expect((await use()).headers['set-cookie']).toBeUndefined();
    now = new Date(now.getTime() + 13 * dayMs);
    const used = await use();
    const expires = new Date(now.getTime() + 14 * dayMs).toUTCString();
    expect(String(used.headers['set-cookie'])).toBe(
      `${cookie}; Path=/; Expires=${expires}; HttpOnly; SameSite=Strict`,
    );
    now = new Date(now.getTime() + 13 * dayMs);
    expect((await use()).statusCode).toBe(200);
  });

  it('ends at sign-out, at the next request, and leaves the other sessions', async () => {
    const person = await server.person({ roles: ['lead'] });
    const { token = '' } = await signIn(person.user.email, person.password);
    expect(await person.call(contract.signOut, { body: {} })).toEqual({ ended: true });
    await expect(person.call(listStudies, {})).rejects.toMatchObject({ code: 'session-expired' });
    expect((await server.call(contract.readSession, {}, withToken(token))).user.id).toBe(person.user.id);
    expect(await actionsOf(person.user.id)).toEqual(['link-used', 'signed-in', 'signed-in', 'signed-out']);
  });

  it('ends when it is revoked, and when its owner is disabled, at the next request', async () => {
    const person = await server.person({ roles: ['lead'] });
    await server.db.update(sessions).set({ revokedAt: now }).where(eq(sessions.userId, person.user.id));
    await expect(person.call(listStudies, {})).rejects.toMatchObject({ code: 'session-expired' });
    const other = await server.person({ roles: ['lead'] });
    await server.db.update(users).set({ status: 'disabled' }).where(eq(users.id, other.user.id));
    await expect(other.call(listStudies, {})).rejects.toMatchObject({ code: 'session-expired' });
    await expect(signIn(other.user.email, other.password)).rejects.toMatchObject({ code: 'sign-in-failed' });
  });

  it('has the roles its owner has now', async () => {
    const person = await server.person({ roles: ['lead'] });
    await server.db
      .update(users)
      .set({ roles: ['physician'] })
      .where(eq(users.id, person.user.id));
    await expect(person.call(listStudies, {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a one-time link', () => {
  const accept = (link: string, password = 'a good long password') =>
    server.call(contract.acceptLink, {
      body: { token: tokenOf(link), name: 'Dr. New', password, ...device },
    });

  it('says whom it is for, then sets name and password and signs in', async () => {
    const { link, email } = await newInvitation();
    expect(link).toMatch(/\/link#[\w-]{43}$/);
    expect(await server.call(contract.readLink, { body: { token: tokenOf(link) } })).toEqual({
      email,
      name: 'Invited',
      kind: 'invitation',
    });
    const { user, token } = await accept(link);
    expect(user).toMatchObject({ email, name: 'Dr. New', roles: ['physician'] });
    expect(token).toBeDefined();
    expect((await signIn(email, 'a good long password')).user.id).toBe(user.id);
    expect(await actionsOf(user.id)).toEqual(['link-used', 'signed-in', 'signed-in']);
  });

  it('works once', async () => {
    const { link } = await newInvitation();
    await accept(link);
    await expect(accept(link)).rejects.toMatchObject({ code: 'link-used', status: 410 });
    await expect(server.call(contract.readLink, { body: { token: tokenOf(link) } })).rejects.toMatchObject({
      code: 'link-used',
    });
  });

  it('works for exactly one of 20 who use it at the same moment', async () => {
    const { link, email } = await newInvitation();
    const passwords = Array.from({ length: 20 }, (_, i) => `password number ${i}`);
    const results = await Promise.allSettled(passwords.map((password) => accept(link, password)));
    const won = results.flatMap((result, i) => (result.status === 'fulfilled' ? [i] : []));
    expect(won).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'link-used' });
    expect((await signIn(email, passwords[won[0] ?? -1] ?? '')).user.email).toBe(email);
  });

  it('expires, and is closed by a newer one', async () => {
    const { link } = await newInvitation();
    const began = now;
    now = new Date(began.getTime() + 7 * dayMs + 1);
    await expect(accept(link)).rejects.toMatchObject({ code: 'link-used' });
    const { link: older, email } = await newInvitation();
    const { link: newer } = await createSignInLink(server.context, email, { baseUrl: server.url });
    await expect(accept(older)).rejects.toMatchObject({ code: 'link-used' });
    expect((await accept(newer)).user.email).toBe(email);
  });

  it('is refused to a disabled account', async () => {
    const { link, email } = await newInvitation();
    await server.db.update(users).set({ status: 'disabled' }).where(eq(users.email, email));
    await expect(accept(link)).rejects.toMatchObject({ code: 'link-used' });
    await expect(createSignInLink(server.context, email, { baseUrl: server.url })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('for an account with a password ends its sessions', async () => {
    const person = await server.person({ roles: ['lead'] });
    const { link } = await createSignInLink(server.context, person.user.email, { baseUrl: server.url });
    await accept(link);
    await expect(person.call(listStudies, {})).rejects.toMatchObject({ code: 'session-expired' });
    await expect(signIn(person.user.email, person.password)).rejects.toMatchObject({
      code: 'sign-in-failed',
    });
  });

  it('is not used up by a password that is too short', async () => {
    const { link } = await newInvitation();
    await expect(accept(link, 'too short')).rejects.toMatchObject({
      code: 'bad-request',
      details: [{ where: 'body.password', problem: 'needs at least 12 characters' }],
    });
    expect((await accept(link)).user.name).toBe('Dr. New');
  });

  it('is kept as a hash only', async () => {
    const { link, person } = await newInvitation();
    const rows = await server.db
      .select()
      .from(links)
      .where(and(eq(links.userId, person.id), eq(links.kind, 'invitation')));
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(tokenOf(link));
  });
});
