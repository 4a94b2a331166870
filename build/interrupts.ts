/** One Ctrl+C arrives several times: from the terminal's group, from npm and from the bootstrap. */
const sameKeyMs = 1500;

export type Interrupts = {
  /** What is done at the first Ctrl+C; until it is given one ends the process at once. */
  onStop: (stop: () => Promise<void>) => void;
  /** True from the first Ctrl+C on. */
  stopping: () => boolean;
};

/** The first Ctrl+C drains, a second one (not an echo of the first) forces. */
export function createInterrupts(
  log: (line: string) => void,
  host: Pick<NodeJS.Process, 'on' | 'exit'> = process,
  now: () => number = Date.now,
): Interrupts {
  let work: (() => Promise<void>) | null = null;
  let firstAt: number | null = null;

  const end = async (stop: () => Promise<void>) => {
    try {
      await stop();
      host.exit(0);
    } catch (error) {
      log(`Not everything stopped cleanly: ${error instanceof Error ? error.message : String(error)}`);
      host.exit(1);
    }
  };
  const interrupt = () => {
    if (work === null) {
      host.exit(130);
    } else if (firstAt === null) {
      firstAt = now();
      log('Stopping: finishing what runs. Ctrl+C once more ends it at once.');
      void end(work); // Ends by leaving the process.
    } else if (now() - firstAt > sameKeyMs) {
      log('Ended at once. What was confirmed is saved.');
      host.exit(130);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) host.on(signal, interrupt);
  return {
    onStop: (stop) => {
      work = stop;
    },
    stopping: () => firstAt !== null,
  };
}
