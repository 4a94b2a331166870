import type { SafetyFlag, Side } from '../../../shared/schema/annotation.ts';
import { uuidv7 } from '../../../shared/schema/ids.ts';
import { spokenKeys } from '../../ui/key-names.ts';
import type { OpenCase } from './annotate-store.ts';
import { flagCount, flagName } from './safety-flag-words.ts';

type Draft = Pick<SafetyFlag, 'side' | 'kind' | 'severity' | 'note' | 'start' | 'end' | 'quote'>;

const flagsOf = (one: OpenCase) => one.store.getState().history.present.safetyFlags;

const newId = () => uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

const undoKeys = () => spokenKeys('mod+z');

/**
 * Puts a flag on a passage, or changes the one with an id; the same kind on the same passage is changed rather
 * than doubled. Returns what was done, in words.
 */
export function createFlag(one: OpenCase, draft: Draft, id: string | null): string {
  const twin = flagsOf(one).find(
    ({ side, start, end, kind }) =>
      side === draft.side && start === draft.start && end === draft.end && kind === draft.kind,
  );
  const known = id ?? twin?.id ?? null;
  const note = draft.note === '' && id === null ? (twin?.note ?? '') : draft.note;
  const flag: SafetyFlag = { ...draft, note, id: known ?? newId() };
  one.edit({ type: 'safety-flag', flag });
  return `${known ? 'Changed' : 'Flagged'}: ${flagName(flag)}. ${standing(one, flag.side)} ${undoKeys()} takes it back.`;
}

/** Takes a flag away. Returns what was done, in words. */
export function removeFlag(one: OpenCase, flag: SafetyFlag): string {
  one.edit({ type: 'remove-safety-flag', id: flag.id });
  return `Removed: ${flagName(flag)}. ${standing(one, flag.side)} ${undoKeys()} brings it back.`;
}

const standing = (one: OpenCase, side: Side): string =>
  `${flagCount(flagsOf(one).filter((flag) => flag.side === side).length)} on answer ${side.toUpperCase()}.`;
