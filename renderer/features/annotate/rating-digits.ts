import type { Scale } from '../../../shared/schema/rubric.ts';
import { valueOfDigit } from './slider-scale.ts';

/** Digits typed for one slider so far: on a range the first gives the tens, the second the ones. */
export type TypedDigits = { place: string; digits: string; at: number; wasUnset: boolean };

/** What a digit rates, and whether it ends the number, so that the focus goes on. */
export type DigitRating = { place: string; value: number; ended: boolean; typed: TypedDigits | null };

/** How long a digit waits for the one that belongs to it, milliseconds. */
export const digitMomentMs = 1200;

/** `scale` is null where the focus is at no slider: then only a nought for `10` is read. */
type Slider = { place: string; scale: Scale | null; isUnset: boolean };

/**
 * Reads a digit typed at a slider, or null when its scale has no such value. On a range `7` is 70 and `7 5` is 75;
 * a nought right after `10` makes it 100, though the focus has gone on by then.
 */
export function readDigit(
  before: TypedDigits | null,
  { place, scale, isUnset }: Slider,
  digit: number,
  at: number,
): DigitRating | null {
  const waiting = before && at - before.at < digitMomentMs ? before : null;
  if (waiting?.digits === '10' && digit === 0)
    return { place: waiting.place, value: 100, ended: false, typed: null };
  const value = scale && valueOfDigit(scale, digit);
  if (value === null || !scale) return null;
  if (scale.kind === 'steps') return { place, value, ended: true, typed: null };
  if (waiting?.place === place && waiting.digits.length === 1) {
    const digits = `${waiting.digits}${digit}`;
    return { place, value: Number(digits), ended: true, typed: { ...waiting, digits, at } };
  }
  return { place, value, ended: false, typed: { place, digits: String(digit), at, wasUnset: isUnset } };
}
