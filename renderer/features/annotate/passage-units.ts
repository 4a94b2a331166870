import type { Place } from './find-text.ts';

/** What a step goes by. */
export type PassageUnit = 'sentence' | 'word' | 'block';

/** A passage being chosen: it grows and shrinks at its head, as a selection in a text editor does. */
export type PickedPassage = { anchor: number; head: number };

/** A text in blocks; `lines`: code, whose sentences are its lines. Offsets are UTF-16 units of `text`. */
export type UnitText = { text: string; blocks: readonly (Place & { lines: boolean })[] };

const segmenters: Partial<Record<'sentence' | 'word', Intl.Segmenter>> = {};

function segments(text: string, granularity: 'sentence' | 'word') {
  segmenters[granularity] ??= new Intl.Segmenter(undefined, { granularity });
  return segmenters[granularity].segment(text);
}

/** The passage as a place of the text, without the blanks at its ends. */
export function extentOf({ text }: UnitText, { anchor, head }: PickedPassage): Place {
  return trimmed(text, Math.min(anchor, head), Math.max(anchor, head));
}

function trimmed(text: string, start: number, end: number): Place {
  const slice = text.slice(start, end);
  const from = start + slice.length - slice.trimStart().length;
  return { start: from, end: Math.max(from, end - (slice.length - slice.trimEnd().length)) };
}

/** The units of one block, in order. */
export function unitsOf(whole: UnitText, block: number, unit: PassageUnit): Place[] {
  const one = whole.blocks[block];
  if (!one) return [];
  const text = whole.text.slice(one.start, one.end);
  return cut(text, unit, one.lines)
    .map(({ start, end }) => trimmed(whole.text, one.start + start, one.start + end))
    .filter(({ start, end }) => end > start);
}

function cut(text: string, unit: PassageUnit, lines: boolean): Place[] {
  if (unit === 'block') return [{ start: 0, end: text.length }];
  if (unit === 'sentence' && lines)
    return [...text.matchAll(/[^\n]+/g)].map(({ index, 0: line }) => ({
      start: index,
      end: index + line.length,
    }));
  return [...segments(text, unit)]
    .filter(({ isWordLike }) => unit !== 'word' || isWordLike === true)
    .map(({ index, segment }) => ({ start: index, end: index + segment.length }));
}

/** The first sentence of a block, or of the first one after it that has any; null at the end of the text. */
export function firstSentence(whole: UnitText, block: number): PickedPassage | null {
  for (let at = block; at < whole.blocks.length; at++) {
    const sentence = unitsOf(whole, at, 'sentence')[0];
    if (sentence) return pick(sentence);
  }
  return null;
}

/** The sentence that holds a place of the text, or the next one after it. */
export function sentenceAt(whole: UnitText, at: number): PickedPassage | null {
  const sentence = unitsOf(whole, blockAt(whole, at), 'sentence').find(({ end }) => end > at);
  return sentence ? pick(sentence) : firstSentence(whole, blockAt(whole, at) + 1);
}

const pick = ({ start, end }: Place): PickedPassage => ({ anchor: start, head: end });

/** The index of the block at a place of the text. */
export function blockAt({ blocks }: UnitText, at: number): number {
  const found = blocks.findIndex(({ end }) => end >= at);
  return found < 0 ? Math.max(0, blocks.length - 1) : found;
}

/** The passage after one step; the very same object where the text ends. */
export function stepPassage(
  whole: UnitText,
  picked: PickedPassage,
  unit: PassageUnit,
  forward: boolean,
  extend: boolean,
): PickedPassage {
  if (extend) return extended(whole, picked, unit, forward);
  const extent = extentOf(whole, picked);
  if (unit === 'block') return blockBeside(whole, extent, forward) ?? picked;
  const inside = unitInside(whole, extent, unit, forward);
  const next = inside ?? unitBeside(whole, forward ? extent.end : extent.start, unit, forward);
  return next ? pick(next) : picked;
}

/** From a sentence to a word goes to the first or last word in it; from words back to their sentence. */
function unitInside(whole: UnitText, extent: Place, unit: PassageUnit, forward: boolean): Place | null {
  const units = unitsOf(whole, blockAt(whole, extent.start + 1), unit);
  const within = units.filter(({ start, end }) => start >= extent.start && end <= extent.end);
  const isUnit = within.some(({ start, end }) => start === extent.start && end === extent.end);
  if (unit === 'word') return isUnit ? null : ((forward ? within[0] : within.at(-1)) ?? null);
  const around = units.find(({ start, end }) => start <= extent.start && end >= extent.end);
  return around && !isUnit ? around : null;
}

function unitBeside(whole: UnitText, from: number, unit: PassageUnit, forward: boolean): Place | null {
  const by = forward ? 1 : -1;
  for (let block = blockAt(whole, from); block >= 0 && block < whole.blocks.length; block += by) {
    const units = unitsOf(whole, block, unit);
    const next = forward
      ? units.find(({ start }) => start >= from)
      : units.findLast(({ end }) => end <= from);
    if (next) return next;
  }
  return null;
}

function blockBeside(whole: UnitText, extent: Place, forward: boolean): PickedPassage | null {
  const here = blockAt(whole, forward ? extent.end : extent.start + 1);
  for (let at = here + (forward ? 1 : -1); at >= 0 && at < whole.blocks.length; at += forward ? 1 : -1) {
    const sentence = unitsOf(whole, at, 'sentence')[0];
    if (sentence) return pick(sentence);
  }
  return null;
}

function extended(
  whole: UnitText,
  picked: PickedPassage,
  unit: PassageUnit,
  forward: boolean,
): PickedPassage {
  const { anchor, head } = picked;
  // The head stands after what it takes in: before the anchor that is a beginning, after it an end.
  for (let at = head; ; ) {
    const next = edgeBeside(whole, at, unit, forward, anchor);
    if (next === null) return picked;
    if (next !== anchor) return { anchor, head: next };
    at = next;
  }
}

function edgeBeside(
  whole: UnitText,
  head: number,
  unit: PassageUnit,
  forward: boolean,
  anchor: number,
): number | null {
  const shrinking = forward ? head < anchor : head > anchor;
  const by = forward ? 1 : -1;
  for (let block = blockAt(whole, head); block >= 0 && block < whole.blocks.length; block += by) {
    const units = unitsOf(whole, block, unit);
    const edges = units.map(({ start, end }) => (forward === shrinking ? start : end));
    const next = forward ? edges.find((edge) => edge > head) : edges.findLast((edge) => edge < head);
    const past = shrinking && next !== undefined && (forward ? next > anchor : next < anchor);
    if (past) return anchor;
    if (next !== undefined) return next;
  }
  return null;
}
