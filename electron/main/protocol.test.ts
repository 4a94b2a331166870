import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathParts } from './asset-path.ts';
import { rendererFiles } from './protocol.ts';

let folder = '';
let ask: (address: string, init?: RequestInit) => Promise<Response>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'protocol-'));
  const root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'renderer-secret'));
  writeFileSync(join(root, 'index.html'), '<h1>home</h1>');
  writeFileSync(join(root, 'assets/a b.js'), 'export {};');
  writeFileSync(join(root, 'assets/style.css'), 'a{}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'renderer-secret/x.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
  const answer = rendererFiles(root);
  ask = (address, init) => answer(new Request(address, init));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of the window', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', '<h1>home</h1>'],
    ['/index.html', 'text/html; charset=utf-8', '<h1>home</h1>'],
    ['/assets/a%20b.js?v=1', 'text/javascript; charset=utf-8', 'export {};'],
    ['/assets/style.css', 'text/css; charset=utf-8', 'a{}'],
    ['/batches/7/cases/x', 'text/html; charset=utf-8', '<h1>home</h1>'],
  ])('%s is served', async (path, type, text) => {
    const reply = await ask(`app://workstation${path}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe(type);
    expect(await reply.text()).toBe(text);
  });

  test('every reply carries the policy and the other guards, a refusal too', async () => {
    for (const path of ['/', '/assets/style.css', '/nothing.js', '/..%2fsecret.txt']) {
      const { headers } = await ask(`app://workstation${path}`);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
          "font-src 'self'; connect-src 'none'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
          "frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    }
  });

  test('a missing file is 404, and only screens fall back to the page', async () => {
    expect((await ask('app://workstation/assets/gone.js')).status).toBe(404);
    expect((await ask('app://workstation/data', { headers: { accept: 'application/json' } })).status).toBe(
      404,
    );
    expect((await ask('app://workstation/assets')).headers.get('content-type')).toContain('text/html');
  });

  test('another host and other methods are refused', async () => {
    expect((await ask('app://elsewhere/')).status).toBe(404);
    expect((await ask('app://workstation/', { method: 'POST', body: 'x' })).status).toBe(405);
  });
});

describe('nothing outside the folder', () => {
  test.each([
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..%2frenderer-secret/x.txt',
    '/%00',
    '/index.html%00.png',
    '/link.txt',
    '/C:%5cwindows',
    '/assets/style.css:stream',
    '/%',
    '/%c0%ae%c0%ae/secret.txt',
  ])('%s', async (path) => {
    const reply = await ask(`app://workstation${path}`);
    expect(await reply.text()).not.toContain('secret');
    expect(reply.status).toBe(404);
  });

  test.each([
    '/../secret',
    '/a/../../secret',
    '/./x',
    '/a/./b',
    '/..',
    '/%2e%2e/x',
    '/..%2fx',
    '/a\\b',
    '/\0',
    '/%',
  ])('the path %j has no parts', (path) => {
    expect(pathParts(path)).toBeNull();
  });
});
