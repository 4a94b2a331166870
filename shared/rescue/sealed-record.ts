import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** First byte of every journal record; a higher one was written by a newer app. */
export const recordFormat = 1;
const keyIdBytes = 8;
const headerBytes = 1 + keyIdBytes;

/** What a record of a journal is bound to. */
export const aboutRecord = (journal: string, keyId: string) => `journal|${journal}|${recordFormat}|${keyId}`;
/** What a row of the local database is bound to. */
export const aboutRow = (table: string, id: string, lsn: number, keyId: string) =>
  `${table}|${id}|${lsn}|${keyId}`;
/** What a person's sealed account data and a wrapped older key are bound to. */
export const aboutUser = (entry: { owner: string; keyId: string }) => `user|${entry.owner}|${entry.keyId}`;
export const aboutOlderKey = (entry: { owner: string; keyId: string }, olderId: string) =>
  `older|${entry.owner}|${entry.keyId}|${olderId}`;

/** A record is its format, the id of its key (16 hexadecimal digits) and what was sealed under that key. */
export function joinRecord(keyId: string, sealed: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(headerBytes + sealed.byteLength);
  record[0] = recordFormat;
  record.set(hexToBytes(keyId), 1);
  record.set(sealed, headerBytes);
  return record;
}

/** Takes a record apart; `sealed` is a view. */
export const splitRecord = (record: Uint8Array): { format: number; keyId: string; sealed: Uint8Array } => ({
  format: record[0] ?? 0,
  keyId: bytesToHex(record.subarray(1, headerBytes)),
  sealed: record.subarray(headerBytes),
});
