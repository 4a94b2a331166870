import type { Study } from '../../shared/contract/studies.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { defaultRubric, type Rubric } from '../../shared/schema/rubric.ts';
import { appendAudit } from '../db/audit.ts';
import type { Context } from '../db/context.ts';
import * as store from './store.ts';

export type StudyInput = { name: string; rubric?: Rubric | undefined; guidelines?: string | undefined };

/** All studies with their counts, newest first. */
export async function listStudies(context: Context): Promise<Study[]> {
  requirePermission(context.actor.roles, 'study:read');
  return store.listStudies(context.db);
}

/** One study with its counts and current rubric. @throws AppError `not-found` */
export async function readStudy(context: Context, studyId: StudyId): Promise<Study> {
  requirePermission(context.actor.roles, 'study:read');
  const study = await store.findStudy(context.db, studyId);
  if (!study) throw new AppError('not-found');
  return study;
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
    const study = await store.findStudy(tx, id);
    if (!study) throw new AppError('server-error');
    return study;
  });
}
