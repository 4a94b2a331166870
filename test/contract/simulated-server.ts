import type { User } from '../../shared/contract/auth.ts';
import type { DeviceOrder } from '../../shared/contract/devices.ts';
import type {
  FeedEvent,
  Mutation,
  PhysicianAssignment,
  PhysicianBatch,
  Verdict,
} from '../../shared/contract/sync.ts';
import { mutationSchema } from '../../shared/contract/sync.ts';
import type { NetReply, NetRequest } from '../../shared/ipc.ts';
import { bodyHash, sha256Hex } from '../../shared/sync/body-hash.ts';
import { sentDigest } from '../../shared/sync/digest.ts';
import { isDiverged, movesHead, type RevisionHead } from '../../shared/sync/revision-head.ts';
import { samplePhysician } from './sample-work.ts';

/** One thing that goes wrong with one request; `null` lets it pass. */
export type Fault =
  | null
  | 'lost-request'
  | 'lost-reply'
  | 'hotel-page'
  | 'too-large'
  | 'signed-out'
  | { status: number; retryAfter?: number };

type Release = { clientId: string; orderId: string; count: number; digest: string };
type Held = { seq: number; bodyHash: string; revisionId: string; verdict: Verdict; mutation: Mutation };

const json = (status: number, value: unknown, retryAfter: number | null = null): NetReply => ({
  kind: 'reply',
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
  retryAfter,
});
const refusal = (status: number, code: string, retryAfter: number | null = null) =>
  json(status, { error: { code, message: `simulated ${code}` } }, retryAfter);
const away: NetReply = { kind: 'unreachable', reason: 'simulated' };

/** A small server of one physician that keeps the rules of docs/sync-spec.md, with faults by script. */
export class SimulatedServer {
  epoch = '00000000-0000-4000-8000-00000000e001';
  readonly held = new Map<string, Held[]>();
  feed: FeedEvent[] = [];
  heads = new Map<string, RevisionHead>();
  batches: PhysicianBatch[] = [];
  assignments: PhysicianAssignment[] = [];
  recalled = new Set<string>();
  /** Taken one by one by calls of the sync API, the first by the next; when empty all goes well. */
  faults: Fault[] = [];
  /** Changes a verdict before it is sent. */
  twist: (verdict: Verdict) => Verdict = (verdict) => verdict;
  /** It says a digest of its own of whatever it holds. */
  lies = false;
  /** Assignment ids the server will not read. */
  quarantine = new Set<string>();
  /** Whose session it is. */
  person: User = samplePhysician;
  /** The order that stands about a laptop, whichever client asks; null: none. */
  order: DeviceOrder | null = null;
  /** What laptops said of orders, in order of arrival. */
  reports: { clientId: string; orderId: string | null; outcome: string; unsent: number }[] = [];
  /** The server's time, which comes with a digest; null: an older server, which says none. */
  now: string | null = null;
  requests: string[] = [];
  pushes: Mutation[][] = [];

  assign(batch: PhysicianBatch, assignments: PhysicianAssignment[]): void {
    this.batches = [...this.batches.filter(({ id }) => id !== batch.id), batch];
    this.assignments.push(...assignments);
    this.tell({ type: 'batch-assigned', batchId: batch.id });
  }

  /** The lead changes a batch, or this physician's standing in it changes. */
  change(batchId: string, over: Partial<PhysicianBatch>): void {
    const batch = this.batches.find(({ id }) => id === batchId);
    if (!batch) throw new Error('no such batch');
    this.batches = this.batches.map((one) => (one === batch ? { ...one, ...over } : one));
    this.tell({ type: 'batch-changed', batchId: batch.id });
  }

  tell(event: DistributiveOmit<FeedEvent, 'n'>): void {
    this.feed.push({ ...event, n: this.feed.length + 1 } as FeedEvent);
  }

  /** Every revision that stands, in order of arrival. */
  revisions(): Mutation[] {
    return [...this.held.values()]
      .flat()
      .filter(({ verdict }) => verdict.status !== 'quarantined')
      .map((h) => h.mutation);
  }

  readonly answer = async (request: NetRequest): Promise<NetReply> => {
    const path = request.path.split('?')[0] ?? '';
    this.requests.push(path);
    const fault = path.startsWith('/api/sync/') ? (this.faults.shift() ?? null) : null;
    if (fault === 'lost-request') return away;
    if (fault === 'signed-out') return refusal(401, 'session-expired');
    if (fault === 'too-large') return refusal(413, 'body-too-large');
    if (fault === 'hotel-page')
      return {
        kind: 'reply',
        status: 200,
        contentType: 'text/html',
        body: '<h1>Welcome to the hotel</h1>',
        retryAfter: null,
      };
    if (fault !== null && typeof fault === 'object')
      return refusal(fault.status, 'server-error', fault.retryAfter ?? null);
    const query = new URLSearchParams(request.path.split('?')[1] ?? '');
    const reply = this.#route(path, query, request.body === null ? null : JSON.parse(request.body));
    return fault === 'lost-reply' ? away : reply;
  };

  #route(path: string, query: URLSearchParams, body: Record<string, unknown> | null): NetReply {
    if (path === '/api/sync/hello') return this.#hello(String(body?.clientId));
    if (path === '/api/sync/push')
      return this.#push(String(body?.clientId), String(body?.epoch), body?.mutations as unknown[]);
    if (path === '/api/sync/changes')
      return this.#changes(Number(query.get('after')), Number(query.get('limit')));
    if (path === '/api/auth/session')
      return json(200, { user: this.person, expiresAt: '2030-01-01T00:00:00.000Z' });
    if (path === '/api/devices/contact')
      return json(200, { offlineLeaseDays: 30, idleLockMinutes: 15, order: this.order });
    if (path === '/api/devices/release') return this.#release(body as Release);
    if (path === '/api/devices/report') {
      this.reports.push(body as (typeof this.reports)[number]);
      return json(200, { taken: true });
    }
    const [, , , kind, id, part] = path.split('/');
    if (kind === 'digest') return this.#digest(id ?? '');
    const batch = this.batches.find((candidate) => candidate.id === id);
    if (!batch) return refusal(404, 'not-found');
    if (part !== 'assignments') return json(200, { batch });
    if (batch.gate === 'practice-first') return refusal(409, 'practice-needed');
    return this.#page(batch.id, Number(query.get('after')));
  }

  #held(clientId: string): Held[] {
    const held = this.held.get(clientId) ?? [];
    this.held.set(clientId, held);
    return held;
  }

  #hello(clientId: string): NetReply {
    const lastSeq = this.#held(clientId).at(-1)?.seq ?? 0;
    return json(200, {
      epoch: this.epoch,
      lastSeq,
      feedHead: this.feed.length,
      mutationVersions: [1],
      recoveryPublicKey: null,
    });
  }

  #push(clientId: string, epoch: string, mutations: unknown[]): NetReply {
    if (epoch !== this.epoch) return refusal(409, 'epoch-changed');
    const held = this.#held(clientId);
    const verdicts: Verdict[] = [];
    const sent = mutations.map((raw) => mutationSchema.parse(raw));
    this.pushes.push(sent);
    for (const mutation of sent) {
      const known = held.find(({ seq }) => seq === mutation.seq);
      const last = held.at(-1)?.seq ?? 0;
      if (known) verdicts.push(this.#again(known, mutation));
      else if (mutation.seq > last + 1)
        return json(200, { epoch, verdicts: verdicts.map(this.twist), lastSeq: last, expectedSeq: last + 1 });
      else verdicts.push(this.#take(clientId, held, mutation));
    }
    return json(200, {
      epoch,
      verdicts: verdicts.map(this.twist),
      lastSeq: held.at(-1)?.seq ?? 0,
      expectedSeq: null,
    });
  }

  #again(known: Held, mutation: Mutation): Verdict {
    if (known.bodyHash === mutation.bodyHash && known.revisionId === mutation.revisionId)
      return known.verdict;
    return this.#verdict(mutation, 'conflict', false);
  }

  #take(clientId: string, held: Held[], mutation: Mutation): Verdict {
    const { seq, revisionId, assignmentId, state, body } = mutation;
    const hash = bodyHash(body);
    const isRead = hash === mutation.bodyHash && !this.quarantine.has(assignmentId);
    const isKnown = this.revisions().some((other) => other.revisionId === revisionId);
    const head = this.heads.get(assignmentId) ?? null;
    const diverged = isRead && !isKnown && isDiverged(head, mutation.baseRevisionId);
    const { batchId } = this.assignments.find(({ id }) => id === assignmentId) ?? {};
    const isLocked = this.batches.some(({ id, locked }) => id === batchId && locked);
    const isLate = !isKnown && (isLocked || this.recalled.has(assignmentId));
    const status = isRead ? (isLate ? 'late' : 'accepted') : 'quarantined';
    const verdict = this.#verdict(mutation, status, diverged);
    held.push({ seq, bodyHash: mutation.bodyHash, revisionId, verdict, mutation });
    if (isRead && !isKnown) {
      if (movesHead(head, { state, diverged })) this.heads.set(assignmentId, { revisionId, state });
      this.tell({
        type: 'revision',
        assignmentId,
        revisionId,
        clientId: clientId as never,
        state,
        diverged,
        bodyHash: hash,
        body,
      });
    }
    return verdict;
  }

  #verdict(mutation: Mutation, status: Verdict['status'], diverged: boolean): Verdict {
    const { seq, revisionId, bodyHash: hash } = mutation;
    const auditHash = sha256Hex(`${seq}:${revisionId}`);
    const receivedAt = new Date(1_700_000_000_000 + seq).toISOString();
    const reason = status === 'quarantined' ? { code: 'unreadable', message: 'It cannot be read.' } : null;
    return {
      seq,
      status,
      diverged,
      receipt: { seq, revisionId, bodyHash: hash, auditHash, receivedAt, durable: true },
      reason,
    };
  }

  #changes(after: number, limit: number): NetReply {
    const events = this.feed.filter(({ n }) => n > after).slice(0, limit);
    return json(200, {
      epoch: this.epoch,
      events,
      cursor: events.at(-1)?.n ?? after,
      head: this.feed.length,
    });
  }

  #page(id: string, after: number): NetReply {
    const all = this.assignments.filter((a) => a.batchId === id && a.position > after);
    const page = all.slice(0, 25);
    return json(200, {
      assignments: page.map((row) => ({ ...row, latest: this.#latestOf(row) })),
      next: all.length > page.length ? (page.at(-1)?.position ?? null) : null,
    });
  }

  #latestOf({ id, latest }: PhysicianAssignment): PhysicianAssignment['latest'] {
    const head = this.heads.get(id);
    const mutation = this.revisions().find(({ revisionId }) => revisionId === head?.revisionId);
    if (!mutation) return latest;
    const { revisionId, state, bodyHash: hash, body } = mutation;
    return { revisionId, state, bodyHash: hash, body };
  }

  #release({ clientId, orderId, count, digest }: Release): NetReply {
    if (this.order?.id !== orderId || this.order.kind !== 'wipe') return refusal(409, 'order-withdrawn');
    const held = this.#held(clientId);
    const ours = sentDigest(held.map(({ seq, bodyHash: hash }) => ({ seq, bodyHash: hash })));
    if (held.length !== count || ours !== digest) return refusal(409, 'device-not-empty');
    return json(200, { clientId, orderId, mayDestroy: true });
  }

  #digest(clientId: string): NetReply {
    const held = this.#held(clientId);
    const rows = held.map(({ seq, bodyHash: hash }) => ({ seq, bodyHash: hash }));
    return json(200, {
      epoch: this.epoch,
      lastSeq: held.at(-1)?.seq ?? 0,
      count: held.length,
      digest: this.lies ? '0'.repeat(64) : sentDigest(rows),
      ...(this.now !== null && { at: this.now }),
    });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
