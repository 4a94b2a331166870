import type { PhysicianAssignment, PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';

export type CaseContent = Omit<PhysicianAssignment, 'latest'>;
/** One version of a batch's guidelines; versions that were replaced stay on the laptop. */
export type GuidelinesVersion = { batchId: BatchId; version: number; markdown: string };
/** What one record of the cases' journal holds. */
export type ContentRecord =
  | { batch: PhysicianBatch }
  | { assignments: CaseContent[] }
  | { guidelines: GuidelinesVersion };

export const documentId = ({ batchId, version }: GuidelinesVersion) => `${batchId}.${version}`;

export function caseIn(records: readonly ContentRecord[], id: AssignmentId): CaseContent | null {
  const cases = records.flatMap((record) => ('assignments' in record ? record.assignments : []));
  return cases.findLast((content) => content.id === id) ?? null;
}

/** A journal's record without the cases of a batch; its name, rubric and guidelines stay. */
export function withoutBatch(record: ContentRecord, batchId: BatchId): ContentRecord[] {
  if (!('assignments' in record)) return [record];
  const assignments = record.assignments.filter((content) => content.batchId !== batchId);
  return assignments.length === 0 ? [] : [{ assignments }];
}

export function guidelinesOf(batch: PhysicianBatch | null): GuidelinesVersion[] {
  return batch?.guidelines ? [{ batchId: batch.id, ...batch.guidelines }] : [];
}
