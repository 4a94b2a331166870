const flushes = new Set<() => Promise<void>>();

/** Lets the app's drain wait for what this screen has not written yet; returns the function that ends it. */
export function registerOpenWork(flush: () => Promise<void>): () => void {
  flushes.add(flush);
  return () => flushes.delete(flush);
}

/** Writes everything that is open now; the app calls it before it answers a drain. Never rejects. */
export async function flushOpenWork(): Promise<void> {
  await Promise.allSettled([...flushes].map((flush) => flush()));
}
