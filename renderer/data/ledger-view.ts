import type { AssignmentId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import type { Ledger, LedgerEntry, LedgerGroup, LedgerRange } from './types.ts';
import type { MutationValue, ProgressValue, WorkLog } from './work-log.ts';

/** What was moved to another number is shown once, under the new one, with its earlier receipts. */
const isShown = (progress: ProgressValue): boolean => progress.movedTo === null;

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
    batchId: value.batchId,
    batch: content.batch(value.batchId)?.name ?? '',
    position: value.position,
    title: mutation.body === null ? '' : await titleOf(content, mutation.assignmentId),
    state: mutation.state,
    madeAt: mutation.madeAt,
    bodyHash: mutation.bodyHash,
    status: verdict?.status ?? 'waiting',
    receivedAt: receipt?.receivedAt ?? null,
    auditHash: receipt?.auditHash ?? null,
    reason: progress.problem ?? verdict?.reason?.message ?? null,
    letGo: mutation.body === null,
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

/** What was set aside needs a look until the case is saved again; a conflict until it is sent again (rule S5). */
function groupOf(log: WorkLog, key: string, value: MutationValue): LedgerGroup {
  const { verdict, problem } = log.progress(key);
  if (problem !== null || verdict?.status === 'conflict') return 'attention';
  if (verdict === null) return 'waiting';
  const isHead = log.head(value.mutation.assignmentId)?.mutationKey === key;
  return verdict.status === 'quarantined' && isHead ? 'attention' : 'synced';
}

/** A page of all changes made here, or of one group of them, the newest first. */
export async function ledgerPage(
  content: ContentStore,
  log: WorkLog,
  { offset, limit, show }: LedgerRange,
): Promise<Ledger> {
  const counts = { waiting: 0, attention: 0, synced: 0 };
  const shown = log.mutations().filter(([key, value]) => {
    if (!isShown(log.progress(key))) return false;
    const group = groupOf(log, key, value);
    counts[group] += 1;
    return show === undefined || show === group;
  });
  const page = shown.reverse().slice(offset, offset + limit);
  const entries = await Promise.all(page.map(([key, value]) => entryOf(content, value, log.progress(key))));
  return { entries, total: shown.length, counts };
}
