import { AppError } from '../../shared/errors.ts';
import {
  inTime,
  isLate,
  itemVersions,
  LocalDatabase,
  type OpenedDatabase,
  openDatabase,
  openTimeoutMs,
  readItems,
  writeItems,
} from './database.ts';
import { reconcile, type Versions } from './reconcile.ts';
import type { DataKey } from './sealed-box.ts';
import { type Item, itemId, type WorkLog } from './work-log.ts';

const chunkItems = 500;
/** A save or a case waits this long for IndexedDB, which may never answer; the journal stands without it. */
const patienceMs = 1000;

export type WorkRowsDeps = {
  name: string;
  dataKey: DataKey;
  log: WorkLog;
  openTimeoutMs: number | undefined;
  patienceMs: number | undefined;
  /** The disk is so full that opening IndexedDB could destroy it. */
  isTight: () => boolean;
  /** Journal and keys stand on the disk. @throws AppError */
  requireFiles: () => Promise<void>;
  /** Takes from rows that come back after a start without them what the journal lacks. */
  meetAgain: (inDexie: Versions, opened: OpenedDatabase) => Promise<void>;
  /** The journal is not alone any more. */
  onReturn: () => void;
};

/**
 * The rows of a physician's work in IndexedDB. They follow the log, which the journal stands for; where IndexedDB fails
 * it is opened anew behind the scenes and brought up to the log, and nobody waits long for it.
 */
export class WorkRows {
  readonly #deps: WorkRowsDeps;
  readonly #unwritten = new Set<string>();
  readonly #backListeners = new Set<(isNew: boolean) => void>();
  #database: LocalDatabase;
  #isClosed = false;
  readonly #closing = Promise.withResolvers<void>();
  /** Stands while IndexedDB is behind and is being brought up to date: nobody waits for it then. */
  #repairing: Promise<void> | null = null;
  /** It was thrown away, and does not hold the work again yet. */
  #cameBackNew = false;
  /** Settles when that is known to take long. */
  #takesLong = Promise.withResolvers<void>();
  /** The work was opened, or goes on, from the journal alone; it ends by itself once IndexedDB answers. */
  #isAlone = false;

  constructor(deps: WorkRowsDeps, opened: OpenedDatabase | null) {
    this.#deps = deps;
    this.#database = opened?.database ?? new LocalDatabase(deps.name);
  }

  /** IndexedDB does not answer: the journal alone is read and written until it does. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Everything the log holds is in the rows. */
  get areUpToDate(): boolean {
    return this.#repairing === null && this.#unwritten.size === 0;
  }

  /** Goes on without IndexedDB, which is tried behind the screens until it answers. */
  goOnAlone(): void {
    this.#isAlone = true;
    void this.#repair(true); // never rejects
  }

  /** Calls back whenever IndexedDB was opened anew and holds the work again; `isNew`: it came back empty. */
  onBack(listener: (isNew: boolean) => void): void {
    this.#backListeners.add(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.resolve();
    this.#database.close();
    // What still brings Dexie up to date ends with its next step; one that hangs is left behind.
    if (this.#repairing) await inTime(this.#repairing, 'close', this.#patienceMs).catch(() => undefined);
    this.#database.close();
  }

  /** Brings Dexie up to the journal. A failure is not the physician's: the journal holds the work. */
  async follow(items: readonly Item[]): Promise<void> {
    for (const item of items) this.#unwritten.add(itemId(item));
    if (this.#repairing) return;
    try {
      await inTime(this.#writeUnwritten(), 'write', this.#patienceMs);
    } catch (cause) {
      const repair = this.#repair(isLate(cause));
      // What fails at once is mended at once; for what hangs nobody waits.
      if (!isLate(cause))
        await inTime(Promise.race([repair, this.#takesLong.promise]), 'repair', this.#patienceMs).catch(
          () => undefined,
        );
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
    if (this.#repairing) await this.#inTime(this.#repairing, what);
    try {
      return await this.#inTime(work(this.#database), what);
    } catch (cause) {
      const repair = this.#repair(isLate(cause));
      // A connection that is lost is opened anew for whoever notices; for one that hangs nobody waits twice.
      if (isLate(cause)) throw cause;
      await this.#inTime(repair, what);
      return this.#inTime(work(this.#database), what);
    }
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

  #inTime<T>(work: PromiseLike<T>, what: string): Promise<T> {
    return inTime(work, what, this.#deps.openTimeoutMs);
  }

  /** Opens Dexie anew and writes what it lacks; never rejects. One that hung is tried until it answers. */
  #repair(untilItAnswers: boolean): Promise<void> {
    let isNew: boolean | null = null;
    this.#repairing ??= this.#reopen(untilItAnswers)
      .then((opened) => {
        isNew = opened;
      })
      .finally(() => {
        this.#repairing = null;
        this.#takesLong = Promise.withResolvers();
        if (isNew !== null) this.#tellBack(isNew);
      });
    return this.#repairing;
  }

  #tellBack(isNew: boolean): void {
    const wasAlone = this.#isAlone;
    this.#isAlone = false;
    this.#cameBackNew = false;
    for (const listener of [...this.#backListeners]) listener(isNew);
    if (wasAlone) this.#deps.onReturn();
  }

  /** @returns whether it came back empty; null where it did not come back */
  async #reopen(untilItAnswers: boolean): Promise<boolean | null> {
    while (!this.#isClosed) {
      try {
        this.#database.close();
        if (this.#deps.isTight()) throw new AppError('disk-low');
        const opened = await openDatabase(this.#deps.name, this.#deps.openTimeoutMs);
        this.#database = opened.database;
        this.#cameBackNew ||= opened.isNew;
        if (this.#cameBackNew) await this.#requireFiles();
        // A wiped database comes back empty, so everything is due again.
        if (!this.#isClosed) await this.writeMissing(opened);
        if (!this.#isClosed) return this.#cameBackNew;
        this.#database.close();
      } catch (cause) {
        console.warn('The local database does not take writes; the journal holds the work.', cause);
        this.#database.close();
        if (!(untilItAnswers || this.#isAlone)) return null;
        await this.#pause(this.#deps.openTimeoutMs ?? openTimeoutMs);
      }
    }
    return null;
  }

  /**
   * Whoever threw the rows away may be throwing the journal and its key away as well. Rows that outlived these would be
   * work that nothing opens, in the way of every later start.
   */
  async #requireFiles(): Promise<void> {
    this.#takesLong.resolve();
    await this.#pause(2 * this.#patienceMs);
    if (!this.#isClosed) await this.#deps.requireFiles();
  }

  /** Ends at once when the work is closed. */
  async #pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([over, this.#closing.promise]);
    clearTimeout(timer);
  }

  /** How new each item's row is, without opening any. */
  versions(): Promise<Versions> {
    return this.#inTime(itemVersions(this.#database), 'versions');
  }

  read(ids: ReadonlySet<string>): Promise<{ items: Item[]; damaged: number }> {
    return this.#inTime(readItems(this.#database, this.#deps.dataKey, ids), 'rows');
  }

  /** Writes what the rows lack; of rows that were opened anew what the journal lacks is taken first. */
  async writeMissing(opened: OpenedDatabase | null = null): Promise<void> {
    const inDexie = await this.versions();
    if (opened && this.#isAlone) await this.#deps.meetAgain(inDexie, opened);
    for (const id of reconcile(this.#deps.log.versions(), inDexie).toDexie) this.#unwritten.add(id);
    // Saves do not wait for this, so that some may have come meanwhile.
    do await this.#writeUnwritten();
    while (this.#unwritten.size > 0 && !this.#isClosed);
  }

  async #writeUnwritten(): Promise<void> {
    const { log } = this.#deps;
    const items = [...this.#unwritten].map((id) => log.item(id)).filter((item) => item !== null);
    await this.write(items);
    for (const item of items)
      if (log.item(itemId(item))?.lsn === item.lsn) this.#unwritten.delete(itemId(item));
  }

  /** Dexie then holds all that the log holds now: the items are taken and the mark is made in one moment. */
  async write(items: readonly Item[]): Promise<void> {
    const mark = this.#deps.log.mark();
    for (let at = 0; at < items.length; at += chunkItems) {
      const isLast = at + chunkItems >= items.length;
      const chunk = items.slice(at, at + chunkItems);
      await this.#inTime(
        writeItems(this.#database, this.#deps.dataKey, chunk, isLast ? mark : null),
        'write',
      );
    }
  }

  /** Dexie holds all that the log holds. */
  writeMark(): Promise<void> {
    return this.#inTime(writeItems(this.#database, this.#deps.dataKey, [], this.#deps.log.mark()), 'mark');
  }

  /** Puts items under the key in force; what else the rows hold is not said by it. */
  rewrite(items: readonly Item[]): Promise<void> {
    return this.#inTime(writeItems(this.#database, this.#deps.dataKey, items, null), 'rewrite');
  }
}
