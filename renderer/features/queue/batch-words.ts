import type { QueueBatch } from '../../data/types.ts';
import { counted } from '../../ui/work-words.ts';

export const finishedIn = (batch: QueueBatch): number => batch.submitted + batch.skipped;

/** It was closed long ago, and its cases have left this laptop; the server has all of the work. */
export const isLetGo = (batch: QueueBatch): boolean => batch.letGoAt != null;

/** Its cases are not given out yet; what is on this laptop already stays open. */
export const isGated = (batch: QueueBatch): boolean =>
  batch.gate === 'practice-first' && batch.downloaded === 0 && !isLetGo(batch);

/** All that is left of it on this laptop are drafts that the lead took back. */
export const isTakenBack = (batch: QueueBatch): boolean => batch.total === 0 && batch.downloaded > 0;

/** Something is left to do in it, now or once it opens. */
export const isToDo = (batch: QueueBatch): boolean =>
  !batch.locked && (finishedIn(batch) < batch.total || batch.returned > 0);

/** Whether the batch is on this laptop. */
export function downloadWords(batch: QueueBatch): string {
  if (isGated(batch)) return 'comes by itself then';
  if (isLetGo(batch)) return batch.locked ? 'no longer kept on this laptop' : 'comes again by itself';
  if (batch.downloaded >= batch.total) return 'on this laptop';
  return batch.downloaded === 0 ? 'not downloaded yet' : `${batch.downloaded} of ${batch.total} downloaded`;
}

function resultWords({ practice }: QueueBatch): string | null {
  if (practice?.passed == null) return null;
  return practice.passed ? 'passed' : 'not passed';
}

/** How far the batch has come, in two or three words. */
export function stateWords(batch: QueueBatch): string {
  if (isGated(batch)) return 'locked until then';
  if (isLetGo(batch)) return batch.locked ? 'closed' : 'opened again';
  if (batch.locked) return 'locked, can be read';
  if (isTakenBack(batch)) return 'taken back, can be read';
  if (batch.returned > 0) return `${batch.returned} returned to you`;
  const finished = finishedIn(batch);
  if (batch.total > 0 && finished >= batch.total)
    return batch.waiting > 0 ? `${batch.waiting} to send` : (resultWords(batch) ?? 'all sent');
  if (batch.drafts > 0) return counted(batch.drafts, 'draft');
  return finished === 0 ? 'new' : 'in progress';
}

/** "2 calibration results": what experts said and this physician has not looked at yet; empty for none. */
export function feedbackWords(batch: QueueBatch): string {
  if (batch.feedback === 0) return '';
  const kind = batch.kind === 'practice' ? 'practice' : 'calibration';
  return counted(batch.feedback, `${kind} result`);
}

const practiceOf = (batch: QueueBatch, batches: readonly QueueBatch[]) =>
  batches.filter(({ kind, study }) => kind === 'practice' && study === batch.study);

/** Why the batch is shut and what opens it. */
export function gateWords(batch: QueueBatch, batches: readonly QueueBatch[]): string {
  const practices = practiceOf(batch, batches);
  const open = practices.find((one) => finishedIn(one) < one.total) ?? practices[0];
  if (!open) return 'Opens after the practice of its study; your lead sends it to you';
  const done = open.practice?.answered ?? finishedIn(open);
  if (finishedIn(open) < open.total) return `Opens after the practice: ${done} of ${open.total} done`;
  if (open.practice?.passed === false) return 'The practice was not passed: talk to your lead';
  return 'Opens after the practice: its result comes with the next sync';
}

/** One sentence for whoever is new: what to begin with and why; null when there is no practice to do. */
export function practiceSentence(batches: readonly QueueBatch[]): string | null {
  const practice = batches.find((one) => one.kind === 'practice' && isToDo(one));
  if (!practice) return null;
  const opens = batches.some((one) => one.study === practice.study && isGated(one));
  const first = `Begin with ${practice.name}: ${counted(practice.total, 'case')} with known answers. After each one you see what experts said, and why.`;
  return opens ? `${first} Your real cases open when it is passed.` : first;
}
