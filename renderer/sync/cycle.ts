import { readSession } from '../../shared/contract/auth.ts';
import { type DeviceOrder, deviceContact } from '../../shared/contract/devices.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import {
  type Mutation,
  maxPushBytes,
  maxPushMutations,
  syncBatch,
  syncBatchPage,
  syncDigest,
  syncHello,
  syncPush,
} from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import type { ClientId } from '../../shared/schema/ids.ts';
import { halvedPush } from '../../shared/sync/backoff.ts';
import { readChanges } from '../data/feed-reading.ts';
import type { Download } from '../data/sync-store.ts';
import { type EngineDeps, SyncFailure } from './ports.ts';

/** Room for what surrounds the mutations in a push. */
const pushEnvelopeBytes = 1000;
const pageSize = 25;
const feedPageSize = 200;
/** Rounds of putting numbers right in one cycle; more would mean that the two sides talk past each other. */
const maxRepairs = 3;
/** A month is waited for: the server's time need not be asked for more often. */
const timeDueMs = 6 * 60 * 60_000;

type PushReply = EndpointReply<typeof syncPush>;

/** One pass over everything there is to do, in order: handshake, push, pull, downloads, comparison at rest. */
export class SyncCycle {
  readonly #deps: EngineDeps;
  #greeted = false;
  #compared = false;
  /** When both sides last agreed, on the clock that is only compared with itself. */
  #agreedAt = Number.NEGATIVE_INFINITY;
  /** The feed was read to its head in this pass: a closed batch that was opened again is known. */
  #isCaughtUp = false;
  #repairs = 0;
  /** Everything was sent again since both sides last agreed. */
  #hasSentAgain = false;
  #trouble: string | null = null;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /** The next pass shakes hands again: the network was away, or the numbers did not fit. */
  forgetHandshake(): void {
    this.#greeted = false;
    // A steady clock need not count the sleep.
    this.#agreedAt = Number.NEGATIVE_INFINITY;
  }

  /** @returns a sentence where a person is needed, else null. @throws SyncFailure */
  async run(): Promise<string | null> {
    this.#repairs = 0;
    this.#trouble = null;
    try {
      await this.#pass();
    } catch (cause) {
      if (!(cause instanceof SyncFailure) || cause.failure.kind !== 'epoch-changed') throw cause;
      // Once at once (rule S2); a second time it goes the way of every other failure.
      this.#greeted = false;
      await this.#pass();
    }
    return this.#trouble;
  }

  async #pass(): Promise<void> {
    await this.#requirePerson();
    if (!this.#greeted) await this.#hello();
    const order = await this.#contact();
    if (order && (await this.#obey(order))) return;
    await this.#push();
    await this.#pull();
    await this.#download();
    await this.#compare();
  }

  async #requirePerson(): Promise<void> {
    const { userId, transport } = this.#deps;
    if (userId === undefined) return;
    const { user } = await transport(readSession, {});
    if (user.id !== userId) throw new SyncFailure({ kind: 'sign-in' });
  }

  #caller() {
    return { clientId: this.#deps.store.identity().clientId, appVersion: this.#deps.appVersion };
  }

  /** Lease, idle time and orders. A server that knows no such call says nothing, and nothing follows (rule S16). */
  async #contact(): Promise<DeviceOrder | null> {
    const { device, transport } = this.#deps;
    if (!device) return null;
    try {
      const contact = await transport(deviceContact, { body: device.contact() });
      await device.met(contact);
      return contact.order;
    } catch (cause) {
      if (!(cause instanceof SyncFailure) || cause.failure.kind !== 'refused') throw cause;
      await device.met(null);
      return null;
    }
  }

  /** What waits is sent before anything else; what cannot be is kept sealed (rule S28). */
  async #obey(order: DeviceOrder): Promise<boolean> {
    const { device, transport } = this.#deps;
    if (!device || !(await device.seal(order))) return false;
    await this.#pushAll().catch((cause: unknown) => {
      if (!(cause instanceof SyncFailure)) throw cause;
    });
    await device.carryOut(order, transport);
    return true;
  }

  async #pushAll(): Promise<void> {
    try {
      await this.#push();
    } catch (cause) {
      if (!(cause instanceof SyncFailure) || cause.failure.kind !== 'epoch-changed') throw cause;
      await this.#hello();
      await this.#push();
    }
  }

  #repair(): void {
    this.#repairs += 1;
    if (this.#repairs > maxRepairs) throw new SyncFailure({ kind: 'busy', status: 409, retryAfter: null });
  }

  async #hello(): Promise<void> {
    const { store, transport, deviceName } = this.#deps;
    const answer = await transport(syncHello, { body: { ...this.#caller(), deviceName } });
    if (answer.recoveryPublicKey !== null) this.#deps.onSiteKey?.(answer.recoveryPublicKey);
    if (answer.lastSeq > store.lastSeq()) return this.#newClient();
    const { epoch, cursor } = store.identity();
    const isOtherLineage = epoch !== null && epoch !== answer.epoch;
    const lostSome = isOtherLineage || answer.lastSeq < store.lastReceipt();
    await store.storeLineage(answer.epoch, lostSome || answer.feedHead < cursor);
    // Another copy of this database may have used our numbers there since: no receipt of before says anything.
    if (isOtherLineage && store.lastReceipt() > 0) return this.#newClient();
    if (answer.lastSeq < store.lastSeq()) {
      // What it still has may be another copy's under our numbers: what is the same there changes nothing.
      const from = lostSome ? 1 : answer.lastSeq + 1;
      if (!store.retains(from)) return this.#newClient();
      await store.resendFrom(from);
    }
    if (!(await this.#isProven())) return this.#newClient();
    this.#greeted = true;
    // Whatever happened to the server while it was away may show in nothing but this.
    this.#compared = false;
  }

  /** Nothing has its receipt under this client id yet: whether the server lost something shows under the one before. */
  async #isProven(): Promise<boolean> {
    const ours = this.#deps.store.proven();
    if (ours === null) return true;
    const theirs = await this.#digestOf(ours.clientId);
    return theirs !== null && theirs.count === ours.count && theirs.digest === ours.digest;
  }

  /** @returns null for a client id the server does not know */
  async #digestOf(clientId: ClientId): Promise<EndpointReply<typeof syncDigest> | null> {
    try {
      return await this.#deps.transport(syncDigest, { params: { clientId } });
    } catch (cause) {
      const isUnknown =
        cause instanceof SyncFailure &&
        cause.failure.kind === 'refused' &&
        cause.failure.error.code === 'not-found';
      if (!isUnknown) throw cause;
      return null;
    }
  }

  /** Sends everything retained again: what a copy of this database or a lost server made of our numbers says nothing. */
  async #newClient(): Promise<void> {
    this.#repair();
    this.#greeted = false;
    await this.#deps.store.startNewClient();
    await this.#hello();
  }

  async #push(): Promise<void> {
    const { store } = this.#deps;
    let most = maxPushMutations;
    for (;;) {
      const limit = { mutations: most, bytes: maxPushBytes - pushEnvelopeBytes };
      const next = store.nextToSend(limit);
      if (next.length === 0) return;
      await store.markAttempted(next);
      // Until it was marked a save may have taken a draft's place: what is sent is what stands now (rule S11).
      const mutations = store.nextToSend({ ...limit, mutations: next.length });
      const reply = await this.#send(mutations);
      if (reply === 'too-large') {
        if (mutations.length === 1)
          throw new SyncFailure({ kind: 'refused', error: new AppError('body-too-large') });
        most = halvedPush(mutations.length);
      } else if (!(await this.#take(reply))) return;
    }
  }

  async #send(mutations: Mutation[]): Promise<PushReply | 'too-large'> {
    const { store, transport } = this.#deps;
    const epoch = store.identity().epoch;
    if (epoch === null) throw new SyncFailure({ kind: 'epoch-changed' });
    try {
      const reply = await transport(syncPush, { body: { ...this.#caller(), epoch, mutations } });
      if (reply.epoch !== epoch) throw new SyncFailure({ kind: 'epoch-changed' });
      return reply;
    } catch (cause) {
      if (cause instanceof SyncFailure && cause.failure.kind === 'too-large') return 'too-large';
      throw cause;
    }
  }

  /** Stores what a push brought. @returns false when sending on would bring nothing */
  async #take(reply: PushReply): Promise<boolean> {
    const { store } = this.#deps;
    const { settled, conflict } = await store.storeVerdicts(reply.verdicts);
    this.#compared = false;
    if (conflict) {
      await this.#newClient();
      return true;
    }
    if (reply.expectedSeq !== null) {
      this.#repair();
      if (reply.expectedSeq > store.lastSeq() || !store.retains(reply.expectedSeq)) await this.#newClient();
      else await store.resendFrom(reply.expectedSeq);
      return true;
    }
    // Receipts that were none leave their mutations unsent; sending them again at once would not mend it.
    return settled > 0;
  }

  async #pull(): Promise<void> {
    const { store, transport } = this.#deps;
    this.#isCaughtUp = false;
    for (;;) {
      const { cursor, epoch, retelling } = store.identity();
      const page = await transport(readChanges, { query: { after: cursor, limit: feedPageSize } });
      // A feed that ends before what was read of it was put back.
      if (page.epoch !== epoch || page.head < cursor) throw new SyncFailure({ kind: 'epoch-changed' });
      if (page.cursor > cursor || retelling) await store.storeFeed(page);
      this.#isCaughtUp = Math.max(page.cursor, cursor) >= page.head;
      if (page.cursor <= cursor || page.cursor >= page.head) return;
    }
  }

  async #download(): Promise<void> {
    for (const download of this.#deps.store.downloads()) {
      try {
        await this.#downloadBatch(download);
      } catch (cause) {
        // One batch that is refused keeps no other from coming, and removes nothing that is here (rule S16).
        if (!(cause instanceof SyncFailure) || cause.failure.kind !== 'refused') throw cause;
        if (cause.failure.error.code === 'practice-needed')
          await this.#deps.store.forgetBatch(download.batchId);
        else this.#trouble = `A batch could not be downloaded: ${cause.failure.error.message}`;
      }
    }
  }

  async #downloadBatch({ batchId, needsManifest }: Download): Promise<void> {
    const { store, transport } = this.#deps;
    if (needsManifest) await store.storeBatch((await transport(syncBatch, { params: { batchId } })).batch);
    for (let from = store.pagesAfter(batchId); from !== null; ) {
      const query: { after: number; limit: number } = { after: from, limit: pageSize };
      const page: EndpointReply<typeof syncBatchPage> = await transport(syncBatchPage, {
        params: { batchId },
        query,
      });
      const upTo = page.next !== null && page.next > from ? page.next : null;
      await store.storePage(page.assignments, { batchId, after: from, upTo });
      // What is here already behind a hole is not fetched again.
      from = upTo === null ? null : store.pagesAfter(batchId, upTo);
    }
  }

  /** Compared once after every drain, and now and then where a closed batch waits for the server's time. */
  #isToCompare(): boolean {
    const { store, clock } = this.#deps;
    const isTimeDue = store.awaitsTime() && (!this.#compared || clock() - this.#agreedAt >= timeDueMs);
    return isTimeDue || (!this.#compared && store.lastSeq() > 0);
  }

  /**
   * With nothing waiting both sides must hold the same. Where they do not, everything retained is sent again, which has no
   * second effect; where they still do not, it is told, and nothing more is done (rule S15).
   */
  async #compare(): Promise<void> {
    const { store } = this.#deps;
    if (store.waiting() > 0 || !this.#isToCompare()) return;
    const theirs = await this.#digestOf(store.identity().clientId);
    const ours = store.digest();
    if (store.waiting() > 0) return;
    if (theirs && theirs.count === ours.count && theirs.digest === ours.digest) return this.#agree(theirs);
    // Another copy of this database may have gone on under the same client id: the next handshake shows it (rule S1).
    this.#greeted = false;
    if (!this.#hasSentAgain) return this.#sendAgain();
    this.#trouble =
      'This laptop and the server do not agree about what was sent. Your work is safe here; tell an administrator.';
  }

  async #agree({ epoch, at }: EndpointReply<typeof syncDigest>): Promise<void> {
    this.#compared = true;
    this.#hasSentAgain = false;
    this.#agreedAt = this.#deps.clock();
    const isOver = at === undefined || !this.#isCaughtUp || (await this.#deps.store.agreed({ epoch, at }));
    // A laptop that could not do it just now is asked again by the next pass.
    if (!isOver) this.#agreedAt = Number.NEGATIVE_INFINITY;
  }

  async #sendAgain(): Promise<void> {
    this.#hasSentAgain = true;
    await this.#newClient();
    await this.#push();
    await this.#compare();
  }
}
