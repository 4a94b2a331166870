import type { z } from 'zod';
import { rawExportLineSchema } from '../../shared/contract/exports.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { StudyId, UserId } from '../../shared/schema/ids.ts';
import { sha256Hex } from '../../shared/sync/body-hash.ts';
import { appendAudit } from '../db/audit.ts';
import type { Context } from '../db/context.ts';
import { findEnd, findStudyName, type RevisionRow, readRevisions } from './store.ts';

export type RawExportLine = z.output<typeof rawExportLineSchema>;

const pageSize = 500;

/** A rater's name in a study's exports: the same in each export of the study, another one in every other study. */
export const raterPseudonym = (studyId: StudyId, userId: UserId): string =>
  `rater-${sha256Hex(`${studyId}:${userId}`).slice(0, 12)}`;

function exportLine(study: string, studyId: StudyId, row: RevisionRow): RawExportLine {
  const { ordinal: _ordinal, userId, madeAt, receivedAt, ...rest } = row;
  const body: unknown = JSON.parse(row.body);
  const { guidelinesVersion } = Object(body) as { guidelinesVersion?: unknown };
  return rawExportLineSchema.parse({
    ...rest,
    study,
    rater: raterPseudonym(studyId, userId),
    body,
    // The batch's own version moves on; what the physician had is in the annotation.
    guidelinesVersion: guidelinesVersion ?? null,
    madeAt: new Date(madeAt).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
  });
}

async function* linesOf(
  context: Context,
  { studyId, study, last }: { studyId: StudyId; study: string; last: number },
): AsyncGenerator<RawExportLine> {
  let after = 0;
  for (;;) {
    const rows = await readRevisions(context.db, { studyId, after, last, limit: pageSize });
    for (const row of rows) yield exportLine(study, studyId, row);
    after = rows.at(-1)?.ordinal ?? last;
    if (rows.length < pageSize) return;
  }
}

/**
 * Every revision of a study's real work that has arrived by now, oldest first, read page by page as it is taken.
 * The audit trail holds the export before its first line is out, so that a broken-off one is on record too.
 * @throws AppError `not-found` when there is no such study
 */
export async function exportRaw(context: Context, studyId: StudyId): Promise<AsyncGenerator<RawExportLine>> {
  requirePermission(context.actor.roles, 'annotation:export');
  const study = await findStudyName(context.db, studyId);
  if (study === null) throw new AppError('not-found');
  const { count, last } = await findEnd(context.db, studyId);
  await context.db.transaction((tx) =>
    appendAudit(tx, context.actor, context.clock(), [
      { action: 'exported-raw', subject: `study:${studyId}`, detail: { revisions: count, upTo: last } },
    ]),
  );
  return linesOf(context, { studyId, study, last });
}
