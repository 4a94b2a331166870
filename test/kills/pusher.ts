import { type Receipt, syncHello, syncPush } from '../../shared/contract/sync.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { type Call, createCall } from '../support/server.ts';
import { completeBody, mutation, newClientId, type SentMutation } from '../sync/mutations.ts';
import { type Random, wholeBelow } from './tally.ts';

export type Physician = { token: string; assignments: readonly string[] };
export type Acknowledged = { clientId: string; receipt: Receipt; sent: SentMutation };

/** A laptop's push loop and nothing else: it keeps every change until its receipt came, and sends it again unchanged. */
export class Pusher {
  readonly clientId = newClientId();
  readonly receipts: Acknowledged[] = [];
  readonly #physician: Physician;
  readonly #random: Random;
  #waiting: SentMutation[] = [];
  #heads = new Map<string, string>();
  #seq = 0;

  constructor(physician: Physician, random: Random) {
    this.#physician = physician;
    this.#random = random;
  }

  #change(): void {
    this.#seq += 1;
    const assignmentId =
      this.#physician.assignments[wholeBelow(this.#random, this.#physician.assignments.length)];
    if (assignmentId === undefined) throw new Error('a physician without assignments');
    const words = `${this.clientId} ${this.#seq} ${'why '.repeat(wholeBelow(this.#random, 200))}`;
    const made = mutation(this.#seq, assignmentId, {
      body: completeBody(words.trimEnd()),
      state: this.#random() < 0.3 ? 'draft' : 'submitted',
      base: this.#heads.get(assignmentId) ?? null,
    });
    this.#heads.set(assignmentId, made.revisionId);
    this.#waiting.push(made);
  }

  async #push(call: Call, epoch: string): Promise<void> {
    while (this.#waiting.length < 1 + wholeBelow(this.#random, 12)) this.#change();
    const body = {
      clientId: this.clientId,
      appVersion: '1.0.0',
      epoch,
      mutations: this.#waiting.slice(0, 50),
    };
    const { verdicts, expectedSeq } = await call(syncPush, { body } as never);
    if (expectedSeq !== null) throw new Error(`the server asks for ${expectedSeq}, which had its receipt`);
    for (const { status, receipt } of verdicts) {
      const sent = this.#waiting.find(({ seq }) => seq === receipt.seq);
      if (!sent) continue;
      if (status !== 'accepted') throw new Error(`change ${receipt.seq} was answered ${status}`);
      this.receipts.push({ clientId: this.clientId, receipt, sent });
      this.#waiting = this.#waiting.filter(({ seq }) => seq !== receipt.seq);
    }
  }

  /** Pushes until the server is gone; only what the network breaks is an end. */
  async run(url: string, isKilled: () => boolean): Promise<void> {
    const call = createCall(url, this.#physician.token);
    try {
      const { epoch } = await call(syncHello, {
        body: { clientId: this.clientId, appVersion: '1.0.0' },
      } as never);
      while (!isKilled()) await this.#push(call, epoch);
    } catch (cause) {
      // A connection that breaks looks like the end of a fetch or of its text; what the server says itself is a fault.
      if (!isKilled() && !(cause instanceof TypeError) && !(cause instanceof SyntaxError)) throw cause;
    }
  }
}

export const hashesAgree = ({ receipt, sent }: Acknowledged): boolean =>
  receipt.bodyHash === sent.bodyHash && bodyHash(sent.body) === sent.bodyHash;
