import type { AnnotationBody, Resolution, RevisionState } from '../../../shared/schema/annotation.ts';
import type { CaseNews, OtherVersion } from '../../data/types.ts';

export type VersionSide = 'own' | 'other';
/** The answers that shall stand, and which of the two versions they are of. */
export type VersionChoice = {
  kept: Resolution['kept'];
  body: AnnotationBody;
  /** The other version it is about; where none is named, the first. */
  about?: OtherVersion['revisionId'];
};

/** All that stand beside this laptop's version. */
export const otherVersions = ({
  otherVersion,
  moreVersions = [],
}: Pick<CaseNews, 'otherVersion' | 'moreVersions'>): readonly OtherVersion[] =>
  otherVersion === null ? [] : [otherVersion, ...moreVersions];

/** The one a choice is about, and those that are to be chosen about after it. */
export function aboutOf(
  others: readonly OtherVersion[],
  { about }: Pick<VersionChoice, 'about'>,
): { other: OtherVersion | null; rest: readonly OtherVersion[] } {
  const other = others.find(({ revisionId }) => revisionId === about) ?? others[0] ?? null;
  return { other, rest: others.filter((one) => one !== other) };
}

/** Choices of both versions are kept, the newest last; of very many the oldest are given up. */
const keptResolutions = 50;

/** The chosen answers with the record of the choice; the time is that of this laptop. */
export function chosenBody(
  own: AnnotationBody,
  other: OtherVersion,
  { kept, body }: VersionChoice,
  at: string,
): AnnotationBody {
  const made: Resolution = { revisions: [other.own.revisionId, other.revisionId], kept, at };
  const known = [...(own.resolutions ?? []), ...(other.body.resolutions ?? [])];
  const once = known.filter((one, n) => known.findIndex((two) => isSame(one, two)) === n);
  return { ...body, resolutions: [...once, made].slice(-keptResolutions) };
}

const isSame = (one: Resolution, two: Resolution) => JSON.stringify(one) === JSON.stringify(two);

/** What the choice is: as finished as the version it takes over; parts of two submissions are one. */
export function stateOfChoice(other: OtherVersion | null, { kept }: VersionChoice): RevisionState {
  if (!other) return 'draft';
  if (kept === 'own') return other.own.state;
  if (kept === 'other') return other.state;
  return other.own.state === 'submitted' && other.state === 'submitted' ? 'submitted' : 'draft';
}
