import { AppError } from '../../shared/errors.ts';
import type { ClientId } from '../../shared/schema/ids.ts';
import { decideNewClient } from './decide-lineage.ts';
import { type Item, numbered, type Put, type WorkLog } from './work-log.ts';

/** Where IndexedDB may hold newer items than a damaged journal, what is written without it is numbered so far above. */
const apart = 1_000_000;

/** A full disk may wait with what was to be written: the work can be read all the same. */
export function whenFull(cause: unknown): void {
  if (!(cause instanceof AppError && cause.code === 'disk-low')) throw cause;
}

type Parts = {
  log: WorkLog;
  newClientId: () => ClientId;
  append: (items: Item[]) => Promise<void>;
};

/** What a start has to write down before any other change, since the journal or the rows were in doubt. */
export class WorkDues {
  readonly #parts: Parts;
  /** Decided at the start; a disk that was full then had no room for it. */
  #due: 'attempted' | 'apart' | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get areOpen(): boolean {
    return this.#due !== null;
  }

  /** Unsent changes under a client id that is not the newest: damage took what came between. */
  hasStrays(): boolean {
    const { log } = this.#parts;
    const generation = log.identity()?.generation;
    return log.unsettled().some(([, value]) => value.generation !== generation);
  }

  newClient(): Put[] {
    return decideNewClient(this.#parts.log, this.#parts.newClientId(), 'unreceipted');
  }

  /** Pays at once; a full disk may wait with it, so that the work can be read all the same. */
  async owe(what: 'attempted' | 'apart'): Promise<void> {
    this.#due = what;
    try {
      await this.pay();
    } catch (cause) {
      if (!this.#parts.log.identity()) throw cause;
      whenFull(cause);
    }
  }

  async pay(): Promise<void> {
    const { log, append } = this.#parts;
    const isApart = this.#due === 'apart';
    // What was sent cannot be known any more, so nothing unsent may change (rule S11).
    const unsure = log.unsettled().filter(([key]) => !log.progress(key).attempted);
    const attempted = unsure.map(([key]): Put => {
      return { type: 'progress', key, value: { ...log.progress(key), attempted: true } };
    });
    if (attempted.length > 0) await append(numbered(attempted, log.lsn + (isApart ? apart : 0)));
    if (isApart || this.hasStrays())
      await append(numbered(this.newClient(), log.lsn + (isApart ? apart : 0)));
    this.#due = null;
  }
}
