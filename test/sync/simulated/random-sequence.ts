import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';
import type { SentMutation } from '../mutations.ts';
import { oneOf, type RandomItem, randomId, randomItem } from './random-items.ts';
import type { Random } from './seeded-ids.ts';
import type { SimReply, SimRequest, SimServer } from './server-port.ts';

type Person = { userId: UserId; token: string };
type Device = { clientId: string; person: Person; epoch: string; next: number; sent: SentMutation[] };
type Given = { id: AssignmentId; batchId: BatchId; person: Person };

/** What a laptop asks. */
export type RequestStep = { kind: string; request: SimRequest; heard: (reply: SimReply) => void };
/** What a lead, an administrator or time does to the server. */
export type ChangeStep = {
  kind: string;
  change: (server: SimServer) => Promise<unknown>;
  heard: (answer: unknown) => void;
};
export type Step = RequestStep | ChangeStep;

const nobody: Person = { userId: '' as UserId, token: '' };
const minute = 60_000;
const day = 24 * 60 * minute;

/** Steps by chance of three physicians with several laptops and of those who run the server; the same seed, the same steps. */
export class RandomSequence {
  readonly #random: Random;
  #now: number;
  readonly people: Person[] = [];
  #batches: BatchId[] = [];
  #given: Given[] = [];
  #devices: Device[] = [];
  #anybodys: SentMutation[] = [];
  readonly #pushes: { device: Device; body: string }[] = [];
  #backup: { kept: Map<SimServer, unknown>; batches: BatchId[]; given: Given[] } | null = null;

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#now = now;
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return oneOf(this.#random, list);
  }

  /** What every sequence begins with. */
  beginning(): Step[] {
    return [
      ...Array.from({ length: 3 }, () => this.#addPerson()),
      this.#addBatch(),
      ...[0, 1].map((n) =>
        this.#assign(
          () => this.#batches[0],
          () => this.people[n],
        ),
      ),
    ];
  }

  #addPerson(): ChangeStep {
    return {
      kind: 'new physician',
      change: (server) => server.addPhysician(),
      heard: (answer) => {
        this.people.push(answer as Person);
      },
    };
  }

  #addBatch(): ChangeStep {
    const size = 1 + Math.floor(this.#random() * 6);
    return {
      kind: `new batch of ${size}`,
      change: (server) => server.addBatch(size),
      heard: (answer) => {
        this.#batches.push((answer as { batchId: BatchId }).batchId);
      },
    };
  }

  #assign(which: () => BatchId | undefined, who: () => Person | undefined): ChangeStep {
    const at = { batchId: '' as BatchId, person: nobody };
    return {
      kind: 'assign',
      change: async (server) => {
        at.batchId = which() ?? at.batchId;
        at.person = who() ?? nobody;
        return server.assign(at.batchId, at.person.userId);
      },
      heard: (answer) => this.#heardOf(answer as AssignmentId[], at.batchId, at.person),
    };
  }

  #heardOf(ids: readonly AssignmentId[], batchId: BatchId, person: Person): void {
    this.#given.push(...ids.map((id) => ({ id, batchId, person })));
  }

  next(): Step {
    const dice = this.#random();
    if (dice < 0.1) return this.#pushAgain();
    if (dice < 0.5) return this.#push();
    if (dice < 0.52) return this.#contact();
    if (dice < 0.6) return this.#hello();
    if (dice < 0.8) return this.#pull();
    if (dice < 0.87) return this.#oddRequest();
    return this.#worldStep();
  }

  // What laptops ask.

  #post(
    kind: string,
    path: string,
    person: Person,
    body: string,
    heard: (value: Heard) => void,
  ): RequestStep {
    const request: SimRequest = { method: 'POST', path, token: person.token, body };
    return { kind, request, heard: (reply) => this.#heard(person, reply, heard) };
  }

  #get(kind: string, path: string, person: Person): RequestStep {
    const request: SimRequest = { method: 'GET', path, token: person.token, body: null };
    return { kind, request, heard: (reply) => this.#heard(person, reply, () => {}) };
  }

  #heard(person: Person, reply: SimReply, heard: (value: Heard) => void): void {
    if (reply.status === 401) this.#signedOut.add(person);
    if (reply.status === 200) heard(JSON.parse(reply.body) as Heard);
  }

  readonly #signedOut = new Set<Person>();

  #device(): Device {
    const known = this.#pick(this.#devices);
    if (known && this.#random() < 0.95) return known;
    const person = this.#pick(this.people) ?? nobody;
    return { clientId: randomId(this.#random), person, epoch: '', next: 1, sent: [] };
  }

  #hello(): RequestStep {
    const device = this.#random() < 0.3 ? this.#newDevice() : this.#device();
    const person = this.#random() < 0.1 ? (this.#pick(this.people) ?? nobody) : device.person;
    const inCapitals = this.#random() < 0.05;
    const clientId = inCapitals ? device.clientId.toUpperCase() : device.clientId;
    const body = JSON.stringify({ clientId, appVersion: '1.0.0', deviceName: 'ward' });
    return this.#post('hello', '/api/sync/hello', person, body, ({ epoch = '', lastSeq = 0 }) => {
      if (person !== device.person) return;
      Object.assign(device, { epoch, next: lastSeq + 1 });
      if (!this.#devices.includes(device)) this.#devices.push(device);
    });
  }

  #contact(): RequestStep {
    const device = this.#device();
    const person = this.#random() < 0.2 ? (this.#pick(this.people) ?? nobody) : device.person;
    const formerClientId = this.#random() < 0.3 ? (this.#pick(this.#devices)?.clientId ?? null) : null;
    const { clientId, next } = device;
    const body = JSON.stringify({ clientId, formerClientId, appVersion: '1.0.0', lastSeq: next - 1 });
    return this.#post('contact', '/api/devices/contact', person, body, () => {});
  }

  #newDevice(): Device {
    const person = this.#pick(this.people) ?? nobody;
    return { clientId: randomId(this.#random), person, epoch: '', next: 1, sent: [] };
  }

  #items(device: Device): RandomItem[] {
    const count = this.#random() < 0.05 ? 50 : 1 + Math.floor(this.#random() ** 2 * 12);
    const own = this.#given.filter(({ person }) => person === device.person).map(({ id }) => id);
    const foreign = this.#given.filter(({ person }) => person !== device.person).map(({ id }) => id);
    const items: RandomItem[] = [];
    let next = device.next;
    const sent = [...device.sent];
    const anybodys = [...this.#anybodys];
    for (let i = 0; i < count; i++) {
      const item = randomItem(this.#random, { next, own, foreign, sent, anybodys });
      items.push(item);
      // The same text twice in one push, at times.
      if (this.#random() < 0.05) items.push(item);
      next += 1;
      if (!item.mutation) continue;
      sent.push(item.mutation);
      anybodys.push(item.mutation);
    }
    return items.slice(0, 50);
  }

  #push(): RequestStep {
    const device = this.#device();
    const items = this.#items(device);
    const person = this.#random() < 0.03 ? (this.#pick(this.people) ?? nobody) : device.person;
    const epoch = this.#random() < 0.03 || device.epoch === '' ? randomId(this.#random) : device.epoch;
    const head = JSON.stringify({ clientId: device.clientId, appVersion: '1.0.0', epoch });
    const body = `${head.slice(0, -1)},"mutations":[${items.map(({ text }) => text).join(',')}]}`;
    const kind = `push of ${items.map((item) => item.kind).join(' | ')}`;
    this.#pushes.push({ device, body });
    return this.#post(kind, '/api/sync/push', person, body, ({ lastSeq = 0 }) => {
      device.next = lastSeq + 1;
      const sent = items.flatMap(({ mutation }) => mutation ?? []);
      device.sent = [...device.sent, ...sent].slice(-40);
      this.#anybodys = [...this.#anybodys, ...sent].slice(-200);
    });
  }

  /** Word for word, as a laptop does that heard no answer. */
  #pushAgain(): RequestStep {
    const again = this.#pick(this.#pushes.slice(-5));
    if (!again) return this.#hello();
    const { device, body } = again;
    return this.#post('push again', '/api/sync/push', device.person, body, ({ lastSeq = 0 }) => {
      device.next = lastSeq + 1;
    });
  }

  #pull(): RequestStep {
    const person = this.#pick(this.people) ?? nobody;
    const batchId = this.#random() < 0.9 ? this.#pick(this.#batches) : randomId(this.#random);
    const after = Math.floor(this.#random() * 30) - 1;
    const limit = 1 + Math.floor(this.#random() * 30);
    const device = this.#device();
    const paths = [
      `/api/sync/changes?after=${Math.max(0, after)}&limit=${limit}`,
      `/api/sync/changes?after=${this.#random() < 0.9 ? 0 : 9_007_199_254_740_991}`,
      `/api/sync/batches/${batchId}`,
      `/api/sync/batches/${batchId}/assignments?after=${after}&limit=${limit}`,
      `/api/sync/batches/${String(batchId).toUpperCase()}/assignments`,
      `/api/sync/digest/${device.clientId}`,
      `/api/sync/digest/${device.clientId.toUpperCase()}`,
      '/api/auth/session',
    ];
    const path = this.#pick(paths) ?? '';
    const whose = path.includes('digest') && this.#random() < 0.8 ? device.person : person;
    return this.#get('pull', path, whose);
  }

  /** Requests that no laptop of ours would send. */
  #oddRequest(): RequestStep {
    const person = this.#pick(this.people) ?? nobody;
    const device = this.#device();
    const { clientId, epoch } = device;
    const sound = { clientId, appVersion: '1.0.0', epoch, mutations: [{ seq: device.next }] };
    const body = this.#pick([
      '',
      '{',
      'null',
      '[]',
      '"text"',
      '{}',
      '{"__proto__":{}}',
      JSON.stringify({ ...sound, mutations: [] }),
      JSON.stringify({ ...sound, mutations: Array.from({ length: 51 }, () => 1) }),
      JSON.stringify({ ...sound, mutations: ['nothing', { seq: 'here' }] }),
      JSON.stringify({ ...sound, userId: person.userId }),
      JSON.stringify({ ...sound, clientId: 'no id', epoch: 7 }),
      JSON.stringify({ ...sound, appVersion: 'a\u0000' }),
      JSON.stringify({ ...sound, mutations: ['x'.repeat(200_000), 'y'.repeat(100_000), { seq: 1 }] }),
      JSON.stringify({ ...sound, mutations: ['x'.repeat(200_000)] }),
      JSON.stringify(sound).slice(0, 60),
      JSON.stringify({ clientId, appVersion: '1', deviceName: 'x'.repeat(101) }),
      JSON.stringify({ clientId, appVersion: '1'.repeat(51) }),
      JSON.stringify({ clientId, appVersion: '1', deviceName: 'x'.repeat(1_100_000) }),
    ]);
    const path = this.#pick([
      '/api/sync/push',
      '/api/sync/hello',
      '/api/sync/changes',
      '/api/sync/changes?after=-1',
      '/api/sync/changes?after=x&limit=501',
      '/api/sync/changes?after=1&after=2',
      '/api/sync/changes?after=',
      '/api/sync/changes?after=0&more=1',
      '/api/sync/changes?after=1e400',
      '/api/sync/batches/none',
      `/api/sync/batches/${this.#pick(this.#batches)}/assignments?after=9999999999`,
      `/api/sync/batches/${this.#pick(this.#batches)}/assignments?limit=0`,
      `/api/sync/batches/${this.#pick(this.#batches)}/`,
      '/api/sync/digest/%00',
      '/api/sync/nothing',
      '/api/nothing/at/all',
    ]);
    const method = this.#random() < 0.6 ? ('POST' as const) : ('GET' as const);
    const token =
      this.#random() < 0.7 ? person.token : (this.#pick([null, '', 'no token', 'x'.repeat(43)]) ?? null);
    const request = { method, path: path ?? '', token, body: method === 'GET' ? null : (body ?? '') };
    return { kind: 'odd request', request, heard: () => {} };
  }

  // What others do.

  #worldStep(): Step {
    const dice = this.#random();
    const signedOut = [...this.#signedOut][0];
    if (signedOut && dice < 0.6) return this.#signIn(signedOut);
    if (dice < 0.18) return this.#tick();
    if (dice < 0.25) return this.#addBatch();
    if (dice < 0.42) return this.#assign(this.#someBatch(), this.#somebody());
    if (dice < 0.54) return this.#recall();
    if (dice < 0.64) return this.#reassign();
    if (dice < 0.72) return this.#onBatch('new rubric', (server, batchId) => server.changeRubric(batchId));
    if (dice < 0.8) return this.#onBatch('lock', (server, batchId) => server.lock(batchId));
    if (dice < 0.84) return this.#onBatch('unlock', (server, batchId) => server.unlock(batchId));
    if (dice < 0.87) return this.#revoke();
    if (dice < 0.94) return this.#keep();
    return this.#restore();
  }

  #someBatch(): () => BatchId | undefined {
    const batchId = this.#pick(this.#batches);
    return () => batchId;
  }

  #somebody(): () => Person | undefined {
    const person = this.#pick(this.people);
    return () => person;
  }

  #change(
    kind: string,
    change: (server: SimServer) => Promise<unknown>,
    heard: (answer: unknown) => void = () => {},
  ): ChangeStep {
    return { kind, change, heard };
  }

  #tick(): ChangeStep {
    this.#now += this.#pick([1, 999, minute, 11 * minute, day, 15 * day, -minute, -day]) ?? 0;
    const now = this.#now;
    return this.#change('time', async (server) => server.setNow(now));
  }

  #signIn(person: Person): ChangeStep {
    return this.#change(
      'sign in',
      (server) => server.newSession(person.userId),
      (token) => {
        person.token = String(token);
        this.#signedOut.delete(person);
      },
    );
  }

  #revoke(): ChangeStep {
    const { token } = this.#pick(this.people) ?? nobody;
    return this.#change('revoke', (server) => server.revokeSession(token));
  }

  #some(): AssignmentId[] {
    const person = this.#pick(this.people);
    const own = this.#given.filter((one) => one.person === person);
    return own.filter(() => this.#random() < 0.3).map(({ id }) => id);
  }

  #recall(): ChangeStep {
    const ids = this.#some();
    return this.#change('recall', (server) => server.recall(ids, 'The record was wrong.'));
  }

  #reassign(): ChangeStep {
    const batchId = this.#pick(this.#batches);
    const ids = this.#some().filter((id) => this.#given.find((one) => one.id === id)?.batchId === batchId);
    const person = this.#pick(this.people) ?? nobody;
    return this.#change(
      'reassign',
      (server) => server.reassign(ids, person.userId, 'Away.'),
      (given) => batchId && this.#heardOf(given as AssignmentId[], batchId, person),
    );
  }

  #onBatch(kind: string, change: (server: SimServer, batchId: BatchId) => Promise<void>): ChangeStep {
    const batchId = this.#pick(this.#batches) as BatchId;
    return this.#change(kind, (server) => change(server, batchId));
  }

  #keep(): ChangeStep {
    const kept = new Map<SimServer, unknown>();
    this.#backup = { kept, batches: [...this.#batches], given: [...this.#given] };
    return this.#change('backup', async (server) => {
      kept.set(server, await server.backup());
    });
  }

  #restore(): ChangeStep {
    const backup = this.#backup;
    if (!backup) return this.#tick();
    const newEpoch = this.#random() < 0.5;
    const restore = (server: SimServer) => server.restore(backup.kept.get(server), { newEpoch });
    return this.#change(newEpoch ? 'restore with a new epoch' : 'restore', restore, () => {
      this.#batches = [...backup.batches];
      this.#given = [...backup.given];
      for (const person of this.people) this.#signedOut.add(person);
    });
  }
}

type Heard = { epoch?: string; lastSeq?: number };
