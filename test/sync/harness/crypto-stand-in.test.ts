import { describe, expect, it } from 'vitest';
import { createSubtle } from './crypto-stand-in.ts';

const real = globalThis.crypto.subtle;
const standIn = createSubtle(async (_what, work) => work());
const text = (value: string) => new TextEncoder().encode(value);
const [raw, iv, additionalData] = [new Uint8Array(32).fill(7), new Uint8Array(12).fill(9), text('about it')];
const params = { name: 'AES-GCM', iv, additionalData };

const keyOf = (subtle: SubtleCrypto) =>
  subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);

async function derivedKeyOf(subtle: SubtleCrypto): Promise<CryptoKey> {
  const base = await subtle.importKey('raw', text('a password'), 'PBKDF2', false, ['deriveKey']);
  const kdf = { name: 'PBKDF2', hash: 'SHA-256', salt: text('salt of sixteen '), iterations: 3 };
  return subtle.deriveKey(kdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

describe.each([
  ['WebCrypto', real, 'the stand-in', standIn],
  ['the stand-in', standIn, 'WebCrypto', real],
] as const)('what %s sealed', (_one, sealer, _other, opener) => {
  it.each([
    ['a raw key', keyOf],
    ['a key from a password', derivedKeyOf],
  ])('is opened by the other under %s', async (_name, make) => {
    const sealed = await sealer.encrypt(params, await make(sealer), text('sealed with care'));
    const opened = await opener.decrypt(params, await make(opener), new Uint8Array(sealed));
    expect(new TextDecoder().decode(opened)).toBe('sealed with care');
  });

  it('is byte for byte the same, and not opened once changed or with other words about it', async () => {
    const key = await keyOf(opener);
    const sealed = new Uint8Array(await sealer.encrypt(params, await keyOf(sealer), text('sealed')));
    expect(sealed).toEqual(new Uint8Array(await opener.encrypt(params, key, text('sealed'))));
    const other = { ...params, additionalData: text('about else') };
    await expect(opener.decrypt(other, key, sealed)).rejects.toThrow();
    sealed[2] = (sealed[2] ?? 0) ^ 1;
    await expect(opener.decrypt(params, key, sealed)).rejects.toThrow();
  });
});
