import type { FeedEvent, PhysicianAssignment, Verdict } from '../../shared/contract/sync.ts';
import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, ClientId, RevisionId } from '../../shared/schema/ids.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import { headBeside, type LocalHead, mergeRevision } from '../../shared/sync/merge.ts';
import type { RevisionHead } from '../../shared/sync/revision-head.ts';
import { Changes } from './changes.ts';
import { answerReturn, keepUnread, takeFeedback, takeReturn } from './decide-news.ts';
import { isReadable, type ReadEvent } from './feed-reading.ts';
import {
  chosenOf,
  isChoiceAbout,
  leftBeside,
  openBefore,
  othersOf,
  versionsBeside,
} from './head-versions.ts';
import {
  type BatchValue,
  type HeadValue,
  identityKey,
  type KeptMutation,
  type LetGo,
  type MutationValue,
  mutationKey,
  type Put,
  type WorkLog,
} from './work-log.ts';

type RevisionEvent = Extract<FeedEvent, { type: 'revision' }>;
export type Place = { batchId: BatchId; position: number };

/** Why a verdict's receipt is none for this mutation, or null when it is one (rule S8). */
export function receiptProblem(mutation: KeptMutation, verdict: Verdict): string | null {
  const { receipt } = verdict;
  if (receipt.seq !== mutation.seq) return 'The receipt is for another change.';
  if (receipt.bodyHash !== mutation.bodyHash) return 'The receipt is for another text than the one sent.';
  const stands = verdict.status === 'accepted' || verdict.status === 'late';
  return stands && receipt.revisionId !== mutation.revisionId ? 'The receipt is for another revision.' : null;
}

/** Marks mutations before their first byte leaves (rule S11). */
export function decideAttempt(log: WorkLog, keys: readonly string[]): Put[] {
  const changes = new Changes(log);
  for (const key of keys) {
    const progress = changes.progress(key);
    if (!progress.attempted) changes.putProgress(key, { ...progress, attempted: true });
  }
  return changes.puts();
}

/** Stores verdicts with their receipts; a receipt that does not match leaves its mutation unsent. */
export function decideVerdicts(
  log: WorkLog,
  generation: number,
  verdicts: readonly Verdict[],
  at: string,
): Put[] {
  const changes = new Changes(log);
  for (const verdict of verdicts) {
    const key = mutationKey(generation, verdict.seq);
    const mutation = log.mutation(key)?.mutation;
    if (!mutation) continue;
    const problem = receiptProblem(mutation, verdict);
    const progress = changes.progress(key);
    if (problem) {
      if (progress.problem !== problem) changes.putProgress(key, { ...progress, attempted: true, problem });
      continue;
    }
    changes.putProgress(key, { ...progress, attempted: true, verdict, problem: null });
    const head = changes.head(mutation.assignmentId);
    // What the server did not take is no ground to stand on.
    if (verdict.status === 'quarantined' && head?.mutationKey === key)
      changes.putHead({ ...head, base: mutation.baseRevisionId });
  }
  const identity = log.identity();
  if (identity && changes.puts().length > 0)
    changes.put({ type: 'identity', key: identityKey, value: { ...identity, lastSyncedAt: at } });
  return changes.puts();
}

export type FeedPage = { epoch: string; events: readonly ReadEvent[]; cursor: number };
type Telling = {
  epoch: string;
  own: ReadonlySet<string>;
  placeOf: (assignmentId: AssignmentId) => Place | null;
};

/** Applies a page of the feed and its cursor as one change (rule S9). */
export function decideFeed(
  log: WorkLog,
  page: FeedPage,
  placeOf: (assignmentId: AssignmentId) => Place | null,
): Put[] {
  const identity = log.identity();
  if (!identity) return [];
  const changes = new Changes(log);
  const own = new Set(log.mutations().map(([, value]) => value.mutation.revisionId as string));
  for (const event of page.events) takeEvent(changes, event, { epoch: page.epoch, own, placeOf });
  if (page.cursor !== identity.cursor || page.epoch !== identity.epoch || changes.puts().length > 0)
    changes.put({
      type: 'identity',
      key: identityKey,
      value: { ...identity, epoch: page.epoch, cursor: page.cursor },
    });
  return changes.puts();
}

function takeEvent(changes: Changes, event: ReadEvent, telling: Telling): void {
  switch (event.type) {
    case 'batch-assigned':
    case 'batch-changed':
      changes.put(batchToRead(changes.log, event.batchId));
      break;
    case 'assignments-recalled':
      recall(changes, event);
      break;
    case 'assignment-returned':
      takeReturn(changes, event);
      break;
    case 'expert-feedback':
      takeFeedback(changes, event);
      break;
    case 'revision':
      answerReturn(changes, event);
      takeRevision(changes, event, telling);
      break;
    case 'unread':
      keepUnread(changes, event);
      break;
  }
}

const batchPut = (log: WorkLog, batchId: BatchId, change: Partial<BatchValue>): Put => ({
  type: 'batch',
  key: batchId,
  value: { fetched: false, ...log.batch(batchId), ...change },
});

/** The batch is asked for again; what was let go of it stays so until then (rule S13). */
export const batchToRead = (log: WorkLog, batchId: BatchId): Put =>
  batchPut(log, batchId, { fetched: false });

/** The server was asked for the batch since it last changed; `letGo` as it stands after that. */
export const batchRead = (log: WorkLog, batchId: BatchId, letGo: LetGo | null): Put =>
  batchPut(log, batchId, { fetched: true, letGo: letGo ?? undefined });

export const untouched = (assignmentId: AssignmentId, batchId: BatchId): HeadValue => ({
  assignmentId,
  batchId,
  state: 'untouched',
  revisionId: null,
  mutationKey: null,
  base: null,
  ancestors: [],
  seenInFeed: false,
  other: null,
  recalled: null,
});

function recall(changes: Changes, event: Extract<FeedEvent, { type: 'assignments-recalled' }>): void {
  for (const id of event.assignmentIds) {
    const head = changes.head(id) ?? untouched(id, event.batchId);
    changes.putHead({ ...head, recalled: event.reason });
  }
}

function takeRevision(changes: Changes, event: RevisionEvent, { epoch, own, placeOf }: Telling): void {
  const head = changes.head(event.assignmentId);
  const known = changes.revision(event.revisionId);
  const isKnown = known !== null;
  // This lineage of the server has it, too (rule S13).
  if (known && known.epoch !== epoch) {
    const { clientId, n, diverged } = event;
    const value = { ...known, clientId, n, diverged, epoch };
    changes.put({ type: 'revision', key: event.revisionId, value });
  }
  if (own.has(event.revisionId)) {
    if (head?.revisionId === event.revisionId) changes.putHead({ ...head, seenInFeed: true });
    return;
  }
  const place = placeOf(event.assignmentId);
  const batchId = head?.batchId ?? place?.batchId;
  // What was let go comes back only with a batch that is opened again, by its download.
  if (batchId && changes.log.letGo(batchId)) return;
  // Not on this laptop yet, whatever a recall has told of it: the download brings the newest version with it, and must
  // know which ones came by.
  if (!batchId || (!place && !head?.revisionId)) {
    if (!isKnown) putRevision(changes, event, epoch);
    return;
  }
  // Told again, after the feed began anew: what became of it was decided when it first came.
  if (isKnown && head?.revisionId && head.revisionId !== event.revisionId) return;
  const local = localHead(changes, head);
  const isChoiceAboutLocal = local !== null && isChoiceAbout(event.body, local.revisionId);
  const decision = mergeRevision(local, { ...event, isChoiceAboutLocal });
  if (decision === 'ignore') {
    rememberOlder(changes, head, event);
    return;
  }
  if (decision === 'seen' && head) {
    changes.putHead({ ...head, seenInFeed: true });
    return;
  }
  const { revisionId, state } = event;
  putRevision(changes, event, epoch);
  if (decision === 'beside' && head && local) {
    const base = headBeside(local, serverHead(changes, head, local), event) as RevisionId;
    // The same answer twice needs no decision, only the right base.
    const isSame = state === local.state && isSameAnswer(changes, head, event);
    const left = leftBeside(othersOf(head), event, (id) => changes.revision(id));
    changes.putHead({
      ...head,
      base,
      ...versionsBeside(isSame ? left : [...left, revisionId], chosenOf(head)),
    });
    return;
  }
  const start = head ?? untouched(event.assignmentId, batchId);
  const left = leftBeside(othersOf(start), event, (id) => changes.revision(id));
  changes.putHead({ ...adopted(start, event), ...versionsBeside(left, []) });
}

/** What new work would be based on, as far as this laptop knows. */
function serverHead(changes: Changes, head: HeadValue, local: LocalHead): RevisionHead {
  const base = head.base === null || head.base === local.revisionId ? null : changes.revision(head.base);
  return base ?? local;
}

function putRevision(changes: Changes, event: RevisionEvent, epoch: string): void {
  const { assignmentId, revisionId, state, bodyHash, body, madeAt, device } = event;
  const { clientId, n, diverged } = event;
  const where = { clientId, n, diverged, epoch };
  const value = { assignmentId, revisionId, state, bodyHash, body, madeAt, device, ...where };
  changes.put({ type: 'revision', key: revisionId, value });
}

/** The head is the newer of the two, also when this one is told again. */
function rememberOlder(changes: Changes, head: HeadValue | null, { revisionId }: RevisionEvent): void {
  if (!head || head.ancestors.includes(revisionId)) return;
  changes.putHead({ ...head, ancestors: [...head.ancestors, revisionId].slice(-64) });
}

/** What a body says beside its answers: how long it took, and under what it was written. */
const besideAnswers = ['time', 'guidelinesVersion', 'rubricVersion', 'resolutions'] as const;

function isSameAnswer({ log }: Changes, head: HeadValue, event: RevisionEvent): boolean {
  const own = log.bodyOf(head);
  if (!own || own.bodyHash === event.bodyHash) return own !== null;
  const answers = (body: AnnotationBody) =>
    canonicalJson(Object.fromEntries(Object.entries(body).filter(([key]) => !isBeside(key))));
  return answers(own.body) === answers(event.body);
}

const isBeside = (key: string) => besideAnswers.some((name) => name === key);

const adopted = (head: HeadValue, revision: Pick<RevisionEvent, 'revisionId' | 'state'>): HeadValue => ({
  ...head,
  state: revision.state,
  revisionId: revision.revisionId,
  mutationKey: null,
  base: revision.revisionId,
  ancestors: head.revisionId ? [...head.ancestors, head.revisionId].slice(-64) : head.ancestors,
  seenInFeed: true,
  ...versionsBeside([], []),
});

const hashOf = (log: WorkLog, { mutationKey }: HeadValue): string | null =>
  (mutationKey === null ? null : log.mutation(mutationKey)?.mutation.bodyHash) ?? null;

function localHead(changes: Changes, head: HeadValue | null): LocalHead | null {
  if (!head?.revisionId) return null;
  const progress = head.mutationKey === null ? null : changes.progress(head.mutationKey);
  const revision = changes.revision(head.revisionId);
  return {
    revisionId: head.revisionId,
    state: head.state === 'untouched' ? ('draft' as const) : head.state,
    bodyHash: hashOf(changes.log, head) ?? revision?.bodyHash ?? '',
    origin: head.mutationKey === null ? ('other' as const) : ('own' as const),
    // What was quarantined never became a revision, so for the merge it is as unsent as the rest.
    waiting:
      progress !== null && progress.verdict?.status !== 'accepted' && progress.verdict?.status !== 'late',
    diverged: progress?.verdict?.diverged ?? false,
    isServerHead: head.base === head.revisionId,
    seenInFeed: head.seenInFeed,
    ancestors: head.ancestors,
  };
}

/** Takes over what the server holds for freshly downloaded assignments; a local revision is never overwritten (S17). */
export function decidePage(log: WorkLog, assignments: readonly PhysicianAssignment[]): Put[] {
  const changes = new Changes(log);
  const told = Map.groupBy(log.revisions(), ({ assignmentId }) => assignmentId);
  const toldOf = (id: AssignmentId) => told.get(id) ?? [];
  for (const assignment of assignments) {
    const head = changes.head(assignment.id);
    const recalled = assignment.recalled && !head?.recalled ? 'recalled' : (head?.recalled ?? null);
    const isGone = head !== null && head.revisionId !== null && log.bodyOf(head) === null;
    if (assignment.latest && (!head?.revisionId || isGone)) {
      const { revisionId, state, bodyHash, body } = assignment.latest;
      const told = log.revision(revisionId);
      const epoch = log.identity()?.epoch ?? undefined;
      const value = { ...told, assignmentId: assignment.id, revisionId, state, bodyHash, body, epoch };
      changes.put({ type: 'revision', key: revisionId, value });
      const start = head ?? untouched(assignment.id, assignment.batchId);
      // Let go, and the very same comes back with a batch that was opened again.
      if (head?.revisionId === revisionId) {
        if (recalled !== head.recalled) changes.putHead({ ...head, recalled });
        continue;
      }
      // The download may be ahead of the feed: what comes by before this version is older than it.
      const seenInFeed = log.revision(revisionId) !== null;
      const beside = versionsBeside(openBefore(assignment.latest, toldOf(assignment.id)), []);
      changes.putHead({ ...adopted(start, assignment.latest), recalled, seenInFeed, ...beside });
    } else if (isGone) changes.putHead({ ...untouched(assignment.id, assignment.batchId), recalled });
    else if (recalled !== (head?.recalled ?? null))
      changes.putHead({ ...(head ?? untouched(assignment.id, assignment.batchId)), recalled });
  }
  return changes.puts();
}

/** How far a download that began anew has come, once the cases of this page are here. */
export function decideMet(log: WorkLog, assignments: readonly PhysicianAssignment[]): Put[] {
  const [first] = assignments;
  const anew = first && log.batch(first.batchId)?.anew;
  if (!first || !anew) return [];
  const met = assignments.filter(({ position }) => position > anew.after);
  const after = Math.max(anew.after, ...met.map(({ position }) => position));
  return [batchPut(log, first.batchId, { anew: { after, met: anew.met + met.length } })];
}

/** Makes everything from a seq on waiting again; its receipts are kept beside (rules S6, S13). */
export function decideResend(log: WorkLog, fromSeq: number): Put[] {
  const identity = log.identity();
  if (!identity) return [];
  const changes = new Changes(log);
  for (const [key, value] of log.mutations(identity.generation)) {
    const progress = log.progress(key);
    if (value.mutation.seq < fromSeq || progress.verdict === null || progress.movedTo !== null) continue;
    // Without its text it cannot be sent; the caller has taken a new client id instead (rule S13).
    if (value.mutation.body === null) continue;
    const earlier = [...progress.earlier, progress.verdict];
    changes.putProgress(key, { ...progress, verdict: null, earlier });
  }
  return changes.puts();
}

/**
 * The feed starts over at a server that was restored or is new, and there with it every download (rules S9, S13, S17).
 * @param restart `feed`: only told again, by the server as it was
 */
export function decideLineage(log: WorkLog, epoch: string, restart: 'none' | 'feed' | 'all'): Put[] {
  const restartFeed = restart !== 'none';
  const identity = log.identity();
  if (!identity || (identity.epoch === epoch && !restartFeed)) return [];
  const changes = new Changes(log);
  const cursor = restartFeed ? 0 : identity.cursor;
  changes.put({ type: 'identity', key: identityKey, value: { ...identity, epoch, cursor } });
  if (restart === 'all')
    for (const { batchId } of log.assignedBatches())
      changes.put(batchPut(log, batchId, { fetched: false, anew: { after: -1, met: 0 } }));
  // Own revisions come by again; until then what is here counts as the newer. Others' stay adopted.
  if (restartFeed)
    for (const head of log.heads())
      if (head.seenInFeed && head.mutationKey !== null) changes.putHead({ ...head, seenInFeed: false });
  // Whether other laptops' versions are at this server still is known once it tells of them again (rule S13).
  if (restartFeed)
    for (const { epoch: _, ...revision } of log.revisions())
      if (revision.body !== null)
        changes.put({ type: 'revision', key: revision.revisionId, value: revision });
  if (restartFeed)
    for (const [key, value] of log.unread())
      if (isReadable(value.event)) changes.put({ type: 'unread', key, value: { ...value, done: true } });
  return changes.puts();
}

/** Whether events that an older app could not read wait for this one, which can (rule S22). */
export const canReadMore = (log: WorkLog): boolean => log.unread().some(([, { event }]) => isReadable(event));

/**
 * A new client id: numbers mutations anew from 1, keeping revision ids and bodies (rules S1, S5, S6, S13).
 * @param which `unreceipted`: what no accepting receipt has come for; `retained`: everything this laptop has
 */
export function decideNewClient(log: WorkLog, clientId: ClientId, which: 'unreceipted' | 'retained'): Put[] {
  const changes = new Changes(log);
  const lost = lostIdentity(log);
  const identity = log.identity() ?? lost;
  // Damage may have taken the newest identity and left what was numbered under it.
  const generation = Math.max(identity.generation, lost.generation) + 1;
  const moving = log.mutations().filter(([key, { mutation }]) => {
    return mutation.body !== null && isToMove(log, key, which);
  });
  for (const [i, [key, value]] of moving.entries()) moveMutation(changes, key, value, generation, i + 1);
  const former = log.identity()?.clientId;
  const value = { ...identity, clientId, generation, ...(former && { formerClientId: former }) };
  changes.put({ type: 'identity', key: identityKey, value });
  return changes.puts();
}

/** Stands in where the identity itself was lost, so that what it had numbered is numbered anew. */
const lostIdentity = (log: WorkLog) => ({
  generation: log.mutations().reduce((highest, [, value]) => Math.max(highest, value.generation), -1),
  epoch: null,
  cursor: 0,
  lastSyncedAt: null,
});

function isToMove(log: WorkLog, key: string, which: 'unreceipted' | 'retained'): boolean {
  const progress = log.progress(key);
  if (progress.movedTo !== null) return false;
  return which === 'retained' || progress.verdict === null || progress.verdict.status === 'conflict';
}

function moveMutation(
  changes: Changes,
  key: string,
  value: MutationValue,
  generation: number,
  seq: number,
): void {
  const movedTo = mutationKey(generation, seq);
  const mutation = { ...value.mutation, seq };
  changes.put({ type: 'mutation', key: movedTo, value: { ...value, generation, mutation } });
  const before = changes.progress(key);
  changes.putProgress(key, { ...before, movedTo });
  // What may have left the laptop never changes, under whatever number it goes (rule S11); what a server said of it
  // stays beside what this one will say (rule S13).
  const earlier = before.verdict === null ? before.earlier : [...before.earlier, before.verdict];
  if (before.attempted)
    changes.putProgress(movedTo, { ...changes.progress(movedTo), attempted: true, earlier });
  const head = changes.head(mutation.assignmentId);
  if (head?.mutationKey === key) changes.putHead({ ...head, mutationKey: movedTo });
}
