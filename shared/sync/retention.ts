import type { Verdict } from '../contract/sync.ts';

const dayMs = 86_400_000;
/** What a laptop holds of a batch stays so long after the batch was closed, in the server's time. */
export const keptAfterClosingMs = 30 * dayMs;
/** The end of that time is believed once the server has named it twice, so far apart in its own time. */
export const secondLookMs = dayMs;

/** The server's time, from a signed-in reply that also said which lineage it is. */
export type HeardTime = { epoch: string; at: string };

/** One change that still has its text here; `status` is the verdict's, or null before one. */
export type ChangeStanding = {
  status: Verdict['status'] | null;
  /** Why its last receipt was none (rule S8). */
  problem: boolean;
  /** The number it goes by is one of the present client id. */
  isCurrent: boolean;
  /** Not written on the newest version, and nothing finished or chosen here came after it. */
  openlyDiverged: boolean;
  receivedAt: string | null;
};

/** What is undecided about one case that this physician has touched. */
export type CaseStanding = {
  recalled: boolean;
  /** Another version stands beside it (rule S30). */
  twoVersions: boolean;
  /** A reviewer's return that nothing answered yet (rule S23). */
  returned: boolean;
  changes: readonly ChangeStanding[];
  /** Lineages under which the server last told of each version another laptop wrote; null where it never did. */
  toldUnder: readonly (string | null)[];
};

/** Everything a decision about one batch stands on. */
export type RetentionQuestion = {
  /** When its lead closed it, by the server's clock; null while it is open or the server does not say. */
  closedAt: string | null;
  /** Nothing of the batch is still to be read or fetched. */
  isWhole: boolean;
  /** A case of it was opened since this start. */
  isInUse: boolean;
  /** A record or row of this laptop could not be read: what is here may be all there is. */
  isDamaged: boolean;
  /** Lineage this laptop shook hands with. */
  epoch: string | null;
  /** Said together with a count and digest that are this laptop's own; null where they are not, or no time was said. */
  heard: HeardTime | null;
  /** What was heard before that. */
  before: HeardTime | null;
  /** When the end of its time was first named, and of which closing. */
  firstNamed: (HeardTime & { closedAt: string }) | null;
  cases: readonly CaseStanding[];
};

export const keepReasons = [
  'open',
  'not-whole',
  'in-use',
  'damaged',
  'not-agreed',
  'clock-went-back',
  'too-early',
  'not-received',
  'set-aside',
  'late',
  'unproved',
  'other-numbering',
  'two-versions',
  'recalled',
  'returned',
  'not-told-again',
  'named-once',
] as const;
export type KeepReason = (typeof keepReasons)[number];
export type RetentionDecision = { letGo: true } | { letGo: false; reason: KeepReason };

const time = (at: string) => Date.parse(at);
/** A time that cannot be read compares false with everything: it then keeps. */
const isAfter = (one: string, ms: number, other: string) => time(one) + ms <= time(other);

function changeDoubt({ changes }: CaseStanding): KeepReason | null {
  for (const { status, problem, isCurrent, openlyDiverged } of changes) {
    if (problem) return 'unproved';
    if (status === null || status === 'conflict') return 'not-received';
    if (status === 'quarantined') return 'set-aside';
    if (status === 'late') return 'late';
    if (!isCurrent) return 'other-numbering';
    if (openlyDiverged) return 'two-versions';
  }
  return null;
}

function caseDoubt(one: CaseStanding, epoch: string | null): KeepReason | null {
  if (one.recalled) return 'recalled';
  if (one.twoVersions) return 'two-versions';
  if (one.returned) return 'returned';
  if (one.toldUnder.some((told) => told !== epoch)) return 'not-told-again';
  return changeDoubt(one);
}

/** Why the work of a batch must stay, whatever the time is; null where the server surely has all of it. */
export function workDoubt({
  isDamaged,
  epoch,
  heard,
  cases,
}: Pick<RetentionQuestion, 'isDamaged' | 'epoch' | 'heard' | 'cases'>): KeepReason | null {
  if (isDamaged) return 'damaged';
  if (heard === null || epoch === null || heard.epoch !== epoch) return 'not-agreed';
  for (const one of cases) {
    const doubt = caseDoubt(one, epoch);
    if (doubt !== null) return doubt;
  }
  return null;
}

/** A server that says an earlier time than it did, or than its own receipts, has a clock nobody can go by. */
function wentBack({ heard, before, cases }: RetentionQuestion): boolean {
  if (heard === null) return false;
  const received = cases.flatMap(({ changes }) => changes.flatMap(({ receivedAt }) => receivedAt ?? []));
  const known = before?.epoch === heard.epoch ? [...received, before.at] : received;
  return known.some((at) => !isAfter(at, 0, heard.at));
}

/**
 * Whether the texts of a closed batch may leave this laptop (rules S13, S16). Only the server's time counts; any doubt
 * keeps everything. `named-once` asks the caller to remember this hearing as the first.
 */
export function decideRetention(question: RetentionQuestion): RetentionDecision {
  const keep = (reason: KeepReason): RetentionDecision => ({ letGo: false, reason });
  const { closedAt, heard, firstNamed } = question;
  if (closedAt === null) return keep('open');
  if (!question.isWhole) return keep('not-whole');
  if (question.isInUse) return keep('in-use');
  const doubt = workDoubt(question);
  if (doubt !== null || heard === null) return keep(doubt ?? 'not-agreed');
  if (wentBack(question)) return keep('clock-went-back');
  if (!isAfter(closedAt, keptAfterClosingMs, heard.at)) return keep('too-early');
  const isSame = firstNamed?.closedAt === closedAt && firstNamed.epoch === heard.epoch;
  if (!isSame || !isAfter(firstNamed.at, secondLookMs, heard.at)) return keep('named-once');
  return { letGo: true };
}
