import { anchorOf, type Scale, scaleBounds } from '../../../shared/schema/rubric.ts';

const clamp = (value: number, { min, max }: { min: number; max: number }) =>
  Math.min(max, Math.max(min, value));

/** The value a digit key stands for: itself on steps, tens on a range (0 is 0, 5 is 50); null when there is none. */
export function valueOfDigit(scale: Scale, digit: number): number | null {
  const { max } = scaleBounds(scale);
  if (scale.kind === 'range') return digit * 10;
  return digit >= 1 && digit <= max ? digit : null;
}

const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };
const leaps: Record<string, number> = { PageUp: 10, PageDown: -10 };

/**
 * The value after a key on a slider, or null when the key means nothing. An unset slider starts in the middle. The
 * page keys page the answers; only with Shift, on a range, do they move the slider.
 */
export function valueAfterKey(scale: Scale, value: number | null, key: string, shift = false): number | null {
  const bounds = scaleBounds(scale);
  if (!shift && key === 'Home') return bounds.min;
  if (!shift && key === 'End') return bounds.max;
  const leap = scale.kind === 'range' ? leaps[key] : undefined;
  const by = shift ? leap : steps[key];
  if (by === undefined) return null;
  if (value === null) return Math.round((bounds.min + bounds.max) / 2);
  return clamp(value + by, bounds);
}

/** The value at a share (0 left, 1 right) of the track. */
export function valueAtShare(scale: Scale, share: number): number {
  const bounds = scaleBounds(scale);
  return clamp(Math.round(bounds.min + share * (bounds.max - bounds.min)), bounds);
}

/** Where on the track a value stands, 0 to 1. */
export function shareOf(scale: Scale, value: number): number {
  const { min, max } = scaleBounds(scale);
  return (value - min) / (max - min);
}

/** What a slider says: `4 · good`, or `72` where the value has no word of its own. */
export function valueWords(scale: Scale, value: number): string {
  const anchor = anchorOf(scale, value);
  return anchor === '' ? String(value) : `${value} · ${anchor}`;
}

/** The same for a screen reader: `4 of 5, good`. */
export function spokenValue(scale: Scale, value: number | null): string {
  if (value === null) return 'not rated';
  const anchor = anchorOf(scale, value);
  return `${value} of ${scaleBounds(scale).max}${anchor === '' ? '' : `, ${anchor}`}`;
}

/** The worded anchors of a scale with the values they stand for. */
export function anchorsOf(scale: Scale): { value: number; word: string }[] {
  if (scale.kind === 'steps') return scale.anchors.map((word, index) => ({ value: index + 1, word }));
  return [
    { value: 0, word: scale.low },
    { value: 100, word: scale.high },
  ];
}
