import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import { feedbackFor, isConflict } from './case-news.ts';
import type { ContentStore } from './content.ts';
import { paceOf } from './pace.ts';
import type { CasePlace, QueueBatch } from './types.ts';
import type { HeadValue, WorkLog } from './work-log.ts';

/** Untouched work that was recalled leaves the queue; it stays on the disk (rule S12). */
const isGone = (place: CasePlace) => place.recalled && place.state === 'untouched';

function timesOf(log: WorkLog, head: HeadValue | null): Pick<CasePlace, 'savedAt' | 'receivedAt'> {
  if (!head?.mutationKey) return { savedAt: null, receivedAt: null };
  const savedAt = log.mutation(head.mutationKey)?.mutation.madeAt ?? null;
  return { savedAt, receivedAt: log.progress(head.mutationKey).verdict?.receipt.receivedAt ?? null };
}

function openReturn(log: WorkLog, id: AssignmentId): CasePlace['returnedWith'] {
  const value = log.returnOf(id);
  return value && !value.answered ? { comment: value.comment, at: value.at } : null;
}

function placeOf(content: ContentStore, log: WorkLog, id: AssignmentId, waiting: boolean): CasePlace {
  const head = log.head(id);
  const returnedWith = openReturn(log, id);
  const feedback = feedbackFor(log, id) !== null;
  return {
    id,
    position: content.placeOf(id)?.position ?? 0,
    title: content.titleOf(id),
    state: head?.state ?? 'untouched',
    waiting,
    recalled: (head?.recalled ?? null) !== null,
    ...timesOf(log, head),
    returned: returnedWith !== null,
    returnedWith,
    feedback,
    feedbackIsNew: feedback && log.feedbackOn(id)?.seen === false,
    conflict: isConflict(content, head),
    ...(content.gaps.isLost(id) && { missing: true }),
  };
}

type Places = { all: readonly CasePlace[]; shown: CasePlace[] };
type KnownPlaces = Places & {
  order: readonly AssignmentId[];
  at: ReadonlyMap<AssignmentId, number>;
  titles: number;
  /** How far the log's touched assignments are in it. */
  readTo: number;
};
/** A save touches one case of thousands: the others' places are kept as they are. */
const knownPlaces = new WeakMap<WorkLog, Map<BatchId, KnownPlaces>>();

const shownOf = (all: readonly CasePlace[]) => all.filter((place) => !isGone(place));

function freshPlaces(content: ContentStore, log: WorkLog, batchId: BatchId): KnownPlaces {
  const order = content.order(batchId);
  const waiting = log.unsettledAssignments(batchId);
  const all = order.map((id) => placeOf(content, log, id, waiting.has(id)));
  const at = new Map(order.map((id, n) => [id, n]));
  const readTo = log.touched(Number.MAX_SAFE_INTEGER).upTo;
  return { all, shown: shownOf(all), order, at, titles: content.titleCount(), readTo };
}

function renewedPlaces(
  content: ContentStore,
  log: WorkLog,
  batchId: BatchId,
  known: KnownPlaces,
): KnownPlaces {
  const { ids, upTo } = log.touched(known.readTo);
  const touched = new Set(ids.filter((id) => known.at.has(id)));
  if (touched.size === 0) return { ...known, readTo: upTo };
  const waiting = log.unsettledAssignments(batchId);
  const all = [...known.all];
  for (const id of touched) {
    const n = known.at.get(id);
    if (n !== undefined) all[n] = placeOf(content, log, id, waiting.has(id));
  }
  return { ...known, all, shown: shownOf(all), readTo: upTo };
}

function allPlaces(content: ContentStore, log: WorkLog, batchId: BatchId): Places {
  const batches = knownPlaces.get(log) ?? new Map<BatchId, KnownPlaces>();
  knownPlaces.set(log, batches);
  const known = batches.get(batchId);
  const isSameContent = known?.order === content.order(batchId) && known.titles === content.titleCount();
  const places = isSameContent
    ? renewedPlaces(content, log, batchId, known)
    : freshPlaces(content, log, batchId);
  batches.set(batchId, places);
  return places;
}

const noPlaces: Places = { all: [], shown: [] };

/** Empty for a batch that was let go: nothing of it can be opened here (rule S13). */
export const placesOf = (content: ContentStore, log: WorkLog, batchId: BatchId): CasePlace[] =>
  log.letGo(batchId) ? [] : allPlaces(content, log, batchId).shown;

type Tally = Record<CasePlace['state'], number> & {
  missing: number;
  returned: number;
  feedback: number;
  /** Drafts that were taken back: they can be read, and are nobody's work to do. */
  takenBack: number;
  continueAt: AssignmentId | null;
};
const tallies = new WeakMap<readonly CasePlace[], Tally>();

const nothingCounted = {
  ...{ untouched: 0, draft: 0, submitted: 0, skipped: 0 },
  ...{ missing: 0, returned: 0, feedback: 0, takenBack: 0 },
};

/**
 * Everything the queue counts, in one pass without a list in between: it is asked for after every save. Work goes on
 * at the newest open draft, else at the first case a reviewer returned, else at the first untouched one.
 */
function tallyOf(log: WorkLog, places: readonly CasePlace[]): Tally {
  const tally = { ...nothingCounted };
  let draft: CasePlace | null = null;
  let draftLsn = 0;
  let returned: CasePlace | null = null;
  let untouched: CasePlace | null = null;
  for (const place of places) {
    if (place.recalled && place.state === 'draft') tally.takenBack += 1;
    else tally[place.state] += 1;
    if (place.returned) tally.returned += 1;
    if (place.feedbackIsNew) tally.feedback += 1;
    if (place.missing) tally.missing += 1;
    if (place.recalled || place.missing) continue;
    if (place.returned) returned ??= place;
    if (place.state === 'untouched') untouched ??= place;
    if (place.state !== 'draft') continue;
    const lsn = log.item(`head|${place.id}`)?.lsn ?? 0;
    if (draft && lsn <= draftLsn) continue;
    draft = place;
    draftLsn = lsn;
  }
  return { ...tally, continueAt: (draft ?? returned ?? untouched)?.id ?? null };
}

/** The same places have the same tally: a draft that is saved again gets a place of its own. */
function knownTally(log: WorkLog, places: readonly CasePlace[]): Tally {
  const known = tallies.get(places) ?? tallyOf(log, places);
  tallies.set(places, known);
  return known;
}

type Pace = (kind: PhysicianBatch['kind']) => number | null;
type KnownPace = { of: string; value: number | null };
const knownPaces = new WeakMap<WorkLog, Map<PhysicianBatch['kind'], KnownPace>>();

/** Only a submission changes the pace; it is asked for at every save. */
function knownPace(content: ContentStore, log: WorkLog, kind: PhysicianBatch['kind']): number | null {
  const of = `${log.submissionCount()} ${content.batches().length}`;
  const kinds = knownPaces.get(log) ?? new Map<PhysicianBatch['kind'], KnownPace>();
  knownPaces.set(log, kinds);
  const known = kinds.get(kind);
  if (known?.of === of) return known.value;
  const value = paceOf(content, log, kind);
  kinds.set(kind, { of, value });
  return value;
}

/** A batch whose cases are no longer here is counted by what is known of its work (rule S13). */
function tallyWithout(log: WorkLog, batchId: BatchId): Tally {
  const tally = { ...nothingCounted };
  for (const head of log.heads())
    if (head.batchId === batchId && (head.recalled === null || head.revisionId !== null))
      tally[head.state] += 1;
  return { ...tally, continueAt: null };
}

function queueBatch(content: ContentStore, log: WorkLog, batch: PhysicianBatch, pace: Pace): QueueBatch {
  const letGo = log.letGo(batch.id);
  const { all, shown: places } = letGo ? noPlaces : allPlaces(content, log, batch.id);
  const tally = letGo ? tallyWithout(log, batch.id) : knownTally(log, places);
  const gone = all.length - places.length;
  const { id, name, study, specialty, deadline, kind, locked, gate, practice } = batch;
  return {
    id,
    name,
    study,
    specialty,
    deadline,
    kind,
    locked,
    letGoAt: letGo?.at ?? null,
    gate,
    practice,
    returned: tally.returned,
    feedback: tally.feedback,
    total: Math.max(batch.assignments, all.length) - gone - tally.takenBack,
    downloaded: places.length - tally.missing,
    untouched: tally.untouched,
    drafts: tally.draft,
    submitted: tally.submitted,
    skipped: tally.skipped,
    waiting: log.unsettledAssignments(batch.id).size,
    continueAt: batch.locked ? null : tally.continueAt,
    paceMs: pace(kind),
  };
}

const isOpenPractice = (batch: QueueBatch) =>
  batch.kind === 'practice' && !batch.locked && batch.submitted + batch.skipped < batch.total;

/**
 * Practice that is still to be done, then the nearest deadline; a batch that was recalled untouched is not shown, one
 * that was begun is, with nothing to do in it.
 */
export function queueOf(content: ContentStore, log: WorkLog): QueueBatch[] {
  const pace: Pace = (kind) => knownPace(content, log, kind);
  return content
    .batches()
    .map((batch) => queueBatch(content, log, batch, pace))
    .filter((batch) => batch.total > 0 || batch.downloaded > 0 || batch.waiting > 0)
    .sort(
      (a, b) =>
        Number(isOpenPractice(b)) - Number(isOpenPractice(a)) ||
        (a.deadline ?? '9').localeCompare(b.deadline ?? '9') ||
        a.name.localeCompare(b.name),
    );
}
