import type { AssignmentId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import type { CaseNews, ExpertFeedback, LoadedCase } from './types.ts';
import type { WorkLog } from './work-log.ts';

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

function otherVersionOf(log: WorkLog, id: AssignmentId): LoadedCase['otherVersion'] {
  const other = log.head(id)?.other;
  const revision = other ? log.revision(other) : null;
  return revision && { state: revision.state, body: structuredClone(revision.body) };
}

/** All that may change about a case while it is open. */
export function newsOf(content: ContentStore, log: WorkLog, id: AssignmentId): CaseNews {
  const batchId = content.placeOf(id)?.batchId;
  return {
    otherVersion: otherVersionOf(log, id),
    changedSinceSubmit: isChangedSinceSubmit(log, id),
    returned: returnedOf(log, id),
    feedback: feedbackFor(log, id),
    locked: (batchId && content.batch(batchId)?.locked) ?? false,
    recalled: (log.head(id)?.recalled ?? null) !== null,
    waiting: log.unsettledAssignments(batchId).has(id),
  };
}
