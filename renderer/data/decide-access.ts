import { z } from 'zod';
import { deviceOrderSchema } from '../../shared/contract/devices.ts';

const dayMs = 86_400_000;

/**
 * When, and whether at all, the work of one person may be opened on this laptop. Kept sealed among the work itself, so
 * that nobody can take it away and leave the work. Times are milliseconds of this laptop's own clock.
 */
const accessSchema = z.object({
  /** Until then it opens without meeting the server. */
  leaseUntil: z.number(),
  leaseDays: z.number().int().min(1),
  /** The latest time this clock ever showed; while the clock is behind it, it goes on with the time the app runs. */
  highest: z.number(),
  idleMinutes: z.number().int().min(1),
  /** A standing order, from the moment it is known; `unsent` and `told` say how far it was carried out. */
  order: deviceOrderSchema.extend({ unsent: z.number().int(), told: z.boolean() }).nullable(),
});
export type Access = z.infer<typeof accessSchema>;
export type StandingOrder = NonNullable<Access['order']>;

const usual = { leaseDays: 30, idleMinutes: 15 } as const;

/** Reads what was kept. Work from before there was a lease, or a record no one can read, starts one now. */
export function readAccess(stored: string | null, now: number): Access {
  const fresh = { ...usual, leaseUntil: now + usual.leaseDays * dayMs, highest: now, order: null };
  if (stored === null) return fresh;
  try {
    return accessSchema.parse(JSON.parse(stored));
  } catch {
    return fresh;
  }
}

/** The server was met: the lease begins anew by the clock as it stands, right or wrong. */
export const afterContact = (
  access: Access,
  policy: { offlineLeaseDays: number; idleLockMinutes: number } | null,
  now: number,
): Access => {
  const leaseDays = policy?.offlineLeaseDays ?? access.leaseDays;
  const idleMinutes = policy?.idleLockMinutes ?? access.idleMinutes;
  return { ...access, leaseDays, idleMinutes, leaseUntil: now + leaseDays * dayMs, highest: now };
};

/** An opening costs this much of the lease while the clock is behind: opened for a moment at a time, it runs out all the same. */
export const openingMs = 10 * 60_000;

export const afterOpening = (access: Access, now: number): Access => afterRunning(access, now, openingMs);

/** The app ran for `ranMs`: a clock that is behind does not stop the lease from running out. */
export const afterRunning = (access: Access, now: number, ranMs: number): Access => ({
  ...access,
  highest: Math.max(now, access.highest + (now < access.highest ? ranMs : 0)),
});

export type Opening =
  | { kind: 'open' /** How far the clock went back, when that is more than a day. */; wentBackMs: number }
  | { kind: 'lease-over' }
  | { kind: 'device-locked'; order: StandingOrder };

/** Whether the work may be opened with no word from the server. */
export function judgeOpening(access: Access, now: number): Opening {
  if (access.order !== null) return { kind: 'device-locked', order: access.order };
  if (Math.max(now, access.highest) >= access.leaseUntil) return { kind: 'lease-over' };
  const behind = access.highest - now;
  return { kind: 'open', wentBackMs: behind > dayMs ? behind : 0 };
}
