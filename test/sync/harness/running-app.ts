import { openJournals } from '../../../electron/main/journal.ts';
import { openSecrets } from '../../../electron/main/secrets.ts';
import { type PageHost, platformOf } from '../../../renderer/platform.ts';
import type {
  DesktopBridge,
  IpcArgs,
  IpcChannel,
  IpcOutcome,
  IpcResult,
  NetReply,
  NetRequest,
} from '../../../shared/ipc.ts';
import { browserJournals } from './journal-worker.ts';
import type { Laptop } from './laptop.ts';
import type { Crash, StepKind } from './plan.ts';
import type { Random } from './random.ts';
import type { Event, Owner, Scheduler } from './scheduler.ts';
import { reserveSize } from './sim-disk.ts';

/** Wall clocks of a healthy laptop and of the server begin here. */
export const startOfTime = Date.UTC(2027, 0, 4, 8);

/** Milliseconds a step takes: mostly little, now and then long. */
const latencies: Record<StepKind, readonly [low: number, high: number]> = {
  disk: [0.05, 3],
  rows: [0.1, 4],
  crypto: [0.01, 0.6],
  net: [5, 60],
};

export type AppDeps = {
  scheduler: Scheduler;
  laptop: Laptop;
  request: (app: RunningApp, request: NetRequest) => Promise<NetReply>;
  onCrash: (app: RunningApp, power: boolean) => void;
};

/** One life of the workstation's program on a laptop, from its start to its crash or its end. */
export class RunningApp implements Owner {
  readonly label: string;
  readonly laptop: Laptop;
  readonly random: Random;
  dead = false;
  asleepUntil = 0;
  readonly held: Event[] = [];
  fellAsleepAt = 0;
  /** Some systems' steady clocks do not count sleep. */
  clockStops = false;
  readonly #deps: AppDeps;
  readonly #listeners = new Map<string, Set<(payload: never) => void>>();

  constructor(deps: AppDeps) {
    this.#deps = deps;
    this.laptop = deps.laptop;
    this.label = deps.laptop.label;
    this.random = deps.laptop.random;
  }

  wallClock(): number {
    return Math.floor(startOfTime + this.#deps.scheduler.now + this.laptop.clockOff);
  }
  steadyClock(): number {
    return this.#deps.scheduler.now - this.laptop.slept;
  }

  /** A moment at which the outside world answers; the laptop may die before, in or behind it. */
  step<T>(kind: StepKind, what: string, effect: () => T | Promise<T>, torn?: () => void): Promise<T> {
    const [low, high] = latencies[kind];
    const ms = this.random.chance(0.02) ? high * 10 : this.random.between(low, high);
    return new Promise((resolve, reject) => {
      this.#deps.scheduler.after(ms, this, `${kind} ${what}`, () => {
        const crash = this.laptop.countStep(kind);
        if (crash && crash.when !== 'after') {
          if (crash.when === 'inside') torn?.();
          return this.crash(crash);
        }
        try {
          const value = effect();
          if (crash) return this.crash(crash);
          resolve(value);
        } catch (cause) {
          reject(cause);
        }
      });
    });
  }

  /** As `step`, of what answers at once: nothing can come in between but the end. */
  stepNow<T>(what: string, effect: () => T, torn?: () => unknown): T {
    if (this.dead) throw new Error('this program has ended');
    this.#deps.scheduler.note(`${this.label} disk ${what}`);
    const crash = this.laptop.countStep('disk');
    try {
      if (crash?.when === 'inside') torn?.();
      if (crash === null || crash.when === 'after') return effect();
    } finally {
      if (crash) this.crash(crash);
    }
    throw new Error('this program has ended');
  }

  crash({ power }: Pick<Crash, 'power'>): void {
    if (this.dead) return;
    this.dead = true;
    if (power) this.laptop.disk.losePower(this.laptop.random);
    this.#deps.scheduler.note(`${this.label} ${power ? 'loses power' : 'is killed'}`);
    this.#deps.onCrash(this, power);
  }

  setTimer(ms: number, job: () => void): { cancel: () => void } {
    const event: Event = this.#deps.scheduler.after(ms, this, 'timer', job);
    return {
      cancel: () => {
        event.job = null;
      },
    };
  }

  fire(event: 'app:resumed'): void {
    for (const listener of this.#listeners.get(event) ?? []) (listener as (payload: null) => void)(null);
  }

  platform() {
    return platformOf(this.#bridge());
  }

  /** The host of a tab looks whether its files still stand; on the desktop nobody throws them away. */
  look: () => Promise<void> = async () => undefined;

  #bridge(): DesktopBridge & Partial<PageHost> {
    const browser = this.laptop.isBrowser ? browserJournals(this) : null;
    if (browser) this.look = browser.look;
    const answers = { ...this.#hostAnswers(), ...(browser?.answers ?? this.#desktopJournals()) };
    return {
      ...(browser && { appendSealed: browser.appendSealed, requireFiles: browser.requireFiles }),
      on: (event, listener) => {
        const set = this.#listeners.get(event) ?? new Set();
        this.#listeners.set(event, set.add(listener));
        return () => void set.delete(listener);
      },
      invoke: async <C extends IpcChannel>(
        channel: C,
        ...args: IpcArgs<C>
      ): Promise<IpcOutcome<IpcResult<C>>> => {
        try {
          const answer = (answers as Record<string, unknown>)[channel] as (
            ...given: unknown[]
          ) => Promise<unknown>;
          return { ok: true, value: (await answer(...args)) as IpcResult<C> };
        } catch (cause) {
          const code = (cause as { code?: string }).code ?? 'host-failed';
          return { ok: false, code, message: String(cause) };
        }
      },
    };
  }

  #hostAnswers() {
    return {
      'net:request': (request: NetRequest) => this.#deps.request(this, request),
      'net:server': async () => ({ url: 'https://labels.test' }),
      'net:forget-session': async () => {
        this.laptop.token = null;
        return null;
      },
      'app:info': async () => ({
        host: this.laptop.isBrowser ? 'browser' : 'electron',
        version: '0.0.0-test',
        os: 'linux',
        deviceName: this.label,
      }),
    };
  }

  /** The desktop app's own journals and secrets, over this laptop's disk. */
  #desktopJournals() {
    const journals = openJournals('journal', this.#reserve());
    const secrets = openSecrets('keys', this.#keyring(), 'linux');
    const nothing = async (work: Promise<void>) => {
      await work;
      return null;
    };
    return {
      'journal:open': journals.open,
      'journal:read': journals.read,
      'journal:append': journals.append,
      'journal:replace': journals.replace,
      'journal:set-aside': (name: string) => nothing(journals.setAside(name)),
      'journal:close': (name: string) => nothing(journals.close(name)),
      'keys:load': async (name: string) => ({ bytes: await secrets.load(name) }),
      'keys:store': (name: string, bytes: Uint8Array) => nothing(secrets.store(name, bytes)),
      'keys:strength': async () => ({ strength: await secrets.strength() }),
    };
  }

  /** Counts in kilobytes what the desktop app holds back in megabytes. */
  #reserve() {
    const { disk } = this.laptop;
    return {
      ensure: async () => {
        disk.reserveStands ||= disk.free > 4 * reserveSize;
      },
      release: async () => {
        const gave = disk.reserveStands;
        disk.reserveStands = false;
        if (gave) disk.free += reserveSize;
        return gave;
      },
      freeBytes: async () => Math.max(0, disk.reserveStands ? disk.free : disk.free - reserveSize),
    };
  }

  #keyring() {
    const { laptop } = this;
    const turned = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
    return {
      isAsyncEncryptionAvailable: async () => !laptop.keyringIsDown,
      encryptStringAsync: async (text: string) => turned(Buffer.from(text)),
      decryptStringAsync: async (bytes: Buffer) => {
        if (laptop.keyringIsDown) throw new Error('the keyring is locked');
        return { result: turned(bytes).toString(), shouldReEncrypt: false };
      },
      getSelectedStorageBackend: () => 'gnome_libsecret',
    };
  }
}
