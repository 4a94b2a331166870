import type { Mutation } from '../contract/sync.ts';
import { missingAnswers, ratingOutsideRubric } from '../schema/completeness.ts';
import type { Rubric } from '../schema/rubric.ts';
import { type MutationReading, type Reason, reasonOf } from './mutation-reading.ts';
import { isDiverged, movesHead, type RevisionHead } from './revision-head.ts';

/** What the server holds under a seq. */
export type KnownMutation = { hash: string; revisionId: string };
/** A revision that exists already under an id named in this push. */
export type KnownRevision = {
  own: boolean;
  assignmentId: string;
  hash: string;
  state: string;
  late: boolean;
  diverged: boolean;
};
/** Why work on an assignment comes late: it was recalled, or its batch was locked. */
export type Closed = 'recalled' | 'locked';
/** One of the caller's own assignments. */
export type AssignmentState = {
  closed: Closed | null;
  head: RevisionHead | null;
  /** The batch's. */
  rubric: Rubric;
  /** Versions of the study's rubric that this push says it was answered under; absent where it is the batch's. */
  earlierRubrics?: ReadonlyMap<number, Rubric>;
};

/** All that decides about one item; the maps hold only what the push names. */
export type PushState = {
  lastSeq: number;
  known: ReadonlyMap<number, KnownMutation>;
  assignments: ReadonlyMap<string, AssignmentState>;
  revisions: ReadonlyMap<string, KnownRevision>;
};

export type Decision =
  | { kind: 'duplicate'; seq: number }
  | { kind: 'conflict'; seq: number; reason: Reason }
  | { kind: 'quarantined'; seq: number; reason: Reason }
  | {
      kind: 'taken';
      seq: number;
      status: 'accepted' | 'late';
      diverged: boolean;
      movesHead: boolean;
      /** False when the same revision is stored already: a second effect would double it. */
      isNew: boolean;
      reason: Reason | null;
      mutation: Mutation;
      bodyText: string;
    };

/** The reason to add to accepted work that the rubric would not have let pass, or null (rule S19). */
export function contentReason(rubric: Rubric, mutation: Pick<Mutation, 'state' | 'body'>): Reason | null {
  const outside = ratingOutsideRubric(rubric, mutation.body);
  if (outside !== null) return reasonOf('outside-rubric', outside);
  const missing = mutation.state === 'submitted' ? missingAnswers(rubric, mutation.body) : [];
  return missing.length === 0
    ? null
    : reasonOf('incomplete', missing.map((answer) => answer.label).join(', '));
}

function decideKnownRevision(
  known: KnownRevision,
  content: { mutation: Mutation; bodyText: string },
  seq: number,
  closed: Closed | null,
): Decision {
  const { mutation } = content;
  const same =
    known.own &&
    known.assignmentId === mutation.assignmentId &&
    known.hash === mutation.bodyHash &&
    known.state === mutation.state;
  if (!same) return { kind: 'quarantined', seq, reason: reasonOf('revision-id-used') };
  const status = known.late ? 'late' : 'accepted';
  // An assignment that is open again can only have been locked: a recall is for good.
  const reason = known.late ? reasonOf(closed ?? 'locked') : null;
  return {
    kind: 'taken',
    seq,
    status,
    diverged: known.diverged,
    movesHead: false,
    isNew: false,
    reason,
    ...content,
  };
}

/** Work is judged by the rubric it was answered under (rule S19). */
const rubricOf = ({ rubric, earlierRubrics }: AssignmentState, { body }: Mutation): Rubric =>
  earlierRubrics?.get(body.rubricVersion ?? 0) ?? rubric;

function decideNext(reading: MutationReading, state: PushState, seq: number): Decision {
  if (!reading.content.readable) return { kind: 'quarantined', seq, reason: reading.content.reason };
  const { mutation, bodyText } = reading.content;
  const assignment = state.assignments.get(mutation.assignmentId);
  if (!assignment) return { kind: 'quarantined', seq, reason: reasonOf('not-yours') };
  const known = state.revisions.get(mutation.revisionId);
  if (known) return decideKnownRevision(known, { mutation, bodyText }, seq, assignment.closed);
  const diverged = isDiverged(assignment.head, mutation.baseRevisionId);
  return {
    kind: 'taken',
    seq,
    status: assignment.closed ? 'late' : 'accepted',
    diverged,
    movesHead: movesHead(assignment.head, { state: mutation.state, diverged }),
    isNew: true,
    reason: assignment.closed
      ? reasonOf(assignment.closed)
      : contentReason(rubricOf(assignment, mutation), mutation),
    mutation,
    bodyText,
  };
}

/** Decides about one item whose place in the request says `seq`; null is a gap: it is not taken (rules S4 to S7). */
export function decideMutation(reading: MutationReading, state: PushState, seq: number): Decision | null {
  if (seq > state.lastSeq + 1) return null;
  if (seq === state.lastSeq + 1) return decideNext(reading, state, seq);
  const known = state.known.get(seq);
  // A damaged resend that claims the right hash is the same change: it was already read once, in full.
  if (known && known.hash === reading.hash && known.revisionId === reading.revisionId)
    return { kind: 'duplicate', seq };
  return { kind: 'conflict', seq, reason: reasonOf('seq-used') };
}

/** The state after a decision, so that the next item of the same push is judged on it. */
export function advance(state: PushState, reading: MutationReading, decision: Decision): PushState {
  if (decision.kind === 'duplicate' || decision.kind === 'conflict') return state;
  const { hash, revisionId } = reading;
  const known = new Map(state.known).set(decision.seq, { hash, revisionId });
  const next = { ...state, lastSeq: decision.seq, known };
  if (decision.kind !== 'taken' || !decision.isNew) return next;
  const { mutation, status, diverged } = decision;
  const stored = {
    own: true,
    assignmentId: mutation.assignmentId,
    hash,
    state: mutation.state,
    late: status === 'late',
    diverged,
  };
  const revisions = new Map(state.revisions).set(revisionId, stored);
  const assignment = state.assignments.get(mutation.assignmentId);
  if (!assignment || !decision.movesHead) return { ...next, revisions };
  const head = { revisionId, state: mutation.state };
  return {
    ...next,
    revisions,
    assignments: new Map(state.assignments).set(mutation.assignmentId, { ...assignment, head }),
  };
}

/** Gives every item the seq it carries, or else the one of its place; null when no item carries any or a place would be below 1 (rule S7). */
export function seqsOf(readings: readonly MutationReading[]): number[] | null {
  const first = readings.findIndex((reading) => reading.seq !== null);
  const anchor = readings[first]?.seq;
  if (anchor === null || anchor === undefined) return null;
  let previous = anchor - first - 1;
  if (previous < 0) return null;
  return readings.map((reading) => {
    previous = reading.seq ?? previous + 1;
    return previous;
  });
}

/**
 * Decides about a whole push in order.
 * @returns one decision per item up to the first gap, and the seq the server needs next when there was one
 */
export function decidePush(
  readings: readonly MutationReading[],
  state: PushState,
): { decisions: Decision[]; after: PushState; expectedSeq: number | null } | null {
  const seqs = seqsOf(readings);
  if (seqs === null) return null;
  const decisions: Decision[] = [];
  let after = state;
  for (const [i, reading] of readings.entries()) {
    const decision = decideMutation(reading, after, seqs[i] ?? 0);
    if (decision === null) return { decisions, after, expectedSeq: after.lastSeq + 1 };
    decisions.push(decision);
    after = advance(after, reading, decision);
  }
  return { decisions, after, expectedSeq: null };
}
