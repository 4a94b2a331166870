import { sha256 } from '@noble/hashes/sha2.js';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { type ByteSource, byteSource } from './byte-source.ts';
import { type RecoveryWrap, unwrap, wrapTo } from './recovery-wrap.ts';
import type { KeyHandle, SealTools } from './seal-tools.ts';
import { importDataKey } from './sealed-box.ts';

/**
 * An emergency copy: magic "SORESCUE", format (4 bytes, big-endian), length of the head (4 bytes), the head as JSON,
 * then pieces. A piece is a flag (1 on the last one), its length (4 bytes) and AES-256-GCM ciphertext. The key is
 * random per file and wrapped to the site's recovery key in the head. Nonce = place of the piece and its flag, bound to
 * the hash of everything before the first piece: a piece that is changed, moved, left out or from another file does
 * not open, and a file without its last piece is a cut one (the STREAM construction of Hoang, Reyhanitabar, Rogaway
 * and Vizár, 2015). Inside the pieces stand records: kind (1 byte), length (4 bytes), bytes.
 */
const magic = Uint8Array.from([0x53, 0x4f, 0x52, 0x45, 0x53, 0x43, 0x55, 0x45]);
/** A reader refuses a higher one. */
export const rescueFormat = 1;
const pieceBytes = 64 * 1024;
const tagBytes = 16;
const maxHeadBytes = 64 * 1024;
/** A change of 16 MiB as JSON with everything around it. */
const maxRecordBytes = 64 * 1024 * 1024;

/** What stands in clear: no name, nothing of the work. */
const headSchema = z.looseObject({
  /** `opened`: changes, written by an app that held the key. `sealed`: the laptop's own bytes, still under its key. */
  kind: z.enum(['opened', 'sealed']),
  keyHash: z.string(),
  wrappedKey: z.base64(),
  appVersion: z.string(),
  /** Hash of the user id, as in the vault; null where the laptop could not tell. */
  owner: z.string().nullable(),
});
export type RescueHead = z.infer<typeof headSchema>;
export type RescueRecord =
  | { kind: 'json'; value: unknown }
  /** Raw bytes of the journal that the record before them names. */
  | { kind: 'bytes'; bytes: Uint8Array };

const damaged = (cause?: unknown) => new AppError('rescue-damaged', { cause });
const fourBytes = (value: number) => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};
const numberOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** Each key is used for one file and each place in it once, so a counted nonce never comes twice. */
function pieceAlgorithm(place: number, isLast: boolean, bound: Uint8Array<ArrayBuffer>) {
  const iv = new Uint8Array(12);
  new DataView(iv.buffer).setUint32(7, place);
  iv[11] = isLast ? 1 : 0;
  return { name: 'AES-GCM', iv, additionalData: bound };
}

const boundTo = (opening: Uint8Array) => new Uint8Array(sha256(opening));

function encodeRecord(tools: SealTools, record: RescueRecord): Uint8Array {
  const bytes = record.kind === 'json' ? tools.encodeText(JSON.stringify(record.value)) : record.bytes;
  return joined([Uint8Array.of(record.kind === 'json' ? 1 : 2), fourBytes(bytes.byteLength), bytes]);
}

/** Cuts a stream of records into pieces of one size; the last one may be shorter, or empty. */
async function* pieces(
  tools: SealTools,
  records: AsyncIterable<RescueRecord>,
): AsyncGenerator<{ plain: Uint8Array<ArrayBuffer>; isLast: boolean }> {
  let held: Uint8Array = new Uint8Array(0);
  for await (const record of records) {
    held = joined([held, encodeRecord(tools, record)]);
    let at = 0;
    for (; held.byteLength - at > pieceBytes; at += pieceBytes)
      yield { plain: new Uint8Array(held.subarray(at, at + pieceBytes)), isLast: false };
    held = held.subarray(at);
  }
  yield { plain: new Uint8Array(held), isLast: true };
}

export type RescueSealing = {
  kind: RescueHead['kind'];
  appVersion: string;
  owner: string | null;
  /** The site's recovery key (SPKI, base64). */
  publicKey: string;
};

/** Writes an emergency copy, piece by piece: of the records only one and one piece are held at a time. */
export async function* sealRescueFile(
  tools: SealTools,
  { publicKey, ...about }: RescueSealing,
  records: AsyncIterable<RescueRecord>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const raw = tools.randomBytes(32);
  const key = await importDataKey(tools, raw);
  const head: RescueHead = { ...about, ...(await wrapTo(tools, publicKey, raw)) };
  raw.fill(0);
  const text = tools.encodeText(JSON.stringify(head));
  const opening = joined([magic, fourBytes(rescueFormat), fourBytes(text.byteLength), text]);
  yield opening;
  let place = 0;
  for await (const { plain, isLast } of pieces(tools, records)) {
    const cipher = await tools.subtle.encrypt(pieceAlgorithm(place++, isLast, boundTo(opening)), key, plain);
    yield joined([Uint8Array.of(isLast ? 1 : 0), fourBytes(cipher.byteLength), new Uint8Array(cipher)]);
  }
}

async function takeHead(
  tools: SealTools,
  source: ByteSource,
): Promise<{ head: RescueHead; bound: Uint8Array<ArrayBuffer> }> {
  const start = await source.take(magic.byteLength);
  if (!start || !magic.every((byte, i) => start[i] === byte)) throw new AppError('rescue-not-one');
  const sizes = await source.take(8);
  if (!sizes) throw new AppError('rescue-cut');
  const format = numberOf(sizes);
  if (format !== rescueFormat) throw new AppError('rescue-format', { details: { format } });
  const length = numberOf(sizes.subarray(4));
  if (length > maxHeadBytes) throw damaged();
  const text = await source.take(length);
  if (!text) throw new AppError('rescue-cut');
  try {
    const head = headSchema.parse(JSON.parse(tools.decodeText(text)));
    return { head, bound: boundTo(joined([start, sizes, text])) };
  } catch (cause) {
    throw damaged(cause);
  }
}

async function* openPieces(
  tools: SealTools,
  source: ByteSource,
  key: KeyHandle,
  bound: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array> {
  for (let place = 0; ; place++) {
    const prefix = await source.take(5);
    if (!prefix) throw new AppError('rescue-cut');
    const isLast = prefix[0] === 1;
    const length = numberOf(prefix.subarray(1));
    if ((prefix[0] ?? 2) > 1 || length < tagBytes || length > pieceBytes + tagBytes) throw damaged();
    const cipher = await source.take(length);
    if (!cipher) throw new AppError('rescue-cut');
    const opened = tools.subtle.decrypt(pieceAlgorithm(place, isLast, bound), key, cipher);
    const plain = new Uint8Array(
      await opened.catch((cause: unknown) => {
        throw damaged(cause);
      }),
    );
    yield plain;
    if (!isLast) continue;
    if (!(await source.ended())) throw damaged();
    return;
  }
}

async function* readRecords(tools: SealTools, source: ByteSource): AsyncGenerator<RescueRecord> {
  while (!(await source.ended())) {
    const prefix = await source.take(5);
    const length = prefix ? numberOf(prefix.subarray(1)) : 0;
    if (!prefix || length > maxRecordBytes) throw damaged();
    const bytes = await source.take(length);
    if (!bytes) throw damaged();
    if (prefix[0] === 1) yield { kind: 'json', value: JSON.parse(tools.decodeText(bytes)) as unknown };
    else if (prefix[0] === 2) yield { kind: 'bytes', bytes };
    else throw damaged();
  }
}

/**
 * Opens an emergency copy. Its records stand only when all of them were read: the end is part of what is vouched for.
 * @param keyFor the private key of this hash; throws where there is none
 * @throws AppError `rescue-not-one`, `rescue-format`, `rescue-cut`, `rescue-damaged`, or what `keyFor` throws
 */
export async function openRescueFile(
  tools: SealTools,
  chunks: AsyncIterable<Uint8Array>,
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<{ head: RescueHead; records: AsyncGenerator<RescueRecord> }> {
  const source = byteSource(chunks);
  const { head, bound } = await takeHead(tools, source);
  const wrap: RecoveryWrap = { keyHash: head.keyHash, wrappedKey: head.wrappedKey };
  const privateKey = await keyFor(head.keyHash);
  const raw = await unwrap(tools, privateKey, wrap).catch((cause: unknown) => {
    throw damaged(cause);
  });
  const key = await importDataKey(tools, raw);
  raw.fill(0);
  return { head, records: readRecords(tools, byteSource(openPieces(tools, source, key, bound))) };
}
