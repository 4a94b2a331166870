/** Bounds of the wait between two tries, milliseconds. */
export const shortestRetryMs = 1000;
export const longestRetryMs = 5 * 60 * 1000;

/**
 * Wait before the next try after `failures` failed ones in a row: full jitter, so that laptops which lost the
 * server together do not come back together.
 * @param random uniform in [0, 1)
 * @param retryAfterSeconds what the server asked for; never undercut
 * @returns whole milliseconds from 1 s to 5 min, or longer where the server asked for longer
 */
export function retryDelay(
  failures: number,
  random: number,
  retryAfterSeconds: number | null = null,
): number {
  const ceiling = Math.min(longestRetryMs, shortestRetryMs * 2 ** Math.min(Math.max(failures, 1), 20));
  const jittered = Math.max(shortestRetryMs, Math.round(random * ceiling));
  if (retryAfterSeconds === null || !(retryAfterSeconds > 0)) return jittered;
  return Math.max(jittered, Math.round(retryAfterSeconds * 1000 + random * shortestRetryMs));
}

/** How many changes the next push may carry after the server found the last one too large (413): half, at least one. */
export const halvedPush = (sent: number): number => Math.max(1, Math.floor(sent / 2));
