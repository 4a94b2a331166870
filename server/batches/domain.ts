import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type {
  assignBatch as assignEndpoint,
  Batch,
  createBatch as createEndpoint,
  batchProgress as progressEndpoint,
} from '../../shared/contract/batches.ts';
import type { EndpointReply } from '../../shared/contract/endpoint.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { BatchId, ComparisonId, StudyId, UserId } from '../../shared/schema/ids.ts';
import {
  type AssignmentPlan,
  type AssignmentPlanInput,
  planAssignments,
} from '../../shared/selection/assign.ts';
import { appendAudit } from '../db/audit.ts';
import type { Reader, Tx } from '../db/client.ts';
import { type Context, newId } from '../db/context.ts';
import { appendFeed } from '../db/feed.ts';
import * as store from './store.ts';

export type NewBatch = z.output<typeof createEndpoint.body> & { studyId: StudyId };

/** Of a plan: the same seed gives the same plan again. */
export const newSeed = (): string => randomBytes(16).toString('hex');
const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** One batch with its counts. @throws AppError `not-found` */
export async function getBatch(db: Reader, batchId: BatchId): Promise<Batch> {
  const batch = await store.findBatch(db, batchId);
  if (!batch) throw new AppError('not-found');
  return batch;
}

/** The batches of a study with their counts, newest first. */
export async function listBatches(context: Context, studyId: StudyId): Promise<Batch[]> {
  requirePermission(context.actor.roles, 'batch:read');
  if ((await store.findStudyName(context.db, studyId)) === null) throw new AppError('not-found');
  return store.readBatches(context.db, studyId);
}

async function noPractice(tx: Tx, studyId: StudyId, specialty: string | undefined): Promise<AppError> {
  const counts = await store.countKnown(tx, studyId, specialty ?? null);
  const { known, free } = counts;
  const have = known === 1 ? '1 comparison of the study has' : `${known} comparisons of the study have`;
  const message =
    known === 0
      ? 'Practice needs comparisons with a known answer, and the study has none. Import cases with the field "expert" first.'
      : free === 0
        ? `${have} a known answer, and all of them are in batches already or hold the same text twice. Import more known answers first.`
        : `${have} a known answer, ${free} of them in no batch, but none of the specialty "${specialty}". Choose another specialty, or none.`;
  return new AppError('nothing-to-assign', { message, details: counts });
}

async function nothingLeft(tx: Tx, studyId: StudyId, specialty: string | undefined): Promise<AppError> {
  const bySpecialty = await store.countFree(tx, studyId);
  const total = bySpecialty.reduce((sum, row) => sum + row.total, 0);
  const free = bySpecialty.filter((row) => row.free > 0);
  const offers = free.map((row) => `${row.specialty ?? 'no specialty'} (${row.free})`).join(', ');
  const message =
    total === 0
      ? 'The study has no comparisons yet. Import cases first.'
      : free.length === 0
        ? `All ${plural(total, 'comparison')} of the study are in batches already or hold the same text twice. Import more cases first.`
        : `No comparison of the specialty "${specialty}" is left for a new batch. Still free: ${offers}. Choose one of these, or no specialty.`;
  return new AppError('nothing-to-assign', { message, details: { total, bySpecialty } });
}

/**
 * Makes a batch of comparisons that are in no batch yet, under the study's newest rubric and guidelines; a
 * practice batch takes only those with a known answer, and everybody it is assigned to gets all of it.
 * @throws AppError `name-taken`, `not-found`, or `nothing-to-assign` when no comparison is left
 */
export async function createBatch(context: Context, input: NewBatch): Promise<Batch> {
  requirePermission(context.actor.roles, 'batch:create');
  const { studyId, name, kind, specialty, deadline } = input;
  const overlap = kind === 'practice' ? 1 : input.overlap;
  const batchId = newId<BatchId>();
  const seed = input.order === 'random' ? newSeed() : null;
  return context.db.transaction(async (tx) => {
    if ((await store.lockStudy(tx, studyId)) === null) throw new AppError('not-found');
    if (await store.isBatchNameTaken(tx, studyId, name))
      throw new AppError('name-taken', {
        message: `This study has a batch "${name}" already. Choose another name.`,
      });
    const { rubricId, guidelineId } = await store.findNewestVersions(tx, studyId);
    if (!rubricId)
      throw new AppError('invalid-rubric', { message: 'The study has no rubric. Give it one first.' });
    await store.insertBatch(tx, {
      id: batchId,
      studyId,
      rubricId,
      guidelineId,
      name,
      kind,
      overlap,
      specialty: specialty ?? null,
      deadline: deadline ?? null,
      createdBy: context.actor.userId,
      createdAt: context.clock(),
    });
    const comparisons = await store.fillBatch(tx, batchId, { ...input, seed });
    if (comparisons === 0)
      throw await (kind === 'practice' ? noPractice : nothingLeft)(tx, studyId, specialty);
    await appendAudit(tx, context.actor, context.clock(), [
      {
        action: 'batch-created',
        subject: `batch:${batchId}`,
        detail: {
          studyId,
          name,
          kind,
          comparisons,
          asked: input.size,
          order: input.order,
          seed,
          onePerCase: input.onePerCase,
          specialty: specialty ?? null,
          overlap,
          deadline: deadline ?? null,
          rubricId,
          guidelineId,
        },
      },
    ]);
    return getBatch(tx, batchId);
  });
}

/** People who can be given work. @throws AppError `bad-request` for anybody else */
export async function getPhysicians(
  tx: Tx,
  ids: readonly UserId[],
  batchId: BatchId,
): Promise<store.Physician[]> {
  const found = await store.readPhysicians(tx, ids, batchId);
  const unfit = found.filter((person) => !person.isActivePhysician);
  if (unfit.length > 0)
    throw new AppError('bad-request', {
      message: `Not an active physician: ${unfit.map((person) => person.email).join(', ')}. Leave them out and assign again.`,
    });
  if (found.length < ids.length)
    throw new AppError('bad-request', {
      message: 'Some of the chosen people have no account here. Reload the list of people and choose again.',
      details: { unknown: ids.filter((id) => !found.some((person) => person.id === id)) },
    });
  return found;
}

function tooFew(batch: store.BatchRow, chosen: number, unfilled: number): AppError {
  return new AppError('too-few-physicians', {
    message: `Each comparison of "${batch.name}" needs ${plural(batch.overlap, 'physician')}, and of the ${chosen} chosen too few are free for ${plural(unfilled, 'comparison')}. Choose more physicians, or make a batch with a smaller overlap.`,
    details: { overlap: batch.overlap, chosen, unfilled },
  });
}

/** Everybody gets every comparison, whoever has how much already. */
function planPractice(
  input: AssignmentPlanInput<ComparisonId, UserId>,
): AssignmentPlan<ComparisonId, UserId> {
  const assignments = input.physicians.flatMap(
    (person) =>
      planAssignments({
        ...input,
        overlap: 1,
        physicians: [person],
        existing: input.existing.filter(({ physician }) => physician === person.id),
        seed: `${input.seed}:${person.id}`,
      }).assignments,
  );
  // A case recalled from somebody stays recalled: nothing to fill it with.
  return { assignments, unfilled: [] };
}

const lockedAlready = (name: string) =>
  new AppError('nothing-to-assign', {
    message: `The batch "${name}" is locked, so nothing of it can be assigned. Open it first.`,
  });

/**
 * Gives every comparison of the batch the physicians it still lacks, and of a practice batch every comparison to
 * each of these physicians; what is assigned already stays as it is.
 * @throws AppError `too-few-physicians` when a comparison cannot be filled: then nothing is assigned
 */
export async function assignBatch(
  context: Context,
  input: { batchId: BatchId; physicianIds: readonly UserId[] },
): Promise<EndpointReply<typeof assignEndpoint>> {
  requirePermission(context.actor.roles, 'batch:assign');
  const { batchId } = input;
  const seed = newSeed();
  return context.db.transaction(async (tx) => {
    const row = await store.lockBatch(tx, batchId);
    if (!row) throw new AppError('not-found');
    if (row.lockedAt !== null) throw lockedAlready(row.name);
    const people = await getPhysicians(tx, [...new Set(input.physicianIds)], batchId);
    const plan = (row.kind === 'practice' ? planPractice : planAssignments)({
      comparisons: await store.readComparisonIds(tx, batchId),
      physicians: people,
      overlap: row.overlap,
      existing: await store.readExistingAssignments(tx, batchId),
      seed,
    });
    if (plan.unfilled.length > 0) throw tooFew(row, people.length, plan.unfilled.length);
    const given = people
      .map(({ id, name }) => ({
        userId: id,
        name,
        assignments: plan.assignments.filter((planned) => planned.physician === id).length,
      }))
      .filter((physician) => physician.assignments > 0);
    if (given.length > 0) await storePlan(context, tx, { batchId, seed, overlap: row.overlap, given, plan });
    if (row.kind === 'practice')
      await store.setOverlap(tx, batchId, Math.max(1, (await store.findAssigned(tx, batchId)).length));
    return { batch: await getBatch(tx, batchId), assignments: plan.assignments.length, perPhysician: given };
  });
}

type Given = { userId: UserId; name: string; assignments: number };
type StoredPlan = {
  batchId: BatchId;
  seed: string;
  overlap: number;
  given: Given[];
  plan: AssignmentPlan<ComparisonId, UserId>;
};

async function storePlan(
  context: Context,
  tx: Tx,
  { batchId, seed, overlap, given, plan }: StoredPlan,
): Promise<void> {
  await store.insertAssignments(
    tx,
    batchId,
    context.clock(),
    plan.assignments.map((planned) => ({ ...planned, id: newId() })),
  );
  // `given` is in the order of ids: two assigners lock the same feeds in the same order.
  for (const { userId } of given) await appendFeed(tx, userId, [{ type: 'batch-assigned', batchId }]);
  await appendAudit(tx, context.actor, context.clock(), [
    {
      action: 'batch-assigned',
      subject: `batch:${batchId}`,
      detail: {
        seed,
        overlap,
        physicians: given.map(({ userId, assignments }) => ({ userId, assignments })),
      },
    },
  ]);
}

/** How far each physician of a batch is. */
export async function batchProgress(
  context: Context,
  batchId: BatchId,
): Promise<EndpointReply<typeof progressEndpoint>> {
  requirePermission(context.actor.roles, 'batch:read');
  const batch = await getBatch(context.db, batchId);
  const rows = await store.readProgress(context.db, batchId);
  const standings = await store.readStandings(context.db, batchId);
  const physicians = rows.map(({ lastReceivedAt, userId, ...row }) => ({
    ...row,
    userId: userId as UserId,
    lastReceivedAt: lastReceivedAt === null ? null : new Date(lastReceivedAt).toISOString(),
    practice: standings.get(userId) ?? null,
  }));
  return { batch, physicians };
}

/**
 * Locks a batch, or opens it again under the newest guidelines; everybody with work in it is told. What physicians
 * saved before they heard of a lock still arrives, and is kept and marked late.
 * @throws AppError `not-found`
 */
export async function lockBatch(
  context: Context,
  { batchId, locked }: { batchId: BatchId; locked: boolean },
): Promise<Batch> {
  requirePermission(context.actor.roles, 'batch:lock');
  return context.db.transaction(async (tx) => {
    const { studyId } = await getBatch(tx, batchId);
    // The study first, as its guidelines are published: a batch then never opens under an old version.
    await store.lockStudy(tx, studyId);
    const row = await store.lockBatch(tx, batchId);
    if (!row) throw new AppError('not-found');
    if ((row.lockedAt !== null) !== locked) await turnLock(context, tx, row, locked);
    return getBatch(tx, batchId);
  });
}

async function turnLock(context: Context, tx: Tx, row: store.BatchRow, locked: boolean): Promise<void> {
  const [batchId, at] = [row.id as BatchId, context.clock()];
  const { guidelineId } = await store.findNewestVersions(tx, row.studyId as StudyId);
  await store.setLock(tx, batchId, locked ? { lockedAt: at } : { lockedAt: null, guidelineId });
  await appendAudit(tx, context.actor, at, [
    { action: locked ? 'batch-locked' : 'batch-opened', subject: `batch:${batchId}`, detail: {} },
  ]);
  for (const userId of await store.findAssigned(tx, batchId))
    await appendFeed(tx, userId, [{ type: 'batch-changed', batchId }]);
}
