import type { Transport } from '../../renderer/sync/ports.ts';
import { SyncFailure } from '../../renderer/sync/ports.ts';
import { readReply } from '../../renderer/sync/transport.ts';
import { type Endpoint, type EndpointReply, urlOf } from '../../shared/contract/endpoint.ts';
import { syncPush } from '../../shared/contract/sync.ts';
import type { Person } from './sync-server.ts';

/** Uniform in [0, 1) from a seed (mulberry32), so that a failing history can be told again. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const faults = [
  'request-lost',
  'reply-lost',
  'doubled',
  'truncated',
  'gap',
  'replayed',
  'not-ours',
] as const;
type Fault = (typeof faults)[number];

/** The network between one physician and the server; `rate` is how much of it fails. */
export class FaultyNetwork {
  readonly #url: string;
  readonly #person: Person;
  readonly #random: () => number;
  readonly #sent: string[] = [];
  readonly happened = new Map<Fault, number>();
  rate = 0.3;

  constructor(url: string, person: Person, random: () => number) {
    this.#url = url;
    this.#person = person;
    this.#random = random;
  }

  #fault(): Fault | null {
    if (this.#random() >= this.rate) return null;
    const fault = faults[Math.floor(this.#random() * faults.length)] ?? 'request-lost';
    this.happened.set(fault, (this.happened.get(fault) ?? 0) + 1);
    return fault;
  }

  async #fetch(definition: Endpoint, input: object, body: string | null) {
    const response = await fetch(this.#url + urlOf(definition, input), {
      method: definition.method,
      headers: { authorization: `Bearer ${this.#person.token}`, 'content-type': 'application/json' },
      body,
    });
    const contentType = response.headers.get('content-type') ?? '';
    return {
      kind: 'reply' as const,
      status: response.status,
      contentType,
      body: await response.text(),
      retryAfter: null,
    };
  }

  readonly transport: Transport = async <const E extends Endpoint>(
    definition: E,
    input: { body?: unknown },
  ): Promise<EndpointReply<E>> => {
    const body = definition.method === 'POST' ? JSON.stringify(input.body ?? {}) : null;
    const send = (text = body) => this.#fetch(definition, input, text);
    const isPush = (definition as Endpoint) === syncPush && body !== null;
    if (isPush) this.#sent.push(body);
    const lost = () => new SyncFailure({ kind: 'unreachable', reason: 'the test cut the network' });
    switch (this.#fault()) {
      case 'request-lost':
        throw lost();
      case 'reply-lost':
        await send();
        throw lost();
      case 'truncated':
        if (body !== null) await send(body.slice(0, Math.floor(body.length * this.#random())));
        throw lost();
      case 'not-ours':
        return readReply(definition, {
          kind: 'reply',
          status: 200,
          contentType: 'text/html',
          body: '<p>Wi-Fi</p>',
          retryAfter: null,
        });
      case 'doubled': {
        const [first, second] = await Promise.all([send(), send()]);
        return readReply(definition, this.#random() < 0.5 ? first : second);
      }
      case 'gap':
        return readReply(definition, await send(isPush ? withoutFirst(body) : body));
      case 'replayed': {
        const old = this.#sent[Math.floor(this.#random() * this.#sent.length)];
        if (old !== undefined) await this.#fetch(syncPush, {}, old);
        return readReply(definition, await send());
      }
      case null:
        return readReply(definition, await send());
    }
  };
}

function withoutFirst(body: string): string {
  const push = JSON.parse(body) as { mutations: unknown[] };
  return push.mutations.length < 2 ? body : JSON.stringify({ ...push, mutations: push.mutations.slice(1) });
}
