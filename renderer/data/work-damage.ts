import { AppError } from '../../shared/errors.ts';
import type { OpenedDatabase } from './database.ts';
import type { Damage } from './journal.ts';
import { decideDamageNote, type FoundDamage } from './journal-damage.ts';
import { type Put, preferenceKey, type WorkLog } from './work-log.ts';

/** Notes when IndexedDB was last built anew. */
export const rebuiltKey = 'local-database-rebuilt';

/** What IndexedDB held that the journal had lost, and how many of its rows could not be opened. */
export type Rescued = { found: number; damaged: number };

/** What of a physician's work could not be read, and whether IndexedDB made up for it. */
export class WorkDamage {
  readonly #log: WorkLog;
  /** What the start found in the journal. */
  #found: FoundDamage = { inFile: 0, bytes: 0, vouched: true };
  /** How far the journal told of changes before anything else did. */
  #told = 0;
  #isAny = false;

  constructor(log: WorkLog) {
    this.#log = log;
  }

  get found(): FoundDamage {
    return this.#found;
  }
  /** Records or rows could not be read since the start. */
  get isAny(): boolean {
    return this.#isAny;
  }

  /** The journal was read from end to end, and nothing else yet. */
  wasRead({ damaged, damagedBytes }: Damage): void {
    this.#found = { inFile: damaged, bytes: damagedBytes, vouched: null };
    this.#isAny = damaged > 0;
    this.#told = this.#log.lsn;
  }

  wasRescued({ damaged }: Rescued): void {
    this.#isAny ||= damaged > 0;
  }

  /**
   * Damage has whole records behind it, so that rows which were brought at least as far as the journal tells held what
   * stood there; rows that were built anew may have been built from the damaged journal, unless they know more than it.
   */
  isVouched({ upTo, isNew }: OpenedDatabase, rescued: Rescued): boolean {
    const wasRebuilt = this.#log.preference(preferenceKey(rebuiltKey)) !== null;
    const isFar = !isNew && upTo !== undefined && upTo.lsn >= this.#told;
    return isFar && rescued.damaged === 0 && (rescued.found > 0 || !wasRebuilt);
  }

  /** From now on it is known what is missing. @returns the note of it, to be written down */
  judged(vouched: boolean, at: string): Put[] {
    this.#found = { ...this.#found, vouched };
    return decideDamageNote(this.#log, this.#found, at);
  }

  /** @throws AppError where it is not known yet what the damage means: nothing may be thrown away before */
  requireJudged(): void {
    const { inFile, vouched } = this.#found;
    if (inFile > 0 && vouched === null)
      throw new AppError('store-unavailable', { details: { what: 'compact' } });
  }

  /** The file was written anew without it. */
  wasSetAside(): void {
    this.#found = { ...this.#found, inFile: 0, bytes: 0 };
  }
}
