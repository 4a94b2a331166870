import { useEffect, useState } from 'react';
import { type Side, sides } from '../../../shared/schema/annotation.ts';
import { ratingPlace, refusalPlace } from './annotation-edit.ts';
import { placeOfFocus } from './focus-place.ts';

const asked = 'show-answer';

/** Brings one answer to the front where the window has room for one only; elsewhere it changes nothing. */
export function showAnswer(layer: HTMLElement | null, side: Side): void {
  layer?.dispatchEvent(new CustomEvent(asked, { detail: side }));
}

/** The answer in front in a window that has room for one. */
export function useAnswerShown(layer: React.RefObject<HTMLElement | null>): [Side, (side: Side) => void] {
  const [shown, setShown] = useState<Side>('a');
  useEffect(() => {
    const element = layer.current;
    const onAsked = (event: Event) => {
      const side = event instanceof CustomEvent ? sides.find((one) => one === event.detail) : undefined;
      if (side) setShown(side);
    };
    element?.addEventListener(asked, onAsked);
    return () => element?.removeEventListener(asked, onAsked);
  }, [layer]);
  return [shown, setShown];
}

/** The answer that a control speaks of: whoever rates B wants to see B. */
export function sideOfFocus(target: EventTarget): Side | null {
  const place = placeOfFocus(target);
  if (place === null) return null;
  return (
    sides.find((side) => place.startsWith(ratingPlace(side, '')) || place === refusalPlace(side)) ?? null
  );
}
