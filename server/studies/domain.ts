import type { Study } from '../../shared/contract/studies.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { StudySettings } from '../../shared/schema/expert-answer.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../shared/schema/rubric.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import { appendAudit } from '../db/audit.ts';
import type { Reader, Tx } from '../db/client.ts';
import type { Context } from '../db/context.ts';
import { appendFeed } from '../db/feed.ts';
import * as store from './store.ts';

export type StudyInput = { name: string; rubric?: Rubric | undefined; guidelines?: string | undefined };

async function getStudy(reader: Reader, studyId: StudyId): Promise<Study> {
  const study = await store.findStudy(reader, studyId);
  if (!study) throw new AppError('not-found');
  return study;
}

/** All studies with their counts, newest first. */
export async function listStudies(context: Context): Promise<Study[]> {
  requirePermission(context.actor.roles, 'study:read');
  return store.listStudies(context.db);
}

/** One study with its counts and current rubric. @throws AppError `not-found` */
export async function readStudy(context: Context, studyId: StudyId): Promise<Study> {
  requirePermission(context.actor.roles, 'study:read');
  return getStudy(context.db, studyId);
}

/** The study of this name, or null: how the command line finds the study it is told. */
export async function findStudyByName(context: Context, name: string): Promise<Study | null> {
  requirePermission(context.actor.roles, 'study:read');
  return store.findStudyByName(context.db, name.trim());
}

/** Creates a study with version 1 of its rubric and guidelines. @throws AppError `name-taken` */
export async function createStudy(context: Context, input: StudyInput): Promise<Study> {
  requirePermission(context.actor.roles, 'study:create');
  const name = input.name.trim();
  if (name === '')
    throw new AppError('bad-request', { details: [{ where: 'body.name', problem: 'must not be blank' }] });
  const { rubric = defaultRubric, guidelines = '' } = input;
  return context.db.transaction(async (tx) => {
    const createdAt = context.clock();
    const id = await store.insertStudy(tx, {
      name,
      rubric,
      guidelines,
      createdBy: context.actor.userId,
      createdAt,
    });
    if (!id)
      throw new AppError('name-taken', {
        message: `There is a study named "${name}" already. Choose another name.`,
      });
    await appendAudit(tx, context.actor, createdAt, [
      { action: 'study-created', subject: id, detail: { name } },
    ]);
    return getStudy(tx, id);
  });
}

/** Tells everybody with work in the study that these of their batches are to be read again; all without a list. */
async function tellChanged(tx: Tx, studyId: StudyId, changed?: ReadonlySet<string>): Promise<void> {
  // In the order of ids: two writers lock the same feeds in the same order.
  for (const { userId, batchIds } of await store.findAssigned(tx, studyId))
    await appendFeed(
      tx,
      userId,
      batchIds
        .filter((batchId) => changed?.has(batchId) ?? true)
        .map((batchId) => ({ type: 'batch-changed' as const, batchId })),
    );
}

/**
 * Changes how the study uses known answers, and lets its physicians read their batches again: a gate may have
 * opened or closed.
 * @throws AppError `not-found`
 */
export async function changeSettings(
  context: Context,
  studyId: StudyId,
  settings: StudySettings,
): Promise<Study> {
  requirePermission(context.actor.roles, 'study:edit');
  return context.db.transaction(async (tx) => {
    const before = await store.lockStudy(tx, studyId);
    if (!before) throw new AppError('not-found');
    await store.updateSettings(tx, studyId, settings);
    await appendAudit(tx, context.actor, context.clock(), [
      { action: 'study-settings-changed', subject: studyId, detail: { from: before.settings, to: settings } },
    ]);
    const [was, is] = [before.settings.qualification, settings.qualification];
    if (was.required !== is.required || was.passShare !== is.passShare) await tellChanged(tx, studyId);
    return getStudy(tx, studyId);
  });
}

/** The newest version of a study's guidelines, or null. @throws AppError `not-found` when there is no such study */
export async function readGuidelines(
  context: Context,
  studyId: StudyId,
): Promise<{ version: number; markdown: string } | null> {
  requirePermission(context.actor.roles, 'study:read');
  const guidelines = await store.findGuidelines(context.db, studyId);
  if (!guidelines) await getStudy(context.db, studyId);
  return guidelines;
}

/**
 * Publishes a version of the guidelines and gives it to every batch that is not locked; the same text as the
 * newest version's is no new version. What physicians judged by is in each annotation and on the audit trail.
 * @returns the version, and how many batches it went to
 * @throws AppError `not-found`; `bad-request` for a blank text
 */
export async function publishGuidelines(
  context: Context,
  studyId: StudyId,
  markdown: string,
): Promise<{ version: number; batches: number }> {
  requirePermission(context.actor.roles, 'study:edit');
  if (markdown.trim() === '')
    throw new AppError('bad-request', {
      message: 'The guidelines are empty. Write them, then publish again; nothing was changed.',
      details: [{ where: 'body.markdown', problem: 'must not be blank' }],
    });
  return context.db.transaction(async (tx) => {
    if (!(await store.lockStudy(tx, studyId))) throw new AppError('not-found');
    const newest = await store.findGuidelines(tx, studyId);
    if (newest?.markdown === markdown) return { version: newest.version, batches: 0 };
    const version = (newest?.version ?? 0) + 1;
    const createdAt = context.clock();
    const createdBy = context.actor.userId;
    const moved = await store.insertGuidelines(tx, { studyId, version, markdown, createdBy, createdAt });
    await appendAudit(tx, context.actor, createdAt, [
      { action: 'guidelines-published', subject: studyId, detail: { version, batches: moved } },
    ]);
    await tellChanged(tx, studyId, new Set(moved));
    return { version, batches: moved.length };
  });
}

/**
 * Publishes a version of the rubric: new batches get it, and with `openBatches` those that are not locked as well.
 * The same rubric as the newest is no new version. Each annotation says under which version it was answered.
 * @returns the version, and how many batches it went to
 * @throws AppError `not-found`
 */
export async function publishRubric(
  context: Context,
  studyId: StudyId,
  { rubric, openBatches }: { rubric: Rubric; openBatches: boolean },
): Promise<{ version: number; batches: number }> {
  requirePermission(context.actor.roles, 'study:edit');
  return context.db.transaction(async (tx) => {
    if (!(await store.lockStudy(tx, studyId))) throw new AppError('not-found');
    const newest = await store.findNewestRubric(tx, studyId);
    const isNew = !newest || canonicalJson(newest.definition) !== canonicalJson(rubric);
    const version = isNew ? (newest?.version ?? 0) + 1 : newest.version;
    const createdAt = context.clock();
    const made = { studyId, version, definition: rubric, createdBy: context.actor.userId, createdAt };
    const id = isNew ? await store.insertRubric(tx, made) : newest.id;
    const moved = openBatches ? await store.setRubric(tx, studyId, id) : [];
    if (!isNew && moved.length === 0) return { version, batches: 0 };
    await appendAudit(tx, context.actor, createdAt, [
      { action: 'rubric-published', subject: studyId, detail: { version, rubricId: id, batches: moved } },
    ]);
    if (moved.length > 0) await tellChanged(tx, studyId, new Set(moved));
    return { version, batches: moved.length };
  });
}
