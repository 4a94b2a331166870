import type {
  CasePlace,
  LedgerEntry,
  LoadedCase,
  SyncSummary,
  Workspace,
} from '../../../renderer/data/types.ts';
import { syncBatch, syncBatchPage } from '../../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { LogEntry, StoredRevision } from '../simulated/server-port.ts';
import { chooseAll } from './actions.ts';
import type { Desk } from './desk.ts';
import { markerOf, textMarkerOf } from './judge.ts';
import type { World } from './world.ts';

/** Once nothing fails any more the queue is empty within this. */
export const drainLimitMs = 60_000;
/** Two rounds of looking for news. */
const newsLimitMs = 130_000;

type View = {
  summary: SyncSummary;
  entries: LedgerEntry[];
  places: CasePlace[];
  cases: LoadedCase[];
  rubrics: Map<BatchId, unknown>;
};

async function viewOf(workspace: Workspace): Promise<View> {
  const view: View = {
    summary: await workspace.syncSummary(),
    entries: (await workspace.ledger({ offset: 0, limit: 10_000 })).entries,
    places: [],
    cases: [],
    rubrics: new Map(),
  };
  for (const batch of await workspace.queue()) {
    const places = await workspace.places(batch.id);
    view.places.push(...places);
    for (const { id, missing } of places) {
      if (missing) continue;
      const loaded = await workspace.loadCase(id);
      view.cases.push(loaded);
      view.rubrics.set(batch.id, loaded.rubric);
    }
  }
  return view;
}

/** Everything works again: power, disks, keyrings, lids, the network. Clocks stay as wrong as they are. */
function mendAll(world: World): void {
  world.atRest = true;
  for (const { laptop, network, app } of world.desks) {
    network.mend();
    laptop.crashNoMore();
    laptop.offlineUntil = 0;
    laptop.keyringIsDown = false;
    laptop.unstickRows();
    laptop.disk.clear();
    if (app) app.asleepUntil = Math.min(app.asleepUntil, world.scheduler.now);
    if (app) world.wake(app, laptop.number);
  }
  for (const desk of world.desks) {
    desk.pauseMs = () => 200;
    desk.awayUntil = 0;
    desk.start();
  }
}

/** An app whose database hangs is started again by the person; the others are told that the network is back. */
async function wakeAll(world: World): Promise<void> {
  const { scheduler } = world;
  await scheduler.run(scheduler.now + 100_000, () =>
    world.desks.every(({ workspace }) => workspace !== null),
  );
  for (const desk of world.desks) {
    if (!desk.workspace)
      world.judge.blame('start', `${desk.laptop.label} does not come up: ${desk.refusals.at(-1)}`);
    if (desk.laptop.token === null) await world.signIn(desk);
    world.resumed(desk);
  }
}

async function waitingOf(world: World): Promise<number[]> {
  const summaries = world.desks.map(async ({ workspace }) => (await workspace?.syncSummary())?.waiting ?? -1);
  return Promise.all(summaries);
}

async function drain(world: World): Promise<void> {
  const { scheduler } = world;
  const until = scheduler.now + drainLimitMs;
  await scheduler.run(until);
  for (const [i, waiting] of (await waitingOf(world)).entries())
    if (waiting !== 0)
      world.judge.blame('queue', `L${i} still has ${waiting} waiting after a minute of peace`);
  await scheduler.run(scheduler.now + newsLimitMs);
}

/** What a bad disk took may be noticed only once it is asked for; then it comes with the next contact. */
async function openRottenCases(world: World): Promise<void> {
  for (const desk of world.desks.filter(({ laptop }) => world.rotten.has(laptop.number)))
    desk.use('looks for what is missing', async (workspace) => {
      for (const batch of await workspace.queue())
        for (const { id } of await workspace.places(batch.id))
          await workspace.loadCase(id).catch(() => undefined);
    });
  await drain(world);
}

/** What the server would give this physician, asked over its own routes. */
async function givenTo(world: World, desk: Desk) {
  const token = await world.server.newSession(desk.user.id);
  const get = async (path: string) => {
    const reply = await world.server.handle({ method: 'GET', path, token, body: null });
    return reply.status === 200 ? (JSON.parse(reply.body) as unknown) : null;
  };
  const given: { id: AssignmentId; batchId: BatchId; recalled: boolean; closed: boolean }[] = [];
  for (const batchId of world.batches) {
    const found = await get(`/api/sync/batches/${batchId}`);
    if (found === null) continue;
    const { batch } = syncBatch.reply.parse(found);
    const page = syncBatchPage.reply.parse(
      await get(`/api/sync/batches/${batchId}/assignments?after=-1&limit=200`),
    );
    for (const { id, recalled } of page.assignments)
      given.push({ id, batchId, recalled, closed: batch.locked });
  }
  return given;
}

function checkCases(world: World, desk: Desk, view: View, given: Awaited<ReturnType<typeof givenTo>>): void {
  const { judge } = world;
  const { label } = desk.laptop;
  const shown = new Map(view.places.map((place) => [place.id as string, place]));
  for (const { id, recalled, closed, batchId } of given) {
    world.retention.knowCase(id, batchId);
    const place = shown.get(id);
    // What is closed and was let go comes again only once it is open.
    const isLetGo = closed && world.retention.hasLetGo(desk.laptop.number, id);
    // A recall that a restored server forgot stays one here.
    const isTakenBack = recalled || world.everRecalled.has(id);
    if (!place && !isTakenBack && !isLetGo) judge.blame('pull', `${label} never got case ${id}`);
    if (place?.missing) judge.blame('pull', `${label} never got the texts of case ${id} again`);
    if (place && place.recalled !== recalled && !(world.wasRestored && place.recalled))
      judge.blame(
        'pull',
        `${label} shows case ${id} recalled=${place.recalled}, the server says ${recalled}`,
      );
  }
}

function namedIn(body: string): string[] {
  const { resolutions = [] } = JSON.parse(body) as { resolutions?: { revisions: string[] }[] };
  return resolutions.flatMap(({ revisions }) => revisions);
}

/**
 * Versions that were not written on the newest one and that nobody went on from: each is asked about until something
 * finished is written on the newest one after it, and on the laptop that wrote it until it is gone on there.
 */
function openVersions(world: World, desk: Desk, mine: readonly StoredRevision[]): StoredRevision[] {
  const saveOf = ({ body, state }: StoredRevision) => world.judge.saveOf(markerOf(body, state));
  // A laptop that was replaced, or put back, does not know that it wrote it.
  const isOfThis = (one: StoredRevision) =>
    saveOf(one)?.laptop === desk.laptop.number && !saveOf(one)?.leftLaptop;
  return mine.filter((one, i) => {
    const later = mine.slice(i + 1);
    const isNamed = later.some(({ body }) => namedIn(body).includes(one.id));
    const isGoneOn = later.some(
      (other) => other.baseRevisionId === one.id || saveOf(other)?.laptop === saveOf(one)?.laptop,
    );
    const isSettled = !isOfThis(one) && later.some(({ state, diverged }) => state !== 'draft' && !diverged);
    return one.diverged && !isGoneOn && !isSettled && !isNamed;
  });
}

/**
 * Whatever stands at the server is what the physician sees, or sees beside it, and so is every version that diverged. Not
 * where a change could not be read there: what was written on that one stands on nothing at the server.
 */
function checkHeadsSeen(
  world: World,
  desk: Desk,
  view: View,
  { heads, revisions }: { heads: Map<string, StoredRevision>; revisions: readonly StoredRevision[] },
): void {
  const unread = new Set(
    view.entries.flatMap(({ status, assignmentId }) => (status === 'quarantined' ? [assignmentId] : [])),
  );
  for (const { assignment, body, otherVersion, moreVersions = [] } of view.cases) {
    const head = heads.get(assignment.id);
    if (!head || unread.has(assignment.id)) continue;
    const mine = revisions.filter((one) => one.assignmentId === assignment.id);
    const shown = [body, otherVersion?.body, ...moreVersions.map((one) => one.body)];
    const seen = shown.map((one) => textMarkerOf(JSON.stringify(one ?? null)));
    for (const one of [head, ...openVersions(world, desk, mine)])
      if (!seen.includes(textMarkerOf(one.body)))
        world.judge.blame(
          'pull',
          `${desk.laptop.label} shows ${seen.join(' and ')} of ${assignment.id}, at the server stands ${textMarkerOf(one.body)}`,
        );
    if (seen.length > 2) world.count('three-versions');
  }
}

function checkView(world: World, desk: Desk, view: View, revisions: readonly StoredRevision[]): void {
  const { judge } = world;
  const { label } = desk.laptop;
  const { state, message, waiting } = view.summary;
  if (waiting > 0 || !['synced', 'attention'].includes(state))
    judge.blame('queue', `${label} comes to rest as ${state} with ${waiting} waiting`);
  // A restored server may not know a batch any more that this laptop was told of.
  const trouble = world.wasRestored
    ? /do not agree|confirmed something else/
    : /do not agree|confirmed something else|downloaded/;
  if (message !== null && trouble.test(message)) judge.blame('rest', `${label} says: ${message}`);
  const hashes = new Set(revisions.map(({ bodyHash }) => bodyHash));
  for (const { seq, status, bodyHash, letGo } of view.entries) {
    // A server that was put back far enough has lost it, and nobody else has it any more.
    if (letGo && world.wasRestored) continue;
    const isStored = hashes.has(bodyHash);
    if (status === 'waiting' || status === 'conflict' || (status !== 'quarantined' && !isStored))
      judge.blame('receipt', `${label} lists change ${seq} as ${status}, stored: ${isStored}`);
  }
  for (const { body } of view.cases) {
    const save = judge.saveShown(body);
    if (save && save.physician !== desk.physician) judge.blame('cross-user', `${label} shows another's work`);
  }
}

/** Only what was spoiled on its way is not read, and what is for a case that a restored server does not know. */
function checkQuarantine({ judge, desks, wasRestored }: World, log: readonly LogEntry[]): void {
  const spoiled = new Set(desks.flatMap(({ network }) => [...network.poisoned]));
  for (const { raw } of log) {
    if (raw === null || wasRestored) continue;
    const { revisionId } = JSON.parse(raw) as { revisionId: string };
    if (!spoiled.has(revisionId))
      judge.blame('quarantine', `revision ${revisionId} was sound and is not taken`);
  }
}

async function checkServer(world: World, revisions: StoredRevision[], markers: Set<string>) {
  const { judge, server, userIds } = world;
  for (const save of judge.missing(markers))
    judge.blame('lost', `${judge.describe(save)} is not at the server`);
  judge.checkRevisions(revisions, userIds);
  judge.checkExport(revisions, await server.exported());
  for (const userId of userIds) {
    const log = await server.logOf(userId);
    judge.checkLog(log);
    checkQuarantine(world, log);
    judge.checkFeed(await server.feedOf(userId));
    const conflicts = await server.conflictsOf(userId);
    if (conflicts > 0 && !world.wasCopied && !world.wasRestoredUnseen)
      judge.blame('conflict', `${conflicts} conflicts although no disk was ever copied`);
  }
  if (!(await server.auditIsWhole())) judge.blame('audit', 'the audit chain does not hold');
}

/** Ends the faults, lets everybody come to rest, and judges both sides. */
export async function comeToRest(world: World): Promise<void> {
  const { scheduler, judge } = world;
  mendAll(world);
  await wakeAll(world);
  await drain(world);
  if (world.plan.seed % 4 === 1) {
    chooseAll(world, world.desks[0] as Desk);
    await drain(world);
  }
  if (world.rotten.size > 0) await openRottenCases(world);
  const views = new Map<Desk, View>();
  for (const desk of world.desks)
    desk.use('is looked at', async (workspace) => {
      await world.checkLedger(desk, workspace);
      await world.noteCases(desk, workspace);
      views.set(desk, await viewOf(workspace));
    });
  await scheduler.run(scheduler.now + 30_000);
  world.serverNow();
  const { revisions, markers } = await world.learnOfServer();
  await checkServer(world, revisions, markers);
  const heads = judge.checkHeads(revisions);
  for (const desk of world.desks) {
    const view = views.get(desk);
    if (!view) {
      judge.blame('start', `${desk.laptop.label} cannot be looked at`);
      continue;
    }
    checkView(world, desk, view, revisions);
    if (world.wasRestoredUnseen) continue;
    checkCases(world, desk, view, await givenTo(world, desk));
    // A version that lives on in a copy of a laptop's database was replaced there.
    if (!world.wasCloned) checkHeadsSeen(world, desk, view, { heads, revisions });
  }
}
