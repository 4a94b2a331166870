import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { ContentCheck } from './content-check.ts';
import { ContentGaps } from './content-gaps.ts';
import { ContentIndex } from './content-index.ts';
import {
  type CaseContent,
  type ContentRecord,
  caseIn,
  documentId,
  type GuidelinesVersion,
  withoutBatch,
} from './content-record.ts';
import { ContentRows, rowsAtOnce } from './content-rows.ts';
import { noAnswer } from './database.ts';
import type { Place } from './decide-versions.ts';
import { type Journal, openJournal } from './journal.ts';
import type { LocalStore, StoreDeps } from './local-store.ts';

const keptOpen = 12;
/** A start has shown its first case long before its journal is looked through. */
const checkAfterMs = 5000;

/** Downloaded batches and cases: read-only, in their own journal and in Dexie, opened one case at a time. */
export class ContentStore {
  readonly #store: LocalStore;
  readonly #journal: Journal<ContentRecord>;
  readonly #rows: ContentRows;
  readonly #index = new ContentIndex();
  /** What of it is missing and can be had again. */
  readonly gaps = new ContentGaps(this.#index);
  readonly #check: ContentCheck;
  #checkTimer: ReturnType<typeof setTimeout> | null = null;
  /** How often the journal was written anew. */
  #edition = 0;
  /** The journal holds what IndexedDB does not yet. */
  #isBehind = false;
  #damaged = 0;
  #closed = false;
  readonly #open = new Map<AssignmentId, Promise<CaseContent>>();
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(store: LocalStore, journal: Journal<ContentRecord>) {
    this.#store = store;
    this.#journal = journal;
    this.#rows = new ContentRows(store);
    this.#check = new ContentCheck({
      ...{ journal, rows: this.#rows, index: this.#index },
      inTurn: (step) => this.#serialized(async () => (this.#isShut ? undefined : step())),
      edition: () => this.#edition,
      hasSpace: () => !store.diskIsLow,
      replace: (records) => this.#replace(records),
      isAnyLost: () => this.gaps.isAnyLost,
      onDamage: (places) => this.#noteDamage(places),
      onLost: (ids) => this.#lose(ids),
    });
  }

  static async open(store: LocalStore, deps: StoreDeps): Promise<ContentStore> {
    const journal = await openJournal<ContentRecord>(deps.host, `${deps.name}.content`, deps.dataKey);
    try {
      const content = new ContentStore(store, journal);
      const isMended = !store.isAlone && (await content.#meet().then(() => true, noAnswer));
      if (!isMended) await content.#openAlone();
      store.onBack((isNew) => void content.#catchUp(isNew).then(() => content.#check.run())); // never rejects
      content.#checkTimer = setTimeout(() => void content.#check.run(), deps.checkAfterMs ?? checkAfterMs);
      // Nothing waits for it: a title that cannot be read stays empty and is tried at the next start.
      void content.#indexMissingTitles().catch(() => undefined);
      return content;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  /** Places of its journal that could not be read since the start. */
  get damaged(): number {
    return this.#damaged;
  }
  batches(): PhysicianBatch[] {
    return this.#index.batches();
  }
  batch(id: BatchId): PhysicianBatch | null {
    return this.#index.batch(id);
  }
  placeOf(id: AssignmentId): Place | null {
    return this.#index.placeOf(id);
  }
  /** How many titles are known. */
  titleCount(): number {
    return this.#index.titleCount();
  }
  /** Empty while the titles of a store from before they were kept apart are still being read. */
  titleOf(id: AssignmentId): string {
    return this.#index.titleOf(id);
  }
  /** Ids of a batch's cases on this laptop, in their order. */
  order(batchId: BatchId): readonly AssignmentId[] {
    return this.#index.order(batchId);
  }

  /** Decrypts a case; the last few stay open. @throws AppError `not-found`, `case-missing` or `store-unavailable` */
  load(id: AssignmentId): Promise<CaseContent> {
    const known = this.#open.get(id);
    this.#open.delete(id);
    const content = known ?? this.#read(id);
    this.#open.set(id, content);
    content.catch(() => this.#open.delete(id));
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= keptOpen) break;
      this.#open.delete(oldest);
    }
    return content;
  }

  /** Versions of a batch's guidelines that were replaced by a later one, newest first. */
  async earlierGuidelines(batchId: BatchId): Promise<GuidelinesVersion[]> {
    const current = this.#index.batch(batchId)?.guidelines?.version ?? 0;
    const rows = await this.#rows.guidelines(`${batchId}.`).catch(() => []);
    const kept = this.#index.guidelines(batchId);
    for (const version of rows) kept.set(documentId(version), version);
    const earlier = [...kept.values()].filter(({ version }) => version < current);
    return earlier.sort((one, other) => other.version - one.version);
  }

  /** Journal first, then Dexie; both hold it when this settles. */
  storeBatch(batch: PhysicianBatch): Promise<void> {
    return this.#serialized(async () => {
      await this.#journal.append([{ batch }]);
      await this.#write({ batch });
      this.gaps.askAgain(batch.id);
    });
  }

  storePage(assignments: readonly CaseContent[]): Promise<void> {
    return this.#serialized(async () => {
      const fresh = assignments.filter(({ id }) => !this.#index.placeOf(id) || this.gaps.isLost(id));
      if (fresh.length === 0) return;
      await this.#journal.append([{ assignments: fresh }]);
      await this.#write({ assignments: fresh });
      const hadLost = this.gaps.isAnyLost;
      for (const { id, batchId } of fresh) this.gaps.found(batchId, id);
      if (hadLost && !this.gaps.isAnyLost) void this.#check.run(); // never rejects
    });
  }

  /** Nothing may come into the journal between its reading and its rewriting. */
  #serialized<T>(job: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(job, job);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  /** Writes rows and journal anew under the key in force. @throws where it did not come to its end */
  async rewriteAll(): Promise<void> {
    if (this.#isBehind) throw new AppError('store-unavailable', { details: { what: 'rewrite' } });
    await this.#rows.reseal((step) => this.#serialized(step));
    await this.#serialized(async () => {
      if (this.#closed) throw new AppError('journal-unavailable', { details: { reason: 'closed' } });
      const { values, damaged } = await this.#journal.readAll();
      if (damaged > 0) await this.#journal.setAside();
      await this.#replace(values);
      this.#check.wasRead(damaged);
      if (damaged > 0) this.#noteDamage(damaged);
    });
    void this.#check.run(); // never rejects
  }

  async #replace(values: readonly ContentRecord[]): Promise<void> {
    await this.#journal.replace(values);
    this.#edition += 1;
    this.#index.forgetChunks();
    await this.#rows.markRead(this.#journal.size());
  }

  /**
   * Takes the cases of a closed batch off this laptop, journal first (rule S13); done again it changes nothing.
   * @throws AppError where it did not come to its end, or a record of the journal cannot be read: then it is to be done again
   */
  letGo(batchId: BatchId): Promise<void> {
    return this.#serialized(async () => {
      if (this.#closed) throw new AppError('journal-unavailable', { details: { reason: 'closed' } });
      if (this.#isBehind) throw new AppError('store-unavailable', { details: { what: 'let go' } });
      const { values, damaged } = await this.#journal.readAll();
      if (damaged > 0) throw new AppError('journal-unavailable', { details: { damaged } });
      await this.#replace(values.flatMap((record) => withoutBatch(record, batchId)));
      const gone = [...(await this.#rows.removeCases(batchId)), ...this.#index.idsOf(batchId)];
      for (const id of gone) this.#open.delete(id);
      this.#index.forgetCases(batchId, gone);
      this.gaps.forget(batchId);
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    if (this.#checkTimer) clearTimeout(this.#checkTimer);
    return this.#serialized(() => this.#journal.close());
  }

  async #read(id: AssignmentId): Promise<CaseContent> {
    if (this.gaps.isLost(id)) throw new AppError('case-missing', { details: { id } });
    let isAnswered = true;
    const inRows = await this.#rows.find(id).catch(() => {
      isAnswered = false;
      return null;
    });
    return inRows ?? this.#rescue(id, isAnswered);
  }

  /** Dexie lost or damaged a case the journal may still hold, or does not answer. */
  async #rescue(id: AssignmentId, isAnswered: boolean): Promise<CaseContent> {
    const content = (await this.#inChunk(id)) ?? (await this.#search(id));
    if (!content) {
      const isKnown = this.#index.placeOf(id) !== null;
      if (isKnown && isAnswered) this.#lose([id]);
      const code = this.gaps.isLost(id) ? 'case-missing' : isKnown ? 'store-unavailable' : 'not-found';
      throw new AppError(code, { details: { id } });
    }
    // Nobody waits for it: where it fails, the journal is read again.
    if (!this.#isBehind) void this.#writeRows({ assignments: [content] }, null).catch(() => undefined);
    return content;
  }

  /** Neither journal nor IndexedDB has them: they are asked for again. */
  #lose(ids: readonly AssignmentId[]): void {
    this.gaps.lose(ids);
    this.#store.emit();
  }

  #noteDamage(places: number): void {
    this.#damaged = Math.max(this.#damaged, places);
    this.#store.emit();
  }

  /** Nothing may be written, or the rows do not hold what the journal does. */
  get #isShut(): boolean {
    return this.#closed || this.#isBehind || this.#store.isAlone;
  }

  async #inChunk(id: AssignmentId): Promise<CaseContent | null> {
    const offset = this.#index.chunkOf(id);
    if (offset === undefined) return null;
    return caseIn((await this.#journal.readChunk(offset)).values, id);
  }

  async #search(id: AssignmentId): Promise<CaseContent | null> {
    let found: CaseContent | null = null;
    await this.#journal.readEach(async (records) => {
      found = caseIn(records, id) ?? found;
    });
    return found;
  }

  /** What is in the journal is known from here on; IndexedDB follows, now or once it answers. */
  async #write(record: ContentRecord): Promise<void> {
    const isLeftOut = this.#isBehind || this.#store.isAlone || !(await this.#tryRows(record));
    this.#isBehind ||= isLeftOut;
    this.#index.take(record);
  }

  /** False where IndexedDB does not answer, which is then opened anew behind the screens. */
  async #tryRows(record: ContentRecord): Promise<boolean> {
    const written = await this.#writeRows(record, this.#journal.size()).then(() => true, noAnswer);
    if (written) return true;
    this.#store.goOnAlone();
    return false;
  }

  /** @param upTo how much of the journal the rows hold with these; null where that is not known or not changed */
  #writeRows(record: ContentRecord, upTo: number | null): Promise<void> {
    const before = 'batch' in record ? this.#index.batch(record.batch.id) : null;
    return this.#rows.write(record, before, upTo);
  }

  async #meet(): Promise<void> {
    await this.#mend();
    await this.#readIndex();
  }

  /** A wiped Dexie is filled from the journal, one that was away from what came meanwhile, a lost journal from Dexie. */
  async #mend(): Promise<void> {
    const state = await this.#rows.state();
    const size = this.#journal.size();
    const upTo = state.rebuilding ? 0 : (state.upTo ?? size);
    if (size === 0) await this.#rewriteJournal();
    else if (upTo !== size) await this.#fill(upTo < size ? upTo : 0);
    const newSize = this.#journal.size();
    if (state.rebuilding || state.upTo !== newSize) await this.#rows.markRead(newSize);
  }

  async #fill(from: number): Promise<void> {
    const { damaged } = await this.#journal.readEach(async (records) => {
      for (const record of records) {
        await this.#writeRows(record, null);
        this.#index.take(record);
      }
    }, from);
    this.#damaged = Math.max(this.#damaged, damaged);
    if (from === 0 || damaged > 0) this.#check.wasRead(damaged);
  }

  /** The journal read from end to end tells where each case is; the cases themselves stay in it. */
  async #openAlone(): Promise<void> {
    this.#isBehind = true;
    const { damaged } = await this.#journal.readEach(async (records, offset) => {
      for (const record of records) this.#index.take(record, offset);
    });
    this.#damaged = damaged;
    this.#check.wasRead(damaged);
    this.#store.goOnAlone();
  }

  /** IndexedDB is back. Where this fails it stays behind, and the next start or the next return brings it on. */
  #catchUp(isNew: boolean): Promise<void> {
    return this.#serialized(async () => {
      this.#isBehind ||= isNew;
      if (!this.#isBehind || this.#closed) return;
      await this.#meet();
      this.#isBehind = false;
      this.#store.emit();
    }).catch((cause) => console.warn('The cases are read from the journal for now.', cause));
  }

  async #rewriteJournal(): Promise<void> {
    for await (const batch of this.#rows.batches()) await this.#journal.append([{ batch }]);
    for (const guidelines of await this.#rows.guidelines('')) await this.#journal.append([{ guidelines }]);
    const ids = await this.#rows.caseIds();
    for (let at = 0; at < ids.length; at += rowsAtOnce) {
      const assignments = await this.#rows.read(ids.slice(at, at + rowsAtOnce));
      await this.#journal.append([{ assignments }]);
      if (assignments.length < Math.min(rowsAtOnce, ids.length - at)) this.#check.suspect();
    }
  }

  async #readIndex(): Promise<void> {
    for await (const batch of this.#rows.batches()) this.#index.takeBatch(batch);
    for (const titles of await this.#rows.titles()) this.#index.takeTitles(titles);
    // Rows of titles say where each case is; only where one of them is missing is every case's own row looked at.
    const count = await this.#rows.caseCount();
    if (this.#index.filedCount() !== count)
      for (const [id, place] of await this.#rows.places()) this.#index.place(id, place);
    // A torn end of the journal is no damage: only the count tells that cases went with it.
    if (this.#index.ids().length > count) this.#check.suspect();
  }

  /** A store from before titles were kept apart, or a damaged row: reads the cases themselves, a few at a time. */
  async #indexMissingTitles(): Promise<void> {
    const missing = this.#index.unfiled();
    for (let at = 0; at < missing.length && !this.#closed; at += rowsAtOnce) {
      const cases = await this.#rows.read(missing.slice(at, at + rowsAtOnce));
      for (const { id, title } of cases) this.#index.takeTitle(id, title);
      const write = await this.#rows.titlesToWrite(cases);
      if (!this.#closed) await write().catch(() => undefined);
      // Lets whatever a person does come first.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (missing.length > 0 && !this.#closed) this.#store.emit();
  }
}
