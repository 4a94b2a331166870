const nonceBytes = 12;
const utf8 = new TextEncoder();
const utf8Reader = new TextDecoder('utf-8', { fatal: true });

/** A key in memory with the id that every sealed byte names it by. */
export type DataKey = { readonly id: string; readonly key: CryptoKey };

/** Copies into a buffer of its own: WebCrypto refuses views of shared memory, and views would keep whole chunks alive. */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** AES-256-GCM with a fresh random 96-bit nonce: nonce, then ciphertext with its tag. */
export async function seal(
  key: CryptoKey,
  plain: Uint8Array,
  about: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8.encode(about) };
  const cipher = await crypto.subtle.encrypt(algorithm, key, ownBytes(plain));
  const sealed = new Uint8Array(nonceBytes + cipher.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(cipher), nonceBytes);
  return sealed;
}

/** Opens what `seal` made. @throws when key, bytes or `about` are not the ones it was sealed with */
export async function unseal(key: CryptoKey, sealed: Uint8Array, about: string): Promise<Uint8Array> {
  const bytes = ownBytes(sealed);
  const algorithm = {
    name: 'AES-GCM',
    iv: bytes.subarray(0, nonceBytes),
    additionalData: utf8.encode(about),
  };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(nonceBytes)));
}

export const sealJson = (key: CryptoKey, value: unknown, about: string) =>
  seal(key, utf8.encode(JSON.stringify(value)), about);

/** The value is what this app sealed: the tag vouches for it, so its form is not checked again. */
export const unsealJson = async <T>(key: CryptoKey, sealed: Uint8Array, about: string): Promise<T> =>
  JSON.parse(utf8Reader.decode(await unseal(key, sealed, about))) as T;
