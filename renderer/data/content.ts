import type { PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { sealRow, unsealRow } from './database.ts';
import type { Place } from './decide-sync.ts';
import { type Journal, openJournal } from './journal.ts';
import type { LocalStore, StoreDeps } from './local-store.ts';

export type CaseContent = Omit<PhysicianAssignment, 'latest'>;
type ContentRecord = { batch: PhysicianBatch } | { assignments: CaseContent[] };

const keptOpen = 12;
const rewriteChunk = 25;

/** Downloaded batches and cases: read-only, in their own journal and in Dexie, opened one case at a time. */
export class ContentStore {
  readonly #store: LocalStore;
  readonly #journal: Journal<ContentRecord>;
  readonly #batches = new Map<BatchId, PhysicianBatch>();
  readonly #order = new Map<BatchId, Map<AssignmentId, number>>();
  readonly #places = new Map<AssignmentId, Place>();
  readonly #open = new Map<AssignmentId, Promise<CaseContent>>();

  private constructor(store: LocalStore, journal: Journal<ContentRecord>) {
    this.#store = store;
    this.#journal = journal;
  }

  static async open(store: LocalStore, deps: StoreDeps): Promise<ContentStore> {
    const journal = await openJournal<ContentRecord>(deps.host, `${deps.name}.content`, deps.dataKey);
    try {
      const content = new ContentStore(store, journal);
      await content.#mend();
      await content.#index();
      return content;
    } catch (cause) {
      await journal.close().catch(() => undefined);
      throw cause;
    }
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
  /** Ids of a batch's cases on this laptop, in their order. */
  order(batchId: BatchId): AssignmentId[] {
    const positions = this.#order.get(batchId);
    return positions ? [...positions].sort(([, a], [, b]) => a - b).map(([id]) => id) : [];
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

  async guidelines(batchId: BatchId): Promise<string | null> {
    const row = await this.#store.database.documents.get(batchId);
    if (row) return unsealRow<string>(this.#store.dataKey, 'documents', row);
    return this.#batches.get(batchId)?.guidelines?.markdown ?? null;
  }

  /** Journal first, then Dexie; both hold it when this settles. */
  async storeBatch(batch: PhysicianBatch): Promise<void> {
    await this.#journal.append([{ batch }]);
    await this.#write({ batch });
  }

  async storePage(assignments: readonly CaseContent[]): Promise<void> {
    const fresh = assignments.filter(({ id }) => !this.#places.has(id));
    if (fresh.length === 0) return;
    await this.#journal.append([{ assignments: fresh }]);
    await this.#write({ assignments: fresh });
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  async #read(id: AssignmentId): Promise<CaseContent> {
    const { database, dataKey } = this.#store;
    const row = await database.assignments.get(id).catch(() => undefined);
    const content = row && (await unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null));
    return content ?? this.#rescue(id);
  }

  /** Dexie lost or damaged a case the journal may still hold. */
  async #rescue(id: AssignmentId): Promise<CaseContent> {
    const found: CaseContent[] = [];
    await this.#journal.readEach(async (records) => {
      for (const record of records)
        if ('assignments' in record) found.push(...record.assignments.filter((content) => content.id === id));
    });
    const content = found.at(-1);
    if (!content)
      throw new AppError(this.#places.has(id) ? 'store-unavailable' : 'not-found', { details: { id } });
    await this.#write({ assignments: [content] }).catch(() => undefined);
    return content;
  }

  async #write(record: ContentRecord): Promise<void> {
    const { database, dataKey } = this.#store;
    if ('batch' in record) {
      const { batch } = record;
      const guidelines = batch.guidelines?.markdown ?? null;
      const rows = [await sealRow(dataKey, 'batches', batch.id, 0, batch)];
      const documents =
        guidelines === null ? [] : [await sealRow(dataKey, 'documents', batch.id, 0, guidelines)];
      await database.transaction('rw', database.batches, database.documents, async () => {
        await database.batches.bulkPut(rows);
        await database.documents.bulkPut(documents);
      });
      this.#batches.set(batch.id, batch);
      return;
    }
    const rows = await Promise.all(
      record.assignments.map(async (content) => ({
        ...(await sealRow(dataKey, 'assignments', content.id, 0, content)),
        batchId: content.batchId,
        position: content.position,
      })),
    );
    await database.assignments.bulkPut(rows);
    for (const { id, batchId, position } of record.assignments) this.#place(id, { batchId, position });
  }

  #place(id: AssignmentId, place: Place): void {
    this.#places.set(id, place);
    const order = this.#order.get(place.batchId) ?? new Map<AssignmentId, number>();
    this.#order.set(place.batchId, order.set(id, place.position));
  }

  /** A wiped Dexie is filled from the journal, a lost journal from Dexie. */
  async #mend(): Promise<void> {
    const { database } = this.#store;
    const guard = await database.guard.get('guard');
    if (this.#journal.size() === 0) await this.#rewriteJournal();
    else if (guard?.rebuilding !== false)
      await this.#journal.readEach(async (records) => {
        for (const record of records) await this.#write(record);
      });
    if (guard?.rebuilding !== false) await database.guard.update('guard', { rebuilding: false });
  }

  async #rewriteJournal(): Promise<void> {
    const { database, dataKey } = this.#store;
    for (const row of await database.batches.toArray())
      await this.#journal.append([{ batch: await unsealRow<PhysicianBatch>(dataKey, 'batches', row) }]);
    const ids = await database.assignments.orderBy('[batchId+position]').primaryKeys();
    for (let at = 0; at < ids.length; at += rewriteChunk) {
      const rows = (await database.assignments.bulkGet(ids.slice(at, at + rewriteChunk))).filter(
        (row) => row !== undefined,
      );
      const read = await Promise.all(
        rows.map((row) => unsealRow<CaseContent>(dataKey, 'assignments', row).catch(() => null)),
      );
      await this.#journal.append([{ assignments: read.filter((content) => content !== null) }]);
    }
  }

  async #index(): Promise<void> {
    const { database, dataKey } = this.#store;
    for (const row of await database.batches.toArray()) {
      const batch = await unsealRow<PhysicianBatch>(dataKey, 'batches', row);
      this.#batches.set(batch.id, batch);
    }
    const ordered = () => database.assignments.orderBy('[batchId+position]');
    const [keys, ids] = await Promise.all([ordered().keys(), ordered().primaryKeys()]);
    for (const [i, id] of ids.entries()) {
      const key = keys[i];
      if (!Array.isArray(key)) continue;
      const [batchId, position] = key;
      if (typeof batchId === 'string' && typeof position === 'number')
        this.#place(id as AssignmentId, { batchId: batchId as BatchId, position });
    }
  }
}
