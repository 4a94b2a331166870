import type { AssignmentId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import type { LedgerEntry } from './types.ts';
import type { MutationValue, ProgressValue, WorkLog } from './work-log.ts';

/** Moved to another number before any receipt came: shown once, under the new one. */
function isShown(progress: ProgressValue): boolean {
  return progress.movedTo === null || (progress.verdict !== null && progress.verdict.status !== 'conflict');
}

async function entryOf(
  content: ContentStore,
  value: MutationValue,
  progress: ProgressValue,
): Promise<LedgerEntry> {
  const { mutation } = value;
  const verdict = progress.verdict;
  const receipt = (verdict ?? progress.earlier.at(-1))?.receipt ?? null;
  return {
    seq: mutation.seq,
    assignmentId: mutation.assignmentId,
    batch: content.batch(value.batchId)?.name ?? '',
    position: value.position,
    title: await titleOf(content, mutation.assignmentId),
    state: mutation.state,
    madeAt: mutation.madeAt,
    bodyHash: mutation.bodyHash,
    status: verdict?.status ?? 'waiting',
    receivedAt: receipt?.receivedAt ?? null,
    auditHash: receipt?.auditHash ?? null,
    reason: progress.problem ?? verdict?.reason?.message ?? null,
  };
}

async function titleOf(content: ContentStore, id: AssignmentId): Promise<string> {
  const known = content.titleOf(id);
  if (known !== '') return known;
  return content.load(id).then(
    (found) => found.title,
    () => '',
  );
}

/** A page of all changes made here, the newest first. */
export async function ledgerPage(
  content: ContentStore,
  log: WorkLog,
  range: { offset: number; limit: number },
): Promise<{ entries: LedgerEntry[]; total: number }> {
  const shown = log.mutations().filter(([key]) => isShown(log.progress(key)));
  const page = shown.reverse().slice(range.offset, range.offset + range.limit);
  const entries = await Promise.all(page.map(([key, value]) => entryOf(content, value, log.progress(key))));
  return { entries, total: shown.length };
}
