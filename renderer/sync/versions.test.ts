import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnnotationBody, RevisionState } from '../../shared/schema/annotation.ts';
import type { RevisionId } from '../../shared/schema/ids.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { createMemoryHost, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { SimulatedServer } from '../../test/contract/simulated-server.ts';
import { databaseName } from '../data/database.ts';
import type { DataKey } from '../data/sealed-box.ts';
import type { Workspace } from '../data/types.ts';
import { openWorkspace, syncStoreOf } from '../data/workspace.ts';
import { platformOf } from '../platform.ts';
import { SyncCycle } from './cycle.ts';
import { platformTransport } from './transport.ts';

const name = databaseName(samplePhysician.id);
const at = (n: number) => assignmentId(1000 + n);
const otherLaptop = '00000007-0000-7000-8000-000000000001' as never;
const theirs = '00000008-0000-7000-8000-000000000001' as RevisionId;
const madeAt = '2026-11-20T16:05:00.000Z';

let server: SimulatedServer;
let dataKey: DataKey;
let workspace: Workspace;
let sync: () => Promise<string | null>;
const disk = memoryDisk();

async function open(): Promise<void> {
  const host = createMemoryHost(disk);
  host.server = server.answer;
  workspace = await openWorkspace(samplePhysician, dataKey, { host: platformOf(host) });
  const cycle = new SyncCycle({
    clock: () => 0,
    random: () => 0,
    timers: { after: () => () => {} },
    transport: platformTransport(platformOf(host)),
    store: syncStoreOf(workspace),
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
  });
  sync = async () => {
    cycle.forgetHandshake();
    return cycle.run();
  };
}

beforeEach(async () => {
  disk.files.clear();
  server = new SimulatedServer();
  server.assign(
    sampleBatch(2),
    [0, 1].map((n) => sampleAssignment(n)),
  );
  const uses = ['encrypt', 'decrypt'] as const;
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, uses);
  dataKey = { id: '00112233445566aa', key };
  await open();
  await sync();
});

afterEach(async () => {
  await workspace.close();
  await Dexie.delete(name);
});

/** Another laptop of this physician submitted first; this one was offline. */
async function meet(mine: AnnotationBody, body: AnnotationBody, state: RevisionState = 'submitted') {
  server.heads.set(at(0), { revisionId: theirs, state });
  server.tell({
    type: 'revision',
    assignmentId: at(0),
    revisionId: theirs,
    clientId: otherLaptop,
    state,
    diverged: false,
    bodyHash: bodyHash(body),
    body,
    madeAt,
    device: 'Ward laptop 3',
  });
  await workspace.save(at(0), mine, 'submitted');
  await sync();
}

const chosen = (body: AnnotationBody, own: RevisionId, kept: 'own' | 'other'): AnnotationBody => ({
  ...body,
  resolutions: [{ revisions: [own, theirs], kept, at: madeAt }],
});

it('[S30] shows both versions with when and where each was made, and asks for a choice', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  const { otherVersion, body } = await workspace.loadCase(at(0));
  expect(body.reasoning.conclusion).toBe('mine');
  expect(otherVersion).toMatchObject({
    ...{ revisionId: theirs, state: 'submitted', madeAt, device: 'Ward laptop 3' },
    own: { state: 'submitted', device: null },
  });
  expect(otherVersion?.own.madeAt).not.toBeNull();
  expect(await workspace.syncSummary()).toMatchObject({ state: 'attention', about: 'versions' });
  expect((await workspace.places(batchId(1))).map(({ conflict }) => conflict)).toEqual([true, false]);
});

it.each(['draft', 'submitted'] as const)(
  '[S30] a choice that is a %s settles it and is based on both',
  async (state) => {
    await meet(bodyWith('mine'), bodyWith('theirs'));
    const own = (await workspace.loadCase(at(0))).otherVersion?.own.revisionId ?? theirs;
    await workspace.save(at(0), chosen(bodyWith('theirs'), own, 'other'), state);
    expect(await workspace.loadCase(at(0))).toMatchObject({ otherVersion: null, state });
    await sync();
    const last = server.revisions().at(-1);
    expect(last).toMatchObject({ baseRevisionId: theirs, state });
    expect(last?.body.resolutions).toEqual([{ revisions: [own, theirs], kept: 'other', at: madeAt }]);
    expect(server.heads.get(at(0))?.revisionId).toBe(last?.revisionId);
    expect((await workspace.syncSummary()).state).toBe('synced');
  },
);

it('[S30] a choice that is undone is open again, also after a restart, until a submission settles it', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  const own = (await workspace.loadCase(at(0))).otherVersion?.own.revisionId ?? theirs;
  await workspace.save(at(0), chosen(bodyWith('theirs'), own, 'other'), 'submitted');
  await workspace.close();
  await open();
  expect((await workspace.loadCase(at(0))).otherVersion).toBeNull();
  await workspace.save(at(0), bodyWith('mine'), 'draft');
  expect((await workspace.loadCase(at(0))).otherVersion?.revisionId).toBe(theirs);
  await workspace.save(at(0), chosen(bodyWith('theirs'), own, 'other'), 'draft');
  expect((await workspace.loadCase(at(0))).otherVersion).toBeNull();
  await workspace.save(at(0), bodyWith('mine after all'), 'draft');
  await workspace.save(at(0), bodyWith('mine after all'), 'submitted');
  await workspace.save(at(0), bodyWith('and one more thought'), 'draft');
  expect((await workspace.loadCase(at(0))).otherVersion).toBeNull();
});

it('[S30] the same answers of both laptops ask for no choice, however long each took', async () => {
  const body = bodyWith('the same');
  await meet(body, { ...body, time: { activeMs: 77_000, wallMs: 99_000 } });
  expect((await workspace.loadCase(at(0))).otherVersion).toBeNull();
  expect((await workspace.syncSummary()).state).toBe('synced');
});

/** A version that another laptop sends without knowing of the newest one. */
function stray(n: number, conclusion: string, state: RevisionState = 'submitted', clientId = n) {
  const revisionId = `00000008-0000-7000-8000-00000000000${n}` as RevisionId;
  const body = bodyWith(conclusion);
  server.tell({
    ...{ type: 'revision', assignmentId: at(0), revisionId, state, diverged: true, body },
    clientId: `00000007-0000-7000-8000-00000000000${clientId}` as never,
    ...{ bodyHash: bodyHash(body), madeAt, device: `Laptop ${clientId}` },
  });
  return revisionId;
}
const besideNow = async () => {
  const { otherVersion, moreVersions = [] } = await workspace.loadCase(at(0));
  return [otherVersion, ...moreVersions].map((one) => one?.body.reasoning.conclusion);
};

it('[S30] three versions and more all stand beside one’s own, and each is chosen about', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  stray(2, 'the second laptop’s');
  stray(3, 'the third laptop’s, begun', 'draft');
  await sync();
  stray(4, 'the third laptop’s', 'submitted', 3);
  await sync();
  expect(await besideNow()).toEqual(['theirs', 'the second laptop’s', 'the third laptop’s']);
  await workspace.close();
  await open();
  expect(await besideNow()).toEqual(['theirs', 'the second laptop’s', 'the third laptop’s']);

  const choose = async (body: AnnotationBody, about: RevisionId, state: RevisionState) => {
    const { body: before, otherVersion } = await workspace.loadCase(at(0));
    const own = otherVersion?.own.revisionId ?? theirs;
    const made = { revisions: [own, about], kept: 'own' as const, at: madeAt };
    await workspace.save(at(0), { ...body, resolutions: [...(before.resolutions ?? []), made] }, state);
    await sync();
  };
  await choose(bodyWith('mine'), '00000008-0000-7000-8000-000000000004' as RevisionId, 'submitted');
  expect(await besideNow()).toEqual(['theirs', 'the second laptop’s']);
  expect(await workspace.syncSummary()).toMatchObject({ state: 'attention', about: 'versions' });
  // Once some were chosen about, a submission settles none of the others by itself.
  const { body } = await workspace.loadCase(at(0));
  await workspace.save(at(0), { ...body, preference: 3 }, 'submitted');
  expect(await besideNow()).toEqual(['theirs', 'the second laptop’s']);
  await choose(bodyWith('mine'), theirs, 'draft');
  await choose(bodyWith('mine'), '00000008-0000-7000-8000-000000000002' as RevisionId, 'submitted');
  expect(await besideNow()).toEqual([undefined]);
  expect((await workspace.syncSummary()).state).toBe('synced');
  expect(server.revisions().at(-1)?.body.resolutions).toHaveLength(3);
});

it('[S30] what diverged here stays beside what another laptop goes on writing', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  expect(await besideNow()).toEqual(['theirs']);
  const goneOn = bodyWith('theirs, gone on with');
  const revisionId = '00000008-0000-7000-8000-000000000009' as RevisionId;
  server.tell({
    ...{ type: 'revision', assignmentId: at(0), revisionId, state: 'submitted', diverged: false },
    ...{ clientId: otherLaptop, bodyHash: bodyHash(goneOn), body: goneOn },
  });
  server.heads.set(at(0), { revisionId, state: 'submitted' });
  await sync();
  const { body } = await workspace.loadCase(at(0));
  expect([body.reasoning.conclusion, ...(await besideNow())]).toEqual(['mine', 'theirs, gone on with']);
  // What is saved next is written on what stands at the server.
  await workspace.save(at(0), bodyWith('mine, with both in mind'), 'submitted');
  await sync();
  expect(server.revisions().at(-1)).toMatchObject({ baseRevisionId: revisionId });
  expect(await besideNow()).toEqual([undefined]);
});

it('[S30] a choice made on another laptop settles it here, too', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  const own = (await workspace.loadCase(at(0))).otherVersion?.own.revisionId ?? theirs;
  stray(3, 'the third laptop’s');
  await sync();
  const body = chosen(bodyWith('theirs'), own, 'own');
  const revisionId = '00000008-0000-7000-8000-000000000009' as RevisionId;
  server.tell({
    ...{ type: 'revision', assignmentId: at(0), revisionId, state: 'submitted', diverged: false },
    ...{ clientId: otherLaptop, bodyHash: bodyHash(body), body },
  });
  await sync();
  const { body: shown } = await workspace.loadCase(at(0));
  expect([shown.reasoning.conclusion, ...(await besideNow())]).toEqual(['theirs', 'the third laptop’s']);
});

it('[S30] a new laptop is asked about what diverged, until something finished was written on the newest version', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  stray(3, 'the third laptop’s');
  const latest = { revisionId: theirs, state: 'submitted' as const, body: bodyWith('theirs') };
  server.assignments = server.assignments.map((one) =>
    one.id === at(0) ? { ...one, latest: { ...latest, bodyHash: bodyHash(latest.body) } } : one,
  );
  await workspace.close();
  await Dexie.delete(name);
  disk.files.clear();
  await open();
  await sync();
  const { body } = await workspace.loadCase(at(0));
  expect([body.reasoning.conclusion, ...(await besideNow())]).toEqual([
    ...['theirs', 'mine', 'the third laptop’s'],
  ]);
  const settled = bodyWith('theirs, with all in mind');
  server.tell({
    ...{ type: 'revision', assignmentId: at(0), state: 'submitted', diverged: false, body: settled },
    revisionId: '00000008-0000-7000-8000-000000000009' as RevisionId,
    ...{ clientId: otherLaptop, bodyHash: bodyHash(settled) },
  });
  await sync();
  expect(await workspace.loadCase(at(0))).toMatchObject({ body: settled, otherVersion: null });
});

it('[S30] a recall and a lock take the question away, and both versions stay', async () => {
  await meet(bodyWith('mine'), bodyWith('theirs'));
  server.change(batchId(1), { locked: true });
  await sync();
  expect((await workspace.syncSummary()).state).toBe('synced');
  expect((await workspace.loadCase(at(0))).otherVersion?.revisionId).toBe(theirs);
});

/** The server is put back: it tells only what it had by then, under another epoch. */
function putBack(events: number, head: RevisionId | null): void {
  server.epoch = '00000000-0000-4000-8000-00000000e002';
  server.feed = server.feed.slice(0, events);
  if (head === null) server.heads.delete(at(0));
  else server.heads.set(at(0), { revisionId: head, state: 'submitted' });
  const told = new Set<string>(
    server.feed.map((event) => (event.type === 'revision' ? event.revisionId : '')),
  );
  for (const [clientId, held] of server.held)
    server.held.set(
      clientId,
      held.filter(({ revisionId }) => told.has(revisionId)),
    );
}

/** Two other laptops wrote one after the other; the second one's is the head. */
function toldOfTwo(): { first: RevisionId; second: RevisionId } {
  const tell = (n: number, conclusion: string) => {
    const revisionId = `00000008-0000-7000-8000-00000000002${n}` as RevisionId;
    const body = bodyWith(conclusion);
    server.tell({
      ...{ type: 'revision', assignmentId: at(0), revisionId, state: 'submitted', diverged: false, body },
      ...{ clientId: `00000007-0000-7000-8000-00000000002${n}` as never, bodyHash: bodyHash(body) },
    });
    server.heads.set(at(0), { revisionId, state: 'submitted' });
    return revisionId;
  };
  return { first: tell(1, 'the first laptop’s'), second: tell(2, 'the second laptop’s') };
}
const shownNow = async () => (await workspace.loadCase(at(0))).body.reasoning.conclusion;

it('[S13] what a restored server lost of another laptop’s stands beside what it has, and new work is based on that', async () => {
  const { first } = toldOfTwo();
  await sync();
  expect(await shownNow()).toBe('the second laptop’s');
  putBack(server.feed.length - 1, first);
  await sync();
  expect([await shownNow(), ...(await besideNow())]).toEqual(['the first laptop’s', 'the second laptop’s']);
  expect(await workspace.syncSummary()).toMatchObject({ state: 'attention', about: 'versions' });
  await workspace.close();
  await open();
  expect([await shownNow(), ...(await besideNow())]).toEqual(['the first laptop’s', 'the second laptop’s']);
  await workspace.save(at(0), bodyWith('mine, with both in mind'), 'submitted');
  await sync();
  expect(server.revisions().at(-1)).toMatchObject({ baseRevisionId: first });
  expect(await besideNow()).toEqual([undefined]);
});

it('[S13] what a restored server lost and another laptop sends again stands as before', async () => {
  const { first, second } = toldOfTwo();
  const told = server.feed.at(-1);
  await sync();
  putBack(server.feed.length - 1, first);
  await sync();
  if (told) server.tell(told);
  server.heads.set(at(0), { revisionId: second, state: 'submitted' });
  await sync();
  expect([await shownNow(), ...(await besideNow())]).toEqual(['the second laptop’s', undefined]);
});

it('[S13] what others wrote of a case goes on being shown where a restored server has nothing of it', async () => {
  toldOfTwo();
  await sync();
  putBack(server.feed.length - 2, null);
  await sync();
  expect([await shownNow(), ...(await besideNow())]).toEqual(['the second laptop’s', undefined]);
  await workspace.save(at(0), bodyWith('gone on with here'), 'submitted');
  await sync();
  expect(server.revisions().at(-1)).toMatchObject({ baseRevisionId: null });
  expect([await shownNow(), ...(await besideNow())]).toEqual(['gone on with here', undefined]);
});

it('[S13] one’s own that a restored server lost comes to it again, on top of what it has', async () => {
  const { first } = toldOfTwo();
  await sync();
  await workspace.save(at(0), bodyWith('mine'), 'submitted');
  await sync();
  const own = server.revisions().at(-1)?.revisionId;
  putBack(server.feed.length - 2, first);
  await sync();
  expect(server.revisions().map(({ revisionId }) => revisionId)).toEqual([own]);
  expect([await shownNow(), ...(await besideNow())]).toEqual(['mine', 'the first laptop’s']);
});

it('[S13][S30] one’s own version stands beside where a restored server lost what it was gone on to from', async () => {
  await workspace.save(at(0), bodyWith('mine, first'), 'submitted');
  await sync();
  const own = server.revisions().at(-1)?.revisionId ?? theirs;
  const kept = server.feed.length;
  toldOfTwo();
  await sync();
  await workspace.save(at(0), bodyWith('mine, on the second laptop’s'), 'draft');
  await sync();
  putBack(kept, own);
  await sync();
  expect([await shownNow(), ...(await besideNow())]).toEqual(['mine, on the second laptop’s', 'mine, first']);
  const { otherVersion } = await workspace.loadCase(at(0));
  expect(otherVersion).toMatchObject({ revisionId: own, state: 'submitted', device: null });
  expect(otherVersion?.madeAt).not.toBeNull();
});

it('[S22] takes what it knows of an event that says more than this app knows', async () => {
  const body = bodyWith('from a newer server');
  server.tell({
    type: 'revision',
    assignmentId: at(1),
    revisionId: theirs,
    clientId: otherLaptop,
    state: 'submitted',
    diverged: false,
    bodyHash: bodyHash(body),
    body,
    weather: 'rain',
  } as never);
  await sync();
  expect(await workspace.loadCase(at(1))).toMatchObject({ state: 'submitted', body });
});
