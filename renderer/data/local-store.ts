import { AppError } from '../../shared/errors.ts';
import { type ClientId, uuidv7 } from '../../shared/schema/ids.ts';
import type { Platform } from '../platform.ts';
import {
  type LocalDatabase,
  type LogMark,
  noAnswer,
  type OpenedDatabase,
  openDatabase,
  schemaVersion,
} from './database.ts';
import { decideNewClient } from './decide-lineage.ts';
import { type Damage, type Journal, openJournal } from './journal.ts';
import { decideDamageNote, type FoundDamage } from './journal-damage.ts';
import { reconcile, type Versions } from './reconcile.ts';
import type { DataKey } from './sealed-box.ts';
import { type Item, itemId, numbered, type Put, preferenceKey, WorkLog } from './work-log.ts';
import { WorkRows } from './work-rows.ts';

/** Under this much free space nothing new is accepted: room to finish writing, sync and be rescued. */
export const lowDiskBytes = 200 * 1024 * 1024;
/** Under this much IndexedDB is not opened: Chromium deletes and makes anew one that it cannot write to. */
const tightBytes = 32 * 1024 * 1024;
/** A journal is written anew when it is this large and mostly superseded. */
const compactBytes = 4 * 1024 * 1024;
const compactRatio = 4;
/** Or when it has this many records: each is opened by itself at every start. */
const compactRecords = 2000;
const itemsPerRecord = 100;
const takenBackAtOnce = 500;
/** While space is short the disk is asked again this often. */
const spaceCheckMs = 10_000;
/** Where IndexedDB may hold newer items than a damaged journal, what is written without it is numbered so far above. */
const apart = 1_000_000;

/** What IndexedDB held that the journal had lost, and how many of its rows could not be opened. */
type Rescued = { found: number; damaged: number };

/** Notes when IndexedDB was last built anew. */
export const rebuiltKey = 'local-database-rebuilt';

const isTight = (journal: Journal<Item[]>): boolean => {
  const freeBytes = journal.freeBytes();
  return freeBytes !== null && freeBytes < tightBytes;
};

/** A full disk may wait with what was to be written: the work can be read all the same. */
function whenFull(cause: unknown): void {
  if (!(cause instanceof AppError && cause.code === 'disk-low')) throw cause;
}

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
  readonly #rows: WorkRows;
  #tail: Promise<unknown> = Promise.resolve();
  #jobs = 0;
  /** A record whose append failed: it may be in the file all the same. */
  #doubt: { offset: number; items: Item[] } | null = null;
  #putsInFile = 0;
  #recordsInFile = 0;
  #closed = false;
  /** Records or rows could not be read at the start. */
  #isDamaged = false;
  #spaceCheck: ReturnType<typeof setTimeout> | null = null;
  /** What the start found in the journal. */
  #found: FoundDamage = { inFile: 0, bytes: 0, vouched: true };
  /** How far the journal told of changes before anything else did. */
  #told = 0;
  /** Decided at the start, due before any other change: a disk that was full then had no room for it. */
  #due: 'attempted' | 'apart' | null = null;
  /** IndexedDB was gone although there was work on this laptop; what was lost with it is in the journal. */
  readonly wasWiped: boolean;

  private constructor(deps: StoreDeps, journal: Journal<Item[]>, opened: OpenedDatabase | null) {
    this.#deps = deps;
    this.dataKey = deps.dataKey;
    this.#journal = journal;
    this.#rows = new WorkRows(
      {
        ...{ name: deps.name, dataKey: deps.dataKey, log: this.log },
        ...{ openTimeoutMs: deps.openTimeoutMs, patienceMs: deps.patienceMs },
        isTight: () => isTight(journal),
        meetAgain: (inDexie, reopened) => this.#whileOpen(() => this.#meetAgain(inDexie, reopened)),
        onReturn: () => this.emit(),
      },
      opened,
    );
    this.wasWiped = opened?.isNew === true && journal.size() > 0;
  }

  /**
   * @throws AppError `already-open`, `store-newer`, `key-unavailable` or `journal-unavailable`; `store-unavailable` only
   *   where IndexedDB does not answer and the journal is empty, so that the work may be there alone
   */
  static async open(deps: StoreDeps): Promise<LocalStore> {
    const journal = await openJournal<Item[]>(deps.host, `${deps.name}.work`, deps.dataKey);
    try {
      // With an empty journal there is nothing else to open, and nothing known that could be lost.
      const isSpared = journal.size() > 0 && isTight(journal);
      const opened = isSpared ? null : await openDatabase(deps.name, deps.openTimeoutMs).catch(noAnswer);
      const store = new LocalStore(deps, journal, opened);
      await store.#start(opened);
      return store;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  get freeBytes(): number | null {
    return this.#journal.freeBytes();
  }
  /** What is here may be the only copy of something that could not be read, or is not known to stand in both places. */
  get isDoubtful(): boolean {
    return this.#isDamaged || this.isAlone;
  }
  get diskIsLow(): boolean {
    return this.freeBytes !== null && this.freeBytes < lowDiskBytes;
  }

  get damage(): FoundDamage {
    return this.#found;
  }

  /** IndexedDB does not answer: the journal alone is read and written until it does. */
  get isAlone(): boolean {
    return this.#rows.isAlone;
  }

  /** IndexedDB is left shut because the disk is so full that opening it could destroy it. */
  get isDatabaseSpared(): boolean {
    return this.isAlone && isTight(this.#journal);
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
      if (this.#due) await this.#payDue();
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
      await this.#rows.close();
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
    await this.#rows.follow(items);
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
    const read = await this.#replay(opened?.upTo);
    this.#found = { inFile: read.damaged, bytes: read.damagedBytes, vouched: null };
    this.#isDamaged = read.damaged > 0;
    this.#told = this.log.lsn;
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
    if (!this.log.identity()) await this.#append(numbered(this.#newClient(), this.log.lsn));
    if (doubtful || this.#hasStrays()) await this.#owe('attempted');
    await this.#noteDamage(this.#isVouched(opened, rescued));
  }

  /**
   * Damage has whole records behind it, so that rows which were brought at least as far as the journal tells held what
   * stood there; rows that were built anew may have been built from the damaged journal, unless they know more than it.
   */
  #isVouched({ upTo, isNew }: OpenedDatabase, rescued: Rescued): boolean {
    const wasRebuilt = this.log.preference(preferenceKey(rebuiltKey)) !== null;
    const isFar = !isNew && upTo !== undefined && upTo.lsn >= this.#told;
    return isFar && rescued.damaged === 0 && (rescued.found > 0 || !wasRebuilt);
  }

  async #noteDamage(vouched: boolean): Promise<void> {
    this.#found = { ...this.#found, vouched };
    const note = decideDamageNote(this.log, this.#found, this.#deps.clock().toISOString());
    if (note.length > 0) await this.#append(numbered(note, this.log.lsn)).catch(whenFull);
  }

  /** Gives the journal what it lost, to damage or with its file, and Dexie still holds. */
  async #takeBack(inDexie: Versions): Promise<Rescued> {
    const wanted = new Set(reconcile(this.log.versions(), inDexie).toJournal);
    if (wanted.size === 0) return { found: 0, damaged: 0 };
    const { items, damaged } = await this.#rows.read(wanted);
    for (let at = 0; at < items.length; at += takenBackAtOnce)
      await this.#journal.append([items.slice(at, at + takenBackAtOnce)]);
    this.log.apply(items);
    this.#isDamaged ||= damaged > 0;
    return { found: items.length, damaged };
  }

  async #meetAgain(inDexie: Versions, opened: OpenedDatabase): Promise<void> {
    const rescued = await this.#takeBack(inDexie);
    if (this.#hasStrays()) await this.#owe('attempted');
    if (this.#found.vouched === null) await this.#noteDamage(this.#isVouched(opened, rescued));
  }

  /**
   * Without Dexie: the journal holds all that was ever called saved. Where it is damaged, Dexie may hold what it lost;
   * what is written meanwhile goes under a client id and numbers of its own, so that neither takes the other's place.
   */
  async #startAlone(damaged: number): Promise<void> {
    // With no item in the journal the work may be in Dexie alone: never an empty start.
    if (this.log.size === 0)
      throw new AppError('store-unavailable', { details: { what: 'start', journal: 'empty' } });
    if (damaged > 0 || this.#journal.cutBytes > 0 || !this.log.identity()) await this.#owe('apart');
    else if (this.#hasStrays()) await this.#owe('attempted');
    this.goOnAlone();
  }

  /** Unsent changes under a client id that is not the newest: damage took what came between. */
  #hasStrays(): boolean {
    const generation = this.log.identity()?.generation;
    return this.log.unsettled().some(([, value]) => value.generation !== generation);
  }

  #newClient = () => decideNewClient(this.log, newId(this.#deps.clock) as ClientId, 'unreceipted');

  /** Pays at once; a full disk may wait with it, so that the work can be read all the same. */
  async #owe(what: 'attempted' | 'apart'): Promise<void> {
    this.#due = what;
    try {
      await this.#payDue();
    } catch (cause) {
      if (!this.log.identity()) throw cause;
      whenFull(cause);
    }
  }

  async #payDue(): Promise<void> {
    const isApart = this.#due === 'apart';
    // What was sent cannot be known any more, so nothing unsent may change (rule S11).
    const unsure = this.log.unsettled().filter(([key]) => !this.log.progress(key).attempted);
    const attempted = unsure.map(([key]): Put => {
      return { type: 'progress', key, value: { ...this.log.progress(key), attempted: true } };
    });
    if (attempted.length > 0) await this.#append(numbered(attempted, this.log.lsn + (isApart ? apart : 0)));
    if (isApart || this.#hasStrays())
      await this.#append(numbered(this.#newClient(), this.log.lsn + (isApart ? apart : 0)));
    this.#due = null;
  }

  /** Takes the journal in; `passed` says that at the end of some record it held exactly what the mark says. */
  async #replay(upTo: LogMark | undefined): Promise<Damage & { passed: boolean }> {
    let passed = false;
    const damage = await this.#journal.readEach(async (records) => {
      for (const record of records) {
        this.#putsInFile += record.length;
        this.#recordsInFile += 1;
        this.log.apply(record);
        const { lsn, sum } = this.log.mark();
        passed ||= lsn === upTo?.lsn && sum === upTo.sum;
      }
    });
    return { ...damage, passed };
  }

  async #compactIfWorthIt(): Promise<void> {
    const isStale = this.#journal.size() >= compactBytes && this.#putsInFile >= compactRatio * this.log.size;
    if (!isStale && this.#recordsInFile < compactRecords) return;
    try {
      await this.#compact();
    } catch (cause) {
      // On a full disk there is no room for a second copy: the old journal stands and is as good as before.
      console.warn('The journal could not be written anew; the next start tries again.', cause);
    }
  }

  /** What cannot be read is set aside first, and only once it is known what it means. @throws AppError; the old one stands */
  async #compact(): Promise<void> {
    const { inFile, vouched } = this.#found;
    if (inFile > 0 && vouched === null)
      throw new AppError('store-unavailable', { details: { what: 'compact' } });
    const items = this.log.items();
    const records: Item[][] = [];
    for (let at = 0; at < items.length; at += itemsPerRecord)
      records.push(items.slice(at, at + itemsPerRecord));
    if (inFile > 0) await this.#journal.setAside();
    await this.#journal.replace(records);
    this.#found = { inFile: 0, bytes: 0, vouched };
    this.#putsInFile = items.length;
    this.#recordsInFile = records.length;
  }
}
