import { type AnnotationBody, type Side, sides } from '../../../shared/schema/annotation.ts';
import type { Rubric, Scale } from '../../../shared/schema/rubric.ts';
import type { OpenCase } from './annotate-store.ts';
import { preferencePlace, ratingPlace, refusalPlace } from './annotation-edit.ts';
import type { CommandContext } from './command-context.ts';
import {
  elementAt,
  firstOpenPlace,
  focusPlace,
  placeOfFocus,
  ratingPlaces,
  unsetPlaces,
} from './focus-place.ts';
import { preferenceOptions } from './preference-bar.tsx';
import { readDigit, type TypedDigits } from './rating-digits.ts';
import { focusFlagPlace } from './safety-flag-command.ts';

/** What was typed last at the sliders of a case: a second digit may belong to it. */
const typed = new WeakMap<OpenCase, TypedDigits>();

/** A digit rates the slider with the focus, or the first unset one, and goes on: from a gap to the next gap. */
export function rate(one: OpenCase, { digit, layer, target, session }: CommandContext): boolean {
  const { rubric } = one.loaded;
  const body = () => one.store.getState().history.present;
  const order = ratingPlaces(rubric);
  const focused = placeOfFocus(target);
  const place = focused !== null && order.includes(focused) ? focused : firstOpenPlace(rubric, body());
  if (digit === null) return focusPlace(layer(), place);
  const slider = sliderAt(rubric, body(), place);
  const before = typed.get(one) ?? null;
  const rating = readDigit(before, { place, ...slider }, digit, session.now());
  const rated = rating && sliderAt(rubric, body(), rating.place);
  if (!rating || !rated?.scale) return false;
  if (rating.typed) typed.set(one, rating.typed);
  else typed.delete(one);
  one.edit({ type: 'rate', side: rated.side, dimension: rated.dimension, value: rating.value });
  if (!rating.ended) return rating.place === place ? focusPlace(layer(), place) : true;
  const rest = order.slice(order.indexOf(place) + 1);
  const wasUnset = rating.typed?.wasUnset ?? slider.isUnset;
  const following = wasUnset ? nextUnset(rest, rubric, body()) : rest[0];
  return focusPlace(layer(), following ?? firstOpenPlace(rubric, body()));
}

type SliderAt = { scale: Scale | null; dimension: string; side: Side; isUnset: boolean };

function sliderAt(rubric: Rubric, body: AnnotationBody, place: string): SliderAt {
  for (const { key, scale } of rubric.dimensions)
    for (const side of sides)
      if (ratingPlace(side, key) === place)
        return { scale, dimension: key, side, isUnset: body.ratings[side][key] === undefined };
  return { scale: null, dimension: '', side: 'a', isUnset: false };
}

const nextUnset = (places: readonly string[], rubric: Rubric, body: AnnotationBody) =>
  places.find((place) => unsetPlaces(rubric, body).includes(place));

export function prefer(one: OpenCase, { digit, layer }: CommandContext): boolean {
  const option = preferenceOptions[(digit ?? 0) - 1];
  if (option) one.edit({ type: 'prefer', value: option.value });
  return focusPlace(layer(), preferencePlace);
}

export function toggleBoth(one: OpenCase): void {
  one.edit({ type: 'both-unacceptable', on: !one.store.getState().history.present.bothUnacceptable });
}

/** The verdict of A; from A's verdict, the one of B. */
export function openRefusal(_one: OpenCase, { layer, target }: CommandContext): boolean {
  const inA =
    target instanceof Element &&
    (target.closest('[data-answer-head=a]') !== null || placeOfFocus(target) === refusalPlace('a'));
  return openMenu(layer(), refusalPlace(inA ? 'b' : 'a'));
}

export function openMenu(layer: HTMLElement | null, place: string): boolean {
  const button = elementAt(layer, place);
  button?.focus({ preventScroll: true });
  button?.click();
  return button !== null;
}

export function step(one: OpenCase, { layer }: CommandContext, by: 'undo' | 'redo'): void {
  const place = one[by]();
  if (place !== null && !focusFlagPlace(one, layer(), place)) focusPlace(layer(), place);
}
