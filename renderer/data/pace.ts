import type { PhysicianBatch } from '../../shared/contract/sync.ts';
import type { AssignmentId } from '../../shared/schema/ids.ts';
import type { ContentStore } from './content.ts';
import type { WorkLog } from './work-log.ts';

/** The pace is that of the last cases, as many as this. */
const casesCounted = 30;
/** Fewer say nothing about the next ones. */
const casesNeeded = 3;

function median(times: readonly number[]): number | null {
  if (times.length < casesNeeded) return null;
  const sorted = [...times].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : Math.round(((sorted[middle - 1] ?? upper) + upper) / 2);
}

/** Active times of submitted cases of one kind, the newest first: those made here, then other laptops'. */
function* timesOf(content: ContentStore, log: WorkLog, kind: PhysicianBatch['kind']): Generator<number> {
  const counted = new Set<AssignmentId>();
  for (const [, { mutation, batchId }] of log.mutations().reverse()) {
    const { assignmentId, state, body } = mutation;
    if (state !== 'submitted' || counted.has(assignmentId)) continue;
    if (content.batch(batchId)?.kind !== kind) continue;
    counted.add(assignmentId);
    if (body && body.time.activeMs > 0) yield body.time.activeMs;
  }
  for (const head of log.heads()) {
    if (head.state !== 'submitted' || counted.has(head.assignmentId)) continue;
    if (content.batch(head.batchId)?.kind !== kind) continue;
    const activeMs = log.bodyOf(head)?.body.time.activeMs ?? 0;
    if (activeMs > 0) yield activeMs;
  }
}

/** Median active time of this physician's last cases of a kind, milliseconds; null while there are too few. */
export function paceOf(content: ContentStore, log: WorkLog, kind: PhysicianBatch['kind']): number | null {
  const times: number[] = [];
  for (const time of timesOf(content, log, kind)) if (times.push(time) >= casesCounted) break;
  return median(times);
}
