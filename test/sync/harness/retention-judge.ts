import type { Workspace } from '../../../renderer/data/types.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { Desk } from './desk.ts';
import type { World } from './world.ts';

const monthMs = 30 * 86_400_000;

/** What laptops may let go: asked at the moment it has gone, of the server and of what people were promised. */
export class RetentionJudge {
  readonly #world: World;
  readonly #batchOf = new Map<string, BatchId>();
  /** True times at which each batch was closed. */
  readonly #closings = new Map<BatchId, number[]>();
  /** Batches each laptop is known to keep no more. */
  readonly #gone = new Map<number, Set<BatchId>>();
  /** When the server last told each laptop what it holds of it. */
  readonly #toldAt = new Map<number, number>();
  restoredAt = Number.NEGATIVE_INFINITY;
  /** How often a laptop let a batch go. */
  times = 0;

  constructor(world: World) {
    this.#world = world;
  }

  knowCase(id: AssignmentId, batchId: BatchId): void {
    this.#batchOf.set(id, batchId);
  }

  noteClosing(batchId: BatchId): void {
    this.#closings.set(batchId, [...(this.#closings.get(batchId) ?? []), this.#world.scheduler.now]);
  }

  noteDigest(laptop: number): void {
    this.#toldAt.set(laptop, this.#world.scheduler.now);
  }

  closed(): BatchId[] {
    return [...this.#closings.keys()];
  }

  /** Whether this laptop says of the case's batch that it keeps it no more. */
  hasLetGo(laptop: number, id: string): boolean {
    const batchId = this.#batchOf.get(id);
    return batchId !== undefined && this.#gone.get(laptop)?.has(batchId) === true;
  }

  /** Looks for what has newly gone, and for what came again. */
  async look(desk: Desk, workspace: Workspace): Promise<void> {
    const { number } = desk.laptop;
    const before = this.#gone.get(number) ?? new Set();
    const batches = (await workspace.queue()).filter(({ letGoAt }) => letGoAt != null);
    const now = new Set(batches.map(({ id }) => id));
    this.#gone.set(number, now);
    const fresh = [...now].filter((id) => !before.has(id));
    for (const id of fresh) {
      this.times += 1;
      this.#world.count('let-go');
      this.#checkAge(desk, id);
    }
    if (fresh.length === 0) return;
    this.#forgetCases(number, new Set(fresh));
    const toldAt = this.#toldAt.get(number) ?? Number.NEGATIVE_INFINITY;
    this.#world.scheduler.after(0, null, `${desk.laptop.label} lets go`, () =>
      this.#checkHeld(desk, new Set(fresh), toldAt),
    );
  }

  /** They are missed no more from here on; a batch that is opened again owes them anew, at rest. */
  #forgetCases(number: number, batches: ReadonlySet<BatchId>): void {
    const seen = this.#world.seen.get(number);
    for (const id of [...(seen ?? [])]) if (batches.has(this.#batchOf.get(id) as BatchId)) seen?.delete(id);
  }

  #checkAge(desk: Desk, batchId: BatchId): void {
    const { judge, scheduler } = this.#world;
    const closings = this.#closings.get(batchId) ?? [];
    if (!closings.some((at) => at + monthMs <= scheduler.now))
      judge.blame('let-go', `${desk.laptop.label} let batch ${batchId} go too early`);
  }

  /** Everything that was promised there is at the server; what a server that was put back meanwhile lost is nobody's. */
  async #checkHeld(desk: Desk, batches: ReadonlySet<BatchId>, toldAt: number): Promise<void> {
    const { judge } = this.#world;
    const { markers } = await this.#world.learnOfServer();
    const owed = judge.saves.filter(
      (save) =>
        save.laptop === desk.laptop.number &&
        !save.leftLaptop &&
        !save.excused &&
        batches.has(this.#batchOf.get(save.assignmentId) as BatchId),
    );
    for (const save of owed) {
      const isHeld = judge.heirsOf(save).some(({ marker }) => markers.has(marker));
      save.letGo = true;
      if (isHeld || !save.acknowledged) continue;
      if (this.restoredAt >= toldAt) save.excused = true;
      else judge.blame('let-go', `${judge.describe(save)} has gone and is not at the server`);
    }
  }
}
