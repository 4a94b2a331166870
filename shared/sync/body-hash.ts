import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of a text's UTF-8 bytes as 64 lower-case hexadecimal digits. */
export const sha256Hex = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** The hash that a body carries from submit over the server to the export: SHA-256 of its canonical JSON. */
export const bodyHash = (body: unknown): string => sha256Hex(canonicalJson(body));
