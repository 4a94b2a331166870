import { z } from 'zod';
import type { AssignmentId, BatchId } from '../../shared/schema/ids.ts';
import type {
  CaseStanding,
  ChangeStanding,
  HeardTime,
  RetentionDecision,
} from '../../shared/sync/retention.ts';
import { untouched } from './decide-versions.ts';
import type { LetGo, MutationValue, Put, RevisionValue, WorkLog } from './work-log.ts';

type Change = [key: string, value: MutationValue];
/** What of one case is here, its texts included. */
type CaseWork = { changes: Change[]; others: RevisionValue[] };

export type BatchCases = { batchId: BatchId; ids: readonly AssignmentId[] };

/** Work of a batch by case: those that are here, and those that are only spoken of. */
function workOf(log: WorkLog, { batchId, ids }: BatchCases): Map<string, CaseWork> {
  const cases = new Map<string, CaseWork>();
  const caseOf = (id: string): CaseWork => {
    const known = cases.get(id) ?? { changes: [], others: [] };
    cases.set(id, known);
    return known;
  };
  for (const id of ids) caseOf(id);
  for (const head of log.heads()) if (head.batchId === batchId) caseOf(head.assignmentId);
  for (const change of log.mutations())
    if (change[1].batchId === batchId) caseOf(change[1].mutation.assignmentId).changes.push(change);
  for (const revision of log.revisions()) cases.get(revision.assignmentId)?.others.push(revision);
  return cases;
}

/** Something finished that stands on the newest version, or a choice that names this one, came after it. */
function isSettledLater(log: WorkLog, { changes, others }: CaseWork, [key, { mutation }]: Change): boolean {
  const at = changes.findIndex(([other]) => other === key);
  const later = changes.slice(at + 1);
  const isFinished = ([laterKey, value]: Change) => {
    const { verdict } = log.progress(laterKey);
    return value.mutation.state !== 'draft' && verdict?.status === 'accepted' && !verdict.diverged;
  };
  const bodies = [...later.map(([, value]) => value.mutation.body), ...others.map(({ body }) => body)];
  const named = bodies.flatMap((body) => body?.resolutions ?? []).flatMap(({ revisions }) => revisions);
  return later.some(isFinished) || named.includes(mutation.revisionId);
}

/** What lives on under another number is looked at there; what should and does not was never received. */
function standingOf(log: WorkLog, work: CaseWork, change: Change): ChangeStanding | null {
  const [key, { mutation, generation }] = change;
  const { verdict, movedTo, problem } = log.progress(key);
  if (mutation.body === null) return null;
  if (movedTo !== null && log.mutation(movedTo) !== null) return null;
  return {
    status: movedTo === null ? (verdict?.status ?? null) : null,
    problem: problem !== null,
    isCurrent: generation === log.identity()?.generation,
    openlyDiverged: verdict?.diverged === true && !isSettledLater(log, work, change),
    receivedAt: verdict?.receipt.receivedAt ?? null,
  };
}

/** How every touched case of a batch stands, for the decision about it. */
export function casesOf(log: WorkLog, batch: BatchCases): CaseStanding[] {
  return [...workOf(log, batch)].map(([assignmentId, work]) => {
    const head = log.head(assignmentId);
    const returned = log.returnOf(assignmentId);
    return {
      recalled: head !== null && head.recalled !== null && head.revisionId !== null,
      twoVersions: head !== null && head.other !== null,
      returned: returned !== null && !returned.answered,
      changes: work.changes.flatMap((change) => standingOf(log, work, change) ?? []),
      toldUnder: work.others.filter(({ body }) => body !== null).map(({ epoch }) => epoch ?? null),
    };
  });
}

/** Takes the texts out of what is kept of a batch, at most so many at once; none where none is left. */
export function textsToLetGo(log: WorkLog, batch: BatchCases, most: number): Put[] {
  const puts: Put[] = [];
  for (const { changes, others } of workOf(log, batch).values()) {
    for (const [key, value] of changes)
      if (value.mutation.body !== null)
        puts.push({
          type: 'mutation',
          key,
          value: { ...value, mutation: { ...value.mutation, body: null } },
        });
    for (const revision of others)
      if (revision.body !== null)
        puts.push({ type: 'revision', key: revision.revisionId, value: { ...revision, body: null } });
    if (puts.length >= most) break;
  }
  return puts.slice(0, most);
}

/** Marks a batch as let go. Of cases nobody touched their batch is noted, so that what is told of them later has a place. */
export function letGoPuts(log: WorkLog, { batchId, ids }: BatchCases, letGo: LetGo): Put[] {
  const fresh = ids.filter((id) => log.head(id) === null);
  return [
    { type: 'batch', key: batchId, value: { fetched: true, letGo } },
    ...fresh.map((id): Put => ({ type: 'head', key: id, value: untouched(id, batchId) })),
  ];
}

const heardSchema = z.object({ epoch: z.string(), at: z.string() });
const rememberedSchema = z.object({
  heard: heardSchema.nullable(),
  /** When the end of a batch's time was first named. */
  named: z.record(z.string(), heardSchema.extend({ closedAt: z.string() })),
});
/** What this laptop has heard of the server's time; kept among the work. */
export type RememberedTime = z.infer<typeof rememberedSchema>;

/** Whatever cannot be read was never heard: then everything waits longer. */
export function readRemembered(stored: string | null): RememberedTime {
  try {
    return rememberedSchema.parse(JSON.parse(stored ?? ''));
  } catch {
    return { heard: null, named: {} };
  }
}

/** Looking at all work takes a moment, and a month does not end by the minute. */
const lookMs = 60 * 60_000;

/** Whether what is heard now says more than what was heard before: an hour later, or something that does not follow from it. */
export function isLookDue(before: HeardTime | null, heard: HeardTime): boolean {
  if (before === null || before.epoch !== heard.epoch) return true;
  const passed = Date.parse(heard.at) - Date.parse(before.at);
  return !(passed >= 0 && passed < lookMs);
}

/** The first naming stands until the second look; any doubt in between begins anew. */
export function rememberNaming(
  named: RememberedTime['named'],
  batchId: BatchId,
  decision: RetentionDecision,
  now: HeardTime & { closedAt: string },
): void {
  const first = named[batchId];
  if (decision.letGo || decision.reason !== 'named-once') delete named[batchId];
  else if (first?.closedAt !== now.closedAt || first.epoch !== now.epoch) named[batchId] = now;
}
