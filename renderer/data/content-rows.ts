import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import {
  type CaseContent,
  type ContentRecord,
  documentId,
  type GuidelinesVersion,
  guidelinesOf,
} from './content-record.ts';
import { contentTables, type Row, resealRows, sealRow, unsealRow } from './database.ts';
import type { Place } from './decide-versions.ts';
import type { LocalStore } from './local-store.ts';

/** Of each case of a page: id, title, and its place; rows from before places were kept beside titles have two members. */
export type TitleRow = readonly (readonly [AssignmentId, string, BatchId?, number?])[];

/** Rows that are read or written with one question. */
export const rowsAtOnce = 25;
const titlesPrefix = 'titles.';

/** The rows of downloaded batches and cases in IndexedDB, sealed; the journal beside them stands for the same. */
export class ContentRows {
  readonly #store: LocalStore;

  constructor(store: LocalStore) {
    this.#store = store;
  }

  /** How much of the journal the rows hold; `rebuilding`: they were begun and never came to its end. */
  async state(): Promise<{ rebuilding: boolean; upTo: number | undefined }> {
    const guard = await this.#store.use('guard', ({ guard: row }) => row.get('guard'));
    return { rebuilding: guard?.rebuilding !== false, upTo: guard?.contentUpTo };
  }

  /** The rows hold so many bytes of the journal: all of it. */
  markRead(contentUpTo: number): Promise<unknown> {
    return this.#store.use('guard', ({ guard: row }) =>
      row.update('guard', { rebuilding: false, contentUpTo }),
    );
  }

  /**
   * @param before the batch as it was known until now: its guidelines stay readable
   * @param upTo how much of the journal the rows hold with these; null where that is not known or not changed
   */
  async write(record: ContentRecord, before: PhysicianBatch | null, upTo: number | null): Promise<void> {
    if ('batch' in record) return this.#writeBatch(record.batch, before, upTo);
    if ('assignments' in record) return this.#writeCases(record.assignments, upTo);
    const row = await this.#sealGuidelines(record.guidelines);
    await this.#store.use('guidelines', ({ documents }) => documents.put(row));
  }

  #sealGuidelines = (version: GuidelinesVersion) =>
    sealRow(this.#store.dataKey, 'documents', documentId(version), 0, version);

  async #writeBatch(
    batch: PhysicianBatch,
    before: PhysicianBatch | null,
    upTo: number | null,
  ): Promise<void> {
    const { dataKey } = this.#store;
    const row = await sealRow(dataKey, 'batches', batch.id, 0, batch);
    const versions = [...guidelinesOf(before), ...guidelinesOf(batch)];
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

  /** @returns the write, to be begun once it is sure that it is still wanted */
  async titlesToWrite(cases: readonly CaseContent[]): Promise<() => Promise<unknown>> {
    const rows = await this.#sealTitles(cases);
    return () => this.#store.use('titles', ({ documents }) => documents.bulkPut(rows));
  }

  /** One case, or null where IndexedDB has it not or holds it damaged. @throws where it does not answer soon */
  async find(id: AssignmentId): Promise<CaseContent | null> {
    const { dataKey } = this.#store;
    const row = await this.#store.ask('case', ({ assignments }) => assignments.get(id));
    if (!row) return null;
    return unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null);
  }

  /** Those of the named cases that are there and can be opened. */
  async read(ids: readonly string[]): Promise<CaseContent[]> {
    const { dataKey } = this.#store;
    const found = await this.#store.use('cases', ({ assignments }) => assignments.bulkGet([...ids]));
    const rows = found.filter((row) => row !== undefined);
    const read = rows.map((row) => unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null));
    return (await Promise.all(read)).filter((content) => content !== null);
  }

  async *batches(): AsyncGenerator<PhysicianBatch> {
    const { dataKey } = this.#store;
    for (const row of await this.#store.use('batches', ({ batches }) => batches.toArray()))
      yield await unsealRow<PhysicianBatch>(dataKey, 'batches', row);
  }

  /** Versions of guidelines whose row's id begins so. */
  async guidelines(prefix: string): Promise<GuidelinesVersion[]> {
    const { dataKey } = this.#store;
    const rows = await this.#store.ask('guidelines', ({ documents }) =>
      documents.where('id').startsWith(prefix).toArray(),
    );
    const read = rows
      .filter(({ id }) => /\.\d+$/.test(id) && !id.startsWith(titlesPrefix))
      .map((row) => unsealRow<GuidelinesVersion>(dataKey, 'documents', row).catch(() => null));
    return (await Promise.all(read)).filter((version) => version !== null);
  }

  caseCount(): Promise<number> {
    return this.#store.use('count', ({ assignments }) => assignments.count());
  }

  /** Ids of all cases, batch by batch, in order. */
  caseIds(): Promise<string[]> {
    return this.#store.use('places', ({ assignments }) =>
      assignments.orderBy('[batchId+position]').primaryKeys(),
    );
  }

  /** Where each case is, from its own row, without opening it. */
  async places(): Promise<[AssignmentId, Place][]> {
    const [keys, ids] = await this.#placeKeys();
    return ids.flatMap((id, i): [AssignmentId, Place][] => {
      const key = keys[i];
      if (!Array.isArray(key)) return [];
      const [batchId, position] = key;
      const isPlace = typeof batchId === 'string' && typeof position === 'number';
      return isPlace ? [[id as AssignmentId, { batchId: batchId as BatchId, position }]] : [];
    });
  }

  #placeKeys() {
    return this.#store.use('places', ({ assignments }) => {
      const ordered = () => assignments.orderBy('[batchId+position]');
      return Promise.all([ordered().keys(), ordered().primaryKeys()]);
    });
  }

  #titleRows(): Promise<Row[]> {
    return this.#store.use('titles', ({ documents }) =>
      documents.where('id').startsWith(titlesPrefix).toArray(),
    );
  }

  async titles(): Promise<TitleRow[]> {
    const { dataKey } = this.#store;
    const rows = await this.#titleRows();
    return Promise.all(rows.map((row) => unsealRow<TitleRow>(dataKey, 'documents', row).catch(() => [])));
  }

  /** Takes out the cases of a batch. @returns those whose rows are gone */
  async removeCases(batchId: BatchId): Promise<AssignmentId[]> {
    const [keys, ids] = await this.#placeKeys();
    const gone = new Set(ids.filter((_, i) => [keys[i]].flat()[0] === batchId));
    const { emptied, changed } = await this.#titlesWithout(batchId, gone);
    await this.#store.use('let go', (database) =>
      database.transaction('rw', database.assignments, database.documents, async () => {
        await database.assignments.bulkDelete([...gone]);
        await database.documents.bulkDelete(emptied);
        await database.documents.bulkPut(changed);
      }),
    );
    return [...gone] as AssignmentId[];
  }

  /** Rows of titles that hold nothing but this batch's, and the rest of those that hold some of it. */
  async #titlesWithout(batchId: BatchId, gone: ReadonlySet<string>) {
    const { dataKey } = this.#store;
    const emptied: string[] = [];
    const changed: Row[] = [];
    for (const row of await this.#titleRows()) {
      const titles = await unsealRow<TitleRow>(dataKey, 'documents', row).catch((): TitleRow => []);
      const rest = titles.filter(([id, , batch]) => batch !== batchId && !gone.has(id));
      if (rest.length === titles.length) continue;
      if (rest.length === 0) emptied.push(row.id);
      else changed.push(await sealRow(dataKey, 'documents', row.id, row.lsn, rest));
    }
    return { emptied, changed };
  }

  /** Puts all rows under the key in force, a few at a time; each step runs as one of `inTurn`. */
  async reseal(inTurn: (step: () => Promise<void>) => Promise<void>): Promise<void> {
    const { dataKey } = this.#store;
    for (const name of contentTables) {
      const ids = await this.#store.use('keys', (database) =>
        database.table<Row, string>(name).toCollection().primaryKeys(),
      );
      for (let at = 0; at < ids.length; at += rowsAtOnce) {
        const chunk = ids.slice(at, at + rowsAtOnce);
        await inTurn(() =>
          this.#store.use('rewrite', (database) => resealRows(database, dataKey, name, chunk)),
        );
      }
    }
  }
}
