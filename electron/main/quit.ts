const drainMs = 5000;

export type Drain = {
  /** The page says that everything is on the disk. */
  drained: () => void;
  /**
   * Asks the page to save everything, waits for its answer or five seconds, then runs the closing steps in order.
   * Asked again it is the same drain.
   */
  run: () => Promise<void>;
  readonly isDone: boolean;
};

/** Nothing closes before the page's pending work is on the disk. */
export function createDrain(options: {
  /** Sends the request to the page; false when there is no page that could answer. */
  ask: () => boolean;
  closing: readonly (() => Promise<void>)[];
  waitMs?: number;
}): Drain {
  const answer = Promise.withResolvers<void>();
  let running: Promise<void> | null = null;
  let isDone = false;

  const askAndWait = async () => {
    if (!options.ask()) return;
    const patience = setTimeout(answer.resolve, options.waitMs ?? drainMs);
    await answer.promise;
    clearTimeout(patience);
  };
  const drain = async () => {
    await askAndWait();
    for (const close of options.closing)
      await close().catch((cause: unknown) => console.error('A closing step failed:', cause));
    isDone = true;
  };

  return {
    drained: answer.resolve,
    run: () => {
      running ??= drain();
      return running;
    },
    get isDone() {
      return isDone;
    },
  };
}
