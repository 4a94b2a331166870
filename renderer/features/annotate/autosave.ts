/** `pending`: changed, not yet handed over. Whatever takes long enough to be noticed becomes `slow`. */
export type SaveProgress = 'clean' | 'pending' | 'saving' | 'slow' | 'failed';

/** The first change is handed over at once, the next ones at most this often: never later than this. */
export const autosaveDelayMs = 150;
/** What is not on the disk after this long is shown as "Saving…". */
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
  /** Hands over something of its own at once, in place of what was pending; rejects when that fails. */
  write: (save: () => Promise<void>) => Promise<void>;
};

/** Tells the progress, and calls it slow when it is not clean for long: then nothing may be called saved. */
function createTeller(onProgress: Options['onProgress']) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isSlow = false;
  const settle = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    isSlow = false;
  };
  return (progress: SaveProgress, error: unknown = null) => {
    if (progress === 'clean' || progress === 'failed') {
      settle();
      onProgress(progress, error);
      return;
    }
    timer ??= setTimeout(() => {
      isSlow = true;
      onProgress('slow', null);
    }, slowAfterMs);
    onProgress(isSlow ? 'slow' : progress, null);
  };
}

/** Saves drafts in order, one at a time; changes meanwhile go together. A submission waits for no draft. */
export function createAutosave({ save, onProgress }: Options): Autosave {
  const tell = createTeller(onProgress);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let lastStart = Number.NEGATIVE_INFINITY;
  let changes = 0;
  /** Given to the disk, which keeps the order in which things are given to it. */
  let handedOver = 0;
  let saved = 0;
  let line: Promise<unknown> = Promise.resolve();
  let inLine = 0;
  /** Never rejects. */
  const standInLine = (work: Promise<unknown>) => {
    inLine += 1;
    line = work.then(() => {
      inLine -= 1;
    });
  };

  /** The first change goes as soon as the handler that made it is done. */
  let isDue = false;

  const stopTimer = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    isDue = false;
  };
  const handOver = async (work: () => Promise<void>) => {
    const upTo = changes;
    handedOver = upTo;
    lastStart = Date.now();
    tell('saving');
    try {
      await work();
    } catch (error) {
      // What was handed over since holds this change too, and speaks for itself.
      if (handedOver === upTo) handedOver = saved;
      tell('failed', error);
      throw error;
    }
    saved = Math.max(saved, upTo);
    tell(changes > saved ? 'pending' : 'clean');
  };
  const handOverNewest = async () => {
    if (changes > handedOver) await handOver(save);
  };
  const flush = () => {
    stopTimer();
    // Behind nothing it waits for nothing.
    const result = inLine === 0 ? handOverNewest() : line.then(handOverNewest);
    // A failure is told through onProgress; the change stays unsaved and is tried again.
    standInLine(result.catch(() => undefined));
    return line.then(() => undefined);
  };
  // A timer of 0 ms would come after the next frame is painted: on a busy machine tens of milliseconds later.
  const flushNow = () => {
    isDue = true;
    queueMicrotask(() => {
      if (isDue) void flush(); // settles, never rejects
    });
  };
  return {
    touch: () => {
      changes++;
      // The clock may have been put back since: that must never put off a save.
      const wait = Math.min(autosaveDelayMs, Math.max(0, lastStart + autosaveDelayMs - Date.now()));
      if (timer === null && !isDue) {
        // Before anything is told: what is told is rendered, and the disk need not wait for that.
        if (wait === 0) flushNow();
        else timer = setTimeout(() => void flush(), wait); // settles, never rejects
      }
      tell('pending');
    },
    flush,
    write: (work) => {
      stopTimer();
      changes++;
      // Not behind the drafts in line: a draft of the next case must never reach the disk before this.
      const result = handOver(work);
      standInLine(Promise.allSettled([line, result]));
      return result;
    },
  };
}
