import { annotationBodySchema, type RevisionState } from '../../shared/schema/annotation.ts';
import {
  compareWithExperts,
  type StudySettings,
  studySettingsSchema,
  turnedExpertAnswer,
} from '../../shared/schema/expert-answer.ts';
import type { Tx } from '../db/client.ts';
import type { FeedEntry } from '../db/feed.ts';
import * as store from './expert-feedback-store.ts';
import type { PushedAssignment } from './push-store.ts';

/** A revision that this push stored. */
type Said = { assignment: PushedAssignment; state: RevisionState };
type Physician = { userId: string; at: Date };

const settingsOf = (assignment: PushedAssignment): StudySettings =>
  studySettingsSchema.parse(assignment.settings);
const uniqueIds = (ids: readonly string[]) => [...new Set(ids)];

/** Whole groups of `every`, oldest first; the rest waits for more, so that no single case is given away. */
export function wholeGroups<T>(items: readonly T[], every: number): T[] {
  return items.slice(0, items.length - (items.length % every));
}

/**
 * What a push makes known of experts' answers, as events for the end of its feed: practice at once, known cases
 * among real work in groups, and a practice that was passed. Runs after the revisions are stored and while the
 * user's audit chain is locked, so that two pushes of one person never count the same cases. A push without
 * practice or known cases asks the database nothing.
 */
export async function tellOfExperts(
  tx: Tx,
  physician: Physician,
  said: readonly Said[],
): Promise<FeedEntry[]> {
  const open = said.filter(({ assignment, state }) => state !== 'draft' && assignment.recalledAt === null);
  const practice = open.filter(({ assignment }) => assignment.kind === 'practice');
  const calibrating = open.filter(
    ({ assignment, state }) =>
      assignment.kind === 'work' &&
      assignment.known &&
      state === 'submitted' &&
      settingsOf(assignment).calibrationEvery !== null,
  );
  if (practice.length === 0 && calibrating.length === 0) return [];
  const everyOf = new Map(
    calibrating.map(({ assignment }) => [assignment.studyId, settingsOf(assignment).calibrationEvery ?? 1]),
  );
  const told = await tell(tx, physician, practice, everyOf);
  return [...told.map(({ event }) => event), ...(await changedBatches(tx, physician, practice, told))];
}

type Told = { assignmentId: string; event: FeedEntry };

async function tell(
  tx: Tx,
  { userId, at }: Physician,
  practice: readonly Said[],
  everyOf: ReadonlyMap<string, number>,
): Promise<Told[]> {
  const untold = await store.findUntold(tx, userId, {
    practice: uniqueIds(practice.map(({ assignment }) => assignment.id)),
    studies: [...everyOf.keys()],
  });
  const inOrder = untold.toSorted((one, other) => one.ordinal - other.ordinal);
  const groups = [...everyOf].flatMap(([studyId, every]) =>
    wholeGroups(
      inOrder.filter((one) => one.kind === 'work' && one.studyId === studyId),
      every,
    ),
  );
  const told = [...inOrder.filter(({ kind }) => kind === 'practice'), ...groups].map((one) =>
    feedback(one, at),
  );
  await store.insertFeedback(
    tx,
    told.map(({ row }) => row),
  );
  return told.map(({ row, event }) => ({ assignmentId: row.assignmentId, event }));
}

function feedback(one: store.Untold, at: Date) {
  const { assignmentId, revisionId, batchId, swapped } = one;
  const kind: 'practice' | 'calibration' = one.kind === 'practice' ? 'practice' : 'calibration';
  // The physician's A is response two where the order was swapped.
  const answer = swapped ? turnedExpertAnswer(one.answer) : one.answer;
  const body = annotationBodySchema.parse(JSON.parse(one.body));
  // Ratings do not decide whether the preference agreed, so no step is asked for.
  const agreed = compareWithExperts(answer, body, () => 0).preference;
  const detail = { assignmentId, kind, answer, at: at.toISOString() };
  return {
    row: { assignmentId, revisionId, kind, agreed, createdAt: at },
    event: { type: 'expert-feedback' as const, batchId, detail },
  };
}

/** Practice batches that went on, and all real work of a study whose required practice is passed by this push. */
async function changedBatches(
  tx: Tx,
  { userId }: Physician,
  practice: readonly Said[],
  told: readonly Told[],
): Promise<FeedEntry[]> {
  const isTold = new Set(told.map(({ assignmentId }) => assignmentId));
  const moved = practice
    .filter(({ assignment, state }) => state === 'skipped' || isTold.has(assignment.id))
    .map(({ assignment }) => assignment);
  if (moved.length === 0) return [];
  const gating = moved.filter((assignment) => settingsOf(assignment).qualification.required);
  const passed =
    gating.length === 0
      ? new Set<string>()
      : await store.findPassed(tx, userId, uniqueIds(gating.map(({ batchId }) => batchId)));
  const studyIds = uniqueIds(
    gating.filter(({ batchId }) => passed.has(batchId)).map(({ studyId }) => studyId),
  );
  const opened = studyIds.length === 0 ? [] : await store.findWorkBatches(tx, userId, studyIds);
  const changed = uniqueIds([...moved.map(({ batchId }) => batchId), ...opened]);
  return changed.map((batchId) => ({ type: 'batch-changed' as const, batchId }));
}
