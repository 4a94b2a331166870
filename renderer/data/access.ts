import { create } from 'zustand';
import type { DeviceContact } from '../../shared/contract/devices.ts';
import {
  type Access,
  afterContact,
  afterOpening,
  afterRunning,
  judgeOpening,
  type Opening,
  openingMs,
  readAccess,
  type StandingOrder,
} from './decide-access.ts';
import type { Workspace } from './types.ts';

/** How long the workstation stays open without input, as the site says; the usual before it said so. */
export const useIdleLimit = create<{ minutes: number }>(() => ({ minutes: 15 }));

const preference = 'device.access';
/** The clock is looked at this often while the work is open. */
const lookMs = 30 * 60_000;

const isWorthWriting = (before: Access, after: Access): boolean =>
  Math.abs(after.leaseUntil - before.leaseUntil) >= openingMs ||
  Math.abs(after.highest - before.highest) >= openingMs ||
  after.leaseDays !== before.leaseDays ||
  after.idleMinutes !== before.idleMinutes;

export type Clocks = {
  /** The time of day, which anybody may change. */
  now: () => number;
  /** Milliseconds of a clock that never runs backwards. */
  ran: () => number;
};
const hostClocks: Clocks = { now: () => Date.now(), ran: () => performance.now() };

/** Keeps, sealed with the work, until when it opens offline and whether an order stands about it. */
export class AccessKeeper {
  readonly #workspace: Workspace;
  readonly #clocks: Clocks;
  #access: Access;
  #lookedAt: number;
  #timer: ReturnType<typeof setInterval> | null = null;

  private constructor(workspace: Workspace, clocks: Clocks, access: Access) {
    this.#workspace = workspace;
    this.#clocks = clocks;
    this.#access = access;
    this.#lookedAt = clocks.ran();
  }

  static async open(workspace: Workspace, clocks: Clocks = hostClocks): Promise<AccessKeeper> {
    const stored = await workspace.loadPreference(preference);
    const known = readAccess(stored, clocks.now());
    const keeper = new AccessKeeper(workspace, clocks, known);
    const opened = afterOpening(known, clocks.now());
    if (stored === null || isWorthWriting(known, opened)) await keeper.#keep(opened);
    return keeper;
  }

  get order(): StandingOrder | null {
    return this.#access.order;
  }

  judge(): Opening {
    return judgeOpening(this.#access, this.#clocks.now());
  }

  /** From now on the clock is followed while the work is open. */
  follow(): void {
    useIdleLimit.setState({ minutes: this.#access.idleMinutes });
    void this.look(); // the clock is kept with the next look where this one fails
    this.#timer ??= setInterval(() => void this.look(), lookMs);
  }

  /** Keeps how far the clock has come. Never rejects: work that takes no writes has said so already. */
  async look(): Promise<void> {
    const ran = this.#clocks.ran();
    const next = afterRunning(this.#access, this.#clocks.now(), ran - this.#lookedAt);
    if (!isWorthWriting(this.#access, next)) return;
    this.#lookedAt = ran;
    await this.#keep(next).catch(() => undefined);
  }

  /** The server was met; `contact` is null where it said nothing of this. */
  async met(contact: DeviceContact | null): Promise<void> {
    const now = this.#clocks.now();
    const next = afterContact(this.#access, contact, now);
    // Contacts come every minute; what they move is written when it is worth a write.
    if (isWorthWriting(this.#access, next)) await this.#keep(next);
    this.#lookedAt = this.#clocks.ran();
    useIdleLimit.setState({ minutes: next.idleMinutes });
  }

  /** Puts an order into force on this laptop, or takes it away. */
  async keepOrder(order: StandingOrder | null): Promise<void> {
    await this.#keep({ ...this.#access, order });
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.look();
  }

  async #keep(next: Access): Promise<void> {
    await this.#workspace.savePreference(preference, JSON.stringify(next));
    this.#access = next;
  }
}
