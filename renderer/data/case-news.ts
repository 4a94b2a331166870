import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import { othersOf } from './head-versions.ts';
import type { CaseNews, ExpertFeedback, LoadedCase, OtherVersion, VersionOrigin } from './types.ts';
import type { HeadValue, RevisionValue, WorkLog } from './work-log.ts';

/** A submission was changed and not submitted again, whenever that was. */
export const isChangedSinceSubmit = (log: WorkLog, id: AssignmentId): boolean =>
  log.head(id)?.state === 'draft' && log.wasSubmitted(id);

export function returnedOf(log: WorkLog, id: AssignmentId): LoadedCase['returned'] {
  const value = log.returnOf(id);
  return value && { comment: value.comment, at: value.at, answered: value.answered };
}

/** What experts said, to somebody who has said it first (rule S24). */
export function feedbackFor(log: WorkLog, id: AssignmentId): ExpertFeedback | null {
  const value = log.feedbackOn(id);
  const state = log.head(id)?.state ?? 'untouched';
  if (!value || state === 'untouched' || !(state === 'submitted' || log.wasSubmitted(id))) return null;
  return { kind: value.kind, answer: value.answer, at: value.at };
}

const isLocked = (content: ContentStore, batchId: BatchId | undefined): boolean =>
  batchId !== undefined && content.batch(batchId)?.locked === true;

/** Two versions of a case that can still be answered: a choice has to be made (rule S30). */
export const isConflict = (content: ContentStore, head: HeadValue | null): boolean =>
  head !== null && head.other !== null && head.recalled === null && !isLocked(content, head.batchId);

const originOf = ({ revisionId, state, madeAt, device }: RevisionValue): VersionOrigin => ({
  revisionId,
  state,
  madeAt: madeAt ?? null,
  device: device ?? '',
});

/** The version this laptop goes on from: its own, or the one it took over from another laptop. */
function ownOrigin(log: WorkLog, head: HeadValue): VersionOrigin | null {
  if (head.revisionId === null || head.state === 'untouched') return null;
  const taken = head.mutationKey === null ? log.revision(head.revisionId) : null;
  if (taken) return originOf(taken);
  const made = head.mutationKey === null ? null : log.mutation(head.mutationKey);
  const madeAt = made?.mutation.madeAt ?? null;
  return { revisionId: head.revisionId, state: head.state, madeAt, device: null };
}

/** Every version beside this laptop's, in the order they came. */
function otherVersionsOf(log: WorkLog, id: AssignmentId): OtherVersion[] {
  const head = log.head(id);
  const own = head && ownOrigin(log, head);
  if (!head || !own) return [];
  return othersOf(head).flatMap((other) => {
    const version = versionOf(log, other);
    return version ? [{ ...version, own }] : [];
  });
}

/** A version as far as its text is here. One's own stands beside where a restored server has it and lost what came after. */
function versionOf(log: WorkLog, id: RevisionId): Omit<OtherVersion, 'own'> | null {
  const key = log.keyOf(id);
  const own = key === null ? undefined : log.mutation(key)?.mutation;
  if (own?.body) {
    const { revisionId, state, madeAt } = own;
    return { revisionId, state, madeAt, device: null, body: structuredClone(own.body) };
  }
  const revision = log.revision(id);
  return revision?.body ? { ...originOf(revision), body: structuredClone(revision.body) } : null;
}

/** Stands for a recall that came with the download, which does not say why. */
const unsaidReason = 'recalled';

/** All that may change about a case while it is open. */
export function newsOf(content: ContentStore, log: WorkLog, id: AssignmentId): CaseNews {
  const batchId = content.placeOf(id)?.batchId;
  const recalled = log.head(id)?.recalled ?? null;
  const [otherVersion = null, ...moreVersions] = otherVersionsOf(log, id);
  return {
    otherVersion,
    moreVersions,
    changedSinceSubmit: isChangedSinceSubmit(log, id),
    returned: returnedOf(log, id),
    feedback: feedbackFor(log, id),
    locked: isLocked(content, batchId),
    recalled: recalled !== null,
    recallReason: recalled === null || recalled === unsaidReason ? '' : recalled,
    ...(batchId && { rubricVersion: content.batch(batchId)?.rubric.version ?? 0 }),
    waiting: log.unsettledAssignments(batchId).has(id),
  };
}
