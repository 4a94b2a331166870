import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SkipReason } from '../../../shared/schema/annotation.ts';
import type { MissingAnswer } from '../../../shared/schema/completeness.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { CasePlace, QueueBatch, SyncSummary, Workspace } from '../../data/types.ts';
import { type OpenCase, openCase, sentenceOf } from './annotate-store.ts';
import { neighbour, nextOpenCase } from './batch-order.ts';

export type SessionState = {
  batch: QueueBatch | null;
  places: readonly CasePlace[];
  sync: SyncSummary | null;
  diskLow: boolean;
  /** The case on screen; null before the first is read and at the batch's end. */
  current: OpenCase | null;
  ended: boolean;
  /** Read and decrypted, for the screen to lay out beforehand: the case after the current one, and the one before. */
  beside: readonly OpenCase[];
  /** Why a case could not be opened. */
  openError: string | null;
};

export type AnnotateSession = {
  readonly store: StoreApi<SessionState>;
  /** Follows the local store; returns the function that saves what is open and ends it. */
  start: () => () => void;
  goTo: (id: AssignmentId) => Promise<void>;
  back: () => Promise<void>;
  /** Submits the current case and shows the next at once; returns what is missing instead, if anything is. */
  submit: () => readonly MissingAnswer[];
  skip: (reason: SkipReason, note: string) => void;
  flush: () => Promise<void>;
  now: () => number;
};

type Options = {
  workspace: Workspace;
  batchId: BatchId;
  now: () => number;
  /** The case on screen changed; called after the change. */
  onMove: (id: AssignmentId) => void;
};

/** Read cases kept for going back and forth. */
const keptCases = 12;
const afterPaintMs = 40;

export function createAnnotateSession({ workspace, batchId, now, onMove }: Options): AnnotateSession {
  const cases = new Map<AssignmentId, Promise<OpenCase>>();
  const handed = new Set<AssignmentId>();
  let wanted: AssignmentId | null = null;
  let besideTimer: ReturnType<typeof setTimeout> | null = null;
  let refreshing = false;
  let refreshAgain = false;
  const store = createStore<SessionState>(() => ({
    batch: null,
    places: [],
    sync: null,
    diskLow: false,
    current: null,
    ended: false,
    beside: [],
    openError: null,
  }));

  const open = (id: AssignmentId): Promise<OpenCase> => {
    const known = cases.get(id);
    const opening = known ?? workspace.loadCase(id).then((loaded) => openCase(loaded, { workspace, now }));
    cases.delete(id);
    cases.set(id, opening);
    opening.catch(() => cases.delete(id));
    return opening;
  };

  const forgetOldest = async () => {
    for (const [id, opening] of [...cases].slice(0, -keptCases)) {
      const one = await opening.catch(() => null);
      const { current, beside } = store.getState();
      if (one && (one.store.getState().progress !== 'clean' || one === current || beside.includes(one)))
        continue;
      cases.delete(id);
    }
  };

  const layBeside = async () => {
    const { current, places } = store.getState();
    if (!current) return;
    const next = nextOpenCase(places, current.id, handed) ?? neighbour(places, current.id, 1);
    const ids = new Set([next, neighbour(places, current.id, -1)].filter((id) => id !== null));
    ids.delete(current.id);
    const beside = await Promise.all([...ids].map((id) => open(id).catch(() => null)));
    if (store.getState().current !== current) return;
    store.setState({ beside: beside.filter((one) => one !== null) });
    await forgetOldest();
  };

  // After the frame that shows the case, so that reading the next one never delays it.
  const laySoon = () => {
    besideTimer ??= setTimeout(() => {
      besideTimer = null;
      void layBeside(); // catches its own failures; the screen does not wait for it
    }, afterPaintMs);
  };

  const show = (next: OpenCase) => {
    const { current } = store.getState();
    wanted = next.id;
    if (current === next) return;
    current?.clock.close(now());
    next.clock.open(now());
    // A case just left stays laid out: Back is as quick as Submit.
    store.setState({ current: next, ended: false, openError: null, beside: current ? [current] : [] });
    onMove(next.id);
    laySoon();
  };

  const goTo = async (id: AssignmentId) => {
    wanted = id;
    const ready = store.getState().beside.find((one) => one.id === id);
    if (ready) return show(ready);
    try {
      const opened = await open(id);
      if (wanted === id) show(opened);
    } catch (error) {
      if (wanted === id) store.setState({ openError: sentenceOf(error) });
    }
  };

  const end = () => {
    const { current } = store.getState();
    current?.clock.close(now());
    wanted = null;
    store.setState({ current: null, ended: true, beside: current ? [current] : [] });
  };

  const leaveFor = (id: AssignmentId | null) => {
    if (id === null) end();
    else void goTo(id); // shows its own failure
  };

  const handIn = (one: OpenCase, saving: Promise<void>) => {
    handed.add(one.id);
    leaveFor(nextOpenCase(store.getState().places, one.id, handed));
    saving.then(
      () => handed.delete(one.id),
      () => {
        handed.delete(one.id);
        show(one);
      },
    );
  };

  const refresh = async () => {
    refreshAgain = refreshing;
    if (refreshing) return;
    refreshing = true;
    try {
      const [places, sync, queue] = await Promise.all([
        workspace.places(batchId),
        workspace.syncSummary(),
        workspace.queue(),
      ]);
      const batch = queue.find((one) => one.id === batchId) ?? store.getState().batch;
      store.setState({ places, sync, batch, diskLow: workspace.disk().low });
      freezeRecalled(places);
      if (store.getState().beside.length < 2) laySoon();
    } finally {
      refreshing = false;
    }
    if (refreshAgain) await refresh();
  };

  const freezeRecalled = (places: readonly CasePlace[]) => {
    const { current, beside } = store.getState();
    for (const one of [current, ...beside]) {
      const place = one && places.find(({ id }) => id === one.id);
      if (one && place?.recalled && !one.store.getState().readOnly) one.store.setState({ readOnly: true });
    }
  };

  const flush = async () => {
    const open = await Promise.all([...cases.values()].map((opening) => opening.catch(() => null)));
    await Promise.all(open.map((one) => one?.flush()));
  };

  return {
    store,
    now,
    goTo,
    flush,
    start: () => {
      const stop = workspace.onChange(() => void refresh());
      void refresh(); // a failure leaves the last truth on screen; loadCase reports its own
      return () => {
        stop();
        if (besideTimer !== null) clearTimeout(besideTimer);
        besideTimer = null;
        store.getState().current?.clock.close(now());
        void flush(); // never rejects: failures stay on the cases
      };
    },
    back: async () => {
      const { current, places, ended, beside } = store.getState();
      const last = ended ? beside[0]?.id : current && neighbour(places, current.id, -1);
      if (current) void current.flush();
      if (last) await goTo(last);
    },
    submit: () => {
      const { current, places } = store.getState();
      if (!current) return [];
      const { work, readOnly, error } = current.store.getState();
      if (readOnly || work === 'submitted' || work === 'skipped') {
        leaveFor(neighbour(places, current.id, 1) ?? nextOpenCase(places, current.id, handed));
        return [];
      }
      if (error !== null) {
        void current.flush(); // tries again; the error stays until it is saved
        return [];
      }
      const missing = current.check();
      if (missing.length === 0) handIn(current, current.submit());
      return missing;
    },
    skip: (reason, note) => {
      const { current } = store.getState();
      if (current && !current.store.getState().readOnly) handIn(current, current.skip(reason, note));
    },
  };
}
