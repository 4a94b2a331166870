import { AppError } from '../../shared/errors.ts';
import { retryDelay } from '../../shared/sync/backoff.ts';
import { SyncCycle } from './cycle.ts';
import { type EngineDeps, type Failure, SyncFailure } from './ports.ts';

/** Drafts of one moment travel together. */
export const draftDelayMs = 2000;
export const intervalMs = 60_000;
/** After a failure of the laptop itself: sooner than the next look, for the disk may be back by then. */
export const localRetryMs = 15_000;

/** start, resumed and asked go at once; a draft waits a moment, a submission does not. */
export type Trigger = 'start' | 'draft' | 'submission' | 'resumed' | 'asked';

export type SyncEngine = {
  trigger: (reason: Trigger) => void;
  /** Settles when the pass that is under way, and any that was asked for meanwhile, is over. */
  settled: () => Promise<void>;
  /** No new pass begins; settles when the current one is over. */
  stop: () => Promise<void>;
};

/**
 * Drains the outbox and fetches what is new, one pass at a time. It decides when; `SyncCycle` does what.
 * Retry state lives in memory only (rule S18).
 */
export function createSyncEngine(deps: EngineDeps): SyncEngine {
  const cycle = new SyncCycle(deps);
  let running: Promise<void> | null = null;
  let again = false;
  /** A person or the network asked while a pass was under way that then failed. */
  let askedMeanwhile = false;
  let stopped = false;
  let failures = 0;
  let signedOut = false;
  /** The server asked for quiet until then; a save does not break it, a person does. */
  let quietUntil = 0;
  let wake: { at: number; cancel: () => void } | null = null;

  const sleep = (ms: number) => {
    const at = Math.max(deps.clock() + ms, quietUntil);
    if (wake && wake.at <= at) return;
    wake?.cancel();
    const cancel = deps.timers.after(at - deps.clock(), () => {
      wake = null;
      begin();
    });
    wake = { at, cancel };
  };
  const awake = () => {
    wake?.cancel();
    wake = null;
  };

  const onFailure = (failure: Failure) => {
    cycle.forgetHandshake();
    if (failure.kind === 'sign-in') {
      signedOut = true;
      awake();
      return deps.store.report({ phase: 'sign-in', trouble: null });
    }
    if (failure.kind === 'refused') {
      deps.store.report({ phase: 'idle', trouble: failure.error.message });
      // It may have been a proxy that refused, and another network by now.
      return sleep(askedMeanwhile ? retryDelay(1, deps.random(), null) : intervalMs);
    }
    failures += 1;
    const retryAfter = failure.kind === 'busy' ? failure.retryAfter : null;
    if (retryAfter !== null) {
      quietUntil = deps.clock() + retryAfter * 1000;
      // What was to be tried before then, such as a draft's moment, waits too.
      awake();
    }
    deps.store.report({ phase: 'offline', trouble: null });
    // The network came back while a call still hung in the old one: no reason to wait long.
    if (askedMeanwhile) failures = 1;
    sleep(retryDelay(failures, deps.random(), retryAfter));
  };

  const pass = async () => {
    // A look that finds nothing to send need not flicker.
    if (deps.store.waiting() > 0) deps.store.report({ phase: 'syncing', trouble: null });
    try {
      const trouble = await cycle.run();
      failures = 0;
      deps.store.report({ phase: 'idle', trouble });
      sleep(intervalMs);
    } catch (cause) {
      if (cause instanceof SyncFailure) return onFailure(cause.failure);
      // The laptop itself: a full disk, a journal that takes no writes. Said in its own words, tried again later.
      const trouble = cause instanceof AppError ? cause.message : new AppError('store-unavailable').message;
      console.warn('Sync stopped on this laptop:', cause);
      deps.store.report({ phase: 'idle', trouble });
      sleep(localRetryMs);
    }
  };

  const begin = () => {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    awake();
    askedMeanwhile = false;
    running = pass().finally(() => {
      running = null;
      if (!again) return;
      again = false;
      if (failures === 0 && !signedOut) begin();
    });
  };

  return {
    trigger: (reason) => {
      if (stopped) return;
      const byPerson = reason === 'start' || reason === 'resumed' || reason === 'asked';
      if (byPerson) {
        signedOut = false;
        askedMeanwhile = running !== null;
      }
      if (signedOut) return;
      if (byPerson) quietUntil = 0;
      else if (deps.clock() < quietUntil) return;
      if (reason === 'draft') return sleep(draftDelayMs);
      if (reason === 'resumed') cycle.forgetHandshake();
      begin();
    },
    settled: async () => {
      while (running) await running;
    },
    stop: async () => {
      stopped = true;
      awake();
      await running;
    },
  };
}
