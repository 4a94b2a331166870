import { AppError } from '../../shared/errors.ts';
import { type ClientId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Platform } from '../platform.ts';
import {
  inTime,
  itemVersions,
  type LocalDatabase,
  type LogMark,
  openDatabase,
  readItems,
  writeItems,
} from './database.ts';
import { decideNewClient } from './decide-sync.ts';
import { type Journal, openJournal } from './journal.ts';
import { reconcile } from './reconcile.ts';
import type { DataKey } from './sealed-box.ts';
import { type Item, itemId, numbered, type Put, WorkLog } from './work-log.ts';

/** Under this much free space nothing new is accepted: room to finish writing, sync and be rescued. */
export const lowDiskBytes = 200 * 1024 * 1024;
/** A journal is written anew when it is this large and mostly superseded. */
const compactBytes = 4 * 1024 * 1024;
const compactRatio = 4;
/** Or when it has this many records: each is opened by itself at every start. */
const compactRecords = 2000;
/** After IndexedDB failed to come back, everybody goes on without it for so long before it is tried again. */
const restMs = 30_000;
const itemsPerRecord = 100;
const repairChunk = 500;

export type StoreDeps = {
  host: Platform;
  name: string;
  dataKey: DataKey;
  clock: () => Date;
  /** Waits this long for IndexedDB before it gives up. */
  openTimeoutMs?: number;
};

export const newId = (clock: () => Date): string =>
  uuidv7(clock().getTime(), crypto.getRandomValues(new Uint8Array(10)));

/**
 * A physician's work on this laptop: the journal holds it first, memory and Dexie follow. One commit at a time.
 * A commit whose record is in the journal stands even when Dexie fails; Dexie is brought up to date later.
 */
export class LocalStore {
  readonly log = new WorkLog();
  readonly dataKey: DataKey;
  readonly #deps: StoreDeps;
  readonly #journal: Journal<Item[]>;
  readonly #listeners = new Set<() => void>();
  readonly #unwritten = new Set<string>();
  #database: LocalDatabase;
  #tail: Promise<unknown> = Promise.resolve();
  #jobs = 0;
  /** A record whose append failed: it may be in the file all the same. */
  #doubt: { offset: number; items: Item[] } | null = null;
  /** Dexie failed, or lost its connection: whoever needs it next opens it anew, but not before this moment. */
  #isLost = false;
  #restsUntil = 0;
  #reopening: Promise<void> | null = null;
  #putsInFile = 0;
  #recordsInFile = 0;
  #closed = false;

  private constructor(deps: StoreDeps, journal: Journal<Item[]>, database: LocalDatabase) {
    this.#deps = deps;
    this.dataKey = deps.dataKey;
    this.#journal = journal;
    this.#database = database;
  }

  /** @throws AppError `already-open`, `store-newer`, `key-unavailable`, `journal-unavailable` or `store-unavailable` */
  static async open(deps: StoreDeps): Promise<LocalStore> {
    const journal = await openJournal<Item[]>(deps.host, `${deps.name}.work`, deps.dataKey);
    try {
      const store = new LocalStore(deps, journal, await openDatabase(deps.name, deps.openTimeoutMs));
      await store.#mend();
      return store;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  get database(): LocalDatabase {
    return this.#database;
  }
  get freeBytes(): number | null {
    return this.#journal.freeBytes();
  }
  get diskIsLow(): boolean {
    return this.freeBytes !== null && this.freeBytes < lowDiskBytes;
  }

  /** Works in Dexie, but not for ever: what it never answers must hold up neither a save nor the sync. */
  async rows<T>(what: string, work: (database: LocalDatabase) => PromiseLike<T>): Promise<T> {
    if (this.#isLost) await this.#requireRows();
    try {
      return await inTime(work(this.#database), what);
    } catch (cause) {
      this.#isLost = true;
      throw cause;
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Runs jobs one after the other, whatever became of the one before. */
  serialized<T>(job: () => Promise<T>): Promise<T> {
    // With none before it a job begins at once, so that a change is with the journal before the next frame.
    const isFree = this.#jobs === 0;
    this.#jobs += 1;
    const run = isFree ? job() : this.#tail.then(job, job);
    const done = () => {
      this.#jobs -= 1;
    };
    this.#tail = run.then(done, done);
    return run;
  }

  /** Decides on the newest state and commits what was decided; settles when it is on the disk. */
  commit(decide: () => readonly Put[] | Promise<readonly Put[]>): Promise<void> {
    return this.serialized(async () => {
      if (this.#closed)
        throw new AppError('journal-unavailable', { message: 'This work was closed. Sign in again.' });
      if (this.#doubt) await this.#settleDoubt();
      const decided = decide();
      const puts = decided instanceof Promise ? await decided : decided;
      if (puts.length === 0) return;
      await this.#append(numbered(puts, this.log.lsn));
      this.emit();
    });
  }

  /** @throws AppError `disk-low`; asks the disk again before it says so */
  async requireSpace(): Promise<void> {
    if (!this.diskIsLow) return;
    // An empty record is the only question the journal answers with the disk's state.
    await this.serialized(async () => {
      await this.#settleDoubt();
      await this.#append([]);
    }).catch(() => undefined);
    if (this.diskIsLow) throw new AppError('disk-low', { details: { freeBytes: this.freeBytes } });
  }

  async close(): Promise<void> {
    await this.serialized(async () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#restsUntil = Number.POSITIVE_INFINITY;
      this.#database.close();
      await this.#journal.close();
    });
  }

  async #append(items: Item[]): Promise<void> {
    const offset = this.#journal.size();
    try {
      await this.#journal.append([items]);
    } catch (cause) {
      this.#doubt = { offset, items };
      if (cause instanceof AppError) throw cause;
      throw new AppError('journal-unavailable', { cause });
    }
    await this.#accept(items);
  }

  async #accept(items: Item[]): Promise<void> {
    this.#putsInFile += items.length;
    this.#recordsInFile += 1;
    this.log.apply(items);
    for (const item of items) this.#unwritten.add(itemId(item));
    await this.#project();
  }

  /**
   * After a failed append the record may or may not be in the file. If it is, it is written again, so that it is
   * surely on the disk, and counts; else its numbers are free.
   */
  async #settleDoubt(): Promise<void> {
    if (!this.#doubt) return;
    const { offset, items } = this.#doubt;
    let found = false;
    await this.#journal.reopen();
    await this.#journal.readEach(async (records) => {
      found ||= records.some((record) => record[0]?.lsn === items[0]?.lsn);
    }, offset);
    if (found) await this.#append(items);
    this.#doubt = null;
  }

  /** Brings Dexie up to the journal. A failure is not the physician's: the journal holds the work. */
  async #project(): Promise<void> {
    const items = [...this.#unwritten].map((id) => this.log.item(id)).filter((item) => item !== null);
    try {
      // The second time it is opened anew first.
      await this.#write(items).catch(() => this.#write(items));
      this.#unwritten.clear();
    } catch (cause) {
      console.warn('The local database does not take writes; the journal holds the work.', cause);
    }
  }

  #requireRows(): Promise<void> {
    if (performance.now() < this.#restsUntil) throw new AppError('store-unavailable');
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    this.#restsUntil = performance.now() + restMs;
    this.#database.close();
    this.#database = await openDatabase(this.#deps.name, this.#deps.openTimeoutMs);
    this.#isLost = false;
    // A wiped database comes back empty, so everything is due again.
    await this.#write(await this.#missingFromDexie());
    this.#restsUntil = 0;
  }

  async #write(items: readonly Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += repairChunk) {
      const mark = at + repairChunk >= items.length ? this.log.mark() : null;
      const chunk = items.slice(at, at + repairChunk);
      await this.rows('write', (database) => writeItems(database, this.dataKey, chunk, mark));
    }
  }

  #versions(): Map<string, number> {
    return new Map(this.log.items().map((item) => [itemId(item), item.lsn]));
  }

  async #missingFromDexie(): Promise<Item[]> {
    const { toDexie } = reconcile(this.#versions(), await this.rows('versions', itemVersions));
    return toDexie.map((id) => this.log.item(id)).filter((item) => item !== null);
  }

  /** Reads the journal, lets journal and Dexie give each other what they lack, and starts an identity if there is none. */
  async #mend(): Promise<void> {
    const upTo = (await this.rows('guard', ({ guard }) => guard.get('guard')))?.upTo;
    const { damaged, passed } = await this.#replay(upTo);
    // Dexie holds what the journal held at that point: only what came after is due, and no row needs to be looked at.
    if (upTo && passed && damaged === 0 && this.log.size > 0) {
      await this.#write(this.log.items().filter(({ lsn }) => lsn > upTo.lsn));
      return this.#compactIfWorthIt();
    }
    const dexie = await this.rows('versions', itemVersions);
    const repairs = reconcile(this.#versions(), dexie);
    const wanted = new Set(repairs.toJournal);
    const rescued = await this.rows('items', (database) => readItems(database, this.dataKey, wanted));
    if (dexie.size > 0 && this.log.size === 0 && rescued.items.length === 0)
      throw new AppError('key-unavailable');
    if (rescued.items.length > 0) {
      for (let at = 0; at < rescued.items.length; at += repairChunk)
        await this.#journal.append([rescued.items.slice(at, at + repairChunk)]);
      this.log.apply(rescued.items);
    }
    if (repairs.toDexie.length > 0) await this.#write(await this.#missingFromDexie());
    else await this.rows('mark', (database) => writeItems(database, this.dataKey, [], this.log.mark()));
    const doubtful = damaged > 0 || rescued.damaged > 0 || (dexie.size === 0 && this.log.size > 0);
    const starting = numbered(this.#startingPuts(doubtful), this.log.lsn);
    if (starting.length > 0) await this.#append(starting);
    await this.#compactIfWorthIt();
  }

  /** Takes the journal in; `passed` says that at the end of some record it held exactly what the mark says. */
  async #replay(upTo: LogMark | undefined): Promise<{ damaged: number; passed: boolean }> {
    let passed = false;
    const { damaged } = await this.#journal.readEach(async (records) => {
      for (const record of records) {
        this.#putsInFile += record.length;
        this.#recordsInFile += 1;
        this.log.apply(record);
        const { lsn, sum } = this.log.mark();
        passed ||= lsn === upTo?.lsn && sum === upTo.sum;
      }
    });
    return { damaged, passed };
  }

  #startingPuts(doubtful: boolean): Put[] {
    if (!this.log.identity())
      return decideNewClient(this.log, newId(this.#deps.clock) as ClientId, 'unreceipted');
    if (!doubtful) return [];
    // What was sent cannot be known any more, so nothing unsent may change (rule S11).
    return this.log.unsettled().map(([key]) => {
      return { type: 'progress', key, value: { ...this.log.progress(key), attempted: true } };
    });
  }

  async #compactIfWorthIt(): Promise<void> {
    const isStale = this.#journal.size() >= compactBytes && this.#putsInFile >= compactRatio * this.log.size;
    if (!isStale && this.#recordsInFile < compactRecords) return;
    const items = this.log.items();
    const records: Item[][] = [];
    for (let at = 0; at < items.length; at += itemsPerRecord)
      records.push(items.slice(at, at + itemsPerRecord));
    await this.#journal.replace(records);
    this.#putsInFile = items.length;
    this.#recordsInFile = records.length;
  }
}
