import { AppError } from '../../shared/errors.ts';
import { type ClientId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Platform } from '../platform.ts';
import {
  type LocalDatabase,
  noAnswer,
  type OpenedDatabase,
  openDatabase,
  schemaVersion,
} from './database.ts';
import { JobQueue } from './job-queue.ts';
import type { FoundDamage } from './journal-damage.ts';
import { reconcile, type Versions } from './reconcile.ts';
import type { DataKey } from './sealed-box.ts';
import { type Rescued, WorkDamage } from './work-damage.ts';
import { WorkDues, whenFull } from './work-dues.ts';
import { itemsPerRecord, WorkJournal } from './work-journal.ts';
import { type Item, itemId, numbered, type Put, WorkLog } from './work-log.ts';
import { WorkRows } from './work-rows.ts';

/** Under this much free space nothing new is accepted: room to finish writing, sync and be rescued. */
export const lowDiskBytes = 200 * 1024 * 1024;
/** While space is short the disk is asked again this often. */
const spaceCheckMs = 10_000;

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
  /** When the journal of the cases is looked through, after the start. */
  checkAfterMs?: number;
};

export const newId = (clock: () => Date): string =>
  uuidv7(clock().getTime(), crypto.getRandomValues(new Uint8Array(10)));

/**
 * A physician's work on this laptop: the journal holds it first, memory and Dexie follow. One commit at a time.
 * A commit whose record is in the journal stands even when Dexie fails; Dexie is brought up to date later.
 */
export class LocalStore {
  readonly log: WorkLog;
  readonly dataKey: DataKey;
  readonly #deps: StoreDeps;
  readonly #journal: WorkJournal;
  readonly #listeners = new Set<() => void>();
  readonly #rows: WorkRows;
  readonly #queue = new JobQueue();
  readonly #damage: WorkDamage;
  readonly #dues: WorkDues;
  #closed = false;
  #spaceCheck: ReturnType<typeof setTimeout> | null = null;
  /** IndexedDB was gone although there was work on this laptop; what was lost with it is in the journal. */
  readonly wasWiped: boolean;

  private constructor(deps: StoreDeps, log: WorkLog, journal: WorkJournal, opened: OpenedDatabase | null) {
    this.#deps = deps;
    this.log = log;
    this.dataKey = deps.dataKey;
    this.#journal = journal;
    this.#damage = new WorkDamage(log);
    this.#dues = new WorkDues({
      log,
      newClientId: () => newId(deps.clock) as ClientId,
      append: (items) => this.#append(items),
    });
    this.#rows = new WorkRows(
      {
        ...{ name: deps.name, dataKey: deps.dataKey, log },
        ...{ openTimeoutMs: deps.openTimeoutMs, patienceMs: deps.patienceMs },
        isTight: () => journal.isTight,
        requireFiles: () => deps.host.journal.requireFiles(),
        meetAgain: (inDexie, reopened) => this.#whileOpen(() => this.#meetAgain(inDexie, reopened)),
        onReturn: () => this.emit(),
      },
      opened,
    );
    this.wasWiped = opened?.isNew === true && !journal.isEmpty;
  }

  /**
   * @throws AppError `already-open`, `store-newer`, `key-unavailable` or `journal-unavailable`; `store-unavailable` only
   *   where IndexedDB does not answer and the journal is empty, so that the work may be there alone
   */
  static async open(deps: StoreDeps): Promise<LocalStore> {
    const log = new WorkLog();
    const journal = await WorkJournal.open(deps, log);
    try {
      // With an empty journal there is nothing else to open, and nothing known that could be lost.
      const isSpared = !journal.isEmpty && journal.isTight;
      const opened = isSpared ? null : await openDatabase(deps.name, deps.openTimeoutMs).catch(noAnswer);
      const store = new LocalStore(deps, log, journal, opened);
      await store.#start(opened);
      return store;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  get freeBytes(): number | null {
    return this.#journal.freeBytes;
  }
  /** What is here may be the only copy of something that could not be read, or is not known to stand in both places. */
  get isDoubtful(): boolean {
    return this.#damage.isAny || this.isAlone;
  }
  get diskIsLow(): boolean {
    return this.freeBytes !== null && this.freeBytes < lowDiskBytes;
  }

  get damage(): FoundDamage {
    return this.#damage.found;
  }

  /** IndexedDB does not answer: the journal alone is read and written until it does. */
  get isAlone(): boolean {
    return this.#rows.isAlone;
  }

  /** IndexedDB is left shut because the disk is so full that opening it could destroy it. */
  get isDatabaseSpared(): boolean {
    return this.isAlone && this.#journal.isTight;
  }
  /** False where the browser has not promised to keep this site's files when the disk runs short. */
  get isKept(): boolean {
    return this.#journal.isKept;
  }

  /** Goes on without IndexedDB, which is tried behind the screens until it answers. */
  goOnAlone(): void {
    this.#watchSpace();
    this.#rows.goOnAlone();
  }

  /** Calls back whenever IndexedDB was opened anew and holds the work again; `isNew`: it came back empty. */
  onBack(listener: (isNew: boolean) => void): void {
    this.#rows.onBack(listener);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Decides on the newest state and commits what was decided; settles when it is on the disk. */
  commit(decide: () => readonly Put[] | Promise<readonly Put[]>): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#closed)
        throw new AppError('journal-unavailable', { message: 'This work was closed. Sign in again.' });
      if (this.#journal.isInDoubt) await this.#settleDoubt();
      if (this.#dues.areOpen) await this.#dues.pay();
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
        await this.#rows.rewrite(items);
      });
  }

  /** Before the first text goes: an app that knows nothing of this must not open the store any more. */
  async refuseOlderApps(): Promise<void> {
    await this.use('guard', ({ guard }) => guard.update('guard', { schemaVersion }));
  }

  /** Leaves in journal and rows only what the log holds now. @returns false where that is to be done again @throws AppError as well */
  sweep(): Promise<boolean> {
    return this.#whileOpen(async () => {
      await this.#settleDoubt();
      await this.#compact();
      return this.#rows.areUpToDate;
    });
  }

  #whileOpen<T>(job: () => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      if (this.#closed) throw new AppError('journal-unavailable', { details: { reason: 'closed' } });
      return job();
    });
  }

  async close(): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      if (this.#spaceCheck) clearTimeout(this.#spaceCheck);
      await this.#rows.close();
      await this.#journal.close();
    });
  }

  async #append(items: Item[]): Promise<void> {
    try {
      await this.#journal.append(items);
    } finally {
      this.#watchSpace();
    }
    this.log.apply(items);
    await this.#rows.follow(items);
  }

  #settleDoubt = () => this.#journal.settleDoubt((items) => this.#append(items));

  /** Work goes on by itself once there is space again: nobody has to try. */
  #watchSpace(): void {
    if (!(this.diskIsLow || this.#journal.isInDoubt) || this.#spaceCheck || this.#closed) return;
    this.#spaceCheck = setTimeout(async () => {
      await this.#askForSpace();
      this.#spaceCheck = null;
      this.emit();
      this.#watchSpace();
    }, this.#deps.spaceCheckMs ?? spaceCheckMs);
  }

  /** An empty record is the only question the journal answers with the disk's state. */
  #askForSpace(): Promise<void> {
    return this.#queue
      .run(async () => {
        if (this.#closed) return;
        await this.#settleDoubt();
        await this.#append([]);
      })
      .catch(() => undefined);
  }

  /** For what a start or a download needs of IndexedDB. @throws AppError `store-unavailable` when it hangs */
  use<T>(what: string, work: (database: LocalDatabase) => PromiseLike<T>): Promise<T> {
    return this.#rows.use(what, work);
  }

  /** For what the journal could tell as well. @throws AppError `store-unavailable`, soon or at once */
  ask<T>(what: string, question: (database: LocalDatabase) => PromiseLike<T>): Promise<T> {
    return this.#rows.ask(what, question);
  }

  /** Reads the journal, and lets journal and Dexie give each other what they lack; the journal alone will do. */
  async #start(opened: OpenedDatabase | null): Promise<void> {
    const read = await this.#journal.replay(opened?.upTo);
    this.#damage.wasRead(read);
    const isMended = opened && (await this.#mend(read, opened).then(() => true, noAnswer));
    if (!isMended) await this.#startAlone(read.damaged);
    await this.#compactIfWorthIt();
  }

  async #mend(
    { damaged, passed }: { damaged: number; passed: boolean },
    opened: OpenedDatabase,
  ): Promise<void> {
    const { upTo } = opened;
    // Dexie holds what the journal held at that point: only what came after is due, and no row needs to be looked at.
    if (upTo && passed && damaged === 0 && this.log.size > 0) {
      await this.#rows.write(this.log.items().filter(({ lsn }) => lsn > upTo.lsn));
      return this.#noteDamage(true);
    }
    const dexie = await this.#rows.versions();
    const rescued = await this.#takeBack(dexie);
    if (dexie.size > 0 && this.log.size === 0) throw new AppError('key-unavailable');
    if (reconcile(this.log.versions(), dexie).toDexie.length > 0) await this.#rows.writeMissing();
    else await this.#rows.writeMark();
    const doubtful = damaged > 0 || rescued.damaged > 0 || (dexie.size === 0 && this.log.size > 0);
    if (!this.log.identity()) await this.#append(numbered(this.#dues.newClient(), this.log.lsn));
    if (doubtful || this.#dues.hasStrays()) await this.#dues.owe('attempted');
    await this.#noteDamage(this.#damage.isVouched(opened, rescued));
  }

  async #noteDamage(vouched: boolean): Promise<void> {
    const note = this.#damage.judged(vouched, this.#deps.clock().toISOString());
    if (note.length > 0) await this.#append(numbered(note, this.log.lsn)).catch(whenFull);
  }

  /** Gives the journal what it lost, to damage or with its file, and Dexie still holds. */
  async #takeBack(inDexie: Versions): Promise<Rescued> {
    const wanted = new Set(reconcile(this.log.versions(), inDexie).toJournal);
    if (wanted.size === 0) return { found: 0, damaged: 0 };
    const { items, damaged } = await this.#rows.read(wanted);
    await this.#journal.takeBack(items);
    this.log.apply(items);
    const rescued = { found: items.length, damaged };
    this.#damage.wasRescued(rescued);
    return rescued;
  }

  async #meetAgain(inDexie: Versions, opened: OpenedDatabase): Promise<void> {
    const rescued = await this.#takeBack(inDexie);
    if (this.#dues.hasStrays()) await this.#dues.owe('attempted');
    if (this.#damage.found.vouched === null) await this.#noteDamage(this.#damage.isVouched(opened, rescued));
  }

  /**
   * Without Dexie: the journal holds all that was ever called saved. Where it is damaged, Dexie may hold what it lost;
   * what is written meanwhile goes under a client id and numbers of its own, so that neither takes the other's place.
   */
  async #startAlone(damaged: number): Promise<void> {
    // With no item in the journal the work may be in Dexie alone: never an empty start.
    if (this.log.size === 0)
      throw new AppError('store-unavailable', { details: { what: 'start', journal: 'empty' } });
    if (damaged > 0 || this.#journal.wasCut || !this.log.identity()) await this.#dues.owe('apart');
    else if (this.#dues.hasStrays()) await this.#dues.owe('attempted');
    this.goOnAlone();
  }

  async #compactIfWorthIt(): Promise<void> {
    if (!this.#journal.isWorthCompacting) return;
    try {
      await this.#compact();
    } catch (cause) {
      // On a full disk there is no room for a second copy: the old journal stands and is as good as before.
      console.warn('The journal could not be written anew; the next start tries again.', cause);
    }
  }

  /** What cannot be read is set aside first, and only once it is known what it means. @throws AppError; the old one stands */
  async #compact(): Promise<void> {
    this.#damage.requireJudged();
    await this.#journal.compact(this.#damage.found.inFile > 0);
    this.#damage.wasSetAside();
  }
}
