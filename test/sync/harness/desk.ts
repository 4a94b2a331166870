import type { SyncSummary, Workspace } from '../../../renderer/data/types.ts';
import { openVaultOf } from '../../../renderer/data/vault.ts';
import { openWorkspace } from '../../../renderer/data/workspace.ts';
import { type RunningSync, startSync } from '../../../renderer/sync/start.ts';
import type { User } from '../../../shared/contract/auth.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Laptop } from './laptop.ts';
import type { Network } from './network.ts';
import { type AppDeps, RunningApp } from './running-app.ts';
import type { Scheduler } from './scheduler.ts';

/** A start that is not over after so long is ended by the person before it. */
const patienceMs = 90_000;

export type DeskDeps = {
  scheduler: Scheduler;
  laptop: Laptop;
  network: Network;
  physician: number;
  user: User;
  onOpened: (desk: Desk, workspace: Workspace) => Promise<void>;
  onChange: (desk: Desk, summary: SyncSummary) => void;
  onStuck: (desk: Desk) => void;
  /** A program has ended, in whatever way. */
  onGone: (desk: Desk) => void;
};

/** A physician before a laptop: starts the workstation, starts it again when it is gone, and uses it. */
export class Desk {
  readonly laptop: Laptop;
  readonly network: Network;
  readonly physician: number;
  readonly user: User;
  readonly #deps: DeskDeps;
  app: RunningApp | null = null;
  workspace: Workspace | null = null;
  sync: RunningSync | null = null;
  starts = 0;
  /** Starts that did not open the work, with what the person was told. */
  readonly refusals: string[] = [];
  /** Nobody is here before then. */
  awayUntil = 0;
  /** The person comes back so much later. */
  pauseMs: () => number;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
    this.laptop = deps.laptop;
    this.network = deps.network;
    this.physician = deps.physician;
    this.user = deps.user;
    this.pauseMs = () => deps.laptop.random.between(300, 12_000);
  }

  start(): void {
    if (this.app) return;
    const away = this.awayUntil - this.#deps.scheduler.now;
    if (away > 0) {
      this.#gone(null, away);
      return;
    }
    const { scheduler, laptop, network } = this.#deps;
    const deps: AppDeps = {
      scheduler,
      laptop,
      request: (app, request) => network.request(app, request),
      onCrash: (app) => this.#gone(app, this.pauseMs()),
    };
    const app = new RunningApp(deps);
    this.app = app;
    this.starts += 1;
    scheduler.after(0, app, 'starts', () => void this.#open(app));
    this.#waitFor(app);
  }

  #waitFor(app: RunningApp): void {
    const { scheduler, onStuck } = this.#deps;
    const since = scheduler.now;
    scheduler.after(patienceMs, app, 'patience ends', () => {
      if (this.app !== app || this.workspace) return;
      // Nobody waited while the lid was closed.
      if (app.fellAsleepAt > since) return this.#waitFor(app);
      onStuck(this);
      app.crash({ power: false });
    });
  }

  async #open(app: RunningApp): Promise<void> {
    let workspace: Workspace | null = null;
    try {
      const host = app.platform();
      const vault = await openVaultOf(this.user, 'a password of this person', { host, iterations: 1 });
      const opened = await openWorkspace(this.user, vault.dataKey, {
        host,
        clock: () => new Date(app.wallClock()),
      });
      workspace = opened;
      await this.#deps.onOpened(this, opened);
      this.sync = await startSync(opened, host);
      this.workspace = opened;
      opened.onChange(() => {
        void opened.syncSummary().then((summary) => this.#deps.onChange(this, summary));
      });
    } catch (cause) {
      const code = cause instanceof AppError ? cause.code : String(cause);
      this.refusals.push(code);
      this.#deps.scheduler.note(`${this.laptop.label} does not open: ${code}`);
      if (workspace) await workspace.close().catch(() => undefined);
      app.dead = true;
      this.#gone(app, this.pauseMs());
    }
  }

  #gone(app: RunningApp | null, ms: number): void {
    if (this.app !== app) return;
    if (app) this.#deps.onGone(this);
    this.app = null;
    this.workspace = null;
    this.sync = null;
    this.#deps.scheduler.after(ms, null, `${this.laptop.label} person comes back`, () => this.start());
  }

  /** Runs the person's doing in the app, when it is open. */
  use(what: string, doing: (workspace: Workspace, app: RunningApp) => Promise<void>): void {
    const { app, workspace } = this;
    if (!app || !workspace) return;
    this.#deps.scheduler.after(0, app, what, () => {
      if (this.workspace !== workspace) return;
      doing(workspace, app).catch((cause: unknown) => {
        // What is asked of a program that is just ending may be refused in its own words.
        if (!(cause instanceof AppError)) throw cause;
        this.#deps.scheduler.note(`${app.label} ${what}: ${cause.code}`);
      });
    });
  }

  /** Ends the program in good order and starts it again after `ms`. */
  quit(ms: number, before: () => Promise<void> = async () => undefined): void {
    this.use('quits', async (workspace, app) => {
      const { sync } = this;
      // What hangs at the end is ended by the system, as the desktop app does after five seconds.
      this.#deps.scheduler.after(5000, app, 'quits for good', () => app.crash({ power: false }));
      await before();
      await sync?.stop();
      await workspace.close();
      app.dead = true;
      this.#gone(app, ms);
    });
  }
}
