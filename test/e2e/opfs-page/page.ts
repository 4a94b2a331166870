import { databaseName } from '../../../renderer/data/database.ts';
import { createVault, unlockVault } from '../../../renderer/data/vault.ts';
import { openWorkspace, syncStoreOf } from '../../../renderer/data/workspace.ts';
import { createBrowserHost } from '../../../renderer/host/browser-host.ts';
import { siteRoot } from '../../../renderer/host/opfs-files.ts';
import { platformOf } from '../../../renderer/platform.ts';
import {
  assignmentId,
  batchId,
  bodyWith,
  sampleAssignment,
  sampleBatch,
  samplePhysician,
} from '../../contract/sample-work.ts';
import { stepping } from './stepping.ts';

/** The browser host and the local data as the app uses them, reachable from a test. */
const bridge = createBrowserHost();
const host = platformOf(bridge);
const password = 'password of the test page';
const iterations = 1000;
/** The app's own limit, until a test asks for a shorter one. */
let openTimeoutMs: number | undefined;

async function start() {
  const vault = await unlockVault(samplePhysician.email, password, host).catch(() =>
    createVault(samplePhysician, password, { host, iterations }),
  );
  return openWorkspace(vault.user, vault.dataKey, { host, openTimeoutMs });
}

let workspace: Awaited<ReturnType<typeof start>> | null = null;
const open = async () => {
  workspace ??= await start();
  return workspace;
};

let isHeld = false;
let blocker: IDBDatabase | null = null;

const lab = {
  bridge,
  siteRoot,
  stepping,
  download: async () => {
    const store = syncStoreOf(await open());
    const epoch = '00000009-0000-4000-8000-000000000001';
    await store.storeFeed({
      epoch,
      cursor: 1,
      head: 1,
      events: [{ n: 1, type: 'batch-assigned', batchId: batchId(1) }],
    });
    await store.storeBatch(sampleBatch(3));
    await store.storePage([0, 1, 2].map((n) => sampleAssignment(n)));
  },
  save: async (n: number, text: string, state: 'draft' | 'submitted' = 'draft') =>
    (await open()).save(assignmentId(1000 + n), bodyWith(text), state),
  /** Text and state of every case on this laptop, in order; empty before the download. */
  stand: async () => {
    const workspace = await open();
    const places = (await workspace.queue()).length > 0 ? await workspace.places(batchId(1)) : [];
    return Promise.all(
      places.map(async ({ id }) => {
        const { body, state } = await workspace.loadCase(id);
        return { text: body.reasoning.conclusion, state };
      }),
    );
  },
  /** Whether the browser has thrown away every private file of this site, the key among them, asked before anything is opened. */
  isCleared: async () => {
    const root = await siteRoot();
    for await (const folder of root.values())
      if (folder instanceof FileSystemDirectoryHandle && !(await folder.keys().next()).done) return false;
    return true;
  },
  /** The journals that stand under their names. */
  journals: async () => {
    const root = await siteRoot();
    const folder = await root.getDirectoryHandle('journals').catch(() => null);
    const names: string[] = [];
    for await (const name of folder?.keys() ?? []) if (/\.(work|content)$/.test(name)) names.push(name);
    return names;
  },
  rebuiltAt: async () => (await open()).rebuiltAt(),
  /** Whether IndexedDB stands and holds anything, asked before the workspace opens it. */
  isWiped: async () => {
    const names = (await indexedDB.databases().catch(() => [])).map((one) => one.name);
    return !names.includes(databaseName(samplePhysician.id));
  },
  conclusion: async (n: number) =>
    (await (await open()).loadCase(assignmentId(1000 + n))).body.reasoning.conclusion,
  queue: async () => (await open()).queue(),
  disk: async () => (await open()).disk(),
  /** Another connection's transaction that never ends: every request of the workspace waits behind it. */
  hold: () =>
    new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(databaseName(samplePhysician.id));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = request.result;
        const holding = database.transaction([...database.objectStoreNames], 'readwrite');
        const spin = () => {
          if (isHeld) holding.objectStore('guard').get('guard').onsuccess = spin;
          else database.close();
        };
        isHeld = true;
        spin();
        resolve();
      };
    }),
  release: () => {
    isHeld = false;
  },
  waitForDatabase: (ms: number) => {
    openTimeoutMs = ms;
  },
  /** A connection that never gives way to a change of version: whoever opens the database now waits behind it for ever. */
  block: () =>
    new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(databaseName(samplePhysician.id));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        blocker = request.result;
        const change = indexedDB.open(blocker.name, blocker.version + 1);
        // Its turn come, it takes everything back: the database is as it was.
        change.onupgradeneeded = () => change.transaction?.abort();
        change.onblocked = () => resolve();
      };
    }),
  unblock: () => blocker?.close(),
  health: async () => (await open()).health(),
  waiting: async () => (await (await open()).syncSummary()).waiting,
  /** Newest row of the outbox in IndexedDB itself. */
  newestRow: () =>
    new Promise<number>((resolve, reject) => {
      const request = indexedDB.open(databaseName(samplePhysician.id));
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const rows = request.result.transaction('outbox').objectStore('outbox').getAll();
        rows.onsuccess = () => {
          request.result.close();
          resolve(Math.max(0, ...rows.result.map((row: { lsn: number }) => row.lsn)));
        };
      };
    }),
  close: async () => {
    await workspace?.close();
    workspace = null;
  },
  wipe: () =>
    new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(databaseName(samplePhysician.id));
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    }),
};
export type Lab = typeof lab;

declare global {
  interface Window {
    lab: Lab;
    /** Put there by the test that crashes the page. */
    acknowledge?: (n: number) => Promise<void>;
  }
}
window.lab = lab;
