import { useEffect, useRef } from 'react';
import type { AnnotationBody } from '../../../shared/schema/annotation.ts';
import type { Rubric } from '../../../shared/schema/rubric.ts';
import type { Overlay } from './annotate-screen.tsx';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';
import { flagsPlace, preferencePlace, ratingPlace, reasoningPlace, refusalPlace } from './annotation-edit.ts';
import {
  elementAt,
  firstOpenPlace,
  focusPlace,
  placeOfFocus,
  ratingPlaces,
  unsetPlaces,
} from './focus-place.ts';
import { pageAnswers } from './linked-scroll.ts';
import { preferenceOptions } from './preference-bar.tsx';
import { type Asked, askedBy, isTextField } from './shortcuts.ts';
import { valueOfDigit } from './slider-scale.ts';
import type { ReadingChoices } from './use-reading-choices.ts';

type Options = {
  session: AnnotateSession;
  layer: () => HTMLElement | null;
  choices: ReadingChoices;
  submit: () => void;
  setOverlay: (overlay: Overlay) => void;
  /** A dialog has the keyboard. */
  blocked: boolean;
};

/** The keyboard of the whole screen, driven by the table in shortcuts.ts. */
export function useCaseKeys(options: Options): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || latest.current.blocked) return;
      const asked = askedBy(event, isTextField(event.target));
      if (!asked || !mayAct(event.target, asked)) return;
      if (act(asked, latest.current, event.target)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** An open menu keeps its keys, but R goes on from A's verdict to B's. */
function mayAct(target: EventTarget | null, asked: Asked): boolean {
  if (!(target instanceof Element) || !target.closest('[role=menu]')) return true;
  return asked.id === 'refusal' || asked.id === 'submit' || asked.id === 'undo' || asked.id === 'redo';
}

function act(asked: Asked, options: Options, target: EventTarget | null): boolean {
  const { session, layer, choices, submit, setOverlay } = options;
  const { current, ended } = session.store.getState();
  switch (asked.id) {
    case 'guidelines':
    case 'sheet':
      setOverlay(asked.id);
      return true;
    case 'back':
      void session.back(); // shows its own failure
      return true;
  }
  if (!current || ended) return false;
  const frozen = current.store.getState().readOnly;
  switch (asked.id) {
    case 'submit':
      submit();
      return true;
    case 'page-down':
    case 'page-up':
      if (target instanceof HTMLTextAreaElement) return false;
      pageAnswers(layer(), 'both', asked.id === 'page-down' ? 1 : -1);
      return true;
    case 'a-down':
    case 'a-up':
    case 'b-down':
    case 'b-up':
      pageAnswers(layer(), asked.id.startsWith('a') ? 'a' : 'b', asked.id.endsWith('down') ? 1 : -1);
      return true;
    case 'link':
      choices.toggleLinked();
      return true;
    case 'context':
      choices.toggleFold();
      return true;
    case 'search':
      if (choices.layout.folded) choices.fold(false);
      requestAnimationFrame(() => focusPlace(layer(), 'search'));
      return true;
    case 'skip':
      if (!frozen) setOverlay('skip');
      return true;
  }
  return frozen ? false : judge(asked, current, layer(), target);
}

function judge(
  asked: Asked,
  current: OpenCase,
  layer: HTMLElement | null,
  target: EventTarget | null,
): boolean {
  const { history } = current.store.getState();
  switch (asked.id) {
    case 'undo':
    case 'redo': {
      const place = asked.id === 'undo' ? current.undo() : current.redo();
      if (place !== null) focusPlace(layer, place);
      return true;
    }
    case 'rate':
      return asked.digit !== null && rate(asked.digit, current, layer, target);
    case 'prefer': {
      const option = preferenceOptions[(asked.digit ?? 0) - 1];
      if (option) current.edit({ type: 'prefer', value: option.value });
      return focusPlace(layer, preferencePlace);
    }
    case 'preference':
      return focusPlace(layer, preferencePlace);
    case 'both':
      current.edit({ type: 'both-unacceptable', on: !history.present.bothUnacceptable });
      return true;
    case 'refusal':
      return openRefusal(layer, target);
    case 'why':
      return focusPlace(layer, reasoningPlace('evidence'));
    case 'flag':
      return openMenu(layer, flagsPlace);
    default:
      return false;
  }
}

/** A digit rates the slider with the focus, or the first unset one, and goes on: from a gap to the next gap. */
function rate(
  digit: number,
  current: OpenCase,
  layer: HTMLElement | null,
  target: EventTarget | null,
): boolean {
  const { rubric } = current.loaded;
  const body = () => current.store.getState().history.present;
  const order = ratingPlaces(rubric);
  const focused = placeOfFocus(target);
  const place = focused !== null && order.includes(focused) ? focused : firstOpenPlace(rubric, body());
  const index = order.indexOf(place);
  const dimension = rubric.dimensions[Math.floor(index / 2)];
  const value = dimension ? valueOfDigit(dimension.scale, digit) : null;
  if (!dimension || value === null) return false;
  const side = place === ratingPlace('a', dimension.key) ? 'a' : 'b';
  const wasUnset = body().ratings[side][dimension.key] === undefined;
  current.edit({ type: 'rate', side, dimension: dimension.key, value });
  const following = wasUnset ? nextUnset(order.slice(index + 1), rubric, body()) : order[index + 1];
  return focusPlace(layer, following ?? firstOpenPlace(rubric, body()));
}

const nextUnset = (places: readonly string[], rubric: Rubric, body: AnnotationBody) =>
  places.find((place) => unsetPlaces(rubric, body).includes(place));

function openRefusal(layer: HTMLElement | null, target: EventTarget | null): boolean {
  const inA =
    target instanceof Element &&
    (target.closest('[data-answer-head=a]') !== null || placeOfFocus(target) === refusalPlace('a'));
  return openMenu(layer, refusalPlace(inA ? 'b' : 'a'));
}

function openMenu(layer: HTMLElement | null, place: string): boolean {
  const button = elementAt(layer, place);
  button?.focus({ preventScroll: true });
  button?.click();
  return button !== null;
}
