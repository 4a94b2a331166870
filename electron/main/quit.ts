const drainMs = 5000;

type Outcome = { unsaved: boolean };

export type Drain = {
  /** The page has written what it could. */
  drained: (outcome: Outcome) => void;
  /**
   * Asks the page to save everything, waits for its answer or five seconds, then runs the closing steps in order; where
   * answers could not be saved, only if the person lets them go. Asked again meanwhile it is the same drain.
   */
  run: () => Promise<'closed' | 'stays'>;
  readonly isDone: boolean;
};

/** Nothing closes before the page's pending work is on the disk. */
export function createDrain(options: {
  /** Sends the request to the page; false when there is no page that could answer. */
  ask: () => boolean;
  /** Asks the person whether answers that are on screen alone may be lost. */
  mayLose: () => Promise<boolean>;
  closing: readonly (() => Promise<void>)[];
  waitMs?: number;
}): Drain {
  let answer = Promise.withResolvers<Outcome>();
  let running: Promise<'closed' | 'stays'> | null = null;
  let isDone = false;

  const askAndWait = async (): Promise<Outcome> => {
    answer = Promise.withResolvers();
    if (!options.ask()) return { unsaved: false };
    const patience = setTimeout(() => answer.resolve({ unsaved: false }), options.waitMs ?? drainMs);
    const outcome = await answer.promise;
    clearTimeout(patience);
    return outcome;
  };
  const drain = async () => {
    const { unsaved } = await askAndWait();
    if (unsaved && !(await options.mayLose())) return 'stays';
    for (const close of options.closing)
      await close().catch((cause: unknown) => console.error('A closing step failed:', cause));
    isDone = true;
    return 'closed';
  };

  return {
    drained: (outcome) => answer.resolve(outcome),
    run: () => {
      running ??= drain().then((end) => {
        if (end === 'stays') running = null;
        return end;
      });
      return running;
    },
    get isDone() {
      return isDone;
    },
  };
}
