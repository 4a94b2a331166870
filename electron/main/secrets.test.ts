import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Keyring, openSecrets } from './secrets.ts';
import { openSessionToken } from './session-token.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A keyring that turns text round, which is enough to see where it was used. */
const keyring = (change: Partial<Keyring> = {}): Keyring => ({
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: async (text) => Buffer.from([...text].reverse().join('')),
  decryptStringAsync: async (bytes) => ({
    result: [...bytes.toString()].reverse().join(''),
    shouldReEncrypt: false,
  }),
  ...change,
});
const secret = new Uint8Array([0, 1, 2, 250, 255]);

test('a secret comes back as it was, and its file holds it only as the keyring wrapped it', async () => {
  const secrets = openSecrets(folder, keyring(), 'linux');
  await secrets.store('data-key', secret);
  expect(await secrets.load('data-key')).toEqual(secret);
  expect(readFileSync(join(folder, 'data-key')).includes(Buffer.from(secret))).toBe(false);
  expect(readdirSync(folder)).toEqual(['data-key']);
});

test('one that was never stored is null', async () => {
  expect(await openSecrets(folder, keyring(), 'linux').load('data-key')).toBeNull();
});

test.each([
  ['linux', 'gnome_libsecret', true, 'keyring'],
  ['linux', 'kwallet6', true, 'keyring'],
  ['linux', 'basic_text', true, 'password-only'],
  ['linux', 'unknown', true, 'password-only'],
  ['linux', 'gnome_libsecret', false, 'password-only'],
  ['darwin', 'unknown', true, 'keyring'],
  ['win32', 'unknown', true, 'keyring'],
  ['win32', 'unknown', false, 'password-only'],
] as const)(
  'on %s with %s and encryption available: %s, the strength is %s',
  async (os, backend, available, strength) => {
    const ring = keyring({
      getSelectedStorageBackend: () => backend,
      isAsyncEncryptionAvailable: async () => available,
    });
    expect(await openSecrets(folder, ring, os).strength()).toBe(strength);
  },
);

test('with a weak keyring the bytes, which a password has wrapped already, are kept as given', async () => {
  const encryptStringAsync = vi.fn();
  const ring = keyring({ getSelectedStorageBackend: () => 'basic_text', encryptStringAsync });
  const secrets = openSecrets(folder, ring, 'linux');
  await secrets.store('data-key', secret);
  expect(await secrets.load('data-key')).toEqual(secret);
  expect(encryptStringAsync).not.toHaveBeenCalled();
});

test('a keyring that does not open is key-unavailable, and the file stays as it is', async () => {
  await openSecrets(folder, keyring(), 'linux').store('data-key', secret);
  const before = readFileSync(join(folder, 'data-key'));
  const locked = keyring({ decryptStringAsync: () => Promise.reject(new Error('locked')) });
  await expect(openSecrets(folder, locked, 'linux').load('data-key')).rejects.toMatchObject({
    code: 'key-unavailable',
  });
  expect(readFileSync(join(folder, 'data-key'))).toEqual(before);
});

test.each(['', 'x', 'SOK1', 'SOK1\u0009abc', 'not a key at all'])(
  'a file that says %j is key-unavailable and stays',
  async (content) => {
    writeFileSync(join(folder, 'data-key'), content);
    await expect(openSecrets(folder, keyring(), 'linux').load('data-key')).rejects.toMatchObject({
      code: 'key-unavailable',
    });
    expect(readFileSync(join(folder, 'data-key'), 'utf8')).toBe(content);
  },
);

test('a store that fails leaves the old secret', async () => {
  const secrets = openSecrets(folder, keyring(), 'linux');
  await secrets.store('data-key', secret);
  const failing = keyring({ encryptStringAsync: () => Promise.reject(new Error('no')) });
  await expect(
    openSecrets(folder, failing, 'linux').store('data-key', new Uint8Array([9])),
  ).rejects.toThrow();
  expect(await secrets.load('data-key')).toEqual(secret);
});

test('when the keyring has a newer key the secret is wrapped again', async () => {
  await openSecrets(folder, keyring(), 'linux').store('data-key', secret);
  const base = keyring();
  const rotating = keyring({
    encryptStringAsync: async (text) => Buffer.from(`2${text}`),
    decryptStringAsync: async (bytes) =>
      bytes.toString().startsWith('2')
        ? { result: bytes.toString().slice(1), shouldReEncrypt: false }
        : { ...(await base.decryptStringAsync(bytes)), shouldReEncrypt: true },
  });
  const secrets = openSecrets(folder, rotating, 'linux');
  expect(await secrets.load('data-key')).toEqual(secret);
  expect(readFileSync(join(folder, 'data-key')).subarray(5, 6).toString()).toBe('2');
  expect(await secrets.load('data-key')).toEqual(secret);
});

test('the session is kept over a restart by a keyring, for the server that gave it alone', async () => {
  const open = () => openSessionToken(openSecrets(folder, keyring(), 'linux'));
  await open().keep('https://a.example', 'token-1');
  expect(await open().of('https://a.example')).toBe('token-1');
  expect(await open().of('https://b.example')).toBeNull();
  await open().forget();
  expect(await open().of('https://a.example')).toBeNull();
});

test('with a weak keyring the session lives in memory only', async () => {
  const weak = keyring({ getSelectedStorageBackend: () => 'basic_text' });
  const open = () => openSessionToken(openSecrets(folder, weak, 'linux'));
  const session = open();
  await session.keep('https://a.example', 'token-1');
  expect(await session.of('https://a.example')).toBe('token-1');
  expect(await open().of('https://a.example')).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('a session that cannot be read is no session, not a failure', async () => {
  await openSessionToken(openSecrets(folder, keyring(), 'linux')).keep('https://a.example', 't');
  const locked = keyring({ decryptStringAsync: () => Promise.reject(new Error('locked')) });
  expect(await openSessionToken(openSecrets(folder, locked, 'linux')).of('https://a.example')).toBeNull();
});

test('one that is given up is written over before it is let go, and letting it go again is no failure', async () => {
  const secrets = openSecrets(folder, keyring(), 'linux');
  await secrets.store('data-key', secret);
  const before = readFileSync(join(folder, 'data-key'));
  // A second name of the same file keeps what stood in it when the first name went.
  linkSync(join(folder, 'data-key'), join(folder, 'kept'));
  await secrets.remove('data-key');
  expect(readdirSync(folder)).toEqual(['kept']);
  const left = readFileSync(join(folder, 'kept'));
  expect(left).toHaveLength(before.length);
  expect(left.includes(before.subarray(4))).toBe(false);
  await secrets.remove('data-key');
});
