import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { BatchId } from '../../shared/schema/ids.ts';
import {
  decideRetention,
  type HeardTime,
  type RetentionDecision,
  workDoubt,
} from '../../shared/sync/retention.ts';
import type { ContentStore } from './content.ts';
import {
  casesOf,
  isLookDue,
  letGoPuts,
  type RememberedTime,
  readRemembered,
  rememberNaming,
  textsToLetGo,
} from './decide-retention.ts';
import { batchToRead } from './decide-sync.ts';
import type { LocalStore } from './local-store.ts';

/** Texts taken out with one write. */
const textsAtOnce = 1000;

type Parts = {
  store: LocalStore;
  content: ContentStore;
  /** A case of the batch was opened since this start. */
  isInUse: (batchId: BatchId) => boolean;
  loadPreference: (key: string) => Promise<string | null>;
  savePreference: (key: string, value: string) => Promise<void>;
};
const rememberedKey = 'server-time';

/** Lets the texts of closed batches go, once it is sure that the server has all of their work (rules S13, S16). */
export class Retention {
  readonly #parts: Parts;
  /** Batches a server of before told of without saying when they were closed: asked for again, once. */
  readonly #asked = new Set<BatchId>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  awaitsTime(): boolean {
    return this.#parts.content.batches().some((batch) => this.#isPending(batch));
  }

  #isPending({ id, locked, closedAt }: PhysicianBatch): boolean {
    const letGo = this.#parts.store.log.letGo(id);
    if (letGo) return !this.#isSwept(id) || !locked;
    return closedAt !== null && (closedAt !== undefined || (locked && !this.#asked.has(id)));
  }

  #isSwept(batchId: BatchId): boolean {
    const { store, content } = this.#parts;
    return store.log.letGo(batchId)?.swept === true && content.order(batchId).length === 0;
  }

  /**
   * Never rejects: what could not be done now is done after the next agreement, and until then everything stays.
   * @returns false where something that was begun waits for that
   */
  async agreed(heard: HeardTime): Promise<boolean> {
    if (!this.awaitsTime()) return true;
    try {
      await this.#askWhenClosed();
      await this.#decide(heard);
      let isOver = true;
      for (const batch of this.#parts.content.batches())
        isOver = (await this.#finish(batch, heard)) && isOver;
      return isOver;
    } catch (cause) {
      console.warn('What this laptop need not keep any more is kept for now.', cause);
      return false;
    }
  }

  /** Told by a server that did not say it yet. */
  async #askWhenClosed(): Promise<void> {
    const { store, content } = this.#parts;
    for (const { id, locked, closedAt } of content.batches()) {
      if (!locked || closedAt !== undefined || this.#asked.has(id)) continue;
      this.#asked.add(id);
      await store.commit(() => [batchToRead(store.log, id)]);
    }
  }

  async #decide(heard: HeardTime): Promise<void> {
    const { content, loadPreference, savePreference, store } = this.#parts;
    const remembered = readRemembered(await loadPreference(rememberedKey));
    if (!isLookDue(remembered.heard, heard)) return;
    const named = { ...remembered.named };
    for (const { id, closedAt } of content.batches()) {
      if (!closedAt || store.log.letGo(id)) continue;
      const decision = await this.#decideOn(id, heard, remembered);
      rememberNaming(named, id, decision, { ...heard, closedAt });
    }
    await savePreference(rememberedKey, JSON.stringify({ heard, named }));
  }

  /** Decides on what stands at the moment it is written down: a save that came meanwhile keeps everything. */
  async #decideOn(
    batchId: BatchId,
    heard: HeardTime,
    remembered: RememberedTime,
  ): Promise<RetentionDecision> {
    const { store, content } = this.#parts;
    const { log } = store;
    const decide = () => {
      const batch = content.batch(batchId);
      return decideRetention({
        closedAt: batch?.locked ? (batch.closedAt ?? null) : null,
        isWhole: this.#isWhole(batchId),
        isInUse: this.#parts.isInUse(batchId),
        isDamaged: store.isDoubtful,
        epoch: log.identity()?.epoch ?? null,
        heard,
        before: remembered.heard,
        firstNamed: remembered.named[batchId] ?? null,
        cases: casesOf(log, this.#casesHere(batchId)),
      });
    };
    if (decide().letGo) await store.refuseOlderApps();
    let decision = decide();
    if (decision.letGo)
      await store.commit(() => {
        decision = decide();
        const closedAt = content.batch(batchId)?.closedAt;
        if (!decision.letGo || !closedAt) return [];
        const letGo = { closedAt, at: heard.at, swept: false };
        return [
          ...letGoPuts(log, this.#casesHere(batchId), letGo),
          ...textsToLetGo(log, this.#casesHere(batchId), textsAtOnce),
        ];
      });
    return decision;
  }

  #casesHere = (batchId: BatchId) => ({ batchId, ids: this.#parts.content.order(batchId) });

  #isWhole(batchId: BatchId): boolean {
    const { store, content } = this.#parts;
    const batch = content.batch(batchId);
    const isRead = store.log.assignedBatches().some((one) => one.batchId === batchId && one.fetched);
    return isRead && batch !== null && content.gaps.isWhole(batch);
  }

  /** Goes on wherever it was cut short: the rest of the texts, then the cases, then what stood under them. */
  async #finish({ id, locked }: PhysicianBatch, heard: HeardTime): Promise<boolean> {
    const { store, content } = this.#parts;
    const { log } = store;
    if (!log.letGo(id)) return true;
    if (!this.#isSwept(id)) {
      // The rows may be back in a moment; what else is doubtful is not known sooner by asking more often.
      // Those of a batch that is open again may stay.
      if (locked && !(await this.#letTextsGo(id, heard))) return !store.isAlone;
      await content.letGo(id);
      if (!(await store.sweep())) return false;
      await store.commit(() => this.#changed(id, { swept: true }));
      store.emit();
    }
    // Opened again meanwhile: from now on it is fetched like any other.
    if (!locked) await store.commit(() => [{ type: 'batch', key: id, value: { fetched: false } }]);
    return true;
  }

  /** @returns false where some of it must stay for now, because the server may not have it any more */
  async #letTextsGo(batchId: BatchId, heard: HeardTime): Promise<boolean> {
    const { store } = this.#parts;
    const { log } = store;
    for (let isOver = false; !isOver; ) {
      let doubt: string | null = null;
      await store.commit(() => {
        const epoch = log.identity()?.epoch ?? null;
        const batch = this.#casesHere(batchId);
        doubt = workDoubt({ isDamaged: store.isDoubtful, epoch, heard, cases: casesOf(log, batch) });
        const puts = doubt === null ? textsToLetGo(log, batch, textsAtOnce) : [];
        isOver = puts.length === 0;
        return puts;
      });
      if (doubt !== null) return false;
    }
    return true;
  }

  #changed(batchId: BatchId, change: { swept: boolean }) {
    const { log } = this.#parts.store;
    const letGo = log.letGo(batchId);
    const fetched = log.assignedBatches().some((one) => one.batchId === batchId && one.fetched);
    if (!letGo) return [];
    return [{ type: 'batch' as const, key: batchId, value: { fetched, letGo: { ...letGo, ...change } } }];
  }
}
