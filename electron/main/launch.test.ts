import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readLaunchArguments } from './launch-arguments.ts';
import { serverOrigin } from './server-address.ts';
import { openServerChoice } from './server-choice.ts';
import { openSettings } from './settings.ts';

describe('arguments of the start', () => {
  test('server and link are read, the last one counts', () => {
    const argv = ['electron', '.', '--server=http://a', '--link=abc-DEF_1', '--server=http://b'];
    expect(readLaunchArguments(argv)).toEqual({ server: 'http://b', link: 'abc-DEF_1' });
    expect(readLaunchArguments(['electron', '.'])).toEqual({ server: null, link: null });
  });

  test.each(['', 'a b', '<script>', 'x'.repeat(201), 'https://a/#t'])('%j is no link', (link) => {
    expect(readLaunchArguments([`--link=${link}`]).link).toBeNull();
  });
});

describe('the address of a server', () => {
  test.each([
    ['https://labels.example.org', 'https://labels.example.org'],
    [' https://labels.example.org/ ', 'https://labels.example.org'],
    ['labels.example.org', 'https://labels.example.org'],
    ['https://labels.example.org:8443', 'https://labels.example.org:8443'],
    ['http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['http://localhost:4000/', 'http://localhost:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('%s is %s', (address, origin) => {
    expect(serverOrigin(address)).toBe(origin);
  });

  test.each([
    'http://labels.example.org',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'https://user:password@labels.example.org',
    'https://labels.example.org/path',
    'https://labels.example.org/?x',
    'file:///etc/passwd',
    'javascript://x',
    'ftp://labels.example.org',
    '',
    'not an address',
  ])('%j is refused with the next step', (address) => {
    expect(() => serverOrigin(address)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  });
});

describe('the server in use', () => {
  let folder = '';
  const path = () => join(folder, 'settings.json');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is the one named at the start, else the one chosen before, else none', async () => {
    expect(openServerChoice(await openSettings(path()), [null, undefined]).get()).toBeNull();
    await openServerChoice(await openSettings(path()), []).set('labels.example.org');
    expect(openServerChoice(await openSettings(path()), [null]).get()).toBe('https://labels.example.org');
    const named = openServerChoice(await openSettings(path()), ['http://127.0.0.1:9', 'https://b.example']);
    expect(named.get()).toBe('http://127.0.0.1:9');
  });

  test('is not changed by an address that is refused', async () => {
    const choice = openServerChoice(await openSettings(path()), ['https://a.example']);
    await expect(choice.set('http://b.example')).rejects.toMatchObject({ code: 'bad-request' });
    expect(choice.get()).toBe('https://a.example');
  });

  test('an unusable one that was named is told and passed over', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    expect(
      openServerChoice(await openSettings(path()), ['http://a.example', 'https://b.example']).get(),
    ).toBe('https://b.example');
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test('settings that cannot be understood start afresh, field by field', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    writeFileSync(path(), '{ half');
    expect((await openSettings(path())).get()).toEqual({ serverUrl: null, bounds: null });
    writeFileSync(path(), '{"serverUrl":"https://a.example","bounds":{"x":"left"}}');
    expect((await openSettings(path())).get()).toEqual({ serverUrl: 'https://a.example', bounds: null });
    warn.mockRestore();
  });

  test('changes made at once are all kept', async () => {
    const settings = await openSettings(path());
    const bounds = { x: 1, y: 2, width: 1100, height: 700, maximized: false };
    await Promise.all([settings.change({ serverUrl: 'https://a.example' }), settings.change({ bounds })]);
    expect(JSON.parse(readFileSync(path(), 'utf8'))).toEqual({ serverUrl: 'https://a.example', bounds });
  });
});
