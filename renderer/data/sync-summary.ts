import { isConflict } from './case-news.ts';
import type { ContentStore } from './content.ts';
import type { SyncSummary } from './types.ts';
import type { WorkLog } from './work-log.ts';

/** What the engine last found; memory only, because a restart finds out anew. */
export type SyncReport = { phase: 'idle' | 'syncing' | 'offline' | 'sign-in'; trouble: string | null };

const cases = (n: number) => (n === 1 ? 'One case' : `${n} cases`);

type Doubtful = { refused: Set<string>; doubled: Set<string>; readTo: number };
/** A save touches one case of thousands: only what was touched since is looked at again. */
const knownDoubtful = new WeakMap<WorkLog, Doubtful>();

function doubtfulCases(log: WorkLog): Doubtful {
  const known = knownDoubtful.get(log) ?? { refused: new Set(), doubled: new Set(), readTo: 0 };
  const { ids, upTo } = log.touched(known.readTo);
  for (const id of ids) {
    const head = log.head(id);
    const verdict = head?.mutationKey ? log.progress(head.mutationKey).verdict : null;
    if (verdict?.status === 'quarantined') known.refused.add(id);
    else known.refused.delete(id);
    if (head && head.other !== null) known.doubled.add(id);
    else known.doubled.delete(id);
  }
  known.readTo = upTo;
  knownDoubtful.set(log, known);
  return known;
}

/** One sentence about work a person has to look at, or null. */
export function attentionOf(
  content: ContentStore,
  log: WorkLog,
): Pick<SyncSummary, 'message' | 'about'> | null {
  const doubtful = doubtfulCases(log);
  const refused = doubtful.refused.size;
  const isStill = (id: string) => {
    const head = log.head(id);
    return head !== null && isConflict(content, head);
  };
  const doubled = [...doubtful.doubled].filter(isStill).length;
  let unproved = 0;
  for (const [key] of log.unsettled()) if (log.progress(key).problem !== null) unproved += 1;
  if (refused > 0)
    return {
      message: `${cases(refused)} could not be read by the server. The work is kept here; open the list for the reason and save the case again.`,
    };
  if (unproved > 0)
    return {
      message:
        'The server confirmed something else than what was sent. Your work is safe here; tell an administrator.',
    };
  if (doubled > 0)
    return {
      message: `${cases(doubled)} answered on more than one laptop. All versions are kept; open the case and choose.`,
      about: 'versions',
    };
  return null;
}

export function summaryOf(
  content: ContentStore,
  log: WorkLog,
  report: SyncReport,
  syncedAt: string | null = null,
): SyncSummary {
  const waiting = log.unsettledAssignments().size;
  const attention = report.trouble === null ? attentionOf(content, log) : { message: report.trouble };
  const state = ((): SyncSummary['state'] => {
    if (report.phase === 'sign-in') return 'sign-in';
    if (attention !== null) return 'attention';
    if (report.phase !== 'idle') return report.phase;
    return waiting > 0 ? 'waiting' : 'synced';
  })();
  return {
    state,
    waiting,
    lastSyncedAt: syncedAt ?? log.identity()?.lastSyncedAt ?? null,
    message: null,
    ...(state === 'attention' ? attention : {}),
  };
}
