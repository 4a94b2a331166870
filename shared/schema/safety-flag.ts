import type { SafetyFlag } from './annotation.ts';

/** Longest passage one flag can hold, UTF-16 code units; the schema of the annotation allows no longer quote. */
export const maxQuoteLength = 20_000;

/** Most flags one annotation can hold, as its schema says. */
export const maxSafetyFlags = 200;

/** A stretch of a response: UTF-16 offsets into its source text, and `quote`, always `text.slice(start, end)`. */
export type Passage = Pick<SafetyFlag, 'start' | 'end' | 'quote'>;

const isLow = (text: string, at: number) => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff && at > 0;
};

/**
 * The passage between two offsets of a source text, without the blanks at its ends and never with half a
 * character; null when nothing is left, or more than a flag can hold.
 */
export function passageOf(text: string, from: number, to: number): Passage | null {
  let start = Math.max(0, Math.min(from, to));
  let end = Math.min(text.length, Math.max(from, to));
  const slice = text.slice(start, end);
  start += slice.length - slice.trimStart().length;
  end -= slice.length - slice.trimEnd().length;
  if (start >= end) return null;
  if (isLow(text, start)) start -= 1;
  if (isLow(text, end)) end += 1;
  return end - start > maxQuoteLength ? null : { start, end, quote: text.slice(start, end) };
}

/** True when the offsets of a passage still stand on its quote. */
export function holdsQuote(text: string, { start, end, quote }: Passage): boolean {
  return quote !== '' && start >= 0 && end <= text.length && text.slice(start, end) === quote;
}

/**
 * Where a stored passage is in a text: at its offsets when they hold the quote, else at the occurrence of the
 * quote nearest to them; null when the text does not hold the quote any more.
 */
export function locatePassage(text: string, passage: Passage): { start: number; end: number } | null {
  const { start, end, quote } = passage;
  if (holdsQuote(text, passage)) return { start, end };
  if (quote === '') return null;
  let nearest = -1;
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1))
    if (nearest < 0 || Math.abs(at - start) < Math.abs(nearest - start)) nearest = at;
  return nearest < 0 ? null : { start: nearest, end: nearest + quote.length };
}
