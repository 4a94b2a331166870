import type { Workspace } from '../../../renderer/data/types.ts';
import { AppError } from '../../../shared/errors.ts';
import { type AnnotationBody, emptyAnnotation } from '../../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { Desk } from './desk.ts';
import { canaryOf, type Save } from './judge.ts';
import type { Laptop } from './laptop.ts';
import type { Action, ActionKind } from './plan.ts';
import type { RunningApp } from './running-app.ts';
import { SimDisk } from './sim-disk.ts';
import type { World } from './world.ts';

type State = 'draft' | 'submitted' | 'skipped';
const words = ['dose', 'Niereninsuffizienz', 'حساسية', '高钾血症', '🩺', '"\\\n\t', '—'];
/** A save that is not answered after so long is one the person has lost trust in. */
const saveLimitMs = 60_000;

const hour = 3_600_000;
const day = 24 * hour;

/** Cases on the screens; `openOnly`: without those of batches the screens would let nobody write in. */
async function casesOf(world: World, workspace: Workspace, openOnly = false): Promise<AssignmentId[]> {
  const ids: AssignmentId[] = [];
  for (const batch of await workspace.queue())
    if (batch.locked && openOnly) continue;
    else
      for (const { id } of await workspace.places(batch.id)) {
        world.retention.knowCase(id, batch.id);
        ids.push(id);
      }
  return ids;
}

/** A body whose text stands in no other save, with the canary of who typed it. */
function bodyFor(world: World, desk: Desk, marker: string) {
  const { random } = world;
  const long = random.chance(0.03) ? 'x'.repeat(18_000) : '';
  const score = () => 1 + random.below(5);
  return {
    ...emptyAnnotation(),
    ratings: { a: { accuracy: score() }, b: { accuracy: score(), safety: score() } },
    preference: random.oneOf([-3, -1, 0, 2] as const),
    reasoning: {
      evidence: `${random.oneOf(words)}${long}`,
      alternatives: random.oneOf(words),
      conclusion: `${canaryOf(desk.physician)} ${marker} ${random.oneOf(words)}`,
    },
    laterField: { nested: [random.below(100) / 8, null, random.oneOf(words)] },
  };
}

async function save(
  world: World,
  desk: Desk,
  workspace: Workspace,
  app: RunningApp,
  id: AssignmentId,
  state: State,
  more: Partial<AnnotationBody> = {},
) {
  const { judge, scheduler } = world;
  const marker = `MARK-${world.plan.seed}-${judge.saves.length}-`;
  const { number } = desk.laptop;
  // Mostly what is submitted has stood there as a draft for a while.
  const isGiven = Object.keys(more).length > 0;
  const draft = state === 'draft' || isGiven ? null : judge.lastDraft(number, id);
  const fresh = { ...bodyFor(world, desk, marker), ...more };
  const body = draft && world.random.chance(0.6) ? (JSON.parse(draft.text) as typeof fresh) : fresh;
  const one = judge.issue({ laptop: number, physician: desk.physician, assignmentId: id, state }, body);
  scheduler.note(`${app.label} saves ${one.id} ${state}`);
  desk.laptop.countMoment('save');
  let isOver = false;
  const watch = () => {
    const from = scheduler.now;
    scheduler.after(saveLimitMs, app, 'a save is waited for', () => {
      if (isOver) return;
      // Sleep is no waiting.
      if (app.asleepUntil > from) return watch();
      judge.blame('hangs', `${judge.describe(one)} is not answered after a minute`);
    });
  };
  watch();
  try {
    const going = workspace.save(id, body, state);
    world.excuse(desk, false);
    await going;
    world.excuse(desk, false);
    world.saved(one);
    scheduler.note(`${app.label} saved ${one.id}`);
  } catch (cause) {
    if (!(cause instanceof AppError)) judge.blame('error', `${judge.describe(one)}: ${String(cause)}`);
    scheduler.note(`${app.label} refuses ${one.id}: ${cause instanceof AppError ? cause.code : cause}`);
  } finally {
    isOver = true;
  }
}

function saveSome(
  world: World,
  action: Action,
  state: State,
  wanted: 'any' | 'submitted',
  typing = { times: 1, apartMs: 0 },
): void {
  const desk = world.desks[action.laptop] as Desk;
  desk.use(action.kind, async (workspace, app) => {
    const all = await casesOf(world, workspace, action.q < 0.85);
    const done = world.judge.saves.filter((one) => one.state === 'submitted').map((one) => one.assignmentId);
    const fitting = wanted === 'any' ? all : all.filter((id) => done.includes(id));
    const id = fitting[Math.floor(action.p * fitting.length)];
    if (id === undefined) return;
    for (let i = 0; i < typing.times; i++)
      world.scheduler.after(i * typing.apartMs, app, 'types', () => {
        if (desk.workspace === workspace) void save(world, desk, workspace, app, id, state);
      });
  });
}

/** Of the versions that stand beside one's own the physician chooses about one, and finishes the case or not. */
async function chooseIn(
  world: World,
  desk: Desk,
  { workspace, app, id }: { workspace: Workspace; app: RunningApp; id: AssignmentId },
  { p, q }: Pick<Action, 'p' | 'q'>,
): Promise<boolean> {
  const { otherVersion, moreVersions = [] } = await workspace.news(id);
  if (!otherVersion) return false;
  const { body } = await workspace.loadCase(id);
  const all = [otherVersion, ...moreVersions];
  const other = all[Math.floor(p * all.length)] ?? otherVersion;
  const revisions = [otherVersion.own.revisionId, other.revisionId];
  const made = { revisions, kept: 'parts' as const, at: '2027-01-04T08:00:00.000Z' };
  const resolutions = [...(body.resolutions ?? []), made];
  world.count('chosen');
  await save(world, desk, workspace, app, id, q < 0.6 ? 'submitted' : 'draft', { resolutions });
  return true;
}

function choose(world: World, action: Action): void {
  const desk = world.desks[action.laptop] as Desk;
  desk.use('chooses', async (workspace, app) => {
    for (const id of await casesOf(world, workspace, true))
      if (await chooseIn(world, desk, { workspace, app, id }, action)) return;
  });
}

/** Sits down once everything is quiet and chooses about every version there is. */
export function chooseAll(world: World, desk: Desk): void {
  desk.use('chooses about everything', async (workspace, app) => {
    const { plan, judge } = world;
    for (const id of await casesOf(world, workspace, true)) {
      if ((await workspace.news(id)).recalled) continue;
      for (let i = 0; i < 8; i++)
        if (!(await chooseIn(world, desk, { workspace, app, id }, { p: 0.99, q: (plan.seed % 10) / 10 })))
          break;
      if ((await workspace.news(id)).otherVersion)
        judge.blame('choice', `${desk.laptop.label} still asks about ${id} after every choice was made`);
    }
  });
}

/** What a physician reads is their own; a laptop nobody else writes shows what was typed there last. */
function read(world: World, action: Action): void {
  const desk = world.desks[action.laptop] as Desk;
  desk.use('reads', async (workspace) => {
    const all = await casesOf(world, workspace);
    const id = all[Math.floor(action.p * all.length)];
    if (id === undefined) return;
    const { judge } = world;
    const mine = judge.saves.filter((one) => one.laptop === action.laptop && one.assignmentId === id);
    const last = mine.filter((one) => one.acknowledged && !one.excused && !one.leftLaptop).at(-1);
    const { body } = await workspace.loadCase(id);
    const shown = judge.saveShown(body);
    if (shown && shown.physician !== desk.physician)
      judge.blame('cross-user', `${desk.laptop.label} shows another's work`);
    const { waiting, otherVersion } = await workspace.news(id);
    const beside = judge.saveShown(otherVersion?.body);
    const newest = Math.max(shown?.id ?? -1, beside?.id ?? -1);
    // Where another laptop of the same person writes too, only what is not sent yet must be what is shown.
    const isAlone = world.physicians.filter((one) => one === desk.physician).length === 1;
    const isOwed = isAlone || (waiting && shown?.laptop !== action.laptop);
    if (isOwed && last && newest < last.id)
      judge.blame('lost-locally', `${judge.describe(last)} is not what its laptop shows`);
  });
}

function excuseAfterImage(world: World, laptop: number, takenAt: number): Promise<void> {
  return world.learnOfServer().then(({ markers }) => {
    for (const one of world.judge.saves)
      if (one.laptop === laptop && (!one.acknowledged || one.acknowledgedAt > takenAt)) leave(one, markers);
  });
}

/** Its disk is another one now: the server may have it, else nobody can. */
function leave(one: Save, markers: ReadonlySet<string>): void {
  one.leftLaptop = true;
  if (!markers.has(one.marker)) one.excused = true;
}

/** The laptop is lost, stolen or broken, and another one stands in its place with nothing on it. */
function replaceLaptop(world: World, laptop: number): void {
  const desk = world.desks[laptop] as Desk;
  desk.app?.crash({ power: false });
  world.scheduler.after(0, null, `L${laptop} is another laptop`, async () => {
    await excuseAfterImage(world, laptop, Number.NEGATIVE_INFINITY);
    desk.laptop.putImage({ disk: new SimDisk(), databases: new Map(), takenAt: 0 });
    world.seen.delete(laptop);
  });
}

/**
 * The browser throws away all that the site has under an open page. From the next look at the files on, which comes
 * within a second, nothing is lost by it; a page that does not live so long takes with it what the server has not.
 */
function throwAway(world: World, { p, q }: Action, desk: Desk): void {
  const { app, laptop } = desk;
  if (!app || !desk.workspace || !laptop.isBrowser) return;
  world.rotten.add(laptop.number);
  world.count('thrown away');
  const laterMs = (q % 0.25) * 2000;
  const files = () => throwAwayFiles(world, p, laptop, app);
  if (q < 0.5) {
    files();
    world.scheduler.after(q < 0.25 ? laterMs : 0, null, 'rows go', () => laptop.wipeRows());
  } else {
    laptop.wipeRows();
    world.scheduler.after(q < 0.75 ? laterMs : 0, app, 'files go', files);
  }
}

function throwAwayFiles(world: World, p: number, laptop: Laptop, app: RunningApp): void {
  const { number } = laptop;
  laptop.throwAwayFiles();
  world.scheduler.after(p * 1000, app, 'looks at its files', () => void app.look());
  world.atEnd.set(number, () => {
    const { disk } = laptop;
    // One that was just begun anew holds nothing yet.
    const holdsWork = (name: string) => name.endsWith('.work') && disk.find(`opfs/journals/${name}`)?.size;
    if (disk.list('opfs/journals').some(holdsWork)) return;
    world.seen.delete(number);
    world.scheduler.after(0, null, `L${number} lost all`, () =>
      excuseAfterImage(world, number, Number.NEGATIVE_INFINITY),
    );
  });
}

/** The program ends, another disk is put in, the program starts. */
function putDisk(world: World, laptop: number, from: number, takenAt: number | null): void {
  const desk = world.desks[laptop] as Desk;
  const source = world.images.filter((one) => one.laptop === from).at(-1);
  const image = takenAt === null ? (world.desks[from] as Desk).laptop.image() : source?.image;
  if (!image) return;
  world.wasCopied = true;
  if (laptop !== from) world.wasCloned = true;
  desk.app?.crash({ power: false });
  world.scheduler.after(0, null, `L${laptop} another disk`, async () => {
    await excuseAfterImage(world, laptop, laptop === from ? image.takenAt : Number.NEGATIVE_INFINITY);
    desk.laptop.putImage(image);
    world.seen.delete(laptop);
  });
}

/** Nothing is done where a backup from before the first batch was put back. */
async function toBatch(
  world: World,
  p: number,
  doing: (batchId: BatchId) => Promise<unknown>,
): Promise<void> {
  const batchId = world.batches[Math.floor(p * world.batches.length)];
  if (batchId !== undefined) await doing(batchId);
}

async function close(world: World, batchId: BatchId): Promise<void> {
  await world.server.lock(batchId);
  world.retention.noteClosing(batchId);
}

/** The lead's doing at the server, in one go. */
function atServer(world: World, what: ActionKind, doing: () => Promise<unknown>): void {
  world.scheduler.after(0, null, `server ${what}`, async () => {
    world.serverNow();
    await doing();
  });
}

/** One or two neighbours among what a physician was given. */
function someAssignments(world: World, p: number): { ids: AssignmentId[]; physician: number } {
  const physician = p < 0.7 ? 0 : 1;
  const all = world.assigned.filter((one) => one.physician === physician).map(({ id }) => id);
  const at = Math.floor(p * 7919) % Math.max(1, all.length);
  return { ids: all.slice(at, at + 2), physician };
}

/** Some saves at once, or somebody who types on while the laptop syncs. */
const typingOf = ({ q }: Action) =>
  q < 0.5 ? { times: 2 + Math.floor(q * 10), apartMs: q * 120 } : { times: 26, apartMs: 85 + (q - 0.5) * 40 };

const doings: Record<ActionKind, (world: World, action: Action, desk: Desk) => void> = {
  draft: (world, action) => saveSome(world, action, 'draft', 'any'),
  drafts: (world, action) => saveSome(world, action, 'draft', 'any', typingOf(action)),
  submit: (world, action) => saveSome(world, action, 'submitted', 'any'),
  skip: (world, action) => saveSome(world, action, 'skipped', 'any'),
  correct: (world, action) => saveSome(world, action, action.q < 0.7 ? 'submitted' : 'draft', 'submitted'),
  choose,
  read,
  restart: (_world, { p }, desk) => desk.quit(500 + p * 5000),
  kill: (_world, { p }, desk) => desk.app?.crash({ power: p < 0.5 }),
  offline: ({ scheduler }, { p, q }, desk) => {
    const ms = 2000 + (p < 0.8 ? q * 60_000 : q * 600_000);
    desk.laptop.offlineUntil = scheduler.now + ms;
  },
  sleep: (world, { laptop, p, q }) => world.sleep(laptop, p < 0.8 ? q * 60_000 : q * 600_000),
  night: (world, { p, q, laptop }) => {
    const ms = (2 + p * 30) * hour;
    for (const desk of world.desks) {
      desk.awayUntil = world.scheduler.now + ms;
      const works = desk.laptop.number === laptop && q < 0.5 && ms < 8 * hour;
      if (works) desk.laptop.offlineUntil = world.scheduler.now + ms;
      else world.sleep(desk.laptop.number, ms);
    }
    world.shift += ms;
  },
  'sign-out': (world, { p }, desk) => {
    desk.quit(1000 + p * 20_000, async () => {
      const { token } = desk.laptop;
      desk.laptop.token = null;
      world.scheduler.after(20, null, 'signs out', async () => {
        world.serverNow();
        if (token !== null) await world.server.revokeSession(token);
      });
    });
  },
  'clock-jump': (_world, { p, q }, desk) => {
    const jumps = [86_400_000, -86_400_000, -hour * q, hour * q, -1500, 400 * 86_400_000];
    desk.laptop.clockOff += jumps[Math.floor(p * jumps.length)] ?? 0;
  },
  'take-image': (world, { laptop }, desk) => world.images.push({ laptop, image: desk.laptop.image() }),
  'put-image': (world, { laptop }) => {
    const taken = world.images.filter((one) => one.laptop === laptop).at(-1);
    if (taken) putDisk(world, laptop, laptop, taken.image.takenAt);
  },
  'copy-laptop': (world, { laptop }) => {
    if (laptop < 2) putDisk(world, 1 - laptop, laptop, null);
  },
  'new-laptop': (world, { laptop }) => replaceLaptop(world, laptop),
  'wipe-rows': (_world, { p }, desk) => {
    if (p < 0.5) desk.app?.crash({ power: true });
    desk.laptop.wipeRows();
  },
  'rot-cases': (world, { p, q }, desk) => {
    world.rotten.add(desk.laptop.number);
    if (p < 0.6) desk.app?.crash({ power: p < 0.3 });
    desk.laptop.disk.rot((path) => path.includes('.content'), world.random);
    if (q < 0.5) desk.laptop.wipeRows();
  },
  'throw-away': throwAway,
  'rows-stuck': (_world, { p }, desk) => desk.laptop.stickRows(500 + p * 25_000),
  'disk-full': (world, { p }, desk) => {
    desk.laptop.disk.fill();
    world.scheduler.after(1000 + p * 30_000, null, 'some space is freed', () => desk.laptop.disk.clear());
  },
  'keyring-down': (world, { p, q }, desk) => {
    desk.laptop.keyringIsDown = true;
    if (q < 0.7) desk.app?.crash({ power: false });
    world.scheduler.after(1000 + p * 30_000, null, 'the keyring is back', () => {
      desk.laptop.keyringIsDown = false;
    });
  },
  'server-backup': (world) =>
    atServer(world, 'server-backup', async () => {
      const { markers } = await world.learnOfServer();
      const given = { batches: [...world.batches], assigned: [...world.assigned] };
      world.backup = { kept: await world.server.backup(), markers, ...given };
    }),
  'server-restore': (world, { p }) => {
    const { backup } = world;
    if (!backup) return;
    atServer(world, 'server-restore', async () => {
      await world.learnOfServer();
      const newEpoch = p < 0.7;
      await world.server.restore(backup.kept, { newEpoch });
      world.restored(backup, newEpoch);
    });
  },
  recall: (world, { p }) =>
    atServer(world, 'recall', async () => {
      const { ids } = someAssignments(world, p);
      for (const id of ids) world.everRecalled.add(id);
      await world.server.recall(ids, 'taken back');
    }),
  reassign: (world, { p }) =>
    atServer(world, 'reassign', async () => {
      const { ids, physician } = someAssignments(world, p);
      for (const id of ids) world.everRecalled.add(id);
      const to = world.userIds[1 - physician] as (typeof world.userIds)[number];
      world.gave(await world.server.reassign(ids, to, 'given to somebody else'), 1 - physician);
    }),
  'change-rubric': (world, { p }) =>
    atServer(world, 'change-rubric', () => toBatch(world, p, (id) => world.server.changeRubric(id))),
  lock: (world, { p }) => atServer(world, 'lock', () => toBatch(world, p, (id) => close(world, id))),
  close: (world, { p, q }) => {
    atServer(world, 'close', () => toBatch(world, p, (id) => close(world, id)));
    // Everybody looks in four times: some weeks too early, a day after that, when the month is over, a day later.
    const early = (1 + q * 24) * day;
    const pieces = [early, 1.1 * day, 31 * day - early, 1.1 * day];
    let at = 1000 + 8000 * p;
    for (const ms of pieces) {
      world.scheduler.after(at, null, 'everybody is away', () => world.everybodyAway(ms));
      at += ms + 10 * 60_000;
    }
    world.shift += at;
  },
  reopen: (world, { p }) =>
    atServer(world, 'reopen', async () => {
      const closed = world.retention.closed();
      const batchId = closed[Math.floor(p * closed.length)];
      if (batchId !== undefined && world.batches.includes(batchId)) await world.server.unlock(batchId);
    }),
  'new-batch': (world, { p }) =>
    atServer(world, 'new-batch', async () => {
      const { batchId } = await world.server.addBatch(2);
      await world.assign(batchId, p < 0.5 ? 0 : 1);
      world.batches.push(batchId);
    }),
};

/** Does one action of a plan. Each is fair: a person, a lead or bad luck could do it. */
export function perform(world: World, action: Action): void {
  const desk = world.desks[action.laptop] as Desk;
  world.count(action.kind);
  world.scheduler.note(`action ${action.kind} L${action.laptop}`);
  doings[action.kind](world, action, desk);
}
