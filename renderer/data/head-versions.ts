import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { RevisionId } from '../../shared/schema/ids.ts';
import { canonicalJson } from '../../shared/sync/canonical-json.ts';
import {
  afterRevision,
  me,
  nothingStands,
  type Reader,
  type Standing,
  shownOf,
  type Written,
  withLost,
} from '../../shared/sync/versions.ts';
import type { Changes } from './changes.ts';
import type { HeadValue, KeptMutation } from './work-log.ts';

/** Every version that stands beside a head, the newest at the server first, then in the order they came (rule S30). */
export function othersOf({ other, others }: HeadValue): readonly RevisionId[] {
  // What an older app wrote knows of one only, and it is the newer word.
  if (others && (others[0] ?? null) === other) return others;
  return other === null ? [] : [other];
}

/** What a body says beside its answers: how long it took, and under what it was written. */
const besideAnswers: readonly string[] = ['time', 'guidelinesVersion', 'rubricVersion', 'resolutions'];
const answersOf = (body: AnnotationBody): string =>
  canonicalJson(Object.fromEntries(Object.entries(body).filter(([key]) => !besideAnswers.includes(key))));

const namesIn = (body: AnnotationBody | null): string[] =>
  (body?.resolutions ?? []).flatMap(({ revisions }) => revisions);

type Text = { bodyHash: string; body: AnnotationBody | null };

/** The revisions of this database, one's own and others', with a change that is only being decided about. */
export class Revisions implements Reader {
  readonly #changes: Changes;
  readonly #saving: KeptMutation | null;

  constructor(changes: Changes, saving: KeptMutation | null = null) {
    this.#changes = changes;
    this.#saving = saving;
  }

  /** One's own change; null for another laptop's. */
  own(id: RevisionId): KeptMutation | null {
    if (this.#saving?.revisionId === id) return this.#saving;
    const key = this.#changes.log.keyOf(id);
    return key === null ? null : (this.#changes.log.mutation(key)?.mutation ?? null);
  }

  written = (id: string): Written | null => {
    const own = this.own(id as RevisionId);
    const held = own ?? this.#changes.revision(id);
    if (!held) return null;
    const theirs = own ? null : this.#changes.revision(id)?.clientId;
    // One whose laptop is not known is like no other.
    const writer = own ? me : (theirs ?? `of ${id}`);
    return { id, writer, state: held.state, names: namesIn(this.#textOf(id)?.body ?? null) };
  };

  isSame = (a: string, b: string): boolean => {
    const [one, other] = [this.#textOf(a), this.#textOf(b)];
    if (!one?.body || !other?.body) return false;
    return one.bodyHash === other.bodyHash || answersOf(one.body) === answersOf(other.body);
  };

  isHere = (id: string): boolean => this.#textOf(id)?.body != null;

  /** What was let go and came again with an opened batch came as a revision of the server. */
  #textOf(id: string): Text | null {
    const own = this.own(id as RevisionId);
    return own?.body ? own : (this.#changes.revision(id) ?? own);
  }
}

/** What the feed has told of a case; an app that kept less of it kept the base and what stood beside. */
export function toldOf(head: HeadValue): Standing {
  if (head.told) return head.told;
  const isOwn = head.mutationKey !== null && head.base === head.revisionId;
  const open = othersOf(head).filter((id) => id !== head.base);
  return { head: isOwn ? null : head.base, open: open.map((id) => ({ id, chosenBy: null })) };
}

export function untoldOf(head: HeadValue): readonly RevisionId[] {
  if (head.untold) return head.untold;
  return head.mutationKey !== null && head.revisionId !== null ? [head.revisionId] : [];
}

/** Not at the server for all that is known here; what it could not read never became a revision. */
function isWaiting(changes: Changes, revisionId: RevisionId): boolean {
  const key = changes.log.keyOf(revisionId);
  const status = key === null ? undefined : changes.progress(key).verdict?.status;
  return status !== 'accepted' && status !== 'late';
}

const isUnread = (changes: Changes, id: RevisionId): boolean => {
  const key = changes.log.keyOf(id);
  return key !== null && changes.progress(key).verdict?.status === 'quarantined';
};

/** One's own newer work has taken the place of what the server could not read. */
export function withoutUnread(
  changes: Changes,
  untold: readonly RevisionId[],
  newer: RevisionId,
): RevisionId[] {
  const upTo = untold.includes(newer) ? untold.indexOf(newer) : 0;
  return untold.filter((id, i) => i >= upTo || !isUnread(changes, id));
}

/** What will stand once everything that the feed has not told of has come to the server. */
function standingOf(changes: Changes, head: HeadValue, revisions: Revisions): Standing {
  let standing = toldOf(head);
  for (const id of untoldOf(head)) {
    const came = revisions.written(id);
    if (!came || isUnread(changes, id)) continue;
    const own = revisions.own(id);
    const diverged = own !== null && standing.head !== null && own.baseRevisionId !== standing.head;
    standing = afterRevision(standing, came, diverged, revisions);
  }
  return standing;
}

/**
 * A head by what the feed told and what it has not told yet: the version shown, those beside it, and what new work is
 * based on (rules S10, S30).
 * @param saving a change of one's own that is only being decided about
 */
export function headByVersions(
  changes: Changes,
  head: HeadValue,
  saving: { key: string; mutation: KeptMutation } | null = null,
): HeadValue {
  const revisions = new Revisions(changes, saving?.mutation);
  const standing = standingOf(changes, head, revisions);
  const newest = untoldOf(head).findLast((id) => revisions.own(id) !== null);
  const waiting = newest !== undefined && isWaiting(changes, newest) ? newest : null;
  const shown = shownOf(standing, waiting, revisions);
  const main = shown.main === null ? null : revisions.written(shown.main);
  const base = shown.base as RevisionId | null;
  const kept = { ...head, told: toldOf(head), untold: untoldOf(head), base };
  if (!main) return kept;
  const revisionId = main.id as RevisionId;
  const key = saving?.mutation.revisionId === revisionId ? saving.key : changes.log.keyOf(revisionId);
  const others = shown.beside.filter(revisions.isHere) as RevisionId[];
  return {
    ...{ ...kept, state: main.state, revisionId, mutationKey: key },
    ...{ other: others[0] ?? null, others },
  };
}

/** Whether a screen shows one head otherwise than the other, or bases new work on something else. */
export function isShownOtherwise(one: HeadValue, other: HeadValue): boolean {
  const shown = (head: HeadValue) => [
    head.state,
    head.revisionId,
    head.mutationKey,
    head.base,
    ...othersOf(head),
  ];
  return canonicalJson(shown(one)) !== canonicalJson(shown(other));
}

/** What the feed tells of a revision of this case, in the server's order; told again it changes nothing (rule S9). */
export function toldRevision(
  changes: Changes,
  head: HeadValue,
  event: { revisionId: RevisionId; diverged: boolean; body: AnnotationBody },
  isNew: boolean,
): HeadValue {
  const revisions = new Revisions(changes);
  const written = revisions.written(event.revisionId);
  if (!written) return head;
  const came = { ...written, names: namesIn(event.body) };
  const before = toldOf(head);
  const left = head.again?.left.filter((id) => id !== event.revisionId) ?? [];
  const again = head.again && afterRevision(head.again.told, came, event.diverged, revisions);
  // What this server has not told of again was not there when it took this one.
  const own = revisions.own(event.revisionId);
  const isLost = before.head !== null && left.includes(before.head);
  const diverged = isLost ? own?.baseRevisionId !== before.head : event.diverged;
  const told = isNew ? afterRevision(before, came, diverged, revisions) : before;
  const untold = withoutUnread(changes, untoldOf(head), event.revisionId).filter(
    (id) => id !== event.revisionId,
  );
  return headByVersions(changes, { ...head, untold, ...retold(told, again, left) });
}

const idsOf = ({ head, open }: Standing): string[] => [
  ...(head === null ? [] : [head]),
  ...open.map(({ id }) => id),
];

/** Once everything that stands was told again, what stands is what was told this time. */
function retold(
  told: Standing,
  again: Standing | undefined,
  left: readonly string[],
): Pick<HeadValue, 'told' | 'again'> {
  if (!again) return { told };
  const still = left.filter((id) => idsOf(told).includes(id));
  return still.length === 0
    ? { told: again, again: undefined }
    : { told, again: { told: again, left: still } };
}

/**
 * The feed has told all that this server has. What stands goes by that; of what it has lost, others' versions stand
 * beside, and one's own are on their way to it again (rule S13).
 * @returns null where nothing was lost
 */
export function allRetold(changes: Changes, head: HeadValue): HeadValue | null {
  const revisions = new Revisions(changes);
  const isOwn = (id: string) => revisions.own(id as RevisionId) !== null;
  const before = toldOf(head);
  const lost = [...before.open, ...(before.head === null ? [] : [{ id: before.head, chosenBy: null }])]
    .filter(({ id }) => head.again?.left.includes(id))
    .concat(untoldOf(head).flatMap((id) => (isOwn(id) ? [] : [{ id, chosenBy: null }])));
  if (!head.again && lost.length === 0) return null;
  const theirs = lost.filter(({ id }) => !isOwn(id) && revisions.isHere(id));
  const ours = lost.filter(({ id }) => isOwn(id)).map(({ id }) => id as RevisionId);
  const told = withLost(head.again?.told ?? before, theirs, revisions);
  const untold = [...ours, ...untoldOf(head).filter(isOwn)];
  return headByVersions(changes, { ...head, told, untold, again: undefined });
}

/** The feed starts over; until it has told everything again, what stood goes on standing. */
export function toBeToldAgain(head: HeadValue): HeadValue | null {
  const told = toldOf(head);
  const left = idsOf(told);
  if (left.length === 0) return null;
  return { ...head, told, untold: untoldOf(head), again: { told: nothingStands, left } };
}
