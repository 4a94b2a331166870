import { z } from 'zod';
import { AppError } from '../errors.ts';
import { clientIdSchema, type UserId } from '../schema/ids.ts';
import { scanFrames } from '../sync/journal-frame.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';
import type { RescueHead, RescueRecord } from './rescue-file.ts';
import {
  type RescueRecordValue,
  rescueRecordSchema,
  type WorkItem,
  workItemSchema,
} from './rescue-records.ts';
import type { KeyHandle, SealTools } from './seal-tools.ts';
import { unsealJson } from './sealed-box.ts';
import { aboutRecord, aboutRow, recordFormat, splitRecord } from './sealed-record.ts';

/** One change as the laptop numbered it. */
export type RescuedChange = {
  generation: number;
  seq: number;
  mutation: Record<string, unknown>;
  /** A receipt had come for it. */
  receipted: boolean;
  /** It lives on under another number: that one counts (rules S1, S5). */
  moved: boolean;
};

/** The work of one person from one local database. */
export type RescuedWork = {
  userId: UserId;
  /** Client id in force; null where it was lost. */
  client: { clientId: string; generation: number } | null;
  /** In the order they were made. */
  changes: RescuedChange[];
  /** Records and rows that no key here opens, or that are damaged. */
  unreadable: number;
};
export type RescuedFile = {
  head: RescueHead;
  madeAt: string;
  deviceName: string;
  troubles: string[];
  works: RescuedWork[];
};

const identityValue = z.looseObject({ clientId: clientIdSchema, generation: z.number().int() });
const mutationValue = z.looseObject({
  generation: z.number().int(),
  mutation: z.looseObject({ seq: z.number().int().min(1) }),
});
const progressValue = z.looseObject({ verdict: z.unknown(), movedTo: z.string().nullable() });

/** Items of one local database from wherever they were found; the newest of each counts. */
class ItemLog {
  readonly #items = new Map<string, WorkItem>();
  unreadable = 0;

  apply(values: unknown): void {
    for (const value of Array.isArray(values) ? values : [values]) {
      const item = workItemSchema.safeParse(value).data;
      if (!item) this.unreadable += 1;
      else if (item.lsn > (this.#items.get(`${item.type}|${item.key}`)?.lsn ?? -1))
        this.#items.set(`${item.type}|${item.key}`, item);
    }
  }

  changes(): RescuedChange[] {
    const changes = [...this.#items.values()].flatMap((item): RescuedChange[] => {
      if (item.type !== 'mutation') return [];
      const value = mutationValue.safeParse(item.value).data;
      if (!value) {
        this.unreadable += 1;
        return [];
      }
      const progress = progressValue.safeParse(this.#items.get(`progress|${item.key}`)?.value).data;
      const { generation, mutation } = value;
      // Let go: its text has left the laptop, and a receipt says that the server has it (rule S13).
      if (mutation.body === null) return [];
      return [
        {
          generation,
          seq: mutation.seq,
          mutation,
          receipted: (progress?.verdict ?? null) !== null,
          moved: (progress?.movedTo ?? null) !== null,
        },
      ];
    });
    return changes.sort((a, b) => a.generation - b.generation || a.seq - b.seq);
  }

  work(userId: UserId): RescuedWork {
    const client = identityValue.safeParse(this.#items.get('identity|identity')?.value).data ?? null;
    const changes = this.changes();
    return { userId, client, changes, unreadable: this.unreadable };
  }
}

/** One store of a sealed copy: opens the laptop's journal and rows under the laptop's own keys. */
class SealedStore {
  readonly #tools: SealTools;
  readonly #ring: KeyRing;
  readonly #log = new ItemLog();
  #journal = '';
  #left: Uint8Array = new Uint8Array(0);

  constructor(tools: SealTools, ring: KeyRing) {
    this.#tools = tools;
    this.#ring = ring;
  }

  async startJournal(name: string): Promise<void> {
    await this.endJournal();
    this.#journal = name;
  }

  async takeBytes(bytes: Uint8Array): Promise<void> {
    const whole = new Uint8Array(this.#left.byteLength + bytes.byteLength);
    whole.set(this.#left);
    whole.set(bytes, this.#left.byteLength);
    await this.#read(whole, false);
  }

  endJournal(): Promise<void> {
    return this.#read(this.#left, true);
  }

  async #read(bytes: Uint8Array, final: boolean): Promise<void> {
    const { payloads, consumed, damaged } = scanFrames(bytes, { final });
    this.#log.unreadable += damaged.length;
    for (const payload of payloads) await this.#takeRecord(payload);
    // What is left at the end of the file is a torn tail, as at every start of the app.
    this.#left = final ? new Uint8Array(0) : bytes.slice(consumed);
  }

  async #takeRecord(record: Uint8Array): Promise<void> {
    const { format, keyId, sealed } = splitRecord(record);
    if (format > recordFormat) throw new AppError('rescue-format', { details: { record: format } });
    const key = this.#ring.keys.get(keyId);
    const about = aboutRecord(this.#journal, keyId);
    const values = key && (await unsealJson(this.#tools, key, sealed, about).catch(() => undefined));
    if (values === undefined) this.#log.unreadable += 1;
    else this.#log.apply(values);
  }

  async takeRow({ table, id, lsn, blob }: Extract<RescueRecordValue, { type: 'row' }>): Promise<void> {
    const sealed = this.#tools.fromBase64(blob);
    for (const [keyId, key] of this.#ring.keys) {
      const about = aboutRow(table, id, lsn, keyId);
      const item = await unsealJson(this.#tools, key, sealed, about).catch(() => undefined);
      if (item !== undefined) return this.#log.apply(item);
    }
    this.#log.unreadable += 1;
  }

  async end(): Promise<RescuedWork> {
    await this.endJournal();
    const [userId, ...others] = this.#ring.owners;
    if (userId === undefined || others.length > 0) throw new AppError('rescue-no-key');
    return this.#log.work(userId);
  }
}

/**
 * Reads an emergency copy to its end: only then is it known to be whole.
 * @throws AppError `rescue-*`; nothing was changed
 */
export async function readRescuedFile(
  tools: SealTools,
  { head, records }: { head: RescueHead; records: AsyncIterable<RescueRecord> },
  keyFor: (keyHash: string) => Promise<KeyHandle>,
): Promise<RescuedFile> {
  const file: RescuedFile = { head, madeAt: '', deviceName: '', troubles: [], works: [] };
  const opened = new ItemLog();
  let owner: UserId | null = null;
  let store: SealedStore | null = null;
  const endStore = async () => {
    if (store) file.works.push(await store.end());
  };
  for await (const record of records) {
    if (record.kind === 'bytes') {
      await store?.takeBytes(record.bytes);
      continue;
    }
    const read = rescueRecordSchema.safeParse(record.value);
    if (!read.success) throw new AppError('rescue-damaged', { details: read.error.issues });
    const value = read.data;
    if (value.type === 'about') {
      const { madeAt, deviceName, troubles } = value;
      Object.assign(file, { madeAt, deviceName, troubles });
      owner = value.userId;
    } else if (value.type === 'item') opened.apply(value.item);
    else if (value.type === 'store') {
      await endStore();
      store = new SealedStore(tools, await openKeyRing(tools, value.keys, keyFor));
    } else if (value.type === 'journal') await store?.startJournal(value.name);
    else await store?.takeRow(value);
  }
  await endStore();
  if (owner !== null) file.works.push(opened.work(owner));
  return file;
}
