/** `pending`: changed, not yet handed over. `saving` became `slow` when the disk took long enough to be noticed. */
export type SaveProgress = 'clean' | 'pending' | 'saving' | 'slow' | 'failed';

/** A change waits this long for the next one, and never longer. */
export const autosaveDelayMs = 150;
/** A save that takes longer is shown as "Saving…". */
export const slowAfterMs = 150;

type Options = {
  /** Writes what is newest now. */
  save: () => Promise<void>;
  onProgress: (progress: SaveProgress, error: unknown) => void;
};

export type Autosave = {
  /** Something changed. */
  touch: () => void;
  /** Saves at once what is not saved; settles (never rejects) when nothing is under way any more. */
  flush: () => Promise<void>;
  /** Writes something of its own after what is under way, in place of what was pending; rejects when that fails. */
  write: (save: () => Promise<void>) => Promise<void>;
};

/** Saves in order, one at a time: a change is handed over within `autosaveDelayMs`, changes meanwhile go together. */
export function createAutosave({ save, onProgress }: Options): Autosave {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let changes = 0;
  let savedChanges = 0;
  let line: Promise<unknown> = Promise.resolve();

  const stopTimer = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const run = async (upTo: number, work: () => Promise<void>) => {
    const slow = setTimeout(() => onProgress('slow', null), slowAfterMs);
    onProgress('saving', null);
    try {
      await work();
    } catch (error) {
      onProgress('failed', error);
      throw error;
    } finally {
      clearTimeout(slow);
    }
    savedChanges = Math.max(savedChanges, upTo);
    onProgress(changes > savedChanges ? 'pending' : 'clean', null);
  };
  const append = (job: () => Promise<void>): Promise<void> => {
    const result = line.then(job);
    line = result.catch(() => undefined); // the line goes on after a failure
    return result;
  };
  const flush = () => {
    stopTimer();
    return append(async () => {
      if (changes > savedChanges) await run(changes, save);
    }).catch(() => undefined); // told through onProgress; the change stays unsaved and is tried again
  };
  return {
    touch: () => {
      changes++;
      onProgress('pending', null);
      timer ??= setTimeout(() => void flush(), autosaveDelayMs); // settles, never rejects
    },
    flush,
    write: (work) => {
      stopTimer();
      changes++;
      const upTo = changes;
      return append(() => run(upTo, work));
    },
  };
}
