type Flush = () => Promise<void>;
/**
 * @property isSaved whether all of it is on the disk, asked after a flush
 * @property isRefused whether a disk has refused some of it, which is on screen alone
 */
type Standing = { isSaved: () => boolean; isRefused: () => boolean };
type OpenWork = { flush: Flush } & Standing;
const written: Standing = { isSaved: () => true, isRefused: () => false };

const open = new Set<OpenWork>();

/** Lets the app's drain wait for what this screen has not written yet; returns the function that ends it. */
export function registerOpenWork(flush: Flush, standing: Standing = written): () => void {
  const { isSaved, isRefused } = standing;
  const work = { flush, isSaved, isRefused };
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

/** Whether there are answers that a disk has refused: closing the window now would lose them. */
export const hasRefusedWork = (): boolean => [...open].some(({ isRefused }) => isRefused());
