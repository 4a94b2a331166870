import { beforeEach, describe, expect, it } from 'vitest';
import type { UserId } from '../../shared/schema/ids.ts';
import { createMemoryHost, type MemoryHost } from '../../test/contract/memory-host.ts';
import { samplePhysician } from '../../test/contract/sample-work.ts';
import { type Platform, platformOf } from '../platform.ts';
import { seal, unseal } from './sealed-box.ts';
import { createVault, hasVault, openVaultOf, unlockVault } from './vault.ts';
import { rewrapVault } from './vault-change.ts';

const user = samplePhysician;
const password = 'a long enough password';
/** Few rounds keep the tests quick; the count is in the vault file, so the code path is the same. */
const iterations = 1000;

let memory: MemoryHost;
let host: Platform;
beforeEach(() => {
  memory = createMemoryHost();
  host = platformOf(memory);
});

const secret = Uint8Array.from([115, 101, 97, 108, 101, 100]);
const onlyFile = () => [...memory.disk.keys.entries()][0] ?? ['', new Uint8Array(0)];

describe('vault', () => {
  it('opens with the password and gives the same key and user again', async () => {
    const made = await createVault(user, password, { host, iterations });
    const sealed = await seal(made.dataKey.key, secret, 'test');
    const again = await unlockVault('  Ada@Ward.TEST ', password, host);
    expect(again.user).toEqual(user);
    expect(again.dataKey.id).toBe(made.dataKey.id);
    expect(await unseal(again.dataKey.key, sealed, 'test')).toEqual(secret);
    expect(again.dataKey.key.extractable).toBe(false);
  });

  it('says whether the password is wrong or nothing is here', async () => {
    expect(await hasVault(user.email, host)).toBe(false);
    await expect(unlockVault(user.email, password, host)).rejects.toMatchObject({
      code: 'not-on-this-laptop',
    });
    await createVault(user, password, { host, iterations });
    expect(await hasVault(user.email, host)).toBe(true);
    await expect(unlockVault(user.email, 'another password', host)).rejects.toMatchObject({
      code: 'wrong-password',
    });
  });

  it('refuses a damaged file as such and leaves every byte of it', async () => {
    await createVault(user, password, { host, iterations });
    const [name, bytes] = onlyFile();
    for (const change of [
      (copy: Uint8Array) => copy.slice(0, 40),
      (copy: Uint8Array) => copy.map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
      () => new Uint8Array(0),
    ]) {
      const damaged = new Uint8Array(change(bytes.slice()));
      memory.disk.keys.set(name, damaged.slice());
      await expect(unlockVault(user.email, password, host)).rejects.toMatchObject({
        code: 'key-unavailable',
      });
      await expect(openVaultOf(user, password, { host, iterations })).rejects.toMatchObject({
        code: 'key-unavailable',
      });
      expect(memory.disk.keys.get(name)).toEqual(damaged);
    }
  });

  it('asks for the previous password after a change at the server, and then opens with the new one', async () => {
    const made = await createVault(user, password, { host, iterations });
    const next = 'the new long password';
    await expect(openVaultOf(user, next, { host, iterations })).rejects.toMatchObject({
      code: 'previous-password-needed',
    });
    await expect(
      rewrapVault(user, { previous: 'not it either', next }, { host, iterations }),
    ).rejects.toMatchObject({
      code: 'wrong-password',
    });
    const sealed = await seal(made.dataKey.key, secret, 'test');
    const again = await rewrapVault(user, { previous: password, next }, { host, iterations });
    // New work is sealed under a key that nobody had while the old password stood; the old one opens what there is.
    expect(again.dataKey.id).not.toBe(made.dataKey.id);
    const unlocked = await unlockVault(user.email, next, host);
    expect(unlocked.dataKey.id).toBe(again.dataKey.id);
    const [older] = unlocked.dataKey.older ?? [];
    expect(older?.id).toBe(made.dataKey.id);
    expect(older && (await unseal(older.key, sealed, 'test'))).toEqual(secret);
    await expect(unlockVault(user.email, password, host)).rejects.toMatchObject({ code: 'wrong-password' });
  });

  it('leaves the key alone under open work, and changes it at the next unlock', async () => {
    const made = await createVault(user, password, { host, iterations });
    const next = 'the new long password';
    const open = { host, iterations, workIsOpen: true };
    const kept = await rewrapVault(user, { previous: password, next }, open);
    expect(kept.dataKey.id).toBe(made.dataKey.id);
    expect((await openVaultOf(user, next, open)).dataKey.id).toBe(made.dataKey.id);
    const unlocked = await unlockVault(user.email, next, host);
    expect(unlocked.dataKey.id).not.toBe(made.dataKey.id);
    expect(unlocked.dataKey.older?.map(({ id }) => id)).toEqual([made.dataKey.id]);
    expect((await unlockVault(user.email, next, host)).dataKey.id).toBe(unlocked.dataKey.id);
  });

  it('keeps the key of an older account with the same address', async () => {
    const old = await createVault(user, password, { host, iterations });
    const renewed = { ...user, id: '00000003-0000-4000-8000-000000000099' as UserId };
    const fresh = await openVaultOf(renewed, 'password of the new account', { host, iterations });
    expect(fresh.dataKey.id).not.toBe(old.dataKey.id);
    expect((await unlockVault(user.email, password, host)).user.id).toBe(user.id);
    expect((await unlockVault(user.email, 'password of the new account', host)).user.id).toBe(renewed.id);
  });

  it('holds a second wrap that only the site’s recovery key opens', async () => {
    const algorithm = {
      name: 'RSA-OAEP',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    };
    const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    const recoveryPublicKey = btoa(String.fromCharCode(...spki));
    const made = await createVault(user, password, { host, iterations });
    await openVaultOf(user, password, { host, iterations, recoveryPublicKey });
    const file = JSON.parse(new TextDecoder().decode(onlyFile()[1]));
    const wrapped = Uint8Array.from(atob(file.entries[0].recovery.wrappedKey), (char) => char.charCodeAt(0));
    const raw = await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, pair.privateKey, wrapped);
    const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt']);
    expect(await unseal(key, await seal(made.dataKey.key, secret, 'x'), 'x')).toEqual(secret);
  });

  it('names no person, in the file’s name or in the file', async () => {
    await createVault(user, password, { host, iterations });
    const [name, bytes] = onlyFile();
    const all = (name + new TextDecoder().decode(bytes)).toLowerCase();
    // A first name alone would be found in sealed text by chance: three letters of base64 are soon met.
    for (const word of [user.name, user.email, user.email.split('@')[1] ?? '', user.id, password]) {
      expect(word.length).toBeGreaterThan(6);
      expect(all).not.toContain(word.toLowerCase());
      expect(all).not.toContain(btoa(word).replace(/=+$/, '').toLowerCase());
    }
  });
});
