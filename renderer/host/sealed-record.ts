import type { PlainRecord } from '../platform.ts';

const nonceBytes = 12;
const utf8 = new TextEncoder();

/** AES-256-GCM with a fresh random 96-bit nonce: what stands in clear, then nonce, then ciphertext with its tag. */
export async function sealRecord(
  key: CryptoKey,
  { clear, text, about }: PlainRecord,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: utf8.encode(about) };
  const cipher = await crypto.subtle.encrypt(algorithm, key, utf8.encode(text));
  const record = new Uint8Array(clear.byteLength + nonceBytes + cipher.byteLength);
  record.set(clear);
  record.set(nonce, clear.byteLength);
  record.set(new Uint8Array(cipher), clear.byteLength + nonceBytes);
  return record;
}
