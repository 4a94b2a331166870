import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createNet, type Net } from './net.ts';
import type { SessionToken } from './session-token.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let server: Server;
let origin = '';
let answer: Answer;
let seen: IncomingMessage[] = [];
let held: { origin: string; token: string } | null = null;
let net: Net;

const token: SessionToken = {
  of: async (asked) => (held?.origin === asked ? held.token : null),
  keep: async (from, value) => {
    held = { origin: from, token: value };
  },
  forget: async () => {
    held = null;
  },
};
const json = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const get = (path: string) => net.request({ method: 'GET', path, body: null, timeoutMs: 5000 });
const post = (path: string, body: unknown) =>
  net.request({ method: 'POST', path, body: JSON.stringify(body), timeoutMs: 5000 });

beforeEach(async () => {
  held = null;
  seen = [];
  answer = (_request, response) => json(response, 200, {});
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(request);
      answer(request, response, Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  net = createNet({ fetch, server: () => origin, token });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a request', () => {
  test('reaches the server with our header, its body and the session, and its reply comes back', async () => {
    held = { origin, token: 'secret-token' };
    answer = (_request, response, body) =>
      json(response, 418, { echo: JSON.parse(body.toString()) }, { 'retry-after': '7' });
    expect(await post('/api/sync/push?x=1', { a: 'ä' })).toEqual({
      kind: 'reply',
      status: 418,
      contentType: 'application/json',
      body: '{"echo":{"a":"ä"}}',
      retryAfter: 7,
    });
    expect(seen[0]?.url).toBe('/api/sync/push?x=1');
    expect(seen[0]?.headers).toMatchObject({
      'x-second-opinion': '1',
      'content-type': 'application/json',
      authorization: 'Bearer secret-token',
    });
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
  });

  test('carries no session to a server that did not give it', async () => {
    held = { origin: 'http://127.0.0.1:1', token: 'secret-token' };
    await get('/api/auth/session');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  test('gzips a long body for the wire, and only a long one', async () => {
    const sent = { mutations: Array.from({ length: 50 }, (_, seq) => ({ seq, text: 'Kalium steigt. ' })) };
    let received: unknown = null;
    answer = (_request, response, body) => {
      received = JSON.parse(gunzipSync(body).toString('utf8'));
      json(response, 200, {});
    };
    await post('/api/sync/push', sent);
    expect(received).toEqual(sent);
    expect(seen[0]?.headers['content-encoding']).toBe('gzip');
    expect(Number(seen[0]?.headers['content-length'])).toBeLessThan(JSON.stringify(sent).length / 5);
    answer = (_request, response) => json(response, 200, {});
    await post('/api/sync/hello', { clientId: 'c' });
    expect(seen[1]?.headers).not.toHaveProperty('content-encoding');
  });

  test('sends an upload as it is, and nothing beside it', async () => {
    let received: number[] = [];
    answer = (_request, response, body) => {
      received = [...body];
      json(response, 200, {});
    };
    const whole = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const reply = await net.upload({
      path: '/api/studies/1/imports',
      fileName: 'a.jsonl',
      bytes: whole.subarray(2, 4),
    });
    expect(reply).toMatchObject({ kind: 'reply', status: 200 });
    expect(received).toEqual([3, 4]);
    expect(seen[0]?.headers['content-type']).toBe('application/x-ndjson');
  });

  test('tells a Retry-After date as seconds', async () => {
    answer = (_request, response) =>
      json(response, 503, {}, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    const reply = await get('/api/x');
    expect(reply.kind === 'reply' && reply.retryAfter).toBeGreaterThan(50);
  });
});

describe('the token', () => {
  const signedIn = { user: { id: 'u' }, token: 'secret-token', expiresAt: 'soon', recoveryPublicKey: null };

  test.each([
    '/api/auth/sign-in',
    '/api/auth/link/accept',
    '/api/auth/sign-in?x=1',
    '/api/auth/%73ign-in',
    '/api/%61uth/link/accept',
    '/api/auth/sign-in/',
    '/api/AUTH/sign-in',
  ])('stays here when %s replies with it', async (path) => {
    answer = (_request, response) => json(response, 200, signedIn);
    const reply = await post(path, {});
    expect(JSON.stringify(reply)).not.toContain('secret-token');
    expect(reply.kind === 'reply' && JSON.parse(reply.body)).toEqual({
      user: { id: 'u' },
      expiresAt: 'soon',
      recoveryPublicKey: null,
    });
    expect(held).toEqual({ origin, token: 'secret-token' });
  });

  test('goes with the next request', async () => {
    answer = (_request, response) => json(response, 200, signedIn);
    await post('/api/auth/sign-in', {});
    await get('/api/auth/session');
    expect(seen[1]?.headers.authorization).toBe('Bearer secret-token');
  });

  test('of a failed reply is neither shown nor kept', async () => {
    answer = (_request, response) => json(response, 500, signedIn);
    expect(JSON.stringify(await post('/api/auth/sign-in', {}))).not.toContain('secret-token');
    expect(held).toBeNull();
  });
});

describe('what is refused', () => {
  test.each([
    '//evil.example/api/x',
    'https://evil.example/api/x',
    '/api/../admin',
    '/api/%2e%2e/admin',
    '/api//auth/sign-in',
    '/api/x\\..\\y',
    '/api/x%2fy',
    '/api/x%5cy',
    '/api/x%00',
    '/api/%zz',
    '/api/x#y',
    '/other',
    '/api/x\ny',
  ])('the path %j', async (path) => {
    const fetchSpy = vi.fn();
    const strict = createNet({ fetch: fetchSpy, server: () => origin, token });
    const call = strict.request({ method: 'GET', path, body: null, timeoutMs: 1000 });
    await expect(call).rejects.toMatchObject({ code: 'bad-request' });
    expect(fetchSpy).not.toHaveBeenCalled();
  });

  test('a redirect, to another server or the same one: nothing is sent on', async () => {
    held = { origin, token: 'secret-token' };
    for (const location of ['http://127.0.0.1:1/api/x', `${origin}/api/other`]) {
      seen = [];
      answer = (_request, response) => response.writeHead(302, { location }).end();
      expect(await get('/api/x')).toMatchObject({ kind: 'unreachable' });
      expect(seen).toHaveLength(1);
    }
  });

  test('a reply larger than the app takes, announced or not', async () => {
    const small = createNet({ fetch, server: () => origin, token, maxReplyBytes: 1000 });
    const ask = () => small.request({ method: 'GET', path: '/api/x', body: null, timeoutMs: 5000 });
    answer = (_request, response) => response.end('x'.repeat(1001));
    expect(await ask()).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('larger') });
    answer = (_request, response) => {
      for (let i = 0; i < 11; i += 1) response.write('x'.repeat(100));
      response.end();
    };
    expect(await ask()).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('larger') });
    answer = (_request, response) => response.end('x'.repeat(1000));
    expect(await ask()).toMatchObject({ kind: 'reply' });
  });
});

describe('no reply', () => {
  test('from a server that is not there', async () => {
    const gone = createNet({ fetch, server: () => 'http://127.0.0.1:1', token });
    const reply = await gone.request({ method: 'GET', path: '/api/x', body: null, timeoutMs: 1000 });
    expect(reply).toMatchObject({ kind: 'unreachable' });
  });

  test('before a server was chosen', async () => {
    const none = createNet({ fetch, server: () => null, token });
    const reply = await none.request({ method: 'GET', path: '/api/x', body: null, timeoutMs: 1000 });
    expect(reply).toMatchObject({ kind: 'unreachable' });
  });

  test('in time', async () => {
    answer = () => undefined;
    const reply = await net.request({ method: 'GET', path: '/api/x', body: null, timeoutMs: 1000 });
    expect(reply).toEqual({ kind: 'unreachable', reason: 'The server did not answer in time.' });
  });

  test('because the connection broke in the middle of one', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await get('/api/x')).toMatchObject({ kind: 'unreachable' });
  });
});
