import { createHash, type Hash } from 'node:crypto';

const realSetImmediate = globalThis.setImmediate;

/** Settles when every promise that can go on by itself has gone on. */
const settle = () => new Promise<void>((resolve) => void realSetImmediate(resolve));

/** What an event belongs to: when it is dead nothing of it happens, while it sleeps everything of it waits. */
export type Owner = { readonly label: string; dead: boolean; asleepUntil: number; readonly held: Event[] };

export type Event = {
  at: number;
  order: number;
  owner: Owner | null;
  what: string;
  job: (() => unknown) | null;
};

const isBefore = (one: Event, other: Event) =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** Everything that happens in a history happens here, one event after the other, at moments of a clock of its own. */
export class Scheduler {
  /** Milliseconds since the history began; true time, which no laptop's clock need agree with. */
  now = 0;
  /** Whose code is running; null between events and while the server works. */
  running: Owner | null = null;
  events = 0;
  readonly #heap: Event[] = [];
  readonly #hash: Hash = createHash('sha256');
  readonly #tail: string[] = [];
  readonly #tailLength: number;
  #order = 0;

  constructor(tailLength = 400) {
    this.#tailLength = tailLength;
  }

  after(ms: number, owner: Owner | null, what: string, job: () => unknown): Event {
    const event = { at: this.now + Math.max(0, ms), order: this.#order++, owner, what, job };
    this.#push(event);
    return event;
  }

  /** Writes a line of the history. */
  note(line: string): void {
    const text = `${this.now.toFixed(2)} ${line}\n`;
    this.#hash.update(text);
    this.#tail.push(text);
    if (this.#tail.length > 2 * this.#tailLength) this.#tail.splice(0, this.#tailLength);
  }

  tail(): string {
    return this.#tail.slice(-this.#tailLength).join('');
  }

  /** Of every line so far; ends the history. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  /** Runs what is due until the clock stands at `until`, or `isOver` says so. */
  async run(until: number, isOver: () => boolean = () => false): Promise<void> {
    while (!isOver()) {
      const event = this.#heap[0];
      if (!event || event.at > until) break;
      this.#pop();
      await this.#happen(event);
    }
    if (!isOver()) this.now = Math.max(this.now, until);
  }

  /** What waited for the owner to wake up happens now, in its order; unless it sleeps on. */
  wake(owner: Owner): void {
    if (owner.asleepUntil > this.now) return;
    for (const event of owner.held.splice(0)) {
      event.at = this.now;
      event.order = this.#order++;
      this.#push(event);
    }
  }

  async #happen(event: Event): Promise<void> {
    const { owner, job } = event;
    if (job === null || owner?.dead) return;
    this.now = Math.max(this.now, event.at);
    if (owner && owner.asleepUntil > this.now) return void owner.held.push(event);
    this.events += 1;
    this.note(`${owner?.label ?? '-'} ${event.what}`);
    this.running = owner;
    const going = job();
    if (going instanceof Promise) await going;
    await settle();
    this.running = null;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Event;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}
