/** How long a session lives without use, and at most. */
export type SessionPolicy = { idleDays: number; maxDays: number };

export const defaultSessionPolicy: SessionPolicy = { idleDays: 14, maxDays: 90 };

const dayMs = 86_400_000;

/** When a session seen now ends: after so many days without use, and never later than its longest life. */
export function expiryOf(policy: SessionPolicy, createdAt: Date, seenAt: Date): Date {
  const idle = seenAt.getTime() + policy.idleDays * dayMs;
  const longest = createdAt.getTime() + Math.max(policy.maxDays, policy.idleDays) * dayMs;
  return new Date(Math.min(idle, longest));
}

/** A session's row is written again only when it was last written this long ago, not at every request. */
const touchAfterMs = 10 * 60_000;

/** True when so much time went by that the session's expiry should slide on. */
export const isTouchDue = (lastSeenAt: Date, at: Date): boolean =>
  at.getTime() - lastSeenAt.getTime() >= touchAfterMs;
