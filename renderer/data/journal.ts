import { AppError } from '../../shared/errors.ts';
import { aboutRecord, joinRecord, recordFormat, splitRecord } from '../../shared/rescue/sealed-record.ts';
import { followedPayloads, scanFrames } from '../../shared/sync/journal-frame.ts';
import type { Bytes, PlainRecord, Platform } from '../platform.ts';
import { type DataKey, sealJson, unseal, unsealJson, withOlder } from './sealed-box.ts';

const nothing = new Uint8Array(0);

/** What the host seals and puts behind the record's head. */
const plainRecord = (dataKey: DataKey, name: string, value: unknown): PlainRecord => ({
  clear: joinRecord(dataKey.id, nothing),
  text: JSON.stringify(value),
  about: aboutRecord(name, dataKey.id),
});

async function encodeRecord(dataKey: DataKey, name: string, value: unknown): Promise<Bytes> {
  return joinRecord(dataKey.id, await sealJson(dataKey.key, value, aboutRecord(name, dataKey.id)));
}

export type JournalRead<T> = {
  values: T[];
  /** Stretches or records that could not be read; what stands around them was. */
  damaged: number;
  /** How many bytes they are. */
  damagedBytes: number;
};
export type Damage = Pick<JournalRead<unknown>, 'damaged' | 'damagedBytes'>;

/** An append-only file of encrypted JSON values of one kind. */
export type Journal<T> = {
  readonly name: string;
  size: () => number;
  freeBytes: () => number | null;
  /** False where the host may clear it by itself when the disk runs short. */
  readonly isKept: boolean;
  /** Bytes of a torn tail that was cut when it was opened. */
  readonly cutBytes: number;
  readAll: () => Promise<JournalRead<T>>;
  /** The values of one chunk; `next` is where the one behind it begins. */
  readChunk: (offset: number) => Promise<JournalRead<T> & { next: number | null }>;
  /** As `readChunk`, for what it says of damage: records are opened and not looked into. */
  checkChunk: (offset: number) => Promise<Damage & { next: number | null }>;
  /** Hands over the values chunk by chunk with the chunk's offset, for files too large to hold, from a byte offset on. */
  readEach: (take: (values: T[], offset: number) => Promise<void>, from?: number) => Promise<Damage>;
  /** Settles when all of them are on the disk. @throws AppError `journal-unavailable` */
  append: (values: readonly T[]) => Promise<void>;
  replace: (values: readonly T[]) => Promise<void>;
  /** Copies it as it stands to a file beside it: a damaged one, before it is replaced. */
  setAside: () => Promise<void>;
  /** After a failed write only a fresh opening tells what is on the disk; a torn tail is cut. */
  reopen: () => Promise<void>;
  close: () => Promise<void>;
};

/** @throws AppError `already-open` when another window holds it, `store-newer` when a newer app wrote it */
export async function openJournal<T>(host: Platform, name: string, dataKey: DataKey): Promise<Journal<T>> {
  const opened = await host.journal.open(name);
  let size = opened.size;
  let freeBytes = opened.disk.freeBytes;

  const keyOf = (record: Uint8Array) => {
    const { format, keyId, sealed } = splitRecord(record);
    if (format > recordFormat) throw new AppError('store-newer', { details: { journal: name } });
    const held = withOlder(dataKey).find(({ id }) => id === keyId);
    // Sealed under a key we do not hold: work that must not be taken for absent.
    if (!held) throw new AppError('key-unavailable', { details: { journal: name } });
    return { key: held.key, sealed, about: aboutRecord(name, keyId) };
  };
  const decode = async (record: Uint8Array): Promise<T | null> => {
    const { key, sealed, about } = keyOf(record);
    return unsealJson<T>(key, sealed, about).catch(() => null);
  };
  const opens = async (record: Uint8Array): Promise<boolean> => {
    const { key, sealed, about } = keyOf(record);
    const plain = await unseal(key, sealed, about).catch(() => null);
    return plain !== null;
  };

  const decodeChecked = async (bytes: Uint8Array): Promise<JournalRead<T>> => {
    const scan = scanFrames(bytes, { final: true });
    const values = await Promise.all(scan.payloads.map(decode));
    const readable = values.filter((value) => value !== null);
    const closed = scan.payloads.filter((_, i) => values[i] === null);
    const stretches = scan.damaged.map(({ start, end }) => end - start);
    const sizes = [...stretches, ...closed.map(({ byteLength }) => byteLength)];
    const damagedBytes = sizes.reduce((sum, size) => sum + size, 0);
    return { values: readable, damaged: sizes.length, damagedBytes };
  };

  /** Each record's own tag vouches for it; only where one does not open are the checksums asked what is whole. */
  const decodeAll = async (bytes: Uint8Array): Promise<JournalRead<T>> => {
    const payloads = followedPayloads(bytes);
    const values = payloads && (await Promise.all(payloads.map(decode)).catch(() => null));
    const readable = values?.filter((value) => value !== null);
    if (values && readable?.length === values.length)
      return { values: readable, damaged: 0, damagedBytes: 0 };
    return decodeChecked(bytes);
  };

  const readChunk: Journal<T>['readChunk'] = async (offset) => {
    const { bytes, next } = await host.journal.read(name, offset);
    return { ...(await decodeAll(bytes)), next: next !== null && next > offset ? next : null };
  };

  const checkChunk: Journal<T>['checkChunk'] = async (offset) => {
    const { bytes, next: following } = await host.journal.read(name, offset);
    const next = following !== null && following > offset ? following : null;
    const payloads = followedPayloads(bytes);
    const opened = payloads && (await Promise.all(payloads.map(opens)).catch(() => null));
    if (opened?.every((isOpen) => isOpen)) return { damaged: 0, damagedBytes: 0, next };
    const { damaged, damagedBytes } = await decodeChecked(bytes);
    return { damaged, damagedBytes, next };
  };

  const readEach: Journal<T>['readEach'] = async (take, from = 0) => {
    let damaged = 0;
    let damagedBytes = 0;
    for (let offset: number | null = from; offset !== null; ) {
      const chunk: Awaited<ReturnType<typeof readChunk>> = await readChunk(offset);
      damaged += chunk.damaged;
      damagedBytes += chunk.damagedBytes;
      await take(chunk.values, offset);
      offset = chunk.next;
    }
    return { damaged, damagedBytes };
  };

  const encodeAll = (values: readonly T[]) =>
    Promise.all(values.map((value) => encodeRecord(dataKey, name, value)));
  const { appendSealed } = host.journal;
  // Where the host seals, nothing is awaited before it has the record: no frame comes between a change and the disk.
  const appendAll = appendSealed
    ? (values: readonly T[]) =>
        appendSealed(
          name,
          dataKey.key,
          values.map((value) => plainRecord(dataKey, name, value)),
        )
    : async (values: readonly T[]) => host.journal.append(name, await encodeAll(values));

  return {
    name,
    cutBytes: opened.cutBytes,
    isKept: opened.kept ?? true,
    size: () => size,
    freeBytes: () => freeBytes,
    readChunk,
    checkChunk,
    readEach,
    readAll: async () => {
      const all: T[] = [];
      const damage = await readEach(async (values) => void all.push(...values));
      return { values: all, ...damage };
    },
    append: async (values) => {
      if (values.length === 0) return;
      const appended = await appendAll(values);
      size = appended.size;
      freeBytes = appended.disk.freeBytes;
    },
    replace: async (values) => {
      size = (await host.journal.replace(name, await encodeAll(values))).size;
    },
    setAside: () => host.journal.setAside(name),
    reopen: async () => {
      await host.journal.close(name).catch(() => undefined);
      const again = await host.journal.open(name);
      size = again.size;
      freeBytes = again.disk.freeBytes;
    },
    close: () => host.journal.close(name),
  };
}
