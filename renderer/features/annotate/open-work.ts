type Flush = () => Promise<void>;
type OpenWork = { flush: Flush; isSaved: () => boolean };

const open = new Set<OpenWork>();

/**
 * Lets the app's drain wait for what this screen has not written yet; returns the function that ends it.
 * @param isSaved whether all of it is on the disk, asked after a flush
 */
export function registerOpenWork(flush: Flush, isSaved: () => boolean = () => true): () => void {
  const work = { flush, isSaved };
  open.add(work);
  return () => open.delete(work);
}

/** Writes everything that is open now; the app calls it before it answers a drain. Never rejects. */
export async function flushOpenWork(): Promise<void> {
  await Promise.allSettled([...open].map(({ flush }) => flush()));
}

/** Writes everything that is open; false when something could not be written and is only on screen. */
export async function settleOpenWork(): Promise<boolean> {
  await flushOpenWork();
  return [...open].every(({ isSaved }) => isSaved());
}
