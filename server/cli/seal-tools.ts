import { randomBytes, webcrypto } from 'node:crypto';
import type { SealTools } from '../../shared/rescue/seal-tools.ts';

const utf8 = new TextEncoder();
const utf8Reader = new TextDecoder('utf-8', { fatal: true });

/** Node's WebCrypto for the shared sealing. */
export const sealTools: SealTools = {
  subtle: webcrypto.subtle as SealTools['subtle'],
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  encodeText: (text) => utf8.encode(text),
  decodeText: (bytes) => utf8Reader.decode(bytes),
  toBase64: (bytes) => Buffer.from(bytes).toString('base64'),
  fromBase64: (text) => new Uint8Array(Buffer.from(text, 'base64')),
};
