import type { KeyHandle, SealTools } from './seal-tools.ts';

const nonceBytes = 12;

/** Copies into a buffer of its own: WebCrypto refuses views of shared memory, and views would keep whole chunks alive. */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** AES-256-GCM with a fresh random 96-bit nonce: nonce, then ciphertext with its tag. */
export async function seal(
  tools: SealTools,
  key: KeyHandle,
  plain: Uint8Array,
  about: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = tools.randomBytes(nonceBytes);
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: tools.encodeText(about) };
  const cipher = await tools.subtle.encrypt(algorithm, key, ownBytes(plain));
  const sealed = new Uint8Array(nonceBytes + cipher.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(cipher), nonceBytes);
  return sealed;
}

/** Opens what `seal` made. @throws when key, bytes or `about` are not the ones it was sealed with */
export async function unseal(
  tools: SealTools,
  key: KeyHandle,
  sealed: Uint8Array,
  about: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = ownBytes(sealed);
  const algorithm = {
    name: 'AES-GCM',
    iv: bytes.subarray(0, nonceBytes),
    additionalData: tools.encodeText(about),
  };
  return new Uint8Array(await tools.subtle.decrypt(algorithm, key, bytes.subarray(nonceBytes)));
}

/** A 256-bit key for `seal`, from its raw bytes; it cannot be taken out again. */
export const importDataKey = (tools: SealTools, raw: Uint8Array): Promise<KeyHandle> =>
  tools.subtle.importKey('raw', ownBytes(raw), { name: 'AES-GCM' }, false, ['encrypt', 'decrypt']);

/** The JSON value that was sealed; the tag vouches for it. @throws as `unseal` */
export const unsealJson = async (
  tools: SealTools,
  key: KeyHandle,
  sealed: Uint8Array,
  about: string,
): Promise<unknown> => JSON.parse(tools.decodeText(await unseal(tools, key, sealed, about)));
