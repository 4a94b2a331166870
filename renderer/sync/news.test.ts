import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../shared/contract/sync.ts';
import type { RevisionId } from '../../shared/schema/ids.ts';
import { createMemoryHost, memoryDisk } from '../../test/contract/memory-host.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  sampleExperts,
  samplePhysician,
} from '../../test/contract/sample-work.ts';
import { SimulatedServer } from '../../test/contract/simulated-server.ts';
import { databaseName, LocalDatabase } from '../data/database.ts';
import type { DataKey } from '../data/sealed-box.ts';
import type { Workspace } from '../data/types.ts';
import { openWorkspace, syncStoreOf } from '../data/workspace.ts';
import { platformOf } from '../platform.ts';
import { SyncCycle } from './cycle.ts';
import { platformTransport } from './transport.ts';

const name = databaseName(samplePhysician.id);
const at = (n: number) => assignmentId(1000 + n);
const practiceCase = (n: number) => assignmentId(2000 + n);
const otherLaptop = '00000007-0000-7000-8000-000000000001' as never;
const revision = (n: number) => `00000008-0000-7000-8000-00000000000${n}` as RevisionId;

type Laptop = { workspace: Workspace; sync: () => Promise<string | null> };

let server: SimulatedServer;
let dataKey: DataKey;
let disk = memoryDisk();
const opened: Workspace[] = [];

beforeEach(async () => {
  server = new SimulatedServer();
  server.assign(
    sampleBatch(3),
    [0, 1, 2].map((n) => sampleAssignment(n)),
  );
  disk = memoryDisk();
  const uses = ['encrypt', 'decrypt'] as const;
  dataKey = {
    id: '00112233445566aa',
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, uses),
  };
});

afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
  await Dexie.delete(name);
});

/** Opens on the same disk, as after a restart. */
async function startLaptop(answer = server.answer): Promise<Laptop> {
  for (const workspace of opened.splice(0)) await workspace.close();
  const host = createMemoryHost(disk);
  host.server = answer;
  const workspace = await openWorkspace(samplePhysician, dataKey, { host: platformOf(host) });
  opened.push(workspace);
  const cycle = new SyncCycle({
    clock: () => 0,
    random: () => 0,
    timers: { after: () => () => {} },
    transport: platformTransport(platformOf(host)),
    store: syncStoreOf(workspace),
    appVersion: '0.0.0-test',
    deviceName: 'test laptop',
  });
  return {
    workspace,
    sync: async () => {
      cycle.forgetHandshake();
      return cycle.run();
    },
  };
}

async function startWithCases(): Promise<Laptop> {
  const laptop = await startLaptop();
  await laptop.sync();
  return laptop;
}

/** The same laptop with both its stores lost: everything comes from the server again. */
async function startNewLaptop(): Promise<Laptop> {
  for (const workspace of opened.splice(0)) await workspace.close();
  await Dexie.delete(name);
  disk = memoryDisk();
  return startWithCases();
}

const lastRevision = () => server.revisions().at(-1)?.revisionId ?? revision(0);

function giveBack(n: number, comment: string, hour = 10): void {
  const stamp = `2026-11-21T${hour}:00:00.000Z`;
  const revisionId = lastRevision();
  server.tell({
    type: 'assignment-returned',
    batchId: batchId(1),
    assignmentId: at(n),
    comment,
    at: stamp,
    revisionId,
  });
}

const tellExperts = (n: number, hour = 10) =>
  server.tell({
    type: 'expert-feedback',
    batchId: batchId(1),
    assignmentId: at(n),
    kind: 'calibration',
    answer: sampleExperts,
    at: `2026-11-21T${hour}:00:00.000Z`,
  });

const returnedOf = async ({ workspace }: Laptop, n: number) => (await workspace.loadCase(at(n))).returned;
const batchOf = async ({ workspace }: Laptop, n = 0) => (await workspace.queue())[n];

describe('news of the feed', () => {
  it('[S22] steps over an event it does not know, keeps it, and reads the rest', async () => {
    const laptop = await startWithCases();
    server.feed.push({ n: 2, type: 'invented-later', what: 'CANARY-UNKNOWN' } as never);
    await laptop.workspace.save(at(0), bodyWith('goes on'), 'submitted');
    await laptop.sync();
    giveBack(0, 'Look at the dose.');
    expect(await laptop.sync()).toBeNull();
    expect(await returnedOf(laptop, 0)).toMatchObject({ comment: 'Look at the dose.' });
    expect(await laptop.workspace.syncSummary()).toMatchObject({ waiting: 0 });
  });

  it('[S22] pulls the whole feed again once the app can read what it had stepped over', async () => {
    const laptop = await startWithCases();
    const store = syncStoreOf(laptop.workspace);
    const { epoch } = store.identity();
    const event: FeedEvent = { n: 2, type: 'batch-changed', batchId: batchId(1) };
    server.feed.push(event);
    // As an app left it that did not know the type.
    await store.storeFeed({
      epoch: epoch ?? '',
      cursor: 2,
      head: 2,
      events: [{ n: 2, type: 'unread', event }],
    });
    server.batches = [{ ...sampleBatch(3), locked: true }];
    const again = await startLaptop();
    await again.sync();
    expect((await batchOf(again))?.locked).toBe(true);
    const pulls = () => server.requests.filter((path) => path.endsWith('/changes')).length;
    const before = pulls();
    await again.sync();
    expect(pulls() - before).toBe(1);
    expect(syncStoreOf(again.workspace).identity().cursor).toBe(2);
  });

  it('[S23] shows a return until a newer submission, made here, answers it, also after a restart', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('first'), 'submitted');
    await laptop.sync();
    giveBack(0, 'Why A?');
    await laptop.sync();
    expect(await returnedOf(laptop, 0)).toEqual({
      comment: 'Why A?',
      at: '2026-11-21T10:00:00.000Z',
      answered: false,
    });
    expect(await batchOf(laptop)).toMatchObject({ returned: 1, continueAt: at(0) });
    await laptop.workspace.save(at(0), bodyWith('half way'), 'draft');
    const again = await startLaptop();
    expect(await again.workspace.loadCase(at(0))).toMatchObject({
      returned: { answered: false },
      changedSinceSubmit: true,
    });
    await again.workspace.save(at(0), bodyWith('because of the potassium'), 'submitted');
    const third = await startLaptop();
    expect(await returnedOf(third, 0)).toMatchObject({ answered: true });
    expect((await batchOf(third))?.returned).toBe(0);
  });

  it('[S23] takes a submission of another laptop for the answer, and an older one for none', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('first'), 'submitted');
    await laptop.workspace.save(at(0), bodyWith('second'), 'submitted');
    await laptop.sync();
    giveBack(0, 'Why A?');
    await laptop.sync();
    expect(await returnedOf(laptop, 0)).toMatchObject({ answered: false });
    server.tell({
      type: 'revision',
      assignmentId: at(0),
      revisionId: revision(1),
      clientId: otherLaptop,
      state: 'submitted',
      diverged: false,
      bodyHash: '0'.repeat(64),
      body: bodyWith('from home'),
    });
    await laptop.sync();
    expect(await returnedOf(laptop, 0)).toMatchObject({ answered: true });
  });

  it('[S23] counts a submission that was on its way when the return was made as its answer', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('first'), 'submitted');
    await laptop.sync();
    giveBack(0, 'Why A?');
    await laptop.workspace.save(at(0), bodyWith('changed by myself, offline'), 'submitted');
    await laptop.sync();
    expect(await returnedOf(laptop, 0)).toMatchObject({ answered: true });
  });

  it('[S23][S24] comes to the same end when the whole feed is told again, and on a new laptop', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('first'), 'submitted');
    await laptop.sync();
    giveBack(0, 'Why A?', 10);
    await laptop.sync();
    await laptop.workspace.save(at(0), bodyWith('second'), 'submitted');
    await laptop.sync();
    giveBack(0, 'And the dose?', 11);
    tellExperts(0);
    await laptop.sync();
    await laptop.workspace.seeFeedback(at(0));
    const told = async ({ workspace }: Laptop) => {
      const { returned, feedback } = await workspace.loadCase(at(0));
      return { returned, feedback };
    };
    const before = await told(laptop);
    expect(before).toMatchObject({ returned: { comment: 'And the dose?', answered: false } });
    const { epoch } = syncStoreOf(laptop.workspace).identity();
    await syncStoreOf(laptop.workspace).storeLineage(epoch ?? '', true);
    await laptop.sync();
    expect(await told(laptop)).toEqual(before);
    expect((await batchOf(laptop))?.feedback).toBe(0);
    const newest = server.revisions().at(-1);
    if (!newest) throw new Error('nothing was sent');
    const { revisionId, state, bodyHash, body } = newest;
    const [first, ...rest] = server.assignments;
    if (first) server.assignments = [{ ...first, latest: { revisionId, state, bodyHash, body } }, ...rest];
    expect(await told(await startNewLaptop())).toEqual(before);
  });

  it('[S24] shows what experts said only to a physician who has submitted, and counts it until it is seen', async () => {
    const laptop = await startWithCases();
    tellExperts(0);
    await laptop.sync();
    expect((await laptop.workspace.loadCase(at(0))).feedback).toBeNull();
    await laptop.workspace.save(at(0), bodyWith('a draft'), 'draft');
    expect((await laptop.workspace.news(at(0))).feedback).toBeNull();
    expect((await batchOf(laptop))?.feedback).toBe(0);
    await laptop.workspace.save(at(0), bodyWith('submitted'), 'submitted');
    expect((await laptop.workspace.news(at(0))).feedback?.answer).toEqual(sampleExperts);
    expect((await batchOf(laptop))?.feedback).toBe(1);
    await laptop.workspace.seeFeedback(at(0));
    await laptop.workspace.save(at(0), bodyWith('changed after it'), 'draft');
    const again = await startLaptop();
    expect((await again.workspace.loadCase(at(0))).feedback?.kind).toBe('calibration');
    expect((await batchOf(again))?.feedback).toBe(0);
  });

  it('[S25] reads a changed batch again without fetching its cases again', async () => {
    const laptop = await startWithCases();
    server.change(batchId(1), { guidelines: { version: 2, markdown: 'Now with renal dosing.' } });
    server.requests = [];
    await laptop.sync();
    expect(server.requests.filter((path) => path.endsWith('/assignments'))).toEqual([]);
    expect(await laptop.workspace.guidelines(batchId(1))).toMatchObject({
      version: 2,
      markdown: 'Now with renal dosing.',
    });
    server.assign(sampleBatch(4), [sampleAssignment(3)]);
    await laptop.sync();
    expect(await batchOf(laptop)).toMatchObject({ downloaded: 4, total: 4 });
  });

  it('[S25] lists a batch behind the practice, fetches nothing of it, and all of it once it opens', async () => {
    server.assign(
      { ...sampleBatch(2, 2), kind: 'practice', deadline: null, practice: standing(0) },
      [0, 1].map((n) => sampleAssignment(n, 2)),
    );
    server.batches = server.batches.map((one) =>
      one.kind === 'work' ? { ...one, gate: 'practice-first' as const } : one,
    );
    const laptop = await startWithCases();
    const [practice, work] = await laptop.workspace.queue();
    expect(practice).toMatchObject({ kind: 'practice', downloaded: 2, practice: { answered: 0 } });
    expect(work).toMatchObject({ gate: 'practice-first', downloaded: 0, total: 3, continueAt: null });
    expect(server.requests.filter((path) => path.includes(`${batchId(1)}/assignments`))).toEqual([]);
    await laptop.workspace.save(practiceCase(0), bodyWith('practised'), 'submitted');
    server.change(batchId(2), { practice: standing(2, true) });
    server.change(batchId(1), { gate: 'open' });
    await laptop.sync();
    const [done, opened] = await laptop.workspace.queue();
    expect([done?.practice?.passed, opened?.downloaded]).toEqual([true, 3]);
  });

  it('[S25] takes a refusal of a gate that shut meanwhile for what it is, and tries the batch again', async () => {
    const laptop = await startLaptop(async (request) => {
      // The manifest has just said "open".
      if (request.path.includes('/assignments'))
        server.batches = [{ ...sampleBatch(3), gate: 'practice-first' }];
      return server.answer(request);
    });
    expect(await laptop.sync()).toBeNull();
    expect(await laptop.sync()).toBeNull();
    expect(await batchOf(laptop)).toMatchObject({ gate: 'practice-first', downloaded: 0 });
    expect(server.requests.filter((path) => path.endsWith('/assignments'))).toHaveLength(1);
  });

  it('[S26] keeps earlier guidelines through a wipe of either store, and remembers which were seen', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.seeGuidelines(batchId(1), 1);
    for (const version of [2, 3]) {
      server.change(batchId(1), { guidelines: { version, markdown: `Version ${version}` } });
      await laptop.sync();
    }
    const expected = {
      version: 3,
      markdown: 'Version 3',
      earlier: [
        { version: 2, markdown: 'Version 2' },
        { version: 1, markdown: 'Judge as at the bedside. CANARY-GUIDELINE' },
      ],
      seenVersion: 1,
    };
    expect(await laptop.workspace.guidelines(batchId(1))).toEqual(expected);
    await laptop.workspace.close();
    opened.length = 0;
    await Dexie.delete(name);
    const rebuilt = await startLaptop();
    expect(await rebuilt.workspace.guidelines(batchId(1))).toEqual(expected);
    await rebuilt.workspace.close();
    opened.length = 0;
    disk.files.delete(`${name}.content`);
    await (await startLaptop()).workspace.close();
    opened.length = 0;
    await Dexie.delete(name);
    expect(await (await startLaptop()).workspace.guidelines(batchId(1))).toEqual(expected);
  });

  it('[S26] says in every save which guidelines were on this laptop', async () => {
    const laptop = await startWithCases();
    await laptop.workspace.save(at(0), bodyWith('under the first'), 'submitted');
    server.change(batchId(1), { guidelines: { version: 2, markdown: 'Second' } });
    await laptop.sync();
    await laptop.workspace.save(at(1), bodyWith('under the second'), 'submitted');
    await laptop.sync();
    expect(server.revisions().map(({ body }) => body.guidelinesVersion)).toEqual([1, 2]);
    expect((await laptop.workspace.loadCase(at(1))).guidelinesVersion).toBe(2);
  });

  it('[S26] a lock is told, nothing of the work is lost to it, and what comes late is sent all the same', async () => {
    const laptop = await startWithCases();
    server.change(batchId(1), { locked: true });
    await laptop.workspace.save(at(0), bodyWith('typed before the lock was known'), 'submitted');
    await laptop.sync();
    expect((await laptop.workspace.loadCase(at(0))).locked).toBe(true);
    expect(await batchOf(laptop)).toMatchObject({ locked: true, continueAt: null, submitted: 1, waiting: 0 });
    const { entries } = await laptop.workspace.ledger({ offset: 0, limit: 5 });
    expect(entries.map(({ status, title }) => [status, title])).toEqual([['late', 'Case 0 CANARY-TITLE']]);
    server.change(batchId(1), { locked: false });
    await laptop.sync();
    expect((await laptop.workspace.news(at(0))).locked).toBe(false);
  });

  it('knows every title at once after a restart, and nothing of it stands in clear', async () => {
    const laptop = await startWithCases();
    const titles = async ({ workspace }: Laptop) =>
      (await workspace.places(batchId(1))).map(({ title }) => title);
    expect(await titles(laptop)).toEqual([0, 1, 2].map((n) => `Case ${n} CANARY-TITLE`));
    const again = await startLaptop();
    expect(await titles(again)).toEqual([0, 1, 2].map((n) => `Case ${n} CANARY-TITLE`));
    const utf8 = new TextDecoder();
    const database = new LocalDatabase(name);
    await database.open();
    const rows = await database.documents.toArray();
    const stored = [...rows.map(({ blob }) => blob), ...disk.files.values()].map((bytes) =>
      utf8.decode(bytes),
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(stored.join('')).not.toContain('CANARY');
  });

  it('says from one’s own last cases how long one takes, and nothing before there are three', async () => {
    const laptop = await startWithCases();
    const paces: (number | null | undefined)[] = [];
    for (const [n, ms] of [60_000, 120_000, 300_000].entries()) {
      await laptop.workspace.save(at(n), bodyWith('done', ms), 'submitted');
      paces.push((await batchOf(laptop))?.paceMs);
    }
    expect(paces).toEqual([null, null, 120_000]);
  });
});

const standing = (answered: number, passed: boolean | null = null) => ({
  answered,
  agreed: answered,
  cases: 2,
  needed: 2,
  passed,
});
