import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import {
  type CaseContent,
  type ContentRecord,
  documentId,
  type GuidelinesVersion,
  guidelinesOf,
} from './content-record.ts';
import type { TitleRow } from './content-rows.ts';
import type { Place } from './decide-versions.ts';

/** What is known of the cases on this laptop without opening any: batches, places, titles. In memory only. */
export class ContentIndex {
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

  batches(): PhysicianBatch[] {
    return [...this.#batches.values()];
  }
  batch(id: BatchId): PhysicianBatch | null {
    return this.#batches.get(id) ?? null;
  }
  placeOf(id: AssignmentId): Place | null {
    return this.#places.get(id) ?? null;
  }
  titleCount(): number {
    return this.#titles.size;
  }
  titleOf(id: AssignmentId): string {
    return this.#titles.get(id) ?? '';
  }
  chunkOf(id: AssignmentId): number | undefined {
    return this.#chunks.get(id);
  }
  /** Ids of all cases. */
  ids(): AssignmentId[] {
    return [...this.#places.keys()];
  }
  /** How many cases stand in rows of titles. */
  filedCount(): number {
    return this.#filed.size;
  }
  /** Cases that stand in no row of titles. */
  unfiled(): AssignmentId[] {
    return this.ids().filter((id) => !this.#filed.has(id));
  }
  /** Ids of a batch's cases, in no order. */
  idsOf(batchId: BatchId): AssignmentId[] {
    return [...(this.#order.get(batchId)?.keys() ?? [])];
  }

  order(batchId: BatchId): readonly AssignmentId[] {
    const known = this.#sorted.get(batchId);
    if (known) return known;
    const positions = this.#order.get(batchId);
    const order = positions ? [...positions].sort(([, a], [, b]) => a - b).map(([id]) => id) : [];
    this.#sorted.set(batchId, order);
    return order;
  }

  /** Versions of a batch's guidelines that the journal told, by the id of their row. */
  guidelines(batchId: BatchId): Map<string, GuidelinesVersion> {
    return new Map([...this.#guidelines].filter(([id]) => id.startsWith(`${batchId}.`)));
  }

  /** @param offset where in the journal the record stands, where that is known */
  take(record: ContentRecord, offset?: number): void {
    if ('batch' in record) {
      const versions = [...guidelinesOf(this.batch(record.batch.id)), ...guidelinesOf(record.batch)];
      for (const version of versions) this.#guidelines.set(documentId(version), version);
      this.takeBatch(record.batch);
    } else if ('guidelines' in record) this.#guidelines.set(documentId(record.guidelines), record.guidelines);
    else for (const one of record.assignments) this.#takeCase(one, offset);
  }

  takeBatch(batch: PhysicianBatch): void {
    this.#batches.set(batch.id, batch);
  }

  #takeCase({ id, batchId, position, title }: CaseContent, offset?: number): void {
    this.place(id, { batchId, position });
    this.#titles.set(id, title);
    this.#filed.add(id);
    if (offset !== undefined) this.#chunks.set(id, offset);
  }

  takeTitle(id: AssignmentId, title: string): void {
    this.#titles.set(id, title);
  }

  takeTitles(titles: TitleRow): void {
    for (const [id, title, batchId, position] of titles) {
      this.takeTitle(id, title);
      if (batchId === undefined || position === undefined) continue;
      this.place(id, { batchId, position });
      this.#filed.add(id);
    }
  }

  place(id: AssignmentId, place: Place): void {
    this.#places.set(id, place);
    this.#sorted.delete(place.batchId);
    const order = this.#order.get(place.batchId) ?? new Map<AssignmentId, number>();
    this.#order.set(place.batchId, order.set(id, place.position));
  }

  /** Something of a batch's cases is another now: whoever keeps what their order was at hand learns of it. */
  touch(batchId: BatchId): void {
    this.#sorted.delete(batchId);
  }

  /** The journal was written anew: nothing stands where it stood. */
  forgetChunks(): void {
    this.#chunks.clear();
  }

  /** The cases of a batch are no longer here; the batch itself is known still. */
  forgetCases(batchId: BatchId, ids: readonly AssignmentId[]): void {
    for (const id of ids) {
      this.#places.delete(id);
      this.#titles.delete(id);
      this.#filed.delete(id);
    }
    this.#order.delete(batchId);
    this.#sorted.delete(batchId);
  }
}
