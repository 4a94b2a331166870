import type { NetReply } from '../../../shared/ipc.ts';
import type { Scheduler } from './scheduler.ts';

/** A draft is sent so much later: a try then is still the person's. */
const draftWaitMs = 2500;

/** How one laptop behaves to a server that fails: not more than a request a second, and quiet when asked for it. */
export class Manners {
  readonly #scheduler: Scheduler;
  readonly #blame: (what: string) => void;
  #failedAt = Number.NEGATIVE_INFINITY;
  #quietUntil = Number.NEGATIVE_INFINITY;
  #triggeredAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(scheduler: Scheduler, blame: (what: string) => void) {
    this.#scheduler = scheduler;
    this.#blame = blame;
  }

  /** Retry state is in memory only (rule S18). */
  onStart(): void {
    this.#failedAt = this.#quietUntil = Number.NEGATIVE_INFINITY;
  }

  onTrigger(byPerson: boolean): void {
    this.#triggeredAt = this.#scheduler.now;
    if (byPerson) this.#askedAt = this.#scheduler.now;
  }

  onSent(_app: unknown): void {
    const { now } = this.#scheduler;
    const wasTriggered = now - this.#triggeredAt <= draftWaitMs || this.#triggeredAt >= this.#failedAt;
    if (now - this.#failedAt < 999 && !wasTriggered)
      this.#blame(`asks again ${Math.round(now - this.#failedAt)} ms after a failure`);
    if (now < this.#quietUntil - 1 && this.#askedAt < this.#quietFrom)
      this.#blame(`asks ${Math.round(this.#quietUntil - now)} ms before the server wants to hear of it`);
  }

  #quietFrom = Number.NEGATIVE_INFINITY;

  onAnswered(_app: unknown, reply: NetReply, isWhole: boolean): void {
    const { now } = this.#scheduler;
    const isBusy =
      reply.kind === 'reply' && (reply.status >= 500 || reply.status === 429 || reply.status === 408);
    if (reply.kind === 'reply' && reply.retryAfter !== null && isBusy) {
      this.#quietFrom = now;
      this.#quietUntil = now + reply.retryAfter * 1000;
    }
    if (reply.kind === 'unreachable' || isBusy) this.#failedAt = now;
    else if (isWhole) this.#failedAt = Number.NEGATIVE_INFINITY;
  }
}
