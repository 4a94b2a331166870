import type { SealTools } from '../../shared/rescue/seal-tools.ts';

const utf8 = new TextEncoder();
const utf8Reader = new TextDecoder('utf-8', { fatal: true });

/** Character by character, and not by one call with all of them: its arguments are limited in number. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** This page's WebCrypto for the shared sealing. */
export const sealTools: SealTools = {
  subtle: crypto.subtle,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  // Copied, so that the bytes are of this page and of exactly their length, as the bridge wants them.
  encodeText: (text) => new Uint8Array(utf8.encode(text)),
  decodeText: (bytes) => utf8Reader.decode(bytes),
  toBase64,
  fromBase64: (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)),
};
