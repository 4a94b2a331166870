import type { AnnotationBody } from '../../shared/schema/annotation.ts';
import type { RevisionId } from '../../shared/schema/ids.ts';
import type { HeadValue, RevisionValue } from './work-log.ts';

/** What an older app wrote knows of one only, and it is the newer word. */
const listOf = (all: readonly RevisionId[] | undefined, first: RevisionId | null): readonly RevisionId[] =>
  all && (all[0] ?? null) === first ? all : first === null ? [] : [first];

/** Every version that stands beside a head, in the order they came (rule S30). */
export const othersOf = (head: HeadValue): readonly RevisionId[] => listOf(head.others, head.other);
/** Every version that a choice was made about. */
export const chosenOf = (head: HeadValue): readonly RevisionId[] =>
  listOf(head.chosenOf, head.chosen ?? null);

export const versionsBeside = (
  others: readonly RevisionId[],
  chosen: readonly RevisionId[],
): Pick<HeadValue, 'other' | 'others' | 'chosen' | 'chosenOf'> => ({
  ...{ other: others[0] ?? null, others },
  ...{ chosen: chosen[0] ?? null, chosenOf: chosen },
});

/** Whether the physician chose between this version and another one (rule S30). */
export const isChoiceAbout = (body: AnnotationBody | null, revisionId: string): boolean =>
  body?.resolutions?.some(({ revisions }) => revisions.some((one) => one === revisionId)) ?? false;

type Written = { revisionId: RevisionId; clientId?: string | undefined; body: AnnotationBody | null };

/** What is left beside once another version came: the same laptop's earlier ones are gone on in it, and it may be a choice. */
export const leftBeside = (
  others: readonly RevisionId[],
  came: Written,
  revision: (id: RevisionId) => RevisionValue | null,
): RevisionId[] =>
  others.filter((id) => {
    const writer = revision(id)?.clientId;
    const isGoneOn = writer !== undefined && writer === came.clientId;
    return id !== came.revisionId && !isGoneOn && !isChoiceAbout(came.body, id);
  });

/**
 * Which of the versions the feed told of before a case was downloaded are still to be chosen about: those that were not
 * written on the newest one, that nothing finished came after, and that no choice names. Once for each laptop.
 */
export function openBefore(
  latest: { revisionId: RevisionId; body: AnnotationBody },
  told: readonly RevisionValue[],
): RevisionId[] {
  const place = ({ n }: RevisionValue) => n ?? 0;
  const isOpen = (one: RevisionValue) =>
    one.diverged === true &&
    one.body !== null &&
    one.revisionId !== latest.revisionId &&
    !isChoiceAbout(latest.body, one.revisionId) &&
    told.every(
      (other) =>
        place(other) <= place(one) ||
        (other.state === 'draft' &&
          other.clientId !== one.clientId &&
          !isChoiceAbout(other.body, one.revisionId)),
    );
  return told.filter(isOpen).map(({ revisionId }) => revisionId);
}
