import type { NetReply, NetRequest } from '../../../shared/ipc.ts';
import type { SimReply, SimRequest } from '../simulated/server-port.ts';
import type { Laptop } from './laptop.ts';
import type { NetworkFault, NetworkFaultKind } from './plan.ts';
import type { Random } from './random.ts';
import type { RunningApp } from './running-app.ts';
import type { Scheduler } from './scheduler.ts';

export type NetworkDeps = {
  scheduler: Scheduler;
  laptop: Laptop;
  random: Random;
  faults: readonly NetworkFault[];
  serve: (request: SimRequest, laptop: Laptop) => Promise<SimReply>;
  revoke: (token: string) => Promise<void>;
  /** The server's process ends; what it had not committed is gone. */
  killServer: () => Promise<void>;
  putToSleep: (laptop: Laptop, ms: number) => void;
  /** Tells the judge of every request and of what the laptop got for it. */
  onSent: (app: RunningApp, path: string) => void;
  onAnswered: (app: RunningApp, path: string, reply: NetReply, isWhole: boolean) => void;
  count: (kind: NetworkFaultKind | 'offline' | 'none') => void;
};

const away = (reason: string): NetReply => ({ kind: 'unreachable', reason });
const html = (status: number): NetReply => ({
  kind: 'reply',
  status,
  contentType: 'text/html',
  body: '<!doctype html><h1>Welcome to the guest network</h1>',
  retryAfter: null,
});
const refusal = (status: number, code: string, retryAfter: number | null = null): NetReply => ({
  kind: 'reply',
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify({ error: { code, message: 'said by the simulated network' } }),
  retryAfter,
});

function fromServer({ status, headers, body }: SimReply): NetReply {
  const after = headers['retry-after'];
  return {
    kind: 'reply',
    status,
    contentType: headers['content-type'] ?? '',
    body,
    retryAfter: after === undefined ? null : Number(after),
  };
}

type Push = { mutations?: { revisionId?: unknown; body?: { reasoning?: { evidence?: string } } }[] };

/** Between one laptop and the server. It knows of every reply before the laptop does, and of those it never gets. */
export class Network {
  readonly #deps: NetworkDeps;
  readonly #faults: Map<number, NetworkFault>;
  readonly #sent: SimRequest[] = [];
  /** Revisions that something on the way spoils each time they pass. */
  readonly poisoned = new Set<string>();
  readonly #stalled = new Set<() => void>();
  isWhole = false;

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
    const mine = deps.faults.filter(({ laptop }) => laptop === deps.laptop.number);
    this.#faults = new Map(mine.map((fault) => [fault.nth, fault]));
  }

  /** No faults any more; connections that hang are reset. */
  mend(): void {
    this.isWhole = true;
    for (const reset of [...this.#stalled]) reset();
  }

  request(app: RunningApp, request: NetRequest): Promise<NetReply> {
    const { scheduler, laptop, random, count } = this.#deps;
    laptop.requests += 1;
    const path = request.path.split('?')[0] ?? '';
    this.#deps.onSent(app, path);
    return new Promise((resolve) => {
      let isOver = false;
      const answer = (reply: NetReply, ms: number, what: string) => {
        scheduler.after(ms, app, `reply ${path} ${what}`, () => {
          if (isOver) return;
          isOver = true;
          timer.job = null;
          const isGood = what === 'whole' || what === 'doubled';
          this.#deps.onAnswered(app, path, reply, isGood);
          resolve(reply);
        });
      };
      const timer = scheduler.after(request.timeoutMs, app, 'reply never', () => {
        if (isOver) return;
        isOver = true;
        const reply = away('The server did not answer in time.');
        this.#deps.onAnswered(app, path, reply, false);
        resolve(reply);
      });
      if (scheduler.now < laptop.offlineUntil) {
        count('offline');
        answer(away('no network'), random.between(1, 20), 'offline');
        return;
      }
      const fault = this.isWhole ? undefined : this.#faults.get(laptop.requests);
      count(fault?.kind ?? 'none');
      if (fault) scheduler.note(`${laptop.label} request ${laptop.requests} ${path}: ${fault.kind}`);
      this.#carry(request, fault ?? null, answer);
    });
  }

  #simRequest(request: NetRequest, body: string | null): SimRequest {
    const { method, path } = request;
    return { method, path, token: this.#deps.laptop.token, body };
  }

  #serve(ms: number, request: SimRequest, then: (reply: SimReply) => unknown = () => undefined): void {
    const { scheduler, serve, laptop } = this.#deps;
    scheduler.after(ms, null, `${laptop.label} arrives ${request.path.split('?')[0]}`, async () => {
      const reply = await serve(request, laptop);
      scheduler.note(`${laptop.label} served ${request.path.split('?')[0]} ${reply.status}`);
      await then(reply);
    });
  }

  #carry(
    request: NetRequest,
    fault: NetworkFault | null,
    answer: (reply: NetReply, ms: number, what: string) => void,
  ): void {
    const { random, laptop, scheduler } = this.#deps;
    const [up, down] = [random.between(5, 80), random.between(5, 80)];
    const body = request.body === null ? null : this.#spoiled(request.body);
    const sent = this.#simRequest(request, body);
    if (request.path === '/api/sync/push') this.#sent.push(sent);
    const p = fault?.p ?? 0;
    const reset = (what: string) => answer(away('the connection was reset'), up + down, what);
    const pass = (one: SimRequest, change: (reply: NetReply) => NetReply, what: string) =>
      this.#serve(up, one, (reply) => answer(change(fromServer(reply)), down, what));
    const same = (reply: NetReply) => reply;

    switch (fault?.kind) {
      case undefined:
        pass(sent, same, 'whole');
        return;
      case 'request-lost':
        reset('lost');
        return;
      case 'reply-lost':
        this.#serve(up, sent);
        reset('lost');
        return;
      case 'doubled':
        this.#serve(up + p * 50, sent);
        pass(sent, same, 'doubled');
        return;
      case 'reordered':
        // Held up somewhere, and delivered when the laptop has long given up and gone on.
        this.#serve(up + 200 + p * 30_000, sent);
        reset('late');
        return;
      case 'request-truncated':
        if (body !== null) this.#serve(up, { ...sent, body: body.slice(0, Math.floor(body.length * p)) });
        reset('cut');
        return;
      case 'reply-truncated':
        pass(sent, (reply) => cut(reply, p), 'cut');
        return;
      case 'garbled':
        pass(sent, (reply) => garbled(reply, p), 'garbled');
        return;
      case 'replayed': {
        const old = this.#sent[Math.floor(p * this.#sent.length)];
        if (old) this.#serve(up / 2, { ...old, token: laptop.token });
        pass(sent, same, 'whole');
        return;
      }
      case 'error-500':
        if (p < 0.5) this.#serve(up, sent);
        answer(refusal(500, 'server-error'), up + down, '500');
        return;
      case 'portal-502':
        answer(html(502), up, '502');
        return;
      case 'portal-200':
        answer(html(200), up, 'portal');
        return;
      case 'busy-503':
        answer(refusal(503, 'database-unavailable', Math.ceil(p * 20)), up, '503');
        return;
      case 'signed-out-401':
        return void scheduler.after(up / 2, null, `${laptop.label} session ends`, async () => {
          if (laptop.token !== null) await this.#deps.revoke(laptop.token);
          pass(sent, same, 'whole');
        });
      case 'too-large-413':
        answer(p < 0.7 ? refusal(413, 'body-too-large') : html(413), up, '413');
        return;
      case 'too-many-429':
        answer(refusal(429, 'too-many-requests', Math.ceil(p * 20)), up, '429');
        return;
      case 'stalled': {
        if (p < 0.5) this.#serve(up, sent);
        const reset0 = () => {
          this.#stalled.delete(reset0);
          reset('stalled');
        };
        this.#stalled.add(reset0);
        return;
      }
      case 'absent-404':
        answer(refusal(404, 'not-found'), up, '404');
        return;
      case 'empty':
        pass(sent, (reply) => emptied(request, reply), 'empty');
        return;
      case 'wrong-receipt':
        pass(sent, withWrongReceipt, 'wrong receipt');
        return;
      case 'poisoned':
        pass({ ...sent, body: this.#poison(body) }, same, 'whole');
        return;
      case 'server-killed':
        // At the moment the reply has left, or before the request comes.
        if (p < 0.7)
          this.#serve(up, sent, async (reply) => {
            await this.#deps.killServer();
            answer(fromServer(reply), down, 'whole');
          });
        else {
          scheduler.after(up, null, `${laptop.label} finds no server`, () => this.#deps.killServer());
          reset('server killed');
        }
        return;
      case 'slept-in-request':
        if (p < 0.7) this.#serve(up, sent);
        this.#deps.putToSleep(laptop, 1000 + p * 120_000);
        reset('slept');
        return;
    }
  }

  /** From now on one change of this push is spoiled each time it passes. */
  #poison(body: string | null): string | null {
    if (body === null) return body;
    const { mutations } = JSON.parse(body) as Push;
    const first = mutations?.[0]?.revisionId;
    if (typeof first === 'string' && this.poisoned.size < 2) this.poisoned.add(first);
    return this.#spoiled(body);
  }

  #spoiled(body: string): string {
    if (this.poisoned.size === 0 || !body.includes('"mutations"')) return body;
    const push = JSON.parse(body) as Push;
    for (const mutation of push.mutations ?? [])
      if (this.poisoned.has(String(mutation.revisionId)) && mutation.body?.reasoning)
        mutation.body.reasoning.evidence = `${mutation.body.reasoning.evidence} [removed by a filter]`;
    return JSON.stringify(push);
  }
}

function changed(reply: NetReply, change: (body: string) => string): NetReply {
  return reply.kind === 'reply' ? { ...reply, body: change(reply.body) } : reply;
}

const cut = (reply: NetReply, p: number) =>
  changed(reply, (body) => body.slice(0, Math.floor((body.length - 1) * p)));

/** A stretch of other bytes in the middle: never again the JSON it was. */
const garbled = (reply: NetReply, p: number) =>
  changed(reply, (body) => {
    const at = Math.floor(body.length * p);
    return `${body.slice(0, at)}\u0000\u001f"}{\ufffd${body.slice(at + 6)}`;
  });

/** Ours in form, and says that there is nothing. */
function emptied(request: NetRequest, reply: NetReply): NetReply {
  if (request.method !== 'GET') return reply;
  return changed(reply, (body) => {
    try {
      const value = JSON.parse(body) as Record<string, unknown>;
      if (Array.isArray(value.assignments)) return JSON.stringify({ assignments: [], next: null });
      if (!Array.isArray(value.events)) return body;
      const after = Number(new URLSearchParams(request.path.split('?')[1]).get('after'));
      return JSON.stringify({ ...value, events: [], cursor: after });
    } catch {
      return body;
    }
  });
}

/** A receipt that is for another text than the one sent. */
function withWrongReceipt(reply: NetReply): NetReply {
  return changed(reply, (body) => {
    try {
      const value = JSON.parse(body) as { verdicts?: { receipt: { bodyHash: string } }[] };
      const verdict = value.verdicts?.[0];
      if (!verdict) return body;
      verdict.receipt.bodyHash = 'f'.repeat(64);
      return JSON.stringify(value);
    } catch {
      return body;
    }
  });
}
