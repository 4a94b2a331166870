import type { RevisionState } from '../schema/annotation.ts';
import { movesHead, type RevisionHead } from './revision-head.ts';

/** What this laptop holds of one assignment when a revision from the feed meets it. */
export type LocalHead = {
  revisionId: string;
  state: RevisionState;
  bodyHash: string;
  /** `own`: written on this laptop; `other`: taken over from another one. */
  origin: 'own' | 'other';
  /** True while the server has not confirmed it. */
  waiting: boolean;
  /** The server's word that it was not written on the newest revision. */
  diverged: boolean;
  /** As far as is known here it is the head at the server, so that new work is written on it. */
  isServerHead: boolean;
  /** True once this revision itself came by in the feed, so that whatever comes later is newer. */
  seenInFeed: boolean;
  /** Revisions this head is known to stand on. */
  ancestors: readonly string[];
};

export type IncomingRevision = {
  revisionId: string;
  state: RevisionState;
  bodyHash: string;
  diverged: boolean;
  /** It says that it was chosen between the version here and another one (rule S30). */
  isChoiceAboutLocal?: boolean;
};

/**
 * ignore: known already, or older than what is here. seen: the head itself came by.
 * adopt: it becomes the head. beside: the head stays and the other version is kept next to it.
 */
export type MergeDecision = 'ignore' | 'seen' | 'adopt' | 'beside';

/**
 * Decides what a revision of the same physician from another laptop does here (rule S10). Unsent local work is
 * never replaced; where neither was written on the other, both are kept. Events come in the server's order.
 */
export function mergeRevision(local: LocalHead | null, incoming: IncomingRevision): MergeDecision {
  if (local === null) return 'adopt';
  if (incoming.revisionId === local.revisionId) return 'seen';
  if (local.ancestors.includes(incoming.revisionId)) return 'ignore';
  if (local.waiting) return 'beside';
  if (incoming.isChoiceAboutLocal && !incoming.diverged) return 'adopt';
  if (!local.seenInFeed) return mergeEarlier(local, incoming);
  if (incoming.bodyHash === local.bodyHash) return 'adopt';
  if (incoming.diverged) return 'beside';
  // It was written on the head at the server: where that is another one, this laptop's own stays beside it.
  return local.origin === 'own' && local.diverged && !local.isServerHead ? 'beside' : 'adopt';
}

/** The event of the version here is still to come, so this one reached the server before it. */
function mergeEarlier(local: LocalHead, incoming: IncomingRevision): MergeDecision {
  if (local.origin === 'own') return local.diverged || incoming.diverged ? 'beside' : 'ignore';
  // Something finished that came after it settled what had diverged before.
  return incoming.diverged && local.state === 'draft' ? 'beside' : 'ignore';
}

/**
 * Which version new work is based on once another one stands beside: what the server holds as the head (see `movesHead`).
 * A diverged revision becomes the head only when it is finished and the head is a draft.
 * @param head what the server was known to hold before, as far as this laptop knew
 */
export function headBeside(local: LocalHead, head: RevisionHead, incoming: IncomingRevision): string {
  const isLater = !local.waiting && local.seenInFeed;
  if (isLater) return movesHead(head, incoming) ? incoming.revisionId : head.revisionId;
  // It came before the version here, which was judged against whichever was the head by then.
  const isMine = head.revisionId === local.revisionId;
  if (incoming.diverged && !isMine) return movesHead(head, incoming) ? incoming.revisionId : head.revisionId;
  if (incoming.diverged && !local.waiting && !(local.diverged && incoming.state !== 'draft'))
    return head.revisionId;
  return movesHead(incoming, { state: local.state, diverged: true }) ? local.revisionId : incoming.revisionId;
}
