import type { SafetyFlag } from '../../../shared/schema/annotation.ts';
import { locatePassage } from '../../../shared/schema/safety-flag.ts';

/** A stretch of a response's source and the flag that shows there. */
export type FlagSpan = { flag: SafetyFlag; start: number; end: number };

/** Where each flag is in a text, in the order they were made; flags whose passage is gone are left out. */
export function locatedFlags(text: string, flags: readonly SafetyFlag[]): FlagSpan[] {
  return flags.flatMap((flag) => {
    const place = locatePassage(text, flag);
    return place ? [{ flag, ...place }] : [];
  });
}

/** The parts of each flag that show when the newest lies on top of all it overlaps. */
export function topmostSpans(spans: readonly FlagSpan[]): FlagSpan[] {
  const shown: FlagSpan[] = [];
  const covered: { start: number; end: number }[] = [];
  for (const span of [...spans].reverse()) {
    let parts = [span];
    for (const cover of covered) parts = parts.flatMap((part) => without(part, cover));
    shown.push(...parts);
    covered.push(span);
  }
  return shown.sort((one, other) => one.start - other.start);
}

function without(span: FlagSpan, cover: { start: number; end: number }): FlagSpan[] {
  if (cover.end <= span.start || cover.start >= span.end) return [span];
  const left = { ...span, end: cover.start };
  const right = { ...span, start: cover.end };
  return [left, right].filter(({ start, end }) => end > start);
}
