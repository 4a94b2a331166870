import { createHash } from 'node:crypto';
import type { ImportReport } from '../../shared/contract/imports.ts';
import { AppError } from '../../shared/errors.ts';
import { requirePermission } from '../../shared/permissions.ts';
import type { StudyId } from '../../shared/schema/ids.ts';
import { baselineOf } from '../../shared/selection/pairs.ts';
import { appendAudit } from '../db/audit.ts';
import { type Context, newId } from '../db/context.ts';
import { type ChunkWriter, startChunkWriter } from './chunk-writer.ts';
import { splitLines } from './lines.ts';
import { type Chunk, chunkRecords, inAdvance } from './record-chunks.ts';
import { findStudyName, finishImport, lockImportsOf, startImport, startSeenLines } from './store.ts';
import { type Bytes, isGzipDamage, unpack } from './unpack.ts';

export type ImportInput = {
  studyId: StudyId;
  /** The file's bytes, plain or gzipped. */
  source: Bytes;
  fileName: string;
  /** `all`, `adjacent` or `baseline:MODEL`. */
  pairs: string;
  dryRun: boolean;
  badLines: 'stop' | 'skip';
  onProgress?: (lines: number) => void;
  /** Ends the import with nothing written. */
  signal?: AbortSignal;
};

/** Ends a transaction that was never meant to stay. */
class RolledBack extends Error {}

/** @throws AppError `not-found` when there is no such study, `forbidden` without the permission */
export async function checkImport(context: Context, studyId: StudyId): Promise<void> {
  requirePermission(context.actor.roles, 'case:import');
  if ((await findStudyName(context.db, studyId)) === null) throw new AppError('not-found');
}

function checkBaseline(pairs: string, writer: ChunkWriter): void {
  const baseline = baselineOf(pairs);
  if (baseline === null || writer.modelsSeen.has(baseline)) return;
  const found = [...writer.modelsSeen].sort();
  throw new AppError('bad-request', {
    message: `No response in this file is of the model "${baseline}". Models found: ${found.slice(0, 30).join(', ')}${found.length > 30 ? ', ...' : ''}. Choose one of them as the baseline.`,
    details: { baseline, models: found },
  });
}

function asAppError(error: unknown, lines: number): unknown {
  if (!isGzipDamage(error)) return error;
  return new AppError('file-unreadable', {
    message: `The gzip file is cut short or damaged after line ${lines}. Nothing was imported; make or fetch the file again.`,
    cause: error,
  });
}

async function readFile(
  input: ImportInput,
  writer: ChunkWriter,
  onPacked: (bytes: Uint8Array) => void,
): Promise<void> {
  let lines = 0;
  try {
    const chunks: AsyncIterable<Chunk> = inAdvance(chunkRecords(splitLines(unpack(input.source, onPacked))));
    for await (const chunk of chunks) {
      input.signal?.throwIfAborted();
      await writer.write(chunk);
      lines = writer.report().lines;
      input.onProgress?.(lines);
    }
  } catch (error) {
    throw asAppError(error, lines);
  }
  if (writer.report().lines === 0)
    throw new AppError('file-unreadable', {
      message: 'The file holds no record. Choose a JSON Lines file with one record on each line.',
    });
}

/**
 * Imports a JSON Lines file into a study in one transaction, reading it as it comes. The same record again
 * changes nothing but adds the pairs a wider rule asks for.
 * @throws AppError `import-failed` with the report as details when lines are bad and `badLines` is `stop`;
 *   `file-unreadable` for an empty, damaged or cut-off file; `bad-request` for a baseline no response is of
 */
export async function importCases(context: Context, input: ImportInput): Promise<ImportReport> {
  await checkImport(context, input.studyId);
  const { actor, clock } = context;
  const fileHash = createHash('sha256');
  const importId = newId();
  let report: ImportReport | undefined;
  try {
    await context.db.transaction(async (tx) => {
      await lockImportsOf(tx, input.studyId);
      await startSeenLines(tx);
      if (!input.dryRun)
        await startImport(tx, {
          id: importId,
          studyId: input.studyId,
          fileName: input.fileName,
          pairsRule: input.pairs,
          createdBy: actor.userId,
          createdAt: clock(),
        });
      const writer = startChunkWriter(tx, { ...input, importId });
      await readFile(input, writer, (bytes) => fileHash.update(bytes));
      report = writer.report();
      if (report.refused < report.lines) checkBaseline(input.pairs, writer);
      input.signal?.throwIfAborted();
      if (input.dryRun) throw new RolledBack();
      if (report.refused > 0 && input.badLines === 'stop')
        throw new AppError('import-failed', { details: report });
      const { problems: _problems, studyId: _studyId, ...counts } = report;
      await finishImport(tx, importId, report);
      await appendAudit(tx, actor, clock(), [
        {
          action: 'cases-imported',
          subject: `study:${input.studyId}`,
          detail: {
            importId,
            fileName: input.fileName,
            fileSha256: fileHash.digest('hex'),
            pairs: input.pairs,
            badLines: input.badLines,
            ...counts,
          },
        },
      ]);
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (!report) throw new Error('an import ended without a report');
  return report;
}
