import { decideNewClient } from '../../renderer/data/decide-lineage.ts';
import { decideSave } from '../../renderer/data/decide-save.ts';
import type { Place } from '../../renderer/data/decide-versions.ts';
import { createSyncStore, type SyncStore } from '../../renderer/data/sync-store.ts';
import { type Item, numbered, type Put, WorkLog } from '../../renderer/data/work-log.ts';
import { SyncCycle } from '../../renderer/sync/cycle.ts';
import { SyncFailure, type Transport } from '../../renderer/sync/ports.ts';
import type { Mutation, PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, ClientId, RevisionId } from '../../shared/schema/ids.ts';

/** The workstation's store with its disk left out: what is committed is in memory, in the order it was decided. */
class MemoryStore {
  log = new WorkLog();
  async commit(decide: () => readonly Put[] | Promise<readonly Put[]>): Promise<void> {
    this.log.apply(numbered(await decide(), this.log.lsn));
  }
  async requireSpace(): Promise<void> {}
  emit(): void {}
}

class MemoryContent {
  readonly #batches = new Map<BatchId, PhysicianBatch>();
  readonly #assignments = new Map<AssignmentId, Place>();
  batch = (id: BatchId) => this.#batches.get(id) ?? null;
  placeOf = (id: AssignmentId) => this.#assignments.get(id) ?? null;
  order = (id: BatchId) =>
    [...this.#assignments].filter(([, place]) => place.batchId === id).map(([key]) => key);
  gaps = {
    nextPage: ({ id, assignments }: PhysicianBatch) => {
      const places = [...this.#assignments.values()].filter((place) => place.batchId === id);
      return places.length >= assignments ? null : Math.max(-1, ...places.map(({ position }) => position));
    },
    asked: () => undefined,
  };
  async storeBatch(batch: PhysicianBatch): Promise<void> {
    this.#batches.set(batch.id, batch);
  }
  async storePage(assignments: readonly Omit<PhysicianAssignment, 'latest'>[]): Promise<void> {
    for (const { id, batchId, position } of assignments) this.#assignments.set(id, { batchId, position });
  }
}

/** One laptop of a physician: the workstation's own sync code and decisions over memory instead of a disk. */
export class Laptop {
  readonly content = new MemoryContent();
  readonly #transport: Transport;
  readonly #newId: () => string;
  #store = new MemoryStore();
  #sync: SyncStore;
  #cycle: SyncCycle;

  constructor(transport: Transport, newId: () => string) {
    this.#transport = transport;
    this.#newId = newId;
    this.#store.log.apply(numbered(decideNewClient(this.#store.log, newId() as ClientId, 'unreceipted'), 0));
    [this.#sync, this.#cycle] = this.#start();
  }

  get log(): WorkLog {
    return this.#store.log;
  }
  get sync(): SyncStore {
    return this.#sync;
  }
  cases(): AssignmentId[] {
    return this.#store.log.assignedBatches().flatMap(({ batchId }) => this.content.order(batchId));
  }

  #start(): [SyncStore, SyncCycle] {
    const parts = {
      store: this.#store,
      content: this.content,
      clock: () => new Date(),
      // Nothing is let go here: these histories take no month.
      retention: { awaitsTime: () => false, agreed: async () => true },
      setReport: () => {},
      savedListeners: new Set<never>(),
    };
    // The two classes are nominal through their private fields; the sync store uses only what stands above.
    const sync = createSyncStore(parts as never);
    const timers = { after: () => () => {} };
    const host = { clock: () => 0, random: () => 0, timers, appVersion: '1.0.0', deviceName: 'ward' };
    return [sync, new SyncCycle({ ...host, store: sync, transport: this.#transport })];
  }

  /** The process ends and starts again: what was committed is there, nothing else. */
  restart(items: readonly Item[] = this.#store.log.items()): void {
    this.#store = new MemoryStore();
    this.#store.log.apply(items);
    [this.#sync, this.#cycle] = this.#start();
  }

  async save(assignmentId: AssignmentId, body: AnnotationBody, state: RevisionState): Promise<void> {
    const place = this.content.placeOf(assignmentId);
    if (!place) throw new Error('not downloaded');
    const madeAt = new Date().toISOString();
    const revisionId = this.#newId() as RevisionId;
    await this.#store.commit(() =>
      decideSave(this.log, { assignmentId, ...place, body, state, revisionId, madeAt }),
    );
  }

  /** Damages the newest unsent mutation where it is stored, as a bad disk would. */
  damageNewest(damage: (mutation: Mutation) => Mutation): Mutation | null {
    const [key, value] = this.log.unsettled().at(-1) ?? [];
    if (!key || !value || this.log.progress(key).attempted) return null;
    // Nothing unsent is ever without its text.
    const mutation = damage(value.mutation as Mutation);
    this.log.apply(numbered([{ type: 'mutation', key, value: { ...value, mutation } }], this.log.lsn));
    return mutation;
  }

  /** One pass of the workstation's sync. @returns false when the network or the server failed it */
  async trySync(): Promise<boolean> {
    try {
      await this.#cycle.run();
      return true;
    } catch (cause) {
      if (!(cause instanceof SyncFailure)) throw cause;
      this.#cycle.forgetHandshake();
      return false;
    }
  }
}
