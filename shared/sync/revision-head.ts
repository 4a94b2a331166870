import type { RevisionState } from '../schema/annotation.ts';

/** The revision of an assignment that new work should be based on. */
export type RevisionHead = { revisionId: string; state: RevisionState };

/** True when a revision was not written on the assignment's head: both are kept (rule S10). */
export const isDiverged = (head: RevisionHead | null, baseRevisionId: string | null): boolean =>
  head !== null && baseRevisionId !== head.revisionId;

/** True when an arriving revision becomes the head; a forgotten draft never hides a finished one (rule S10). */
export function movesHead(
  head: RevisionHead | null,
  arriving: { state: RevisionState; diverged: boolean },
): boolean {
  if (head === null || !arriving.diverged) return true;
  return head.state === 'draft' && arriving.state !== 'draft';
}
