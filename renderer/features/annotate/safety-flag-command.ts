import type { Side } from '../../../shared/schema/annotation.ts';
import type { OpenCase } from './annotate-store.ts';
import { sideOfFocus } from './answer-shown.ts';
import {
  answerRegion,
  answerRoot,
  rangeOfPassage,
  scrollToRange,
  selectedPassage,
} from './safety-flag-page.ts';
import { flagUi } from './safety-flag-store.ts';

/** Why no passage can be marked in this case, or null. */
export const cannotFlag = (one: OpenCase): string | null =>
  one.loaded.rubric.safetyFlags.ask ? null : 'This study does not ask for it';

/** Opens the form for what is selected; with nothing selected, lets the arrow keys choose a passage. */
export function flagText(one: OpenCase, layer: HTMLElement | null, target: EventTarget | null): boolean {
  if (!layer || cannotFlag(one) !== null) return false;
  const store = flagUi(one);
  const { form } = store.getState();
  const active = document.activeElement;
  const back = active instanceof HTMLElement && active !== document.body ? active : null;
  const chosen = selectedPassage(one, layer);
  if (form) store.setState({ form: { ...form, focused: true }, back });
  else if (chosen)
    store.setState({
      form: { ...chosen, flag: null, others: [], focused: true, kind: null },
      picking: null,
      list: null,
      back,
    });
  else return startPicking(one, layer, sideOf(target), back);
  return true;
}

export function startPicking(one: OpenCase, layer: Element, side: Side, back: HTMLElement | null): boolean {
  const first = answerRoot(layer, side) ? side : other(side);
  if (!answerRoot(layer, first)) return false;
  flagUi(one).setState({ picking: first, form: null, list: null, back: back ?? answerRegion(layer, first) });
  return true;
}

export const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** The answer the keyboard is at or judges; A where it is at neither. */
function sideOf(target: EventTarget | null): Side {
  if (!(target instanceof Element)) return 'a';
  return target.closest('[data-answer=b], [data-answer-head=b]') ? 'b' : (sideOfFocus(target) ?? 'a');
}

const placeStart = 'safety-flag ';

/**
 * After an undo or redo of a flag: shows its passage and puts the keyboard on its answer's count of flags. False
 * for any other place.
 */
export function focusFlagPlace(one: OpenCase, layer: HTMLElement | null, place: string): boolean {
  if (!layer || !place.startsWith(placeStart)) return false;
  const id = place.slice(placeStart.length);
  const { present, past, future } = one.store.getState().history;
  const bodies = [
    present,
    ...future.slice(0, 1).map(({ body }) => body),
    ...past.slice(-1).map(({ body }) => body),
  ];
  const flag = bodies.flatMap(({ safetyFlags }) => safetyFlags).find((candidate) => candidate.id === id);
  if (!flag) return false;
  scrollToRange(answerRegion(layer, flag.side), rangeOfPassage(one, layer, flag.side, flag));
  const chip = layer.querySelector<HTMLElement>(`[data-place="flags of ${flag.side}"]`);
  chip?.focus({ preventScroll: true });
  return chip !== null;
}
