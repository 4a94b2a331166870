import type { User } from '../../shared/contract/auth.ts';
import { AppError } from '../../shared/errors.ts';
import { type AnnotationBody, emptyAnnotation, type RevisionState } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import { type Platform, platform } from '../platform.ts';
import { newsOf } from './case-news.ts';
import { ContentStore } from './content.ts';
import { databaseName } from './database.ts';
import { decideSave, normalBody } from './decide-save.ts';
import { damageOf, decideDamageSeen } from './journal-damage.ts';
import { finishKeyChange, type KeyChange } from './key-change.ts';
import { ledgerPage } from './ledger-view.ts';
import { LocalStore, newId, type StoreDeps } from './local-store.ts';
import { placesOf, queueOf } from './queue-view.ts';
import { Retention } from './retention.ts';
import type { DataKey } from './sealed-box.ts';
import { createSyncStore, type SyncStore } from './sync-store.ts';
import { type SyncReport, summaryOf } from './sync-summary.ts';
import type { Guidelines, LoadedCase, Workspace } from './types.ts';
import { rebuiltKey } from './work-damage.ts';
import { preferenceKey } from './work-log.ts';

export type WorkspaceOptions = {
  host?: Platform;
  clock?: () => Date;
  openTimeoutMs?: number;
  patienceMs?: number;
  spaceCheckMs?: number;
  checkAfterMs?: number;
};

const syncStores = new WeakMap<Workspace, SyncStore>();
/** What an emergency copy works on; `moved` settles when nothing is left to move to another key. */
export type RescueSource = KeyChange & { moved: Promise<void> };
const rescueSources = new WeakMap<Workspace, RescueSource>();

/** The side of a workspace that emergency copies are made of. */
export function rescueSourceOf(workspace: Workspace): RescueSource {
  const source = rescueSources.get(workspace);
  if (!source) throw new Error('not a workspace of openWorkspace');
  return source;
}

/** The side of a workspace that the sync engine works on. */
export function syncStoreOf(workspace: Workspace): SyncStore {
  const store = syncStores.get(workspace);
  if (!store) throw new Error('not a workspace of openWorkspace');
  return store;
}

/** One save that is waiting its turn; a newer save of the same case takes its place. */
type QueuedSave = { body: AnnotationBody; state: RevisionState; done: Promise<void> };

/**
 * Opens a physician's database and journals, mending one from the other where a crash or a wipe left a difference; where
 * the database does not answer, the journals alone.
 * @throws AppError `already-open`, `store-newer`, `key-unavailable`, `journal-unavailable` or `store-unavailable`;
 *   nothing is deleted in any of these cases
 */
export async function openWorkspace(
  user: User,
  dataKey: DataKey,
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const clock = options.clock ?? (() => new Date());
  const host = options.host ?? platform();
  const deps: StoreDeps = {
    host,
    name: databaseName(user.id),
    dataKey,
    clock,
    openTimeoutMs: options.openTimeoutMs,
    patienceMs: options.patienceMs,
    spaceCheckMs: options.spaceCheckMs,
    checkAfterMs: options.checkAfterMs,
  };
  const store = await LocalStore.open(deps);
  try {
    const content = await ContentStore.open(store, deps);
    const workspace = workspaceOver(user, store, content, clock);
    const source = { user, host, store, content };
    // Goes on behind the screens; what is not done by the end is done at the next opening.
    const moved = finishKeyChange(source).catch((cause: unknown) =>
      console.warn('The change of key goes on at the next start.', cause),
    );
    rescueSources.set(workspace, { ...source, moved });
    // On a disk that is still full nothing more can be written down; the work can be read all the same.
    const noteRebuilt = () =>
      workspace.savePreference(rebuiltKey, clock().toISOString()).catch(() => undefined);
    store.onBack((isNew) => void (isNew && noteRebuilt()));
    if (store.wasWiped) await noteRebuilt();
    return workspace;
  } catch (cause) {
    await store.close().catch(() => undefined);
    throw cause;
  }
}

/** Every save says which guidelines it was made under, as far as this laptop knows them (rule S26). */
const underGuidelines = (body: AnnotationBody, version: number | undefined): AnnotationBody =>
  version === undefined ? body : { ...body, guidelinesVersion: version };

function workspaceOver(user: User, store: LocalStore, content: ContentStore, clock: () => Date): Workspace {
  const queuedSaves = new Map<AssignmentId, QueuedSave>();
  const savedListeners = new Set<(state: RevisionState) => void>();
  let report: SyncReport = { phase: 'idle', trouble: null };
  let syncedAt: string | null = null;
  /** Batches a case was opened of since this start: on a screen, or on its way there. */
  const inUse = new Set<BatchId>();

  // From the moment a save is decided, or has failed, nothing may join it any more.
  const forget = (assignmentId: AssignmentId, queued: QueuedSave) => {
    if (queuedSaves.get(assignmentId) === queued) queuedSaves.delete(assignmentId);
  };

  const commitSave = (assignmentId: AssignmentId, queued: QueuedSave) =>
    store.commit(() => {
      forget(assignmentId, queued);
      const place = content.placeOf(assignmentId);
      requireKept(assignmentId);
      if (!place) throw new AppError('not-found', { details: { assignmentId } });
      const madeAt = clock().toISOString();
      const revisionId = newId(clock) as RevisionId;
      const { state } = queued;
      const body = underGuidelines(queued.body, content.batch(place.batchId)?.guidelines?.version);
      return decideSave(store.log, { assignmentId, ...place, body, state, revisionId, madeAt });
    });

  let spaceWaits = 0;
  let lastForSpace: Promise<unknown> = Promise.resolve();
  /** Saves that wait for space come out in the order they went in: none may overtake an earlier one of its case. */
  const spaceInTurn = async () => {
    const mine = lastForSpace.then(() => store.requireSpace());
    lastForSpace = mine.catch(() => undefined);
    spaceWaits += 1;
    try {
      await mine;
    } finally {
      spaceWaits -= 1;
    }
  };

  const save: Workspace['save'] = async (assignmentId, body, state) => {
    const next = normalBody(body);
    if (store.diskIsLow || spaceWaits > 0) await spaceInTurn();
    const waiting = queuedSaves.get(assignmentId);
    if (waiting?.state === 'draft') {
      waiting.body = next;
      waiting.state = state;
      await waiting.done;
    } else {
      const queued: QueuedSave = { body: next, state, done: Promise.resolve() };
      // Before it is committed: with nothing else under way it is decided, and forgotten again, at once.
      queuedSaves.set(assignmentId, queued);
      queued.done = commitSave(assignmentId, queued).finally(() => forget(assignmentId, queued));
      await queued.done;
    }
    for (const listener of savedListeners) listener(state);
  };

  /** @throws AppError `no-longer-kept` */
  const requireKept = (assignmentId: AssignmentId) => {
    const batchId = store.log.head(assignmentId)?.batchId ?? content.placeOf(assignmentId)?.batchId;
    if (batchId !== undefined && store.log.letGo(batchId))
      throw new AppError('no-longer-kept', { details: { assignmentId } });
  };

  const loadCase = async (assignmentId: AssignmentId): Promise<LoadedCase> => {
    requireKept(assignmentId);
    const opened = content.placeOf(assignmentId)?.batchId;
    if (opened !== undefined) inUse.add(opened);
    const found = await content.load(assignmentId);
    const batch = content.batch(found.batchId);
    if (!batch) throw new AppError('not-found', { details: { batchId: found.batchId } });
    const head = store.log.head(assignmentId);
    const { waiting: _, recalled, ...news } = newsOf(content, store.log, assignmentId);
    prefetchAfter(found.batchId, assignmentId);
    return {
      assignment: { ...found, recalled: found.recalled || recalled },
      rubric: batch.rubric.definition,
      state: head?.state ?? 'untouched',
      body: structuredClone((head && store.log.bodyOf(head)?.body) ?? emptyAnnotation()),
      ...news,
      guidelinesVersion: batch.guidelines?.version ?? null,
      rubricVersion: batch.rubric.version,
      practice: batch.kind === 'practice',
    };
  };

  const prefetchAfter = (batchId: BatchId, id: AssignmentId) => {
    const places = placesOf(content, store.log, batchId);
    const next = places
      .slice(places.findIndex((place) => place.id === id) + 1)
      .find(({ missing }) => !missing);
    // Only warms the cache; a failure shows itself when the case is opened.
    if (next) content.load(next.id).catch(() => undefined);
  };

  const savePreference: Workspace['savePreference'] = (key, value) =>
    store.commit(() =>
      store.log.preference(preferenceKey(key)) === value
        ? []
        : [{ type: 'preference', key: preferenceKey(key), value: { key, value } }],
    );

  const seenKey = (batchId: BatchId) => `guidelines-seen.${batchId}`;
  const seenGuidelines = (batchId: BatchId): number | null => {
    const seen = store.log.preference(preferenceKey(seenKey(batchId)));
    return seen === null ? null : Number(seen);
  };
  const guidelines = async (batchId: BatchId): Promise<Guidelines | null> => {
    const current = content.batch(batchId)?.guidelines;
    if (!current) return null;
    const kept = await content.earlierGuidelines(batchId);
    const earlier = kept.map(({ version, markdown }) => ({ version, markdown }));
    return { ...current, earlier, seenVersion: seenGuidelines(batchId) };
  };

  const workspace: Workspace = {
    user,
    queue: async () => queueOf(content, store.log),
    places: async (batchId) => placesOf(content, store.log, batchId),
    loadCase,
    news: async (assignmentId) => newsOf(content, store.log, assignmentId),
    seeFeedback: (assignmentId) =>
      store.commit(() => {
        const value = store.log.feedbackOn(assignmentId);
        if (!value || value.seen) return [];
        return [{ type: 'feedback', key: assignmentId, value: { ...value, seen: true } }];
      }),
    guidelines,
    seeGuidelines: async (batchId, version) => {
      if ((seenGuidelines(batchId) ?? 0) < version) await savePreference(seenKey(batchId), String(version));
    },
    save,
    syncSummary: async () => summaryOf(content, store.log, report, syncedAt),
    ledger: (range) => ledgerPage(content, store.log, range),
    disk: () => ({ freeBytes: store.freeBytes, low: store.diskIsLow }),
    health: () => ({
      damage: damageOf(store.log, store.damage),
      damagedCases: content.damaged,
      missingCases: content.gaps.count(),
      journalAlone: store.isAlone,
      databaseSpared: store.isDatabaseSpared,
      mayBeCleared: !store.isKept,
      casesAway:
        store.isAlone &&
        store.log.assignedBatches().some(({ batchId, fetched }) => fetched && !content.batch(batchId)),
    }),
    seeDamage: () => store.commit(() => decideDamageSeen(store.log)),
    onChange: (listener) => store.onChange(listener),
    loadPreference: async (key) => store.log.preference(preferenceKey(key)),
    savePreference,
    rebuiltAt: () => store.log.preference(preferenceKey(rebuiltKey)),
    close: async () => {
      try {
        await store.close();
      } finally {
        await content.close();
      }
    },
  };
  const setReport = (next: SyncReport) => {
    if (next.phase === 'idle' && next.trouble === null) syncedAt = clock().toISOString();
    else if (next.phase === report.phase && next.trouble === report.trouble) return;
    report = next;
    store.emit();
  };
  const retention = new Retention({
    ...{ store, content, savePreference },
    loadPreference: workspace.loadPreference,
    isInUse: (batchId) => inUse.has(batchId),
  });
  syncStores.set(workspace, createSyncStore({ store, content, retention, clock, setReport, savedListeners }));
  return workspace;
}
