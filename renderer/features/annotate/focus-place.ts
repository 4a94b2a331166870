import { type AnnotationBody, sides } from '../../../shared/schema/annotation.ts';
import type { MissingAnswer } from '../../../shared/schema/completeness.ts';
import type { Rubric } from '../../../shared/schema/rubric.ts';
import {
  confidencePlace,
  preferencePlace,
  ratingPlace,
  reasoningPlace,
  refusalPlace,
} from './annotation-edit.ts';

/** Every control of a case carries its place in this attribute. */
export const placeAttribute = 'data-place';

export function elementAt(layer: HTMLElement | null, place: string): HTMLElement | null {
  const holder = layer?.querySelector<HTMLElement>(`[${placeAttribute}="${CSS.escape(place)}"]`) ?? null;
  return holder?.querySelector<HTMLElement>('[role=radio][tabindex="0"]') ?? holder;
}

/** Focuses the control at a place without scrolling anything; false when there is none. */
export function focusPlace(layer: HTMLElement | null, place: string): boolean {
  const element = elementAt(layer, place);
  element?.focus({ preventScroll: true });
  return element !== null;
}

/** The place the focus is at, or null. */
export function placeOfFocus(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest(`[${placeAttribute}]`)?.getAttribute(placeAttribute) ?? null;
}

export function placeOfMissing(missing: MissingAnswer): string {
  switch (missing.part) {
    case 'rating':
      return ratingPlace(missing.side, missing.dimension);
    case 'preference':
      return preferencePlace;
    case 'refusal':
      return refusalPlace(missing.side);
    case 'confidence':
      return confidencePlace;
    case 'reasoning':
      return reasoningPlace('conclusion');
  }
}

/** All rating places in the order of the keyboard: A, B, next row. */
export const ratingPlaces = (rubric: Rubric): string[] =>
  rubric.dimensions.flatMap(({ key }) => [ratingPlace('a', key), ratingPlace('b', key)]);

/** The sliders nobody has touched yet, in the order of the keyboard. */
export const unsetPlaces = (rubric: Rubric, body: AnnotationBody): string[] =>
  rubric.dimensions.flatMap(({ key }) =>
    sides.filter((side) => body.ratings[side][key] === undefined).map((side) => ratingPlace(side, key)),
  );

/** Where work on a case begins: its first unset slider, else the preference. */
export const firstOpenPlace = (rubric: Rubric, body: AnnotationBody): string =>
  unsetPlaces(rubric, body)[0] ?? preferencePlace;
