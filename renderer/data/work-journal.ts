import { AppError } from '../../shared/errors.ts';
import type { Platform } from '../platform.ts';
import type { LogMark } from './database.ts';
import { type Damage, type Journal, openJournal } from './journal.ts';
import type { DataKey } from './sealed-box.ts';
import type { Item, WorkLog } from './work-log.ts';

/** Under this much IndexedDB is not opened: Chromium deletes and makes anew one that it cannot write to. */
const tightBytes = 32 * 1024 * 1024;
/** A journal is written anew when it is this large and mostly superseded. */
const compactBytes = 4 * 1024 * 1024;
const compactRatio = 4;
/** Or when it has this many records: each is opened by itself at every start. */
const compactRecords = 2000;
export const itemsPerRecord = 100;
const takenBackAtOnce = 500;

/** The journal of a physician's work: what is in it for sure, what may be, and when it is worth writing anew. */
export class WorkJournal {
  readonly #journal: Journal<Item[]>;
  readonly #log: WorkLog;
  /** A record whose append failed: it may be in the file all the same. */
  #doubt: { offset: number; items: Item[] } | null = null;
  #putsInFile = 0;
  #recordsInFile = 0;

  private constructor(journal: Journal<Item[]>, log: WorkLog) {
    this.#journal = journal;
    this.#log = log;
  }

  /** @throws AppError `already-open`, `store-newer` or `journal-unavailable` */
  static async open(
    { host, name, dataKey }: { host: Platform; name: string; dataKey: DataKey },
    log: WorkLog,
  ): Promise<WorkJournal> {
    return new WorkJournal(await openJournal<Item[]>(host, `${name}.work`, dataKey), log);
  }

  get isEmpty(): boolean {
    return this.#journal.size() === 0;
  }
  get freeBytes(): number | null {
    return this.#journal.freeBytes();
  }
  /** The disk is so full that opening IndexedDB could destroy it. */
  get isTight(): boolean {
    return this.freeBytes !== null && this.freeBytes < tightBytes;
  }
  /** False where the browser has not promised to keep this site's files when the disk runs short. */
  get isKept(): boolean {
    return this.#journal.isKept;
  }
  /** A torn tail was cut when it was opened. */
  get wasCut(): boolean {
    return this.#journal.cutBytes > 0;
  }
  get isInDoubt(): boolean {
    return this.#doubt !== null;
  }

  /** Settles when it is on the disk. @throws AppError; then it is in doubt whether it is */
  async append(items: Item[]): Promise<void> {
    const offset = this.#journal.size();
    try {
      await this.#journal.append([items]);
    } catch (cause) {
      this.#doubt = { offset, items };
      if (cause instanceof AppError) throw cause;
      throw new AppError('journal-unavailable', { cause });
    }
    this.#putsInFile += items.length;
    this.#recordsInFile += 1;
  }

  /**
   * After a failed append the record may or may not be in the file. If it is, it is written again, so that it is
   * surely on the disk, and counts; else its numbers are free. Where the file came back without what it had held, the
   * log writes all of it.
   */
  async settleDoubt(again: (items: Item[]) => Promise<void>): Promise<void> {
    if (!this.#doubt) return;
    const { offset, items } = this.#doubt;
    let found = false;
    await this.#journal.reopen();
    await this.#journal.readEach(async (records) => {
      found ||= records.some((record) => record[0]?.lsn === items[0]?.lsn);
    }, offset);
    if (this.#journal.size() < offset) await this.compact(false);
    else if (found) await again(items);
    this.#doubt = null;
  }

  /** Puts items back that it had lost, under the numbers they have. */
  async takeBack(items: readonly Item[]): Promise<void> {
    for (let at = 0; at < items.length; at += takenBackAtOnce)
      await this.#journal.append([items.slice(at, at + takenBackAtOnce)]);
  }

  /** Takes all of it into the log; `passed` says that at the end of some record it held exactly what the mark says. */
  async replay(upTo: LogMark | undefined): Promise<Damage & { passed: boolean }> {
    let passed = false;
    const damage = await this.#journal.readEach(async (records) => {
      for (const record of records) {
        this.#putsInFile += record.length;
        this.#recordsInFile += 1;
        this.#log.apply(record);
        const { lsn, sum } = this.#log.mark();
        passed ||= lsn === upTo?.lsn && sum === upTo.sum;
      }
    });
    return { ...damage, passed };
  }

  /** Large and mostly superseded, or of very many records. */
  get isWorthCompacting(): boolean {
    const isStale = this.#journal.size() >= compactBytes && this.#putsInFile >= compactRatio * this.#log.size;
    return isStale || this.#recordsInFile >= compactRecords;
  }

  /** Leaves in the file what the log holds now. @param isDamaged it is set aside as it stands first @throws AppError; the old one stands */
  async compact(isDamaged: boolean): Promise<void> {
    const items = this.#log.items();
    const records: Item[][] = [];
    for (let at = 0; at < items.length; at += itemsPerRecord)
      records.push(items.slice(at, at + itemsPerRecord));
    if (isDamaged) await this.#journal.setAside();
    await this.#journal.replace(records);
    this.#putsInFile = items.length;
    this.#recordsInFile = records.length;
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
