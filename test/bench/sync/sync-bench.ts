import { gzipSync } from 'node:zlib';
import { eq } from 'drizzle-orm';
import { site } from '../../../server/db/schema.ts';
import { maxPushMutations, syncPush } from '../../../shared/contract/sync.ts';
import { benchMutation, type SentMutation, stretch } from './bench-annotations.ts';
import { addPhysicians, addStudy, type BenchPerson } from './bench-people.ts';
import { type BenchServer, ended, startBenchServer, startListening } from './bench-server.ts';
import { Load, runLists } from './load.ts';
import { reconnect } from './reconnect.ts';

export type SyncSizes = {
  annotations: number;
  /** Laptops that push and pull at one time. */
  clients: number;
  /** Laptops that come back at once, and what each has to send. */
  laptops: number;
  each: number;
};
export type Rate = { what: string; items: number; ms: number; perSecond: number; megabytes: number };
export type SyncFigures = {
  push: Rate;
  pushFloor: Rate;
  /** Bytes on the wire upwards, beside the gzipped requests and beside the annotations' gzipped bodies alone. */
  wire: { sent: number; received: number; gzippedRequests: number; gzippedBodies: number };
  feed: Rate;
  feedFloor: Rate;
  download: Rate;
  reconnect: Awaited<ReturnType<typeof reconnect>>;
};

type Push = { person: BenchPerson; mutations: SentMutation[]; packed: Uint8Array; plainBytes: number };

const rate = (what: string, items: number, ms: number, bytes: number): Rate => ({
  what,
  items,
  ms,
  perSecond: (items * 1000) / ms,
  megabytes: bytes / 1e6,
});

const client = (person: BenchPerson) => ({ clientId: person.clientId, appVersion: '0.0.0-bench' });

async function greet(load: Load, person: BenchPerson): Promise<void> {
  const body = gzipSync(JSON.stringify({ ...client(person), deviceName: 'bench' }));
  const reply = await load.send({ method: 'POST', path: '/api/sync/hello', token: person.token, body });
  if (reply.status !== 200) throw new Error(`hello was answered ${reply.status}: ${reply.text}`);
}

/** The pushes of one laptop, packed before anything is timed. */
function pushesOf(person: BenchPerson, epoch: string, from: number): Push[] {
  const all = person.assignmentIds.map((id, i) => benchMutation(i + 1, id, from + i));
  const pushes: Push[] = [];
  for (let at = 0; at < all.length; at += maxPushMutations) {
    const mutations = all.slice(at, at + maxPushMutations);
    const text = JSON.stringify({ ...client(person), epoch, mutations });
    pushes.push({ person, mutations, packed: gzipSync(text), plainBytes: Buffer.byteLength(text) });
  }
  return pushes;
}

/** What the bodies alone weigh when each push's are packed together. */
const gzippedBodies = (pushes: readonly Push[]): number =>
  pushes.reduce(
    (sum, { mutations }) => sum + gzipSync(JSON.stringify(mutations.map(({ body }) => body))).byteLength,
    0,
  );

async function pushAll(load: Load, path: string, lists: readonly Push[][], check: (text: string) => void) {
  return runLists(
    lists.map((pushes) =>
      pushes.map(({ person, packed }) => async () => {
        const reply = await load.send({ method: 'POST', path, token: person.token, body: packed });
        if (reply.status !== 200) throw new Error(`a push was answered ${reply.status}: ${reply.text}`);
        check(reply.text);
      }),
    ),
  );
}

/** Every verdict must be an acceptance: speed of refusals is nothing to measure. */
function checkAccepted(text: string): void {
  const { verdicts } = syncPush.reply.parse(JSON.parse(text));
  const bad = verdicts.find(({ status }) => status !== 'accepted');
  if (bad || verdicts.length === 0) throw new Error(`not accepted: ${text.slice(0, 300)}`);
}

async function followFeed(load: Load, person: BenchPerson): Promise<{ events: number; bytes: number }> {
  let after = 0;
  let events = 0;
  let bytes = 0;
  for (;;) {
    const path = `/api/sync/changes?after=${after}&limit=200`;
    const reply = await load.send({ method: 'GET', path, token: person.token });
    const page = JSON.parse(reply.text) as { events: unknown[]; cursor: number; head: number };
    events += page.events.length;
    bytes += reply.text.length;
    if (page.cursor >= page.head || page.events.length === 0) return { events, bytes };
    after = page.cursor;
  }
}

async function followFloor(
  load: Load,
  from: number,
  count: number,
): Promise<{ events: number; bytes: number }> {
  let events = 0;
  let bytes = 0;
  for (let done = 0; done < count; done += 200) {
    const path = `/?after=${from + done}&limit=${Math.min(200, count - done)}`;
    const reply = await load.send({ method: 'GET', path, token: 'none' });
    events += (JSON.parse(reply.text) as unknown[]).length;
    bytes += reply.text.length;
  }
  return { events, bytes };
}

async function download(
  load: Load,
  person: BenchPerson,
  batchId: string,
): Promise<{ events: number; bytes: number }> {
  let events = 0;
  let bytes = 0;
  for (let after = -1; ; ) {
    const path = `/api/sync/batches/${batchId}/assignments?after=${after}&limit=25`;
    const reply = await load.send({ method: 'GET', path, token: person.token });
    if (reply.status !== 200) throw new Error(`a page was answered ${reply.status}: ${reply.text}`);
    const page = JSON.parse(reply.text) as { assignments: unknown[]; next: number | null };
    events += page.assignments.length;
    bytes += reply.text.length;
    if (page.next === null) return { events, bytes };
    after = page.next;
  }
}

async function timed(
  what: string,
  jobs: readonly (() => Promise<{ events: number; bytes: number }>)[],
): Promise<Rate> {
  let events = 0;
  let bytes = 0;
  const ms = await runLists(
    jobs.map((job) => [
      async () => {
        const got = await job();
        events += got.events;
        bytes += got.bytes;
      },
    ]),
  );
  return rate(what, events, ms, bytes);
}

async function withFloor<T>(
  server: BenchServer,
  connections: number,
  work: (load: Load) => Promise<T>,
): Promise<T> {
  const floor = await startListening(['test/bench/sync/floor-server.ts'], {
    FLOOR_DATABASE: server.databaseUrl,
  });
  const load = new Load(floor.url, connections);
  try {
    return await work(load);
  } finally {
    load.close();
    await ended(floor.child);
  }
}

async function readEpoch({ connection }: BenchServer): Promise<string> {
  const [row] = await connection.db.select().from(site).where(eq(site.id, 1));
  if (!row) throw new Error('no site row');
  return row.epoch;
}

/** Measures push, pull, download and a thousand laptops coming back at once, each beside its floor. */
export async function benchSync(sizes: SyncSizes): Promise<SyncFigures> {
  const server = await startBenchServer();
  const load = new Load(server.url, sizes.clients);
  try {
    const each = Math.max(1, Math.round(sizes.annotations / sizes.clients));
    const study = await addStudy(server.connection.db, each, (n) => stretch(n, 1500));
    const people = await addPhysicians(server.connection.db, study, sizes.clients);
    const epoch = await readEpoch(server);
    for (const person of people) await greet(load, person);
    const lists = people.map((person, i) => pushesOf(person, epoch, i * each));
    const plain = lists.flat().reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    const items = each * people.length;
    const before = load.wire();
    const pushMs = await pushAll(load, '/api/sync/push', lists, checkAccepted);
    const after = load.wire();
    const floors = await withFloor(server, sizes.clients, async (floorLoad) => {
      const ms = await pushAll(floorLoad, '/', lists, () => {});
      const feedFloor = await timed(
        'floor: SELECT and HTTP',
        people.map((_, i) => () => followFloor(floorLoad, i * each, each)),
      );
      return { pushFloor: rate('floor: HTTP and INSERT', items, ms, plain), feedFloor };
    });
    const feed = await timed(
      'pull of the feed',
      people.map((person) => () => followFeed(load, person)),
    );
    const downloaded = await timed(
      'download of cases',
      people.map((person) => () => download(load, person, study.batchId)),
    );
    const gzippedRequests = lists.flat().reduce((sum, { packed }) => sum + packed.byteLength, 0);
    return {
      push: rate('push', items, pushMs, plain),
      ...floors,
      wire: {
        sent: after.sent - before.sent,
        received: after.received - before.received,
        gzippedRequests,
        gzippedBodies: gzippedBodies(lists.flat()),
      },
      feed,
      download: downloaded,
      reconnect: await reconnect(server, sizes),
    };
  } finally {
    load.close();
    await server.stop();
  }
}
