import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ImportReport } from '../../../shared/contract/imports.ts';
import { AppError } from '../../../shared/errors.ts';
import type { StudyId } from '../../../shared/schema/ids.ts';
import type { Context } from '../../db/context.ts';
import { importCases } from '../../imports/domain.ts';
import { createStudy, findStudyByName } from '../../studies/domain.ts';
import { plural, problemLine } from '../output.ts';
import { callersPath, type Session } from '../session.ts';

export type ImportOptions = { study: string; pairs: string; dryRun: boolean; skipBadLines: boolean };

async function openFile(path: string) {
  const file = callersPath(path);
  const found = await stat(file).catch(() => null);
  if (!found)
    throw new AppError('file-unreadable', {
      message: `There is no file "${path}". Check the path and try again.`,
    });
  if (!found.isFile())
    throw new AppError('file-unreadable', {
      message: `"${path}" is not a file. Give the path of one JSON Lines file.`,
    });
  return createReadStream(file, { highWaterMark: 256 * 1024 });
}

/** Ends the transaction of a dry run. */
class RolledBack extends Error {}

/** Makes the study in the same transaction as the import, so that a failed import leaves no empty study behind. */
async function importIntoNewStudy(
  { context }: Session,
  name: string,
  dryRun: boolean,
  run: (context: Context, studyId: StudyId) => Promise<ImportReport>,
): Promise<ImportReport> {
  let report: ImportReport | undefined;
  try {
    await context.db.transaction(async (tx) => {
      const inside: Context = { ...context, db: tx };
      const study = await createStudy(inside, { name });
      report = await run(inside, study.id);
      if (dryRun) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (!report) throw new Error('an import ended without a report');
  return report;
}

function summary(report: ImportReport, study: string): string[] {
  const verb = report.dryRun ? 'Would import' : 'Imported';
  return [
    `${verb} ${plural(report.cases, 'case')}, ${plural(report.responses, 'response')} and ${plural(report.comparisons, 'comparison')} into "${study}".`,
    ...(report.knownAnswers > 0
      ? [
          `${plural(report.knownAnswers, 'comparison')} with a known answer, told to nobody before a submission.`,
        ]
      : []),
    ...(report.unchangedCases > 0
      ? [`${plural(report.unchangedCases, 'case')} there already, unchanged.`]
      : []),
    ...(report.identicalPairs > 0
      ? [
          `${plural(report.identicalPairs, 'pair')} with the same text twice: kept, but never put into a batch.`,
        ]
      : []),
    ...(report.emptyResponses > 0
      ? [`${plural(report.emptyResponses, 'response')} empty; kept as they are.`]
      : []),
    ...(report.refused > 0 ? [`${plural(report.refused, 'line')} refused:`] : []),
    ...report.problems.map((problem) => `  ${problemLine(problem)}`),
  ];
}

/** Names the file in a failure to open or read it, which the stream tells only in the system's words. */
function asFileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null;
  if (code === null || !['EACCES', 'EPERM', 'EIO', 'EISDIR', 'ENOENT'].includes(code)) return error;
  return new AppError('file-unreadable', {
    message: `The file "${path}" cannot be read (${code}). Check its permissions and try again.`,
    cause: error,
  });
}

export async function importFile(session: Session, path: string, options: ImportOptions): Promise<void> {
  const { context, output, signal } = session;
  const source = await openFile(path);
  const { dryRun, study: name } = options;
  const run = (inside: Context, studyId: StudyId) =>
    importCases(inside, {
      studyId,
      source,
      fileName: basename(path),
      pairs: options.pairs,
      dryRun,
      badLines: options.skipBadLines ? 'skip' : 'stop',
      onProgress: (lines) => output.progress(`${plural(lines, 'line')} read`),
      signal,
    });
  try {
    const study = await findStudyByName(context, name);
    const report = study
      ? await run(context, study.id)
      : await importIntoNewStudy(session, name, dryRun, run);
    if (!study)
      output.note(
        `There ${dryRun ? 'is' : 'was'} no study "${name}": it ${dryRun ? 'would be' : 'was'} made.`,
      );
    output.result({ report, studyCreated: !study && !dryRun }, summary(report, name));
  } catch (error) {
    throw asFileError(error, path);
  } finally {
    source.destroy();
  }
}
