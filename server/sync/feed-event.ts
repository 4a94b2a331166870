import { type FeedEvent, feedEventSchema } from '../../shared/contract/sync.ts';
import { assignmentIdSchema } from '../../shared/schema/ids.ts';
import type { FeedRow } from './store.ts';

/** What a physician may know of a feed row; null when it cannot be shown (rule S9). */
export function eventOf(row: FeedRow, own: ReadonlySet<string>): FeedEvent | null {
  const { n, type, batchId, revision } = row;
  if (type === 'batch-assigned' || type === 'batch-changed')
    return feedEventSchema.safeParse({ n, type, batchId }).data ?? null;
  if (type === 'assignment-returned' || type === 'expert-feedback') return ownEventOf(row, own);
  if (type === 'assignments-recalled') {
    const { reason } = Object(row.detail) as { reason?: unknown };
    const assignmentIds = namedAssignments(row).filter((id) => own.has(id));
    return feedEventSchema.safeParse({ n, type, batchId, assignmentIds, reason: reason ?? '' }).data ?? null;
  }
  if (!revision) return null;
  const { id: revisionId, assignmentId, clientId, state, diverged, bodyHash, device } = revision;
  const body: unknown = JSON.parse(revision.body);
  const madeAt = revision.madeAt.toISOString();
  const event = {
    ...{ n, type, assignmentId, revisionId, clientId, state, diverged },
    ...{ bodyHash, body, madeAt, device },
  };
  return feedEventSchema.safeParse(event).data ?? null;
}

/** What its detail says about one assignment, which must be the reader's; the schema refuses any other field. */
function ownEventOf({ n, type, batchId, detail }: FeedRow, own: ReadonlySet<string>): FeedEvent | null {
  const event = feedEventSchema.safeParse({ ...Object(detail), n, type, batchId }).data;
  return event && 'assignmentId' in event && own.has(event.assignmentId) ? event : null;
}

export function namedAssignments(row: FeedRow): string[] {
  const { assignmentId, assignmentIds } = Object(row.detail) as Record<string, unknown>;
  const named = Array.isArray(assignmentIds) ? assignmentIds : [assignmentId];
  return named.flatMap((id) => assignmentIdSchema.safeParse(id).data ?? []);
}

/** About the bytes an event takes in a reply. */
export const eventBytes = ({ revision, detail }: FeedRow): number =>
  revision?.body.length ?? JSON.stringify(detail).length;
