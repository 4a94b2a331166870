import type { PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { contentTables, noAnswer, type Row, resealRows, sealRow, unsealRow } from './database.ts';
import type { Place } from './decide-versions.ts';
import { type Journal, openJournal } from './journal.ts';
import type { LocalStore, StoreDeps } from './local-store.ts';

export type CaseContent = Omit<PhysicianAssignment, 'latest'>;
/** One version of a batch's guidelines; versions that were replaced stay on the laptop. */
export type GuidelinesVersion = { batchId: BatchId; version: number; markdown: string };
type ContentRecord =
  | { batch: PhysicianBatch }
  | { assignments: CaseContent[] }
  | { guidelines: GuidelinesVersion };
/** Of each case of a page: id, title, and its place; rows from before places were kept beside titles have two members. */
type TitleRow = readonly (readonly [AssignmentId, string, BatchId?, number?])[];

const keptOpen = 12;
const rewriteChunk = 25;
const titlesPrefix = 'titles.';
const documentId = ({ batchId, version }: GuidelinesVersion) => `${batchId}.${version}`;

function caseIn(records: readonly ContentRecord[], id: AssignmentId): CaseContent | null {
  const cases = records.flatMap((record) => ('assignments' in record ? record.assignments : []));
  return cases.findLast((content) => content.id === id) ?? null;
}

/** A journal's record without the cases of a batch; its name, rubric and guidelines stay. */
function withoutBatch(record: ContentRecord, batchId: BatchId): ContentRecord[] {
  if (!('assignments' in record)) return [record];
  const assignments = record.assignments.filter((content) => content.batchId !== batchId);
  return assignments.length === 0 ? [] : [{ assignments }];
}

function guidelinesOf(batch: PhysicianBatch | undefined): GuidelinesVersion[] {
  return batch?.guidelines ? [{ batchId: batch.id, ...batch.guidelines }] : [];
}

/** Downloaded batches and cases: read-only, in their own journal and in Dexie, opened one case at a time. */
export class ContentStore {
  readonly #store: LocalStore;
  readonly #journal: Journal<ContentRecord>;
  readonly #batches = new Map<BatchId, PhysicianBatch>();
  readonly #order = new Map<BatchId, Map<AssignmentId, number>>();
  /** Sorted once, until another case comes. */
  readonly #sorted = new Map<BatchId, readonly AssignmentId[]>();
  readonly #places = new Map<AssignmentId, Place>();
  readonly #titles = new Map<AssignmentId, string>();
  /** Cases whose title and place are known from a row of titles. */
  readonly #filed = new Set<AssignmentId>();
  /** Where in the journal a case stands, once the journal was read for it: else it is searched. */
  readonly #chunks = new Map<AssignmentId, number>();
  /** Guidelines as the journal told them, where it was read because IndexedDB did not answer. */
  readonly #guidelines = new Map<string, GuidelinesVersion>();
  /** The journal holds what IndexedDB does not yet. */
  #isBehind = false;
  #damaged = 0;
  #closed = false;
  readonly #open = new Map<AssignmentId, Promise<CaseContent>>();
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(store: LocalStore, journal: Journal<ContentRecord>) {
    this.#store = store;
    this.#journal = journal;
  }

  static async open(store: LocalStore, deps: StoreDeps): Promise<ContentStore> {
    const journal = await openJournal<ContentRecord>(deps.host, `${deps.name}.content`, deps.dataKey);
    try {
      const content = new ContentStore(store, journal);
      const isMended = !store.isAlone && (await content.#meet().then(() => true, noAnswer));
      if (!isMended) await content.#openAlone();
      store.onBack((isNew) => void content.#catchUp(isNew)); // never rejects
      // Nothing waits for it: a title that cannot be read stays empty and is tried at the next start.
      void content.#indexMissingTitles().catch(() => undefined);
      return content;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
  }

  /** Places of its journal that could not be read when it last was from its start on. */
  get damaged(): number {
    return this.#damaged;
  }
  batches(): PhysicianBatch[] {
    return [...this.#batches.values()];
  }
  batch(id: BatchId): PhysicianBatch | null {
    return this.#batches.get(id) ?? null;
  }
  placeOf(id: AssignmentId): Place | null {
    return this.#places.get(id) ?? null;
  }
  /** How many titles are known. */
  titleCount(): number {
    return this.#titles.size;
  }
  /** Empty while the titles of a store from before they were kept apart are still being read. */
  titleOf(id: AssignmentId): string {
    return this.#titles.get(id) ?? '';
  }
  /** Ids of a batch's cases on this laptop, in their order. */
  order(batchId: BatchId): readonly AssignmentId[] {
    const known = this.#sorted.get(batchId);
    if (known) return known;
    const positions = this.#order.get(batchId);
    const order = positions ? [...positions].sort(([, a], [, b]) => a - b).map(([id]) => id) : [];
    this.#sorted.set(batchId, order);
    return order;
  }
  /** The last position that a download without gaps has reached; -1 before the first. */
  lastPosition(batchId: BatchId): number {
    return Math.max(-1, ...(this.#order.get(batchId)?.values() ?? []));
  }

  /** Decrypts a case; the last few stay open. @throws AppError `not-found` or `store-unavailable` */
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
    const current = this.#batches.get(batchId)?.guidelines?.version ?? 0;
    const prefix = `${batchId}.`;
    const rows = await this.#guidelineRows(prefix).catch(() => []);
    const kept = new Map([...this.#guidelines].filter(([id]) => id.startsWith(prefix)));
    for (const version of rows) kept.set(documentId(version), version);
    const earlier = [...kept.values()].filter(({ version }) => version < current);
    return earlier.sort((one, other) => other.version - one.version);
  }

  async #guidelineRows(prefix: string): Promise<GuidelinesVersion[]> {
    const { dataKey } = this.#store;
    const rows = await this.#store.ask('guidelines', ({ documents }) =>
      documents.where('id').startsWith(prefix).toArray(),
    );
    const read = rows
      .filter(({ id }) => /\.\d+$/.test(id) && !id.startsWith(titlesPrefix))
      .map((row) => unsealRow<GuidelinesVersion>(dataKey, 'documents', row).catch(() => null));
    return (await Promise.all(read)).filter((version) => version !== null);
  }

  /** Journal first, then Dexie; both hold it when this settles. */
  storeBatch(batch: PhysicianBatch): Promise<void> {
    return this.#serialized(async () => {
      await this.#journal.append([{ batch }]);
      await this.#write({ batch });
    });
  }

  storePage(assignments: readonly CaseContent[]): Promise<void> {
    return this.#serialized(async () => {
      const fresh = assignments.filter(({ id }) => !this.#places.has(id));
      if (fresh.length === 0) return;
      await this.#journal.append([{ assignments: fresh }]);
      await this.#write({ assignments: fresh });
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
    const { dataKey } = this.#store;
    if (this.#isBehind) throw new AppError('store-unavailable', { details: { what: 'rewrite' } });
    for (const name of contentTables) {
      const ids = await this.#store.use('keys', (database) =>
        database.table<Row, string>(name).toCollection().primaryKeys(),
      );
      for (let at = 0; at < ids.length; at += rewriteChunk) {
        const chunk = ids.slice(at, at + rewriteChunk);
        await this.#serialized(() =>
          this.#store.use('rewrite', (database) => resealRows(database, dataKey, name, chunk)),
        );
      }
    }
    await this.#serialized(async () => {
      if (this.#closed) throw new AppError('journal-unavailable', { details: { reason: 'closed' } });
      const { values, damaged } = await this.#journal.readAll();
      if (damaged > 0) await this.#journal.setAside();
      await this.#journal.replace(values);
      this.#chunks.clear();
      await this.#markRead();
    });
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
      await this.#journal.replace(values.flatMap((record) => withoutBatch(record, batchId)));
      this.#chunks.clear();
      await this.#markRead();
      for (const id of await this.#removeRows(batchId)) this.#forget(id);
      this.#order.delete(batchId);
      this.#sorted.delete(batchId);
    });
  }

  /** @returns the cases whose rows are gone */
  async #removeRows(batchId: BatchId): Promise<AssignmentId[]> {
    const [keys, ids] = await this.#store.use('places', ({ assignments }) => {
      const ordered = () => assignments.orderBy('[batchId+position]');
      return Promise.all([ordered().keys(), ordered().primaryKeys()]);
    });
    const gone = new Set(ids.filter((_, i) => [keys[i]].flat()[0] === batchId));
    const { emptied, changed } = await this.#titlesWithout(batchId, gone);
    await this.#store.use('let go', (database) =>
      database.transaction('rw', database.assignments, database.documents, async () => {
        await database.assignments.bulkDelete([...gone]);
        await database.documents.bulkDelete(emptied);
        await database.documents.bulkPut(changed);
      }),
    );
    return [...new Set([...gone, ...(this.#order.get(batchId)?.keys() ?? [])])] as AssignmentId[];
  }

  /** Rows of titles that hold nothing but this batch's, and the rest of those that hold some of it. */
  async #titlesWithout(batchId: BatchId, gone: ReadonlySet<string>) {
    const { dataKey } = this.#store;
    const rows = await this.#store.use('titles', ({ documents }) =>
      documents.where('id').startsWith(titlesPrefix).toArray(),
    );
    const emptied: string[] = [];
    const changed: Row[] = [];
    for (const row of rows) {
      const titles = await unsealRow<TitleRow>(dataKey, 'documents', row).catch((): TitleRow => []);
      const rest = titles.filter(([id, , batch]) => batch !== batchId && !gone.has(id));
      if (rest.length === titles.length) continue;
      if (rest.length === 0) emptied.push(row.id);
      else changed.push(await sealRow(dataKey, 'documents', row.id, row.lsn, rest));
    }
    return { emptied, changed };
  }

  #forget(id: AssignmentId): void {
    this.#places.delete(id);
    this.#titles.delete(id);
    this.#filed.delete(id);
    this.#open.delete(id);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#serialized(() => this.#journal.close());
  }

  async #read(id: AssignmentId): Promise<CaseContent> {
    const { dataKey } = this.#store;
    const row = await this.#store
      .ask('case', ({ assignments }) => assignments.get(id))
      .catch(() => undefined);
    const content = row && (await unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null));
    return content ?? this.#rescue(id);
  }

  /** Dexie lost or damaged a case the journal may still hold. */
  async #rescue(id: AssignmentId): Promise<CaseContent> {
    const content = (await this.#inChunk(id)) ?? (await this.#search(id));
    if (!content)
      throw new AppError(this.#places.has(id) ? 'store-unavailable' : 'not-found', { details: { id } });
    // Nobody waits for it: where it fails, the journal is read again.
    if (!this.#isBehind) void this.#writeRows({ assignments: [content] }, null).catch(() => undefined);
    return content;
  }

  async #inChunk(id: AssignmentId): Promise<CaseContent | null> {
    const offset = this.#chunks.get(id);
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
    this.#take(record);
  }

  /** False where IndexedDB does not answer, which is then opened anew behind the screens. */
  async #tryRows(record: ContentRecord): Promise<boolean> {
    const written = await this.#writeRows(record, this.#journal.size()).then(() => true, noAnswer);
    if (written) return true;
    this.#store.goOnAlone();
    return false;
  }

  /** @param upTo how much of the journal the rows hold with these; null where that is not known or not changed */
  async #writeRows(record: ContentRecord, upTo: number | null): Promise<void> {
    if ('batch' in record) return this.#writeBatch(record.batch, upTo);
    if ('assignments' in record) return this.#writeCases(record.assignments, upTo);
    const row = await this.#sealGuidelines(record.guidelines);
    await this.#store.use('guidelines', ({ documents }) => documents.put(row));
  }

  #take(record: ContentRecord, offset?: number): void {
    if ('batch' in record) {
      for (const version of [
        ...guidelinesOf(this.#batches.get(record.batch.id)),
        ...guidelinesOf(record.batch),
      ])
        this.#guidelines.set(documentId(version), version);
      this.#batches.set(record.batch.id, record.batch);
    } else if ('guidelines' in record) this.#guidelines.set(documentId(record.guidelines), record.guidelines);
    else for (const one of record.assignments) this.#takeCase(one, offset);
  }

  #takeCase({ id, batchId, position, title }: CaseContent, offset?: number): void {
    this.#place(id, { batchId, position });
    this.#titles.set(id, title);
    this.#filed.add(id);
    if (offset !== undefined) this.#chunks.set(id, offset);
  }

  #sealGuidelines = (version: GuidelinesVersion) =>
    sealRow(this.#store.dataKey, 'documents', documentId(version), 0, version);

  async #writeBatch(batch: PhysicianBatch, upTo: number | null): Promise<void> {
    const { dataKey } = this.#store;
    const row = await sealRow(dataKey, 'batches', batch.id, 0, batch);
    const versions = [...guidelinesOf(this.#batches.get(batch.id)), ...guidelinesOf(batch)];
    const documents = await Promise.all(versions.map(this.#sealGuidelines));
    await this.#store.use('batch', (database) =>
      database.transaction('rw', database.guard, database.batches, database.documents, async () => {
        await database.batches.put(row);
        await database.documents.bulkPut(documents);
        if (upTo !== null) await database.guard.update('guard', { contentUpTo: upTo });
      }),
    );
  }

  async #writeCases(given: readonly CaseContent[], upTo: number | null): Promise<void> {
    const { dataKey, log } = this.#store;
    // An old journal brings back nothing of a batch that was let go.
    const cases = given.filter(({ batchId }) => log.letGo(batchId) === null);
    const rows = await Promise.all(
      cases.map(async (content) => ({
        ...(await sealRow(dataKey, 'assignments', content.id, 0, content)),
        batchId: content.batchId,
        position: content.position,
      })),
    );
    const titles = await this.#sealTitles(cases);
    await this.#store.use('cases', (database) =>
      database.transaction('rw', database.guard, database.assignments, database.documents, async () => {
        await database.assignments.bulkPut(rows);
        await database.documents.bulkPut(titles);
        if (upTo !== null) await database.guard.update('guard', { contentUpTo: upTo });
      }),
    );
  }

  /** Titles and places of a page in one sealed row, so that a start opens hundreds of rows and not every case. */
  async #sealTitles(cases: readonly CaseContent[]) {
    const [first] = cases;
    if (!first) return [];
    const titles: TitleRow = cases.map(({ id, title, batchId, position }) => [id, title, batchId, position]);
    return [await sealRow(this.#store.dataKey, 'documents', titlesPrefix + first.id, 0, titles)];
  }

  #place(id: AssignmentId, place: Place): void {
    this.#places.set(id, place);
    this.#sorted.delete(place.batchId);
    const order = this.#order.get(place.batchId) ?? new Map<AssignmentId, number>();
    this.#order.set(place.batchId, order.set(id, place.position));
  }

  async #meet(): Promise<void> {
    await this.#mend();
    await this.#index();
  }

  /** A wiped Dexie is filled from the journal, one that was away from what came meanwhile, a lost journal from Dexie. */
  async #mend(): Promise<void> {
    const guard = await this.#store.use('guard', ({ guard: row }) => row.get('guard'));
    const size = this.#journal.size();
    const upTo = guard?.rebuilding === false ? (guard.contentUpTo ?? size) : 0;
    if (size === 0) await this.#rewriteJournal();
    else if (upTo !== size) await this.#fill(upTo < size ? upTo : 0);
    if (guard?.rebuilding !== false || guard.contentUpTo !== this.#journal.size()) await this.#markRead();
  }

  async #fill(from: number): Promise<void> {
    const { damaged } = await this.#journal.readEach(async (records) => {
      for (const record of records) {
        await this.#writeRows(record, null);
        this.#take(record);
      }
    }, from);
    this.#damaged = Math.max(this.#damaged, damaged);
  }

  /** The rows hold all of the journal as it is now. */
  #markRead(): Promise<unknown> {
    const contentUpTo = this.#journal.size();
    return this.#store.use('guard', ({ guard: row }) =>
      row.update('guard', { rebuilding: false, contentUpTo }),
    );
  }

  /** The journal read from end to end tells where each case is; the cases themselves stay in it. */
  async #openAlone(): Promise<void> {
    this.#isBehind = true;
    const { damaged } = await this.#journal.readEach(async (records, offset) => {
      for (const record of records) this.#take(record, offset);
    });
    this.#damaged = damaged;
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
    const { dataKey } = this.#store;
    for (const row of await this.#store.use('batches', ({ batches }) => batches.toArray()))
      await this.#journal.append([{ batch: await unsealRow<PhysicianBatch>(dataKey, 'batches', row) }]);
    for (const guidelines of await this.#guidelineRows('')) await this.#journal.append([{ guidelines }]);
    const ids = await this.#store.use('places', ({ assignments }) =>
      assignments.orderBy('[batchId+position]').primaryKeys(),
    );
    for (let at = 0; at < ids.length; at += rewriteChunk) {
      const assignments = await this.#readRows(ids.slice(at, at + rewriteChunk));
      await this.#journal.append([{ assignments }]);
    }
  }

  async #readRows(ids: readonly string[]): Promise<CaseContent[]> {
    const { dataKey } = this.#store;
    const found = await this.#store.use('cases', ({ assignments }) => assignments.bulkGet([...ids]));
    const rows = found.filter((row) => row !== undefined);
    const read = rows.map((row) => unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null));
    return (await Promise.all(read)).filter((content) => content !== null);
  }

  async #index(): Promise<void> {
    const { dataKey } = this.#store;
    for (const row of await this.#store.use('batches', ({ batches }) => batches.toArray())) {
      const batch = await unsealRow<PhysicianBatch>(dataKey, 'batches', row);
      this.#batches.set(batch.id, batch);
    }
    await this.#readTitles();
    // Rows of titles say where each case is; only where one of them is missing is every case's own row looked at.
    const count = await this.#store.use('count', ({ assignments }) => assignments.count());
    if (this.#filed.size !== count) await this.#readPlaces();
  }

  async #readPlaces(): Promise<void> {
    const [keys, ids] = await this.#store.use('places', ({ assignments }) => {
      const ordered = () => assignments.orderBy('[batchId+position]');
      return Promise.all([ordered().keys(), ordered().primaryKeys()]);
    });
    for (const [i, id] of ids.entries()) {
      const key = keys[i];
      if (!Array.isArray(key)) continue;
      const [batchId, position] = key;
      if (typeof batchId === 'string' && typeof position === 'number')
        this.#place(id as AssignmentId, { batchId: batchId as BatchId, position });
    }
  }

  async #readTitles(): Promise<void> {
    const { dataKey } = this.#store;
    const rows = await this.#store.use('titles', ({ documents }) =>
      documents.where('id').startsWith(titlesPrefix).toArray(),
    );
    const read = rows.map((row) => unsealRow<TitleRow>(dataKey, 'documents', row).catch(() => []));
    for (const titles of await Promise.all(read))
      for (const [id, title, batchId, position] of titles) {
        this.#titles.set(id, title);
        if (batchId === undefined || position === undefined) continue;
        this.#place(id, { batchId, position });
        this.#filed.add(id);
      }
  }

  /** A store from before titles were kept apart, or a damaged row: reads the cases themselves, a few at a time. */
  async #indexMissingTitles(): Promise<void> {
    const missing = [...this.#places.keys()].filter((id) => !this.#filed.has(id));
    for (let at = 0; at < missing.length && !this.#closed; at += rewriteChunk) {
      const cases = await this.#readRows(missing.slice(at, at + rewriteChunk));
      for (const { id, title } of cases) this.#titles.set(id, title);
      const rows = await this.#sealTitles(cases);
      if (!this.#closed)
        await this.#store.use('titles', ({ documents }) => documents.bulkPut(rows)).catch(() => undefined);
      // Lets whatever a person does come first.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (missing.length > 0 && !this.#closed) this.#store.emit();
  }
}
