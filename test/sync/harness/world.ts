import type { SyncSummary, Workspace } from '../../../renderer/data/types.ts';
import { syncPush } from '../../../shared/contract/sync.ts';
import type { AssignmentId, BatchId, UserId } from '../../../shared/schema/ids.ts';
import type { SimReply, SimRequest, SimServer, StoredRevision } from '../simulated/server-port.ts';
import { Desk } from './desk.ts';
import { canaryOf, Judge, markerOf, type Save } from './judge.ts';
import { type Image, Laptop } from './laptop.ts';
import { Manners } from './manners.ts';
import { Network } from './network.ts';
import { type ActionKind, laptopCount, type NetworkFaultKind, type Plan, physiciansOf } from './plan.ts';
import { type Random, randomFrom } from './random.ts';
import { RetentionJudge } from './retention-judge.ts';
import { type RunningApp, startOfTime } from './running-app.ts';
import type { Scheduler } from './scheduler.ts';

export type Counted =
  | NetworkFaultKind
  | ActionKind
  | 'offline'
  | 'none'
  | 'crash'
  | 'power-cut'
  | 'refused-start'
  | 'let-go'
  | 'three-versions'
  | 'chosen'
  | 'thrown away';

export type Assigned = { id: AssignmentId; physician: number };
export type Backup = {
  kept: unknown;
  markers: ReadonlySet<string>;
  batches: BatchId[];
  assigned: Assigned[];
};

/** Everything of one history: server, laptops, people, and the judge who watches all of them. */
export class World {
  readonly scheduler: Scheduler;
  readonly server: SimServer;
  readonly plan: Plan;
  /** Whose laptop each one is. */
  readonly physicians: readonly number[];
  readonly judge = new Judge();
  readonly retention = new RetentionJudge(this);
  readonly random: Random;
  readonly desks: Desk[] = [];
  readonly userIds: UserId[] = [];
  readonly batches: BatchId[] = [];
  /** What the server has given to whom, recalled or not. */
  assigned: Assigned[] = [];
  /** Also where a restored server knows nothing of it any more. */
  readonly everRecalled = new Set<string>();
  readonly counts = new Map<Counted, number>();
  /** Cases each laptop has shown since its disk was last put in. */
  readonly seen = new Map<number, Set<string>>();
  readonly images: { laptop: number; image: Image }[] = [];
  backup: Backup | null = null;
  /** Time that passed while nobody worked: what is planned comes so much later. */
  shift = 0;
  /** Two copies of one database may have been alive. */
  wasCopied = false;
  /** The server was put back and kept its epoch: what grew again under old numbers cannot be told from what was. */
  /** Laptops whose disk spoiled what they had of their cases. */
  readonly rotten = new Set<number>();
  /** Run when the program on that laptop ends. */
  readonly atEnd = new Map<number, () => void>();
  wasRestoredUnseen = false;
  wasRestored = false;
  wasCloned = false;
  atRest = false;
  readonly #manners: Manners[] = [];
  readonly #signingIn = new Set<Desk>();
  readonly #shown = new Map<number, Pick<SyncSummary, 'state' | 'waiting'>>();

  constructor(scheduler: Scheduler, server: SimServer, plan: Plan) {
    this.scheduler = scheduler;
    this.server = server;
    this.plan = plan;
    this.physicians = physiciansOf(plan.seed);
    this.random = randomFrom('world', plan.seed);
  }

  count(what: Counted): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  serverNow(): void {
    this.server.setNow(Math.floor(startOfTime + this.scheduler.now));
  }

  async populate(): Promise<void> {
    const { server } = this;
    this.serverNow();
    const people = [await server.addPhysician(), await server.addPhysician()];
    this.userIds.push(...people.map(({ userId }) => userId));
    const shared = await server.addBatch(4);
    const own = [await server.addBatch(2), await server.addBatch(3)];
    this.batches.push(shared.batchId, ...own.map(({ batchId }) => batchId));
    for (const physician of [0, 1]) await this.assign(shared.batchId, physician);
    for (const [physician, { batchId }] of own.entries()) await this.assign(batchId, physician);
    for (let number = 0; number < laptopCount; number++) {
      const desk = this.#desk(number);
      desk.laptop.token = await server.newSession(desk.user.id);
      this.desks.push(desk);
      desk.start();
    }
  }

  gave(ids: readonly AssignmentId[], physician: number): void {
    this.assigned.push(...ids.map((id) => ({ id, physician })));
  }

  async assign(batchId: BatchId, physician: number): Promise<void> {
    this.gave(await this.server.assign(batchId, this.userIds[physician] as UserId), physician);
  }

  #desk(number: number): Desk {
    const { scheduler, plan, judge } = this;
    const physician = this.physicians[number] ?? 0;
    const laptop = new Laptop(number, plan, () => scheduler.now);
    const manners = new Manners(scheduler, (what) => judge.blame('manners', `L${number} ${what}`));
    this.#manners[number] = manners;
    const network = new Network({
      scheduler,
      laptop,
      random: randomFrom('network', number, plan.seed),
      faults: plan.faults,
      serve: (request, asking) => this.#serve(request, asking),
      revoke: (token) => this.server.revokeSession(token),
      killServer: () => this.server.kill(),
      putToSleep: (sleeper, ms) => this.sleep(sleeper.number, ms),
      onSent: (app) => manners.onSent(app),
      onAnswered: (app, path, reply, isWhole) => {
        manners.onAnswered(app, reply, isWhole);
        if (isWhole && path.endsWith('/assignments')) laptop.countMoment('page');
      },
      count: (kind) => this.count(kind),
    });
    const id = this.userIds[physician] as UserId;
    return new Desk({
      scheduler,
      laptop,
      network,
      physician,
      user: { id, email: `p${physician}@ward.test`, name: `Physician ${physician}`, roles: ['physician'] },
      onOpened: (desk, workspace) => this.#onOpened(desk, workspace),
      onChange: (desk, summary) => this.#onChange(desk, summary),
      onStuck: (desk) => this.#onStuck(desk),
      onGone: ({ laptop: { number } }) => {
        this.atEnd.get(number)?.();
        this.atEnd.delete(number);
      },
    });
  }

  /** The person, the network or the lid did something: trying at once is right. */
  excuse(desk: Desk, byPerson: boolean): void {
    this.#manners[desk.laptop.number]?.onTrigger(byPerson);
  }

  async #serve(request: SimRequest, laptop: Laptop): Promise<SimReply> {
    this.serverNow();
    const reply = await this.server.handle(request);
    if (request.path.includes('/digest/')) this.retention.noteDigest(laptop.number);
    const other = canaryOf(1 - (this.physicians[laptop.number] ?? 0));
    if (reply.body.includes(other))
      this.judge.blame(
        'cross-user',
        `L${laptop.number} was sent another physician's work by ${request.path}`,
      );
    if (request.path === '/api/sync/push' && reply.status === 200) await this.#checkReceipts(reply, laptop);
    return reply;
  }

  /** A receipt that leaves the server is of what is on its disk by then (rule S3). */
  async #checkReceipts({ body }: SimReply, { label, number }: Laptop): Promise<void> {
    const { verdicts } = syncPush.reply.parse(JSON.parse(body));
    const userId = this.userIds[this.physicians[number] ?? 0] as UserId;
    const log = await this.server.logOf(userId);
    const stored = new Set(log.map(({ seq, bodyHash }) => `${seq} ${bodyHash}`));
    for (const { status, receipt } of verdicts)
      if (status !== 'conflict' && !stored.has(`${receipt.seq} ${receipt.bodyHash}`))
        this.judge.blame('durable', `${label} has a receipt for change ${receipt.seq}, which is not stored`);
  }

  sleep(number: number, ms: number): void {
    const { app, laptop } = this.desks[number] as Desk;
    if (!app || this.atRest) return;
    if (app.asleepUntil <= this.scheduler.now) app.fellAsleepAt = this.scheduler.now;
    app.asleepUntil = Math.max(app.asleepUntil, this.scheduler.now + ms);
    app.clockStops = laptop.random.chance(0.5);
    this.scheduler.after(ms, null, `L${number} lid opens`, () => this.wake(app, number));
  }

  /** Lids are closed, and nobody comes who would open one. */
  everybodyAway(ms: number): void {
    if (this.atRest) return;
    for (const desk of this.desks) {
      desk.awayUntil = this.scheduler.now + ms;
      this.sleep(desk.laptop.number, ms);
    }
  }

  wake(app: RunningApp, number: number): void {
    if (app.dead || app.asleepUntil > this.scheduler.now) return;
    this.excuse(this.desks[number] as Desk, true);
    if (app.clockStops) app.laptop.slept += this.scheduler.now - app.fellAsleepAt;
    app.clockStops = false;
    this.scheduler.wake(app);
    this.scheduler.after(0, app, 'wakes up', () => this.#resume(number));
  }

  #resume(number: number): void {
    const desk = this.desks[number] as Desk;
    this.excuse(desk, true);
    desk.app?.fire('app:resumed');
  }

  /** The network is back, as the system tells the app. */
  resumed(desk: Desk): void {
    const { app } = desk;
    if (app) this.scheduler.after(0, app, 'resumed', () => this.#resume(desk.laptop.number));
  }

  #onStuck(desk: Desk): void {
    if (this.atRest) this.judge.blame('start', `${desk.laptop.label} does not come up`);
  }

  /** After every start: what was promised is here, and every case that was here. */
  async #onOpened(desk: Desk, workspace: Workspace): Promise<void> {
    this.#manners[desk.laptop.number]?.onStart();
    this.#shown.delete(desk.laptop.number);
    await this.retention.look(desk, workspace);
    await this.checkLedger(desk, workspace);
    await this.noteCases(desk, workspace);
  }

  async checkLedger(desk: Desk, workspace: Workspace): Promise<void> {
    const { number } = desk.laptop;
    const { entries } = await workspace.ledger({ offset: 0, limit: 10_000 });
    const found = new Set(
      entries.flatMap(({ bodyHash, state }) => this.judge.markerOfHash(bodyHash, state) ?? []),
    );
    for (const save of this.judge.missing(found, number))
      this.judge.blame('lost-locally', `${this.judge.describe(save)} is not on its laptop after a start`);
  }

  async noteCases(desk: Desk, workspace: Workspace): Promise<void> {
    const { number } = desk.laptop;
    const now = new Set<string>();
    const recalled = new Set<string>();
    for (const batch of await workspace.queue())
      for (const place of await workspace.places(batch.id)) {
        this.retention.knowCase(place.id, batch.id);
        now.add(place.id);
        if (place.recalled) recalled.add(place.id);
      }
    for (const id of this.seen.get(number) ?? [])
      if (!now.has(id) && !this.retention.hasLetGo(number, id)) {
        const { recalled } = await workspace.news(id as AssignmentId);
        const isTouched = this.judge.saves.some(
          (save) =>
            save.laptop === number && save.assignmentId === id && save.acknowledged && !save.leftLaptop,
        );
        // What a bad disk took is absent until the server was met again; at rest all that it gives must be here.
        if (this.rotten.has(number)) continue;
        if (!recalled || isTouched) this.judge.blame('absence', `case ${id} has gone from L${number}`);
      }
    this.seen.set(number, now);
  }

  #onChange(desk: Desk, summary: SyncSummary): void {
    const { number } = desk.laptop;
    const { workspace } = desk;
    if (workspace) void this.retention.look(desk, workspace);
    const before = this.#shown.get(number);
    this.#shown.set(number, summary);
    if (before && summary.waiting < before.waiting) this.#checkReceived(desk);
    if (summary.state === before?.state) return;
    this.scheduler.note(`${desk.laptop.label} shows ${summary.state}`);
    if (summary.state === 'sign-in') this.#signInSoon(desk);
    if (summary.state === 'synced') this.#checkSynced(desk);
  }

  /** What a laptop lists as received has been at the server, whatever became of the server since. */
  #checkReceived(desk: Desk): void {
    desk.use('is believed', async (workspace) => {
      const { entries } = await workspace.ledger({ offset: 0, limit: 10_000 });
      const received = entries.filter(({ status }) => status !== 'waiting' && status !== 'conflict');
      this.scheduler.after(0, null, `${desk.laptop.label} has receipts looked up`, async () => {
        await this.learnOfServer();
        for (const { seq, bodyHash, status, state } of received) {
          const marker = this.judge.markerOfHash(bodyHash, state);
          if (marker !== null && !this.judge.everAtServer.has(marker))
            this.judge.blame(
              'synced',
              `${desk.laptop.label} lists change ${seq} as ${status}, nobody has it`,
            );
        }
      });
    });
  }

  /** "Synced" is a promise about the server: looked up there, at that moment. */
  #checkSynced(desk: Desk): void {
    const owed = this.judge.saves.filter(
      (save) => save.acknowledged && !save.excused && save.laptop === desk.laptop.number && !save.leftLaptop,
    );
    this.scheduler.after(0, null, `${desk.laptop.label} is believed`, async () => {
      await this.learnOfServer();
      for (const save of owed)
        if (!this.judge.heirsOf(save).some(({ marker }) => this.judge.everAtServer.has(marker)))
          this.judge.blame(
            'synced',
            `${desk.laptop.label} said synced before ${this.judge.describe(save)} was`,
          );
    });
  }

  /** What is at the server now, revisions and what it keeps raw, stays known for ever. */
  async learnOfServer(): Promise<{ revisions: StoredRevision[]; markers: Set<string> }> {
    const revisions = await this.server.revisions();
    const markers = new Set(revisions.flatMap(({ body, state }) => markerOf(body, state) ?? []));
    for (const userId of this.userIds)
      for (const { raw } of await this.server.logOf(userId)) {
        const marker = raw === null ? null : markerOf(raw, (JSON.parse(raw) as { state: string }).state);
        if (marker !== null) markers.add(marker);
      }
    for (const marker of markers) this.judge.everAtServer.add(marker);
    return { revisions, markers };
  }

  #signInSoon(desk: Desk): void {
    if (this.#signingIn.has(desk)) return;
    this.#signingIn.add(desk);
    const ms = this.atRest ? 300 : desk.laptop.random.between(500, 20_000);
    this.scheduler.after(ms, null, `${desk.laptop.label} person signs in`, () => this.signIn(desk));
  }

  async signIn(desk: Desk): Promise<void> {
    this.#signingIn.delete(desk);
    this.serverNow();
    desk.laptop.token = await this.server.newSession(desk.user.id);
    const { app, sync } = desk;
    if (!app || !sync) return;
    this.scheduler.after(1, app, 'signed in', () => {
      this.excuse(desk, true);
      desk.sync?.now();
    });
    // The session may end again at once: then the screen says nothing new.
    this.scheduler.after(3000, app, 'is looked at', () => {
      void desk.workspace?.syncSummary().then(({ state }) => {
        if (state === 'sign-in') this.#signInSoon(desk);
      });
    });
  }

  /** What only the server still had, and has no more, is lost to everybody. */
  restored({ markers, batches, assigned }: Backup, newEpoch: boolean): void {
    this.wasRestored = true;
    this.retention.restoredAt = this.scheduler.now;
    if (!newEpoch) this.wasRestoredUnseen = true;
    this.batches.splice(0, this.batches.length, ...batches);
    this.assigned = [...assigned];
    for (const save of this.judge.saves)
      if ((save.leftLaptop || save.letGo) && !markers.has(save.marker)) save.excused = true;
  }

  saved(save: Save): void {
    save.acknowledged = true;
    save.acknowledgedAt = this.scheduler.now;
  }
}
