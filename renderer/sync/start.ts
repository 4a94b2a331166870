import { devicePortOf } from '../data/device-orders.ts';
import { learnSiteKeyFor } from '../data/rescue.ts';
import type { Workspace } from '../data/types.ts';
import { syncStoreOf } from '../data/workspace.ts';
import { type Platform, platform } from '../platform.ts';
import { createSyncEngine } from './engine.ts';
import { platformTransport } from './transport.ts';

export type RunningSync = {
  /** Tries at once: the person asked, or has just signed in again. */
  now: () => void;
  /** Ends it; what is under way is finished first. */
  stop: () => Promise<void>;
};

/** Starts the background sync of an open workspace on this host. */
export async function startSync(workspace: Workspace, host: Platform = platform()): Promise<RunningSync> {
  const store = syncStoreOf(workspace);
  const { version, deviceName } = await host.app.info();
  const engine = createSyncEngine({
    clock: () => performance.now(),
    random: Math.random,
    transport: platformTransport(host),
    store,
    userId: workspace.user.id,
    timers: {
      after: (ms, job) => {
        const timer = setTimeout(job, ms);
        return () => clearTimeout(timer);
      },
    },
    appVersion: version,
    deviceName,
    device: devicePortOf(workspace, version),
    // Told again at the next handshake where it could not be kept.
    onSiteKey: (key) => void learnSiteKeyFor(workspace, key).catch(() => undefined),
  });
  const ends = [
    store.onSaved((state) => engine.trigger(state === 'draft' ? 'draft' : 'submission')),
    host.app.on('app:resumed', () => engine.trigger('resumed')),
  ];
  engine.trigger('start');
  return {
    now: () => engine.trigger('asked'),
    stop: async () => {
      for (const end of ends) end();
      await engine.stop();
    },
  };
}
