import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SkipReason } from '../../../shared/schema/annotation.ts';
import type { MissingAnswer } from '../../../shared/schema/completeness.ts';
import type { AssignmentId, BatchId } from '../../../shared/schema/ids.ts';
import type { CasePlace, QueueBatch, SyncSummary, Workspace } from '../../data/types.ts';
import { type OpenCase, openCase, sentenceOf } from './annotate-store.ts';
import { neighbour, nextOpenCase } from './batch-order.ts';
import { createReadCases } from './read-cases.ts';
import { isReturnOpen, tellNews, withAnsweredReturn } from './tell-news.ts';
import { createTimeKeeper } from './time-keeper.ts';
import { createUnfinishedNotes } from './unfinished-notes.ts';
import type { VersionChoice } from './version-choice.ts';
import { showsVersions } from './versions-shown.ts';

export type SessionState = {
  batch: QueueBatch | null;
  /** Batches of real work of the same study that can be worked on: what a passed practice has opened. */
  opened: readonly QueueBatch[];
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
  /** The address names this case: goes there, unless it only repeats what it was told. */
  follow: (id: AssignmentId) => Promise<void>;
  back: () => Promise<void>;
  /** Submits the current case and shows the next at once; returns what is missing instead, if anything is. */
  submit: () => readonly MissingAnswer[];
  skip: (reason: SkipReason, note: string) => void;
  /** Saves the case and opens it anew, under the rubric its batch has by now. */
  reopen: (id: AssignmentId) => Promise<void>;
  /** Opens or closes the two versions of the case on screen, side by side. */
  showVersions: (shown: boolean) => void;
  /** Chooses between the two versions and stays on the case, so that what was chosen is seen. */
  choose: (choice: VersionChoice) => void;
  flush: () => Promise<void>;
  /** Another case was asked for and is not here yet: what is on screen is about to go. */
  isOpening: () => boolean;
  /** Whether every answer given on this screen is on the disk. */
  isSaved: () => boolean;
  /** Whether the disk has refused answers given on this screen. */
  isRefused: () => boolean;
  /** Covers the controls of the case on screen with what experts said, or uncovers them. */
  showExperts: (shown: boolean) => void;
  /** What experts said about a case was on screen. */
  seeFeedback: (id: AssignmentId) => void;
  /** Keeps the time that no revision holds yet: the window may not come back. Never rejects. */
  keepTime: () => Promise<void>;
  now: () => number;
};

type Options = {
  workspace: Workspace;
  batchId: BatchId;
  /** Milliseconds of a clock that never runs backwards: for durations only. */
  now: () => number;
  /** The window is in sight and in focus. */
  present?: () => boolean;
  /** Whether the next case follows by itself once one is submitted. */
  autoAdvance?: () => boolean;
  /** The case on screen changed; called soon after it is painted. */
  onMove: (id: AssignmentId) => void;
};

const afterPaintMs = 40;

const isMissing = (places: readonly CasePlace[], id: AssignmentId) =>
  places.some((place) => place.id === id && place.missing);

export function createAnnotateSession(options: Options): AnnotateSession {
  const { workspace, batchId, now, onMove, present = () => true, autoAdvance = () => true } = options;
  const keeper = createTimeKeeper(workspace);
  const notes = createUnfinishedNotes(workspace);
  const handed = new Set<AssignmentId>();
  let wanted: AssignmentId | null = null;
  let besideTimer: ReturnType<typeof setTimeout> | null = null;
  let tellTimer: ReturnType<typeof setTimeout> | null = null;
  /** The case the address was last told of. */
  let told: AssignmentId | null = null;
  let refreshing = false;
  let refreshAgain = false;
  const store = createStore<SessionState>(() => ({
    batch: null,
    opened: [],
    places: [],
    sync: null,
    diskLow: false,
    current: null,
    ended: false,
    beside: [],
    openError: null,
  }));

  const read = async (id: AssignmentId): Promise<OpenCase> => {
    const [loaded, keptTime] = await Promise.all([workspace.loadCase(id), keeper.timeOf(id), notes.ready]);
    return openCase(loaded, { workspace, now, keptTime, notes });
  };
  // Keeping its time never rejects.
  const cases = createReadCases({ workspace, read, onForget: (one) => void keeper.keep([one]) });

  /** A case that was read under an earlier rubric is read anew, unless something of it is not on the disk yet. */
  const forgetStale = async () => {
    const { current, beside } = store.getState();
    const newest = current?.store.getState().news.rubricVersion;
    if (newest === undefined) return;
    const isStale = (one: OpenCase) =>
      one !== store.getState().current && one.loaded.rubricVersion !== newest;
    await cases.dropAll(isStale);
    const fresh = beside.filter((one) => one.loaded.rubricVersion === newest);
    if (fresh.length === beside.length) return;
    store.setState({ beside: fresh });
    laySoon();
  };

  const reopen = async (id: AssignmentId) => {
    const { current } = store.getState();
    if (current?.id !== id) return;
    await current.flush();
    await keeper.keep([current]); // never rejects
    if (current.store.getState().error !== null) return; // it is told on the case
    cases.drop(id);
    store.setState({ beside: [] });
    await goTo(id);
  };

  const layBeside = async () => {
    const { current, places } = store.getState();
    if (!current) return;
    const next = nextOpenCase(places, current.id, handed) ?? neighbour(places, current.id, 1);
    const ids = new Set([next, neighbour(places, current.id, -1)].filter((id) => id !== null));
    ids.delete(current.id);
    const beside = await Promise.all([...ids].map((id) => cases.open(id).catch(() => null)));
    if (store.getState().current !== current) return;
    store.setState({ beside: beside.filter((one) => one !== null) });
    await cases.dropOldest((one) => {
      const laidOut = store.getState();
      return one === laidOut.current || laidOut.beside.includes(one);
    });
  };

  // After the frame that shows the case, so that reading the next one never delays it.
  const laySoon = () => {
    besideTimer ??= setTimeout(() => {
      besideTimer = null;
      void layBeside(); // catches its own failures; the screen does not wait for it
    }, afterPaintMs);
  };

  // So does the address: a router has much to do when it changes.
  const tellSoon = () => {
    tellTimer ??= setTimeout(() => {
      tellTimer = null;
      const { current } = store.getState();
      if (!current || current.id === told) return;
      told = current.id;
      onMove(current.id);
    }, afterPaintMs);
  };

  const show = (next: OpenCase) => {
    const { current } = store.getState();
    wanted = next.id;
    if (current === next) return;
    current?.clock.close(now());
    next.clock.open(now(), present());
    // A case just left stays laid out: Back is as quick as Submit. One that was opened anew is the old one's layer.
    const left = current && current.id !== next.id ? [current] : [];
    store.setState({ current: next, ended: false, openError: null, beside: left });
    tellSoon();
    laySoon();
  };

  const goTo = async (id: AssignmentId) => {
    wanted = id;
    const ready = store.getState().beside.find((one) => one.id === id);
    if (ready) return show(ready);
    try {
      const opened = await cases.open(id);
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

  const handIn = (one: OpenCase, saving: Promise<void>, goOn = true) => {
    handed.add(one.id);
    if (goOn) leaveFor(nextOpenCase(store.getState().places, one.id, handed));
    saving.then(
      () => handed.delete(one.id),
      () => {
        handed.delete(one.id);
        void refresh(); // what was taken for answered is told as it is; a failure leaves the last truth
        show(one);
      },
    );
  };

  const caseAfter = ({ id, loaded }: OpenCase): AssignmentId | null => {
    const { places, batch } = store.getState();
    const open = batch?.locked ? null : nextOpenCase(places, id, handed);
    return loaded.practice ? open : (neighbour(places, id, 1) ?? open);
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
      const { diskLow: wasLow, places: before, openError } = store.getState();
      const diskLow = workspace.disk().low;
      store.setState({ places, sync, batch, opened: openedBy(batch, queue), diskLow });
      const isBack = openError !== null && wanted !== null && isMissing(before, wanted);
      if (isBack && wanted !== null && !isMissing(places, wanted)) void goTo(wanted); // shows its own failure
      // What a full disk refused is saved as soon as there is room, without anybody asking.
      if (wasLow && !diskLow) void flush(); // never rejects
      const { current, beside } = store.getState();
      await tellNews(workspace, current ? [current, ...beside] : beside);
      await forgetStale();
      if (store.getState().beside.length < 2) laySoon();
    } finally {
      refreshing = false;
    }
    if (refreshAgain) await refresh();
  };

  const flush = async () => {
    const open = await cases.opened();
    await Promise.all([notes.flush(), ...open.map((one) => one.flush())]);
  };

  const keepTime = async () => {
    await keeper.keep(await cases.opened());
  };

  return {
    store,
    now,
    goTo,
    follow: async (id) => {
      if (id === told) return;
      told = id;
      await goTo(id);
    },
    flush,
    isOpening: () => {
      const { current, openError } = store.getState();
      return wanted !== null && current !== null && wanted !== current.id && openError === null;
    },
    isSaved: cases.isSaved,
    isRefused: cases.isRefused,
    keepTime,
    showExperts: (shown) => store.getState().current?.store.setState({ experts: shown ? 'shown' : 'hidden' }),
    // Only a mark that it is not new any more: when it cannot be kept, the queue counts it once more.
    seeFeedback: (id) => void workspace.seeFeedback(id).catch(() => undefined),
    start: () => {
      const stop = workspace.onChange(() => void refresh());
      const leaveCases = cases.start();
      void refresh(); // a failure leaves the last truth on screen; loadCase reports its own
      return () => {
        stop();
        for (const timer of [besideTimer, tellTimer]) if (timer !== null) clearTimeout(timer);
        besideTimer = null;
        tellTimer = null;
        store.getState().current?.clock.close(now());
        leaveCases();
        void flush().then(keepTime); // neither rejects: failures stay on the cases
      };
    },
    back: async () => {
      const { current, places, ended, beside } = store.getState();
      const last = ended ? beside[0]?.id : current && neighbour(places, current.id, -1);
      if (current) void current.flush();
      if (last) await goTo(last);
    },
    submit: () => {
      const { current } = store.getState();
      if (!current || showsVersions(current)) return [];
      const { work, readOnly, error, news } = current.store.getState();
      const isFinished = (work === 'submitted' || work === 'skipped') && !isReturnOpen(news);
      if (readOnly || isFinished) {
        leaveFor(caseAfter(current));
        return [];
      }
      if (error !== null) {
        void current.flush(); // tries again; the error stays until it is saved
        return [];
      }
      const missing = current.check();
      if (missing.length === 0 && current.settleRules()) {
        // Practice stays on the case, for what experts say about it.
        handIn(current, current.submit(), autoAdvance() && !current.loaded.practice);
        current.store.setState({ experts: 'auto', news: withAnsweredReturn(news) });
      }
      return missing;
    },
    reopen,
    showVersions: (shown) =>
      store.getState().current?.store.setState({ versions: shown ? 'shown' : 'hidden' }),
    choose: (choice) => {
      const { current } = store.getState();
      const saving = current?.choose(choice) ?? null;
      if (current && saving) handIn(current, saving, false);
    },
    skip: (reason, note) => {
      const { current } = store.getState();
      if (current && !current.store.getState().readOnly) handIn(current, current.skip(reason, note));
    },
  };
}

const openedBy = (batch: QueueBatch | null, queue: readonly QueueBatch[]): readonly QueueBatch[] =>
  batch?.kind !== 'practice'
    ? []
    : queue.filter(
        ({ kind, gate, locked, study }) =>
          study === batch.study && kind === 'work' && gate === 'open' && !locked,
      );
