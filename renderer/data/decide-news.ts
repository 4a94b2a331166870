import type { FeedEvent } from '../../shared/contract/sync.ts';
import type { Changes } from './changes.ts';
import type { UnreadEvent } from './feed-reading.ts';
import type { WorkLog } from './work-log.ts';

type EventOf<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>;

/** A finished answer that was made here and that the server has not seen yet is newer than any return it tells of. */
const isAnsweredHere = (log: WorkLog, { assignmentId, revisionId }: EventOf<'assignment-returned'>) =>
  log
    .unsettled()
    .some(
      ([, { mutation }]) =>
        mutation.assignmentId === assignmentId &&
        mutation.state !== 'draft' &&
        mutation.revisionId !== revisionId,
    );

/** Keeps the newest return of a case; the same or an older one, told again, changes nothing (rule S23). */
export function takeReturn(changes: Changes, event: EventOf<'assignment-returned'>): void {
  const { n, batchId, assignmentId, revisionId, comment, at } = event;
  const known = changes.returnOf(assignmentId);
  if (known && known.at > at) return;
  const isSame = known?.at === at && known.revisionId === revisionId;
  const answered = isSame ? known.answered : isAnsweredHere(changes.log, event);
  if (isSame && known.n === n) return;
  const value = { assignmentId, batchId, n, revisionId, comment, at, answered };
  changes.put({ type: 'return', key: assignmentId, value });
}

/** A finished revision that came by after the return answers it, from whichever laptop. */
export function answerReturn(changes: Changes, event: EventOf<'revision'>): void {
  const known = changes.returnOf(event.assignmentId);
  if (!known || known.answered || event.state === 'draft') return;
  if (event.n <= known.n || event.revisionId === known.revisionId) return;
  changes.put({ type: 'return', key: event.assignmentId, value: { ...known, answered: true } });
}

/** Keeps what experts said; told again it stays as seen as it was (rule S24). */
export function takeFeedback(changes: Changes, event: EventOf<'expert-feedback'>): void {
  const { batchId, assignmentId, kind, answer, at } = event;
  const known = changes.feedbackOn(assignmentId);
  if (known && known.at >= at) return;
  const value = { batchId, assignmentId, kind, answer, at, seen: false };
  changes.put({ type: 'feedback', key: assignmentId, value });
}

export function keepUnread(changes: Changes, { n, event }: UnreadEvent): void {
  changes.put({ type: 'unread', key: String(n), value: { event, done: false } });
}
