import { z } from 'zod';
import { sha256Hex } from '../sync/body-hash.ts';
import type { KeyHandle, SealTools } from './seal-tools.ts';
import { ownBytes } from './sealed-box.ts';

/** A secret of at most 190 bytes for the holder of an RSA key; `keyHash` says of which. */
export const recoveryWrapSchema = z.strictObject({ keyHash: z.string(), wrappedKey: z.base64() });
export type RecoveryWrap = z.infer<typeof recoveryWrapSchema>;

const rsa = { name: 'RSA-OAEP', hash: 'SHA-256' };
const oaep = (tools: SealTools, label: string) => ({
  name: 'RSA-OAEP',
  // An empty label is the one that vaults have been wrapped with from the start.
  ...(label === '' ? {} : { label: tools.encodeText(label) }),
});

/** Names a public key (SPKI, base64). */
export const keyHashOf = (publicKey: string): string => sha256Hex(publicKey);

/** Wraps a secret to a public key (SPKI, base64) by RSA-OAEP with SHA-256; `label` binds it to a purpose. */
export async function wrapTo(
  tools: SealTools,
  publicKey: string,
  secret: Uint8Array,
  label = '',
): Promise<RecoveryWrap> {
  const key = await tools.subtle.importKey('spki', tools.fromBase64(publicKey), rsa, false, ['encrypt']);
  const wrapped = await tools.subtle.encrypt(oaep(tools, label), key, ownBytes(secret));
  return { keyHash: keyHashOf(publicKey), wrappedKey: tools.toBase64(new Uint8Array(wrapped)) };
}

/** The private half of such a key (PKCS #8 bytes), to unwrap with. */
export const importPrivateKey = (tools: SealTools, pkcs8: Uint8Array): Promise<KeyHandle> =>
  tools.subtle.importKey('pkcs8', ownBytes(pkcs8), rsa, false, ['decrypt']);

/** The secret that `wrapTo` wrapped. @throws when key, bytes or label are not the ones it was wrapped with */
export async function unwrap(
  tools: SealTools,
  privateKey: KeyHandle,
  wrap: RecoveryWrap,
  label = '',
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = tools.fromBase64(wrap.wrappedKey);
  return new Uint8Array(await tools.subtle.decrypt(oaep(tools, label), privateKey, bytes));
}
