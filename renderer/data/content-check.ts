import type { AssignmentId } from '../../shared/schema/ids.ts';
import type { ContentIndex } from './content-index.ts';
import type { ContentRecord } from './content-record.ts';
import { type ContentRows, rowsAtOnce } from './content-rows.ts';
import { whenIdle } from './idle-time.ts';
import type { Journal } from './journal.ts';

type Parts = {
  journal: Journal<ContentRecord>;
  rows: ContentRows;
  index: ContentIndex;
  /** Runs a step while nothing else is written; undefined once it cannot be, because rows or files are away. */
  inTurn: <T>(step: () => Promise<T>) => Promise<T | undefined>;
  /** Changes whenever the journal is written anew, so that nothing stands where it stood. */
  edition: () => number;
  /** There is room on the disk for more than the work. */
  hasSpace: () => boolean;
  /** Writes the journal anew with these. */
  replace: (records: readonly ContentRecord[]) => Promise<void>;
  /** There are cases that stand nowhere and were not fetched again yet. */
  isAnyLost: () => boolean;
  /** So many places of the journal cannot be read. */
  onDamage: (places: number) => void;
  /** These cases stand neither in the journal nor in IndexedDB. */
  onLost: (ids: readonly AssignmentId[]) => void;
};

/**
 * Looks the cases' journal through behind the screens, a chunk in an idle moment. Where something of it cannot be read,
 * the cases that stood there are written down again from IndexedDB, and those that it does not have either are named. Once
 * none is missing any more, the journal is written anew without what cannot be read, so that it is told of once.
 */
export class ContentCheck {
  readonly #parts: Parts;
  #running: Promise<void> | null = null;
  /** Something of the journal was lost, and it is not known yet which cases. */
  #isSuspect = false;
  #isDamaged = false;
  #wasRead = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The journal was read from end to end. */
  wasRead(damaged: number): void {
    this.#wasRead = true;
    this.#isDamaged ||= damaged > 0;
    this.#isSuspect ||= damaged > 0;
  }

  /** Cases may be gone although the journal, as it is now, can be read. */
  suspect(): void {
    this.#isSuspect = true;
  }

  /** Never rejects: what does not come to its end is looked for after the next return of IndexedDB, or the next start. */
  run(): Promise<void> {
    this.#running ??= this.#run()
      .catch((cause) => console.warn('The journal of the cases is looked through later.', cause))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #run(): Promise<void> {
    if (!this.#wasRead && !(await this.#look())) return;
    if (this.#isSuspect && (await this.#compare())) this.#isSuspect = false;
    const { isAnyLost, hasSpace, inTurn } = this.#parts;
    // While a case is missing, the damage is what tells a start to look for it.
    if (this.#isDamaged && !this.#isSuspect && !isAnyLost() && hasSpace())
      await inTurn(() => this.#writeAnew());
  }

  /** @returns false where it did not come to the journal's end */
  async #look(): Promise<boolean> {
    let places = 0;
    const isOver = await this.#eachChunk(async (offset) => {
      const { damaged, next } = await this.#parts.journal.checkChunk(offset);
      places += damaged;
      return next;
    });
    if (places > 0) this.#parts.onDamage(places);
    if (isOver) this.wasRead(places);
    return isOver;
  }

  async #eachChunk(read: (offset: number) => Promise<number | null>): Promise<boolean> {
    const edition = this.#parts.edition();
    for (let offset: number | null = 0; offset !== null; ) {
      const at: number = offset;
      await whenIdle();
      const next = await this.#parts.inTurn(async () =>
        this.#parts.edition() === edition ? read(at) : undefined,
      );
      if (next === undefined) return false;
      offset = next;
    }
    return true;
  }

  async #compare(): Promise<boolean> {
    const { index, inTurn, journal } = this.#parts;
    const inJournal = new Set<AssignmentId>();
    const isOver = await this.#eachChunk(async (offset) => {
      const { values, next } = await journal.readChunk(offset);
      for (const record of values)
        if ('assignments' in record) for (const { id } of record.assignments) inJournal.add(id);
      return next;
    });
    if (!isOver) return false;
    const absent = index.ids().filter((id) => !inJournal.has(id));
    for (let at = 0; at < absent.length; at += rowsAtOnce) {
      await whenIdle();
      const isDone = await inTurn(async () => {
        await this.#restore(absent.slice(at, at + rowsAtOnce));
        return true;
      });
      if (!isDone) return false;
    }
    return true;
  }

  async #restore(given: readonly AssignmentId[]): Promise<void> {
    const { index, rows, journal, hasSpace, onLost } = this.#parts;
    // What was let go meanwhile is not lost.
    const ids = given.filter((id) => index.placeOf(id) !== null);
    const cases = await rows.read(ids);
    if (cases.length > 0 && hasSpace()) {
      await journal.append([{ assignments: cases }]);
      await rows.markRead(journal.size());
    }
    const found = new Set(cases.map(({ id }) => id));
    const lost = ids.filter((id) => !found.has(id));
    if (lost.length > 0) onLost(lost);
  }

  async #writeAnew(): Promise<void> {
    const { journal, rows, replace } = this.#parts;
    const { values, damaged } = await journal.readAll();
    if (damaged > 0) {
      await journal.setAside();
      const batches = new Set(values.flatMap((record) => ('batch' in record ? [record.batch.id] : [])));
      const lost: ContentRecord[] = (await rows.guidelines('')).map((guidelines) => ({ guidelines }));
      for await (const batch of rows.batches()) if (!batches.has(batch.id)) lost.push({ batch });
      await replace([...lost, ...values]);
    }
    this.#isDamaged = false;
  }
}
