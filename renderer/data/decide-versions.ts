import type { FeedEvent, PhysicianAssignment } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import { afterRevision, nothingStands } from '../../shared/sync/versions.ts';
import { Changes } from './changes.ts';
import { allRetold, headByVersions, Revisions, toldRevision, untoldOf } from './head-versions.ts';
import type { HeadValue, Put, RevisionValue, WorkLog } from './work-log.ts';

type RevisionEvent = Extract<FeedEvent, { type: 'revision' }>;
export type Place = { batchId: BatchId; position: number };
type Telling = { epoch: string; placeOf: (assignmentId: AssignmentId) => Place | null };

export const untouched = (assignmentId: AssignmentId, batchId: BatchId): HeadValue => ({
  ...{ assignmentId, batchId, state: 'untouched', revisionId: null, mutationKey: null, base: null },
  ...{ other: null, others: [], told: nothingStands, untold: [], recalled: null },
});

/**
 * Takes a revision the feed tells of, of this laptop or of another one of the same physician (rules S9, S10). Work that
 * waits here stays what is shown; nothing is ever replaced, and what stands beside it is asked about (rule S30).
 */
export function takeRevision(changes: Changes, event: RevisionEvent, { epoch, placeOf }: Telling): void {
  const key = changes.log.keyOf(event.revisionId);
  const own = key === null ? null : (changes.log.mutation(key)?.mutation ?? null);
  const known = changes.revision(event.revisionId);
  const head = changes.head(event.assignmentId);
  const place = placeOf(event.assignmentId);
  const batchId = head?.batchId ?? place?.batchId;
  const isLetGo = batchId !== undefined && isKeptWithoutTexts(changes, batchId);
  const isTextHere = (own?.body ?? known?.body ?? null) !== null;
  if ((!own && !known) || (!isTextHere && !isLetGo))
    putRevision(changes, isLetGo ? { ...event, body: null } : event, event, epoch);
  // This lineage of the server has it, too (rule S13).
  else if (known && (known.epoch !== epoch || known.n !== event.n))
    putRevision(changes, { ...event, ...known }, event, epoch);
  // Not on this laptop yet, whatever a recall has told of it: its download goes through all that was told.
  if (!batchId || (!place && !head?.revisionId)) return;
  const start = head ?? untouched(event.assignmentId, batchId);
  const isNew = untoldOf(start).includes(event.revisionId) || !start.again || !(own || known);
  const after = toldRevision(changes, start, event, isNew);
  changes.putHead(after);
}

/**
 * Its texts were let go, and nothing was told since that may have opened it again. What comes after that comes with its
 * text, for a download brings the newest alone; where the batch is closed all the same, it is let go again (rule S13).
 */
function isKeptWithoutTexts(changes: Changes, batchId: BatchId): boolean {
  const batch = changes.batch(batchId);
  return batch?.letGo !== undefined && batch.fetched;
}

/** A feed that started over has told all it has: what it has not told of again, this server does not have (rule S13). */
export function settleRetold(changes: Changes): void {
  for (const { assignmentId } of changes.log.heads()) {
    const head = changes.head(assignmentId);
    const after = head && allRetold(changes, head);
    if (after) changes.putHead(after);
  }
}

type Held = Pick<RevisionEvent, 'assignmentId' | 'revisionId' | 'state' | 'bodyHash' | 'madeAt' | 'device'> &
  Pick<RevisionValue, 'body'>;

function putRevision(changes: Changes, held: Held, told: RevisionEvent, epoch: string): void {
  const { assignmentId, revisionId, state, bodyHash, body, madeAt, device } = held;
  const { clientId, n, diverged } = told;
  const where = { clientId, n, diverged, epoch };
  const value = { assignmentId, revisionId, state, bodyHash, body, madeAt, device, ...where };
  changes.put({ type: 'revision', key: revisionId, value });
}

/** Takes over what the server holds for freshly downloaded assignments; a local revision is never overwritten (S17). */
export function decidePage(log: WorkLog, assignments: readonly PhysicianAssignment[]): Put[] {
  const changes = new Changes(log);
  const epoch = log.identity()?.epoch ?? undefined;
  const told = Map.groupBy(log.revisions(), ({ assignmentId }) => assignmentId);
  for (const assignment of assignments) {
    const { id, latest } = assignment;
    const head = changes.head(id);
    const recalled = assignment.recalled && !head?.recalled ? 'recalled' : (head?.recalled ?? null);
    const start = { ...(head ?? untouched(id, assignment.batchId)), recalled };
    const isGone = head !== null && head.revisionId !== null && log.bodyOf(head) === null;
    const before = inOrder(told.get(id) ?? [], epoch);
    if (latest && (!head?.revisionId || isGone)) putLatest(changes, { ...assignment, latest }, epoch);
    if (isGone && !latest) changes.putHead({ ...untouched(id, assignment.batchId), recalled });
    else if (isGone) changes.putHead(broughtBack(changes, start, before, latest));
    else if (!head?.revisionId && (latest || before.length > 0))
      changes.putHead(downloaded(changes, start, before, latest));
    else if (recalled !== (head?.recalled ?? null)) changes.putHead(start);
  }
  return changes.puts();
}

type Latest = NonNullable<PhysicianAssignment['latest']>;

function putLatest(
  changes: Changes,
  { id, latest }: Pick<PhysicianAssignment, 'id'> & { latest: Latest },
  epoch: string | undefined,
): void {
  const { revisionId, state, bodyHash, body } = latest;
  const told = changes.revision(revisionId);
  const value = { ...told, assignmentId: id, revisionId, state, bodyHash, body, epoch };
  changes.put({ type: 'revision', key: revisionId, value });
}

/** Those that the feed of this lineage has told of, in the server's order. */
const inOrder = (revisions: readonly RevisionValue[], epoch: string | undefined): RevisionValue[] =>
  revisions
    .filter((one) => one.n !== undefined && one.epoch === epoch)
    .sort((a, b) => (a.n ?? 0) - (b.n ?? 0));

/** The download may be ahead of the feed: then its newest version comes after all that was told. */
const aheadOf = (before: readonly RevisionValue[], latest: PhysicianAssignment['latest']): RevisionId[] =>
  latest && !before.some(({ revisionId }) => revisionId === latest.revisionId) ? [latest.revisionId] : [];

function downloaded(
  changes: Changes,
  start: HeadValue,
  before: readonly RevisionValue[],
  latest: PhysicianAssignment['latest'],
): HeadValue {
  const revisions = new Revisions(changes);
  let told = nothingStands;
  for (const { revisionId, diverged } of before) {
    const came = revisions.written(revisionId);
    if (came) told = afterRevision(told, came, diverged ?? false, revisions);
  }
  return headByVersions(changes, { ...start, told, untold: aheadOf(before, latest), again: undefined });
}

/** Its texts were let go, and the newest one is here again; what the feed told meanwhile was taken without them. */
function broughtBack(
  changes: Changes,
  start: HeadValue,
  before: readonly RevisionValue[],
  latest: PhysicianAssignment['latest'],
): HeadValue {
  const isOwn = latest !== null && changes.log.keyOf(latest.revisionId) !== null;
  const untold = new Set([...untoldOf(start), ...(isOwn ? [] : aheadOf(before, latest))]);
  return headByVersions(changes, { ...start, untold: [...untold] });
}
