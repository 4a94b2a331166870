import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as auth from '../shared/contract/auth.ts';
import { readHealth } from '../shared/contract/health.ts';
import { createStudy } from '../shared/contract/studies.ts';
import { startTestServer, type TestPerson, type TestServer } from '../test/support/server.ts';
import { buildApp } from './app.ts';
import { connect } from './db/client.ts';
import { createLogger } from './http/logging.ts';

let server: TestServer;
let lead: TestPerson;
let staticRoot: string;

beforeAll(async () => {
  staticRoot = mkdtempSync(join(tmpdir(), 'second-opinion-static-'));
  mkdirSync(join(staticRoot, 'assets'));
  writeFileSync(join(staticRoot, 'index.html'), '<!doctype html><title>Second Opinion</title>');
  writeFileSync(join(staticRoot, 'assets', 'main-abc123.js'), 'export {};');
  server = await startTestServer({ staticRoot });
  lead = await server.person({ roles: ['lead'] });
});
afterAll(async () => {
  await server.stop();
  rmSync(staticRoot, { recursive: true, force: true });
});

const asLead = () => ({ authorization: `Bearer ${lead.token}` });

describe('health', () => {
  it('is ok while the database answers', async () => {
    expect(await server.call(readHealth, {})).toEqual({ status: 'ok', database: 'ok' });
  });

  it('says so in one sentence when the database is down', async () => {
    const { db, close } = connect('postgres://postgres:x@127.0.0.1:1/none');
    const app = await buildApp({ db });
    for (const url of ['/api/health', '/api/studies']) {
      const reply = await app.inject({ url, headers: { authorization: 'Bearer any' } });
      expect(reply.statusCode, url).toBe(503);
      expect(reply.json()).toEqual({
        error: {
          code: 'database-unavailable',
          message: 'The database cannot be reached. Nothing was changed; try again in a minute.',
        },
      });
    }
    await app.close();
    await close();
  });
});

describe('errors', () => {
  it('name every refused field and why', async () => {
    const reply = await server.app.inject({
      method: 'POST',
      url: '/api/studies',
      headers: asLead(),
      payload: { guidelines: 7, colour: 'red' },
    });
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error.code).toBe('bad-request');
    const { details } = reply.json().error as { details: { where: string; problem: string }[] };
    expect(details.map(({ where }) => where).sort()).toEqual(['body', 'body.guidelines', 'body.name']);
    expect(details.find(({ where }) => where === 'body')?.problem).toContain('colour');
  });

  it('refuse an unknown field on a write', async () => {
    const body = { name: 'With an extra field', createdBy: 'someone else' };
    await expect(lead.call(createStudy, { body })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('have the same form for an unknown address, broken JSON, another content type and no body', async () => {
    const write = { method: 'POST' as const, url: '/api/studies' };
    const json = { ...asLead(), 'content-type': 'application/json' };
    const replies = await Promise.all([
      server.app.inject({ url: '/api/nowhere' }),
      server.app.inject({ ...write, headers: json, payload: '{"name": ' }),
      server.app.inject({ ...write, headers: { ...asLead(), 'content-type': 'text/csv' }, payload: 'a,b' }),
      server.app.inject({ ...write, headers: asLead() }),
    ]);
    expect(replies.map((reply) => [reply.statusCode, reply.json().error.code])).toEqual([
      [404, 'not-found'],
      [400, 'bad-request'],
      [400, 'bad-request'],
      [400, 'bad-request'],
    ]);
  });

  it('answer a body over 1 MB with 413', async () => {
    const body = { name: 'Too large', guidelines: 'x'.repeat(1024 * 1024) };
    await expect(lead.call(createStudy, { body })).rejects.toMatchObject({
      code: 'body-too-large',
      status: 413,
    });
  });

  it('answer a small gzipped body that grows beyond 1 MB with 413', async () => {
    const payload = gzipSync(JSON.stringify({ name: 'Grows', guidelines: 'x'.repeat(20 * 1024 * 1024) }));
    const headers = { ...asLead(), 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(payload.byteLength).toBeLessThan(100_000);
    const reply = await server.app.inject({ method: 'POST', url: '/api/studies', headers, payload });
    expect([reply.statusCode, reply.json().error.code]).toEqual([413, 'body-too-large']);
  });

  it('answer text that PostgreSQL cannot hold with bad-request', async () => {
    await expect(lead.call(createStudy, { body: { name: 'half \ud800 and \u0000' } })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

describe('logs', () => {
  it('hold neither bodies nor tokens nor queries, also when the server fails', async () => {
    const lines: string[] = [];
    const sink = new PassThrough();
    sink.on('data', (chunk: Buffer) => lines.push(String(chunk)));
    const logged = await startTestServer({ logger: createLogger('trace', sink) });
    const admin = await logged.person({ roles: ['admin'] });
    const headers = { authorization: `Bearer ${admin.token}`, cookie: 'so_session=canary-cookie' };
    await logged.app.inject({ url: '/api/studies?note=canary-query', headers });
    await logged.app.inject({
      method: 'POST',
      url: '/api/auth/sign-in',
      payload: { email: 'canary@test.example', password: 'canary-password', carrier: 'token' },
    });
    await logged.db.execute(sql`ALTER TABLE rubrics RENAME TO gone`);
    const payload = { name: 'canary-name' };
    const failed = await logged.app.inject({ method: 'POST', url: '/api/studies', headers, payload });
    await logged.stop();
    expect(failed.statusCode).toBe(500);
    expect(failed.json().error).toMatchObject({
      code: 'server-error',
      details: { requestId: expect.any(String) },
    });
    expect(failed.body).not.toContain('rubrics');
    const log = lines.join('');
    expect(log).toContain('"causeCode":"42P01"');
    expect(log).toContain('/api/studies');
    expect(log).not.toMatch(/canary/);
    expect(log).not.toContain(admin.token);
  });
});

describe('foreign pages', () => {
  let cookie: string;
  beforeAll(async () => {
    const payload = { email: lead.user.email, password: lead.password, carrier: 'cookie' };
    const reply = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in', payload });
    cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
    expect(cookie).toMatch(/^so_session=/);
  });

  const write = (headers: Record<string, string>, name: string) =>
    server.app.inject({
      method: 'POST',
      url: '/api/studies',
      headers: { cookie, ...headers },
      payload: { name },
    });

  it('cannot write with the cookie: the header of our own scripts is missing', async () => {
    const reply = await write({}, 'Without the header');
    expect([reply.statusCode, reply.json().error.code]).toEqual([403, 'forbidden']);
    expect((await write({ 'x-second-opinion': '1' }, 'With the header')).statusCode).toBe(200);
  });

  it('cannot write from another origin, also with the header', async () => {
    const header = { 'x-second-opinion': '1' };
    expect((await write({ ...header, origin: 'https://evil.example' }, 'Foreign origin')).statusCode).toBe(
      403,
    );
    expect((await write({ ...header, origin: 'null' }, 'Null origin')).statusCode).toBe(403);
    expect((await write({ ...header, origin: 'http://localhost:80' }, 'Own origin')).statusCode).toBe(200);
  });

  it('cannot sign anyone in from another origin', async () => {
    const payload = { email: lead.user.email, password: lead.password, carrier: 'cookie' };
    const headers = { origin: 'https://evil.example' };
    const reply = await server.app.inject({ method: 'POST', url: '/api/auth/sign-in', headers, payload });
    expect(reply.statusCode).toBe(403);
  });

  it('cannot lead their own host name here', async () => {
    for (const host of ['evil.example', 'evil.example:4860', '127.0.0.1.evil.example', 'a b'])
      expect((await server.app.inject({ url: '/api/health', headers: { host } })).statusCode, host).toBe(403);
    for (const host of ['localhost:1', '127.0.0.1:4860', '[::1]:4860'])
      expect((await server.app.inject({ url: '/api/health', headers: { host } })).statusCode, host).toBe(200);
  });

  it('cannot frame, script or style the pages of this server', async () => {
    const { headers } = await server.app.inject({ url: '/' });
    const policy = String(headers['content-security-policy']);
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ])
      expect(policy.split(';')).toContain(rule);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('replies of the API', () => {
  it('are kept by no cache, whatever they answer', async () => {
    for (const url of ['/api/health', '/api/studies', '/api/nothing-here']) {
      const { headers } = await server.app.inject({ url, headers: asLead() });
      expect(headers['cache-control'], url).toBe('no-store');
    }
  });
});

describe('the built renderer', () => {
  it('is served with a page that is always asked for and files that are kept', async () => {
    const page = await server.app.inject({ url: '/' });
    expect([page.statusCode, page.headers['cache-control']]).toEqual([200, 'no-store']);
    const script = await server.app.inject({ url: '/assets/main-abc123.js' });
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it('answers the address of a screen with the page, and never an API address or a missing file', async () => {
    for (const url of ['/link', '/studies/7/batches?tab=2']) {
      const reply = await server.app.inject({ url });
      expect([reply.statusCode, reply.headers['cache-control']], url).toEqual([200, 'no-store']);
      expect(reply.body).toContain('<title>Second Opinion</title>');
    }
    for (const url of ['/api/nowhere', '/assets/gone-abc.js', '/..%2f..%2fetc%2fpasswd.txt'])
      expect((await server.app.inject({ url })).statusCode, url).toBe(404);
    expect((await server.app.inject({ method: 'POST', url: '/link' })).statusCode).toBe(404);
  });
});

describe('compression', () => {
  it('is used for large replies, and never where a secret is in the reply', async () => {
    const headers = { ...asLead(), 'accept-encoding': 'gzip' };
    const document = await server.app.inject({ url: '/api/openapi.json', headers });
    expect(document.headers['content-encoding']).toBe('gzip');
    const longName = `${'n'.repeat(150)}`;
    const invited = await server.app.inject({
      method: 'POST',
      url: '/api/people/invite',
      headers,
      payload: {
        email: 'compress@test.example',
        name: longName,
        roles: ['physician'],
        specialties: Array.from({ length: 20 }, (_, i) => `${'s'.repeat(60)}${i}`),
      },
    });
    expect(invited.statusCode).toBe(200);
    expect(invited.body.length).toBeGreaterThan(1024);
    expect(invited.headers['content-encoding']).toBeUndefined();
  });
});

describe('rate limits', () => {
  it('end tries at one account, from whatever address, with a time to wait', async () => {
    const limited = await startTestServer({
      rateLimits: { perAddress: 1000, authPerAddress: 1000, authPerAccount: 3 },
    });
    const person = await limited.person({ roles: ['physician'] });
    const other = await limited.person({ roles: ['physician'] });
    const attempt = (email: string, password: string) =>
      limited.app.inject({
        method: 'POST',
        url: auth.signIn.path,
        payload: { email, password, carrier: 'token' },
      });
    for (let i = 0; i < 3; i++)
      expect((await attempt(person.user.email, 'not the password')).statusCode).toBe(401);
    const refused = await attempt(person.user.email.toUpperCase(), person.password);
    expect([refused.statusCode, refused.json().error.code]).toEqual([429, 'too-many-requests']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await attempt(other.user.email, other.password)).statusCode).toBe(200);
    await limited.stop();
  });

  it('end tries from one address at any account, before anything is read', async () => {
    const limited = await startTestServer({
      rateLimits: { perAddress: 1000, authPerAddress: 2, authPerAccount: 1000 },
    });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++)
      statuses.push(
        (await limited.app.inject({ method: 'POST', url: auth.readLink.path, payload: {} })).statusCode,
      );
    expect(statuses).toEqual([400, 400, 429, 429]);
    expect((await limited.call(readHealth, {})).status).toBe('ok');
    await limited.stop();
  });
});
