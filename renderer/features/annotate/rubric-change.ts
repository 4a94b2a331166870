import type { AnnotationBody } from '../../../shared/schema/annotation.ts';
import { missingAnswers } from '../../../shared/schema/completeness.ts';
import { type UnfitRating, unfitRatings } from '../../../shared/schema/rubric-fit.ts';
import type { LoadedCase } from '../../data/types.ts';

export const isOpenedFrozen = ({ assignment, locked }: LoadedCase): boolean => assignment.recalled || locked;

/** What became of answers that were given under another version of the rubric. */
export type RubricChange = {
  from: number;
  to: number;
  /** Ratings that have no place any more; they are kept with the version they were given under. */
  unfit: readonly UnfitRating[];
  /** How many answers this version asks for that are not there. */
  missing: number;
};

/** Null where the case was opened under the version it was answered under, or was never answered. */
export function rubricChangeOf(loaded: LoadedCase, present: AnnotationBody): RubricChange | null {
  const { body, rubric, rubricVersion: to, state } = loaded;
  const from = body.rubricVersion;
  if (state === 'untouched' || from === undefined || to === undefined || from === to) return null;
  return { from, to, unfit: unfitRatings(rubric, body), missing: missingAnswers(rubric, present).length };
}

/** "Empathy (A 3, B 4)": each dimension once, with what was given. */
export function unfitWords(unfit: readonly UnfitRating[]): string {
  const keys = [...new Set(unfit.map(({ dimension }) => dimension))];
  return keys
    .map((key) => {
      const given = unfit.filter(({ dimension }) => dimension === key);
      return `${key} (${given.map(({ side, value }) => `${side.toUpperCase()} ${value}`).join(', ')})`;
    })
    .join(', ');
}
