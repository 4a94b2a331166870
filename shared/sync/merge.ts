import type { RevisionState } from '../schema/annotation.ts';
import { movesHead } from './revision-head.ts';

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
  if (!local.seenInFeed) {
    // Our own event is still to come, so this one reached the server before it.
    return local.origin === 'own' && local.diverged ? 'beside' : 'ignore';
  }
  if (!incoming.diverged || incoming.bodyHash === local.bodyHash) return 'adopt';
  return 'beside';
}

/**
 * Which of two versions side by side the server holds as the head (see `movesHead`): a diverged revision becomes
 * the head only when it is finished and the head is a draft. New work is based on it.
 */
export function headRevision(local: LocalHead, incoming: IncomingRevision): string {
  const incomingCameLater = !local.waiting && local.seenInFeed;
  const [first, second] = incomingCameLater ? [local, incoming] : [incoming, local];
  return movesHead(first, { state: second.state, diverged: true }) ? second.revisionId : first.revisionId;
}
