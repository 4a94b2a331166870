import type { Batch } from '../../../shared/contract/batches.ts';
import type { Study } from '../../../shared/contract/studies.ts';
import { counted } from '../../ui/work-words.ts';

/** The one thing a lead should do now, and why. */
export type NextStep =
  | { kind: 'import'; text: string }
  | { kind: 'new-batch'; text: string }
  | { kind: 'assign'; text: string; batch: Batch }
  | { kind: 'watch'; text: string; batch: Batch }
  | { kind: 'done'; text: string };

/** Annotations a batch asks for: every comparison as often as its overlap says. */
export const expectedOf = (batch: Pick<Batch, 'comparisons' | 'overlap'>): number =>
  batch.comparisons * batch.overlap;

/** What has come in for good: submitted, or skipped with a reason. */
export const finishedOf = (batch: Pick<Batch, 'submitted' | 'skipped'>): number =>
  batch.submitted + batch.skipped;

export function batchState(
  batch: Batch,
): 'not assigned' | 'partly assigned' | 'in progress' | 'complete' | 'locked' {
  if (batch.lockedAt !== null) return 'locked';
  if (batch.assigned === 0) return 'not assigned';
  if (finishedOf(batch) >= expectedOf(batch)) return 'complete';
  return batch.assigned < expectedOf(batch) ? 'partly assigned' : 'in progress';
}

export function nextStep(study: Study, batches: readonly Batch[]): NextStep {
  if (study.cases === 0)
    return { kind: 'import', text: 'This study has no cases yet. Import a file of prompts and responses.' };
  const waiting = batches.find((batch) => batch.lockedAt === null && batch.assigned < expectedOf(batch));
  if (waiting)
    return {
      kind: 'assign',
      batch: waiting,
      text: `${waiting.name} has ${counted(expectedOf(waiting) - waiting.assigned, 'annotation')} nobody was asked for yet. Choose its physicians.`,
    };
  const free = study.comparisons - batches.reduce((sum, batch) => sum + batch.comparisons, 0);
  const open = batches.find((batch) => batchState(batch) === 'in progress');
  if (open)
    return {
      kind: 'watch',
      batch: open,
      text: `${open.name} is with its physicians: ${counted(expectedOf(open) - finishedOf(open), 'annotation')} to come.`,
    };
  if (free > 0)
    return {
      kind: 'new-batch',
      text: `${counted(free, 'comparison')} ${free === 1 ? 'is' : 'are'} in no batch yet. Make one and send it out.`,
    };
  return { kind: 'done', text: 'Every comparison of this study is annotated as often as was asked.' };
}
