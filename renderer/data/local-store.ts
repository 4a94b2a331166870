import { AppError } from '../../shared/errors.ts';
import { type ClientId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Platform } from '../platform.ts';
import {
  inTime,
  isLate,
  itemVersions,
  type LocalDatabase,
  type LogMark,
  type OpenedDatabase,
  openDatabase,
  openTimeoutMs,
  readItems,
  schemaVersion,
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
const itemsPerRecord = 100;
const repairChunk = 500;
/** While space is short the disk is asked again this often. */
const spaceCheckMs = 10_000;
/** A save or a case waits this long for IndexedDB, which may never answer; the journal stands without it. */
const patienceMs = 1000;

export type StoreDeps = {
  host: Platform;
  name: string;
  dataKey: DataKey;
  clock: () => Date;
  /** Waits this long for IndexedDB before it gives up. */
  openTimeoutMs?: number;
  /** How long a save or a case waits for it. */
  patienceMs?: number;
  spaceCheckMs?: number;
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
  #putsInFile = 0;
  #recordsInFile = 0;
  #closed = false;
  /** Records or rows could not be read at the start. */
  #isDamaged = false;
  /** Stands while IndexedDB is behind and is being brought up to date: nobody waits for it then. */
  #repairing: Promise<void> | null = null;
  #spaceCheck: ReturnType<typeof setTimeout> | null = null;
  /** IndexedDB was gone although there was work on this laptop; what was lost with it is in the journal. */
  readonly wasWiped: boolean;

  private constructor(deps: StoreDeps, journal: Journal<Item[]>, { database, isNew }: OpenedDatabase) {
    this.#deps = deps;
    this.dataKey = deps.dataKey;
    this.#journal = journal;
    this.#database = database;
    this.wasWiped = isNew && journal.size() > 0;
  }

  /** @throws AppError `already-open`, `store-newer`, `key-unavailable`, `journal-unavailable` or `store-unavailable` */
  static async open(deps: StoreDeps): Promise<LocalStore> {
    const journal = await openJournal<Item[]>(deps.host, `${deps.name}.work`, deps.dataKey);
    try {
      const store = new LocalStore(deps, journal, await openDatabase(deps.name, deps.openTimeoutMs));
      await store.#mend().catch((cause) => store.#mendAgain(cause));
      return store;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  get freeBytes(): number | null {
    return this.#journal.freeBytes();
  }
  /** What is here may be the only copy of something that could not be read. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }
  get diskIsLow(): boolean {
    return this.freeBytes !== null && this.freeBytes < lowDiskBytes;
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
    await this.#askForSpace();
    if (this.diskIsLow) throw new AppError('disk-low', { details: { freeBytes: this.freeBytes } });
  }

  /**
   * Writes journal and rows anew under the key in force, a few rows at a time, so that a save waits for none of it.
   * @throws AppError where it did not come to its end: then it is to be done again
   */
  async rewriteAll(): Promise<void> {
    await this.#whileOpen(async () => {
      await this.#settleDoubt();
      await this.#compact();
    });
    const ids = this.log.items().map(itemId);
    for (let at = 0; at < ids.length; at += itemsPerRecord)
      await this.#whileOpen(async () => {
        const chunk = ids.slice(at, at + itemsPerRecord).map((id) => this.log.item(id));
        const items = chunk.filter((item) => item !== null);
        await this.inTime(writeItems(this.#database, this.dataKey, items, null), 'rewrite');
      });
  }

  /** Before the first text goes: an app that knows nothing of this must not open the store any more. */
  async refuseOlderApps(): Promise<void> {
    await this.use('guard', ({ guard }) => guard.update('guard', { schemaVersion }));
  }

  /** Leaves in journal and rows only what the log holds now. @returns false where that is to be done again */
  sweep(): Promise<boolean> {
    return this.#whileOpen(async () => {
      await this.#settleDoubt();
      return (await this.#compact()) && this.#repairing === null && this.#unwritten.size === 0;
    });
  }

  #whileOpen<T>(job: () => Promise<T>): Promise<T> {
    return this.serialized(async () => {
      if (this.#closed) throw new AppError('journal-unavailable', { details: { reason: 'closed' } });
      return job();
    });
  }

  async close(): Promise<void> {
    await this.serialized(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (this.#spaceCheck) clearTimeout(this.#spaceCheck);
      this.#database.close();
      // What still brings Dexie up to date ends with its next step; one that hangs is left behind.
      if (this.#repairing) await inTime(this.#repairing, 'close', this.#patienceMs).catch(() => undefined);
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
      this.#watchSpace();
      if (cause instanceof AppError) throw cause;
      throw new AppError('journal-unavailable', { cause });
    }
    this.#watchSpace();
    await this.#accept(items);
  }

  /** Work goes on by itself once there is space again: nobody has to try. */
  #watchSpace(): void {
    if (!(this.diskIsLow || this.#doubt) || this.#spaceCheck || this.#closed) return;
    this.#spaceCheck = setTimeout(async () => {
      await this.#askForSpace();
      this.#spaceCheck = null;
      this.emit();
      this.#watchSpace();
    }, this.#deps.spaceCheckMs ?? spaceCheckMs);
  }

  /** An empty record is the only question the journal answers with the disk's state. */
  #askForSpace(): Promise<void> {
    return this.serialized(async () => {
      if (this.#closed) return;
      await this.#settleDoubt();
      await this.#append([]);
    }).catch(() => undefined);
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
    if (this.#repairing) return;
    try {
      await inTime(this.#writeUnwritten(), 'write', this.#patienceMs);
    } catch (cause) {
      const repair = this.#repair(isLate(cause));
      // What fails at once is mended at once; for what hangs nobody waits.
      if (!isLate(cause)) await inTime(repair, 'repair', this.#patienceMs).catch(() => undefined);
    }
  }

  get #patienceMs(): number {
    return this.#deps.patienceMs ?? patienceMs;
  }

  /**
   * For what a start or a download needs of IndexedDB: where it is just being opened anew, after that.
   * @throws AppError `store-unavailable` when it hangs
   */
  async use<T>(what: string, work: (database: LocalDatabase) => PromiseLike<T>): Promise<T> {
    if (this.#repairing) await this.inTime(this.#repairing, what);
    try {
      return await this.inTime(work(this.#database), what);
    } catch (cause) {
      const repair = this.#repair(isLate(cause));
      // A connection that is lost is opened anew for whoever notices; for one that hangs nobody waits twice.
      if (isLate(cause)) throw cause;
      await this.inTime(repair, what);
      return this.inTime(work(this.#database), what);
    }
  }

  inTime<T>(work: PromiseLike<T>, what: string): Promise<T> {
    return inTime(work, what, this.#deps.openTimeoutMs);
  }

  /**
   * Asks IndexedDB for something that the journal could tell as well; where it hangs it is opened again behind the scenes.
   * @throws AppError `store-unavailable` when it does not answer in time, at once while it is known not to
   */
  async ask<T>(what: string, question: (database: LocalDatabase) => PromiseLike<T>): Promise<T> {
    if (this.#repairing) throw new AppError('store-unavailable', { details: { what } });
    try {
      return await inTime(question(this.#database), what, this.#patienceMs);
    } catch (cause) {
      void this.#repair(isLate(cause)); // never rejects
      throw cause;
    }
  }

  /** Opens Dexie anew and writes what it lacks; never rejects. One that hung is tried until it answers. */
  #repair(untilItAnswers: boolean): Promise<void> {
    this.#repairing ??= this.#reopenDatabase(untilItAnswers).finally(() => {
      this.#repairing = null;
    });
    return this.#repairing;
  }

  async #reopenDatabase(untilItAnswers: boolean): Promise<void> {
    while (!this.#closed) {
      try {
        this.#database.close();
        this.#database = (await openDatabase(this.#deps.name, this.#deps.openTimeoutMs)).database;
        if (this.#closed) return this.#database.close();
        // A wiped database comes back empty, so everything is due again.
        await this.#writeMissing();
        return this.#closed ? this.#database.close() : undefined;
      } catch (cause) {
        console.warn('The local database does not take writes; the journal holds the work.', cause);
        if (!untilItAnswers) return;
        await new Promise((resolve) => setTimeout(resolve, this.#deps.openTimeoutMs ?? openTimeoutMs));
      }
    }
  }

  async #writeMissing(): Promise<void> {
    const inDexie = await this.inTime(itemVersions(this.#database), 'versions');
    for (const id of reconcile(this.#versions(), inDexie).toDexie) this.#unwritten.add(id);
    // Saves do not wait for this, so that some may have come meanwhile.
    do await this.#writeUnwritten();
    while (this.#unwritten.size > 0 && !this.#closed);
  }

  async #writeUnwritten(): Promise<void> {
    const items = [...this.#unwritten].map((id) => this.log.item(id)).filter((item) => item !== null);
    await this.#write(items);
    for (const item of items)
      if (this.log.item(itemId(item))?.lsn === item.lsn) this.#unwritten.delete(itemId(item));
  }

  /** Dexie then holds all that the log holds now: the items are taken and the mark is made in one moment. */
  async #write(items: readonly Item[]): Promise<void> {
    const mark = this.log.mark();
    for (let at = 0; at < items.length; at += repairChunk) {
      const isLast = at + repairChunk >= items.length;
      const chunk = items.slice(at, at + repairChunk);
      await this.inTime(writeItems(this.#database, this.dataKey, chunk, isLast ? mark : null), 'write');
    }
  }

  #writeMark = () => this.inTime(writeItems(this.#database, this.dataKey, [], this.log.mark()), 'mark');

  #versions(): Map<string, number> {
    return new Map(this.log.items().map((item) => [itemId(item), item.lsn]));
  }

  /** An IndexedDB that hung once may answer a fresh connection. */
  async #mendAgain(cause: unknown): Promise<void> {
    if (!isLate(cause)) throw cause;
    this.#database.close();
    this.#database = (await openDatabase(this.#deps.name, this.#deps.openTimeoutMs)).database;
    await this.#mend();
  }

  /** Reads the journal, lets journal and Dexie give each other what they lack, and starts an identity if there is none. */
  async #mend(): Promise<void> {
    const upTo = (await this.inTime(this.#database.guard.get('guard'), 'guard'))?.upTo;
    const { damaged, passed } = await this.#replay(upTo);
    this.#isDamaged = damaged > 0;
    // Dexie holds what the journal held at that point: only what came after is due, and no row needs to be looked at.
    if (upTo && passed && damaged === 0 && this.log.size > 0) {
      await this.#write(this.log.items().filter(({ lsn }) => lsn > upTo.lsn));
      return this.#compactIfWorthIt();
    }
    const dexie = await this.inTime(itemVersions(this.#database), 'versions');
    const repairs = reconcile(this.#versions(), dexie);
    const wanted = new Set(repairs.toJournal);
    const rescued = await this.inTime(readItems(this.#database, this.dataKey, wanted), 'rows');
    this.#isDamaged ||= rescued.damaged > 0;
    if (dexie.size > 0 && this.log.size === 0 && rescued.items.length === 0)
      throw new AppError('key-unavailable');
    if (rescued.items.length > 0) {
      for (let at = 0; at < rescued.items.length; at += repairChunk)
        await this.#journal.append([rescued.items.slice(at, at + repairChunk)]);
      this.log.apply(rescued.items);
    }
    if (repairs.toDexie.length > 0) await this.#writeMissing();
    else await this.#writeMark();
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
    await this.#compact();
  }

  async #compact(): Promise<boolean> {
    const items = this.log.items();
    const records: Item[][] = [];
    for (let at = 0; at < items.length; at += itemsPerRecord)
      records.push(items.slice(at, at + itemsPerRecord));
    try {
      await this.#journal.replace(records);
      this.#putsInFile = items.length;
      this.#recordsInFile = records.length;
      return true;
    } catch (cause) {
      // On a full disk there is no room for a second copy: the old journal stands and is as good as before.
      console.warn('The journal could not be written anew; the next start tries again.', cause);
      return false;
    }
  }
}
