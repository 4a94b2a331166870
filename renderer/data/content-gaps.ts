import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import type { ContentIndex } from './content-index.ts';

/** A page of a batch that was asked for, by the positions it covers. */
export type AskedPage = {
  batchId: BatchId;
  after: number;
  /** Null: up to the batch's end. */
  upTo: number | null;
};

/** What of downloaded batches is missing in the middle and can be had from the server again. In memory only. */
export class ContentGaps {
  readonly #index: ContentIndex;
  /** Cases whose texts stand nowhere on this laptop any more, with their positions. */
  readonly #lost = new Map<BatchId, Map<AssignmentId, number>>();
  /** Positions the server was asked for and gave nothing at: asking again brings nothing. */
  readonly #nowhere = new Map<BatchId, Set<number>>();

  constructor(index: ContentIndex) {
    this.#index = index;
  }

  /** The texts of a case stand nowhere on this laptop any more; they come again with a page. */
  isLost(id: AssignmentId): boolean {
    const place = this.#index.placeOf(id);
    return place !== null && this.#lost.get(place.batchId)?.has(id) === true;
  }

  /** There are cases whose texts stand nowhere on this laptop, whether the server still has them or not. */
  get isAnyLost(): boolean {
    return this.#lost.size > 0;
  }

  /** All cases of a batch are here. */
  isWhole({ id, assignments }: PhysicianBatch): boolean {
    return !this.#lost.has(id) && this.#index.order(id).length >= assignments;
  }

  /** How many cases are missing before the last one that is here, and can be had again, in all batches. */
  count(): number {
    const open = this.#index.batches().filter(({ gate }) => gate === 'open');
    return open.reduce((sum, batch) => sum + [...this.#absent(batch, -1)].length, 0);
  }

  /**
   * After which position the next page of a batch begins: before the first that is missing in the middle, else behind
   * the last that is here; null where nothing is missing that could be had.
   * @param reached nothing up to this position is asked for
   */
  nextPage(batch: PhysicianBatch, reached: number): number | null {
    if (this.isWhole(batch)) return null;
    const [first] = this.#absent(batch, reached);
    if (first !== undefined) return first - 1;
    // What the server did not have in the middle is not behind the last one either.
    const known = this.#count(batch.id) + (this.#nowhere.get(batch.id)?.size ?? 0);
    return known >= batch.assignments ? null : Math.max(this.#last(batch.id), reached);
  }

  /**
   * What a page that is stored by now did not bring is not asked for again. What it brought may be missing all the same:
   * a case that was found to be lost only after the page had come.
   */
  asked({ batchId, after, upTo }: AskedPage, brought: ReadonlySet<number>): void {
    const batch = this.#index.batch(batchId);
    const nowhere = this.#nowhere.get(batchId) ?? new Set<number>();
    for (const position of batch ? this.#absent(batch, after) : [])
      if ((upTo === null || position <= upTo) && !brought.has(position)) nowhere.add(position);
    if (nowhere.size > 0) this.#nowhere.set(batchId, nowhere);
  }

  /** The server told of the batch anew: it may have what it had not. */
  askAgain(batchId: BatchId): void {
    this.#nowhere.delete(batchId);
  }

  lose(ids: readonly AssignmentId[]): void {
    for (const id of ids) {
      const place = this.#index.placeOf(id);
      if (!place) continue;
      const lost = this.#lost.get(place.batchId) ?? new Map<AssignmentId, number>();
      this.#lost.set(place.batchId, lost.set(id, place.position));
      this.#index.touch(place.batchId);
    }
  }

  /** A case is here, again or for the first time. */
  found(batchId: BatchId, id: AssignmentId): void {
    const lost = this.#lost.get(batchId);
    if (lost?.delete(id) && lost.size === 0) this.#lost.delete(batchId);
  }

  /** The batch's cases went, and with them what was missing of them. */
  forget(batchId: BatchId): void {
    this.#lost.delete(batchId);
    this.#nowhere.delete(batchId);
  }

  /** How many cases can be opened. */
  #count(batchId: BatchId): number {
    return this.#index.order(batchId).length - (this.#lost.get(batchId)?.size ?? 0);
  }

  /** Position of the last case that can be opened; -1 where there is none. */
  #last(batchId: BatchId): number {
    const lost = this.#lost.get(batchId);
    const id = this.#index.order(batchId).findLast((one) => !lost?.has(one));
    return (id && this.#index.placeOf(id)?.position) ?? -1;
  }

  /** Positions of the cases that can be opened. */
  #here(batchId: BatchId): Set<number> {
    const lost = this.#lost.get(batchId);
    const ids = this.#index.order(batchId).filter((id) => !lost?.has(id));
    return new Set(ids.map((id) => this.#index.placeOf(id)?.position ?? 0));
  }

  /** Positions in the middle of a batch at which something is missing, in order. */
  *#absent({ id, assignments }: PhysicianBatch, after: number): Generator<number> {
    const lost = new Set(this.#lost.get(id)?.values());
    const last = Math.max(this.#last(id), ...lost);
    const count = this.#index.order(id).length;
    // Positions go up one by one from 0: as many as that, and none is missing among them.
    const hasHoles = count < assignments && count <= last;
    if (!hasHoles && lost.size === 0) return;
    const present = this.#here(id);
    const nowhere = this.#nowhere.get(id);
    for (let position = after + 1; position <= last; position++) {
      const isAbsent = lost.has(position) || (hasHoles && !present.has(position));
      if (isAbsent && !nowhere?.has(position)) yield position;
    }
  }
}
