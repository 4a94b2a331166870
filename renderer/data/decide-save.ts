import type { Mutation } from '../../shared/contract/sync.ts';
import { AppError } from '../../shared/errors.ts';
import {
  type AnnotationBody,
  annotationBodySchema,
  type RevisionState,
} from '../../shared/schema/annotation.ts';
import type { AssignmentId, BatchId, RevisionId } from '../../shared/schema/ids.ts';
import { toWellFormedText } from '../../shared/schema/text.ts';
import { bodyHash } from '../../shared/sync/body-hash.ts';
import { Changes } from './changes.ts';
import { untouched } from './decide-versions.ts';
import { headByVersions, toldOf, untoldOf, withoutUnread } from './head-versions.ts';
import { type HeadValue, type MutationValue, mutationKey, type Put, type WorkLog } from './work-log.ts';

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return toWellFormedText(value);
  if (Array.isArray(value)) return value.map(wellFormed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [toWellFormedText(key), wellFormed(member)]),
  );
}

/** The body in the form that is hashed and sent. @throws AppError `bad-request` when it is no annotation */
export function normalBody(body: AnnotationBody): AnnotationBody {
  const parsed = annotationBodySchema.safeParse(wellFormed(body));
  if (parsed.success) return parsed.data;
  throw new AppError('bad-request', {
    message: 'This annotation has a value that cannot be kept; see the details, change it and save again.',
    details: parsed.error.issues,
  });
}

export type SaveInput = {
  assignmentId: AssignmentId;
  batchId: BatchId;
  position: number;
  body: AnnotationBody;
  state: RevisionState;
  revisionId: RevisionId;
  madeAt: string;
};

/** The draft that may still be changed under its number: never attempted, and what the head stands on (rule S11). */
function replaceableDraft(log: WorkLog, head: HeadValue | null, state: RevisionState): MutationValue | null {
  if (!head?.mutationKey || state !== 'draft' || head.base !== head.revisionId) return null;
  const value = log.mutation(head.mutationKey);
  const progress = log.progress(head.mutationKey);
  const open = !progress.attempted && progress.verdict === null && progress.movedTo === null;
  return value && open && value.mutation.state === 'draft' && value.generation === log.identity()?.generation
    ? value
    : null;
}

const isSame = (log: WorkLog, head: HeadValue | null, state: RevisionState, hash: string) =>
  head !== null && head.state === state && head.other === null && log.bodyOf(head)?.bodyHash === hash;

/** What a save changes; nothing when it says what the head says already. */
export function decideSave(log: WorkLog, input: SaveInput): Put[] {
  const identity = log.identity();
  if (!identity) throw new Error('a store without an identity');
  const head = log.head(input.assignmentId);
  const hash = bodyHash(input.body);
  // Submitting the same again still answers a return: the reviewer waits for a newer submission.
  const answers = answeredReturn(log, input);
  if (isSame(log, head, input.state, hash) && answers.length === 0) return [];
  const replaced = replaceableDraft(log, head, input.state);
  const mutation: Mutation = {
    version: 1,
    seq: replaced?.mutation.seq ?? log.lastSeq(identity.generation) + 1,
    state: input.state,
    assignmentId: input.assignmentId,
    revisionId: input.revisionId,
    baseRevisionId: replaced ? replaced.mutation.baseRevisionId : (head?.base ?? null),
    bodyHash: hash,
    body: input.body,
    madeAt: input.madeAt,
  };
  const key = mutationKey(identity.generation, mutation.seq);
  const value = {
    generation: identity.generation,
    mutation,
    batchId: input.batchId,
    position: input.position,
  };
  const before = head ?? untouched(input.assignmentId, input.batchId);
  const after = headAfterSave(log, before, { key, mutation, replaced: replaced?.mutation.revisionId });
  return [
    { type: 'mutation', key, value },
    { type: 'head', key: input.assignmentId, value: after },
    ...answers,
  ];
}

/** A finished answer, made after a return, answers it (rule S23). */
function answeredReturn(log: WorkLog, { assignmentId, state }: SaveInput): Put[] {
  const value = log.returnOf(assignmentId);
  if (state === 'draft' || !value || value.answered) return [];
  return [{ type: 'return', key: assignmentId, value: { ...value, answered: true } }];
}

function headAfterSave(
  log: WorkLog,
  before: HeadValue,
  { key, mutation, replaced }: { key: string; mutation: Mutation; replaced: RevisionId | undefined },
): HeadValue {
  const { revisionId, state } = mutation;
  const changes = new Changes(log);
  const earlier = untoldOf(before).filter((id) => id !== replaced);
  const untold = withoutUnread(changes, [...earlier, revisionId], revisionId);
  const head = { ...before, told: toldOf(before), untold, state, revisionId, mutationKey: key };
  return headByVersions(changes, head, { key, mutation });
}
