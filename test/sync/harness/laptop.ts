import { copyOf, type StoredDatabase, storedDatabase } from './memory-dexie.ts';
import type { Crash, Plan, StepKind } from './plan.ts';
import { type Random, randomFrom } from './random.ts';
import { SimDisk } from './sim-disk.ts';

export type Image = { disk: SimDisk; databases: Map<string, StoredDatabase>; takenAt: number };

/** What of a laptop outlives its programs: disk, rows, clock, keyring, and who sits before it. */
export class Laptop {
  readonly number: number;
  readonly label: string;
  /** The workstation runs in a browser's tab here: journal and keys are in its private files. */
  readonly isBrowser: boolean;
  readonly random: Random;
  disk = new SimDisk();
  #databases = new Map<string, StoredDatabase>();
  /** How far its wall clock is from the truth. */
  clockOff = 0;
  /** Its steady clock does not count sleep. */
  slept = 0;
  token: string | null = null;
  offlineUntil = 0;
  keyringIsDown = false;
  #stuckUntil = 0;
  #stuck = new WeakSet<object>();
  readonly steps: Record<StepKind, number> = { disk: 0, rows: 0, crypto: 0, net: 0 };
  requests = 0;
  /** How often the browser threw away all that the site had. */
  thrownAway = 0;
  #crashes: Map<string, Crash>;
  #atMoments: Crash[];
  readonly #moments = { save: 0, page: 0 };
  readonly #now: () => number;

  constructor(number: number, { seed, crashes, browsers = [] }: Plan, now: () => number) {
    this.number = number;
    this.isBrowser = browsers.includes(number);
    this.label = `L${number}`;
    this.random = randomFrom('laptop', number, seed);
    const mine = crashes.filter(({ laptop }) => laptop === number);
    const isFixed = ({ save, page }: Crash) => save === undefined && page === undefined;
    this.#crashes = new Map(mine.filter(isFixed).map((crash) => [`${crash.kind} ${crash.nth}`, crash]));
    this.#atMoments = mine.filter((crash) => !isFixed(crash));
    this.#now = now;
  }

  /** The crash that is due at this step, if one is. */
  countStep(kind: StepKind): Crash | null {
    this.steps[kind] += 1;
    return this.#crashes.get(`${kind} ${this.steps[kind]}`) ?? null;
  }

  /** A save begins or a page has come, the first one of this disk being number 1: crashes that were to come soon after it are due. */
  countMoment(moment: 'save' | 'page'): void {
    this.#moments[moment] += 1;
    for (const crash of this.#atMoments.filter((one) => one[moment] === this.#moments[moment]))
      this.#crashes.set(`${crash.kind} ${this.steps[crash.kind] + crash.nth}`, crash);
  }

  crashNoMore(): void {
    this.#atMoments = [];
    this.#crashes = new Map();
  }

  database(name: string): StoredDatabase {
    const known = this.#databases.get(name);
    if (known) return known;
    const fresh = storedDatabase();
    this.#databases.set(name, fresh);
    return fresh;
  }

  /** Chromium throws the store away; who has it open loses the connection. */
  wipeRows(): void {
    for (const stored of this.#databases.values()) stored.isGone = true;
    this.#databases = new Map();
  }

  /** The browser throws away the site's files under whoever has them open. */
  throwAwayFiles(): void {
    this.thrownAway += 1;
    this.disk.removeAll('opfs/');
  }

  /** Connections of now never answer again, and new ones do not open before then. */
  stickRows(ms: number): void {
    this.#stuckUntil = this.#now() + ms;
  }
  unstickRows(): void {
    this.#stuckUntil = 0;
  }
  rowsAreStuck(connection: object): boolean {
    if (this.#now() < this.#stuckUntil) this.#stuck.add(connection);
    return this.#stuck.has(connection);
  }

  image(): Image {
    const databases = new Map([...this.#databases].map(([name, stored]) => [name, copyOf(stored)]));
    return { disk: this.disk.copy(), databases, takenAt: this.#now() };
  }

  putImage({ disk, databases }: Image): void {
    this.#moments.page = 0;
    this.disk = disk.copy();
    this.#databases = new Map([...databases].map(([name, stored]) => [name, copyOf(stored)]));
  }
}
