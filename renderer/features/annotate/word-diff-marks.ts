import { scrollAlone } from './linked-scroll.ts';
import type { Difference, Span } from './word-diff.ts';
import { type ReadText, rangeAt } from './word-diff-text.ts';

export type ReadAnswers = { a: ReadText; b: ReadText };
/** The places of one difference in the document. */
export type DifferenceRanges = { a: Range | null; b: Range | null };

export function rangesOf(read: ReadAnswers, differences: readonly Difference[]): DifferenceRanges[] {
  const at = (text: ReadText, span: Span | null) => (span ? rangeAt(text, span.from, span.to) : null);
  return differences.map(({ a, b }) => ({ a: at(read.a, a), b: at(read.b, b) }));
}

const names = { all: 'differs', current: 'differs-current' } as const;

/** Marks differences by the CSS Custom Highlight API: no element changes, nothing moves. */
export function markDifferences(all: readonly DifferenceRanges[], current: number | null): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  const flat = (some: readonly DifferenceRanges[]) =>
    some.flatMap(({ a, b }) => [a, b]).filter((range) => range !== null);
  const now = current === null ? undefined : all[current];
  // Below flags and what was searched for: those were asked for later.
  show(names.all, flat(all.filter((one) => one !== now)), -2);
  show(names.current, now ? flat([now]) : [], -1);
}

function show(name: string, ranges: readonly Range[], priority: number): void {
  if (ranges.length === 0) {
    CSS.highlights.delete(name);
    return;
  }
  const highlight = new Highlight(...ranges);
  highlight.priority = priority;
  CSS.highlights.set(name, highlight);
}

/** Index of the first difference at or below the upper edge of what is on screen. */
export function firstOnScreen(all: readonly DifferenceRanges[], answers: { a: Element; b: Element }): number {
  const top = answers.a.getBoundingClientRect().top;
  const below = all.findIndex(({ a, b }) => ((a ?? b)?.getBoundingClientRect?.().bottom ?? 0) > top);
  return Math.max(0, below);
}

/** Brings both sides of a difference into view, also where they stand in a table that scrolls inside itself. */
export function showDifference(
  { a, b }: DifferenceRanges,
  answers: { a: HTMLElement; b: HTMLElement },
): void {
  if (a) showRange(a, answers.a);
  if (b) showRange(b, answers.b);
}

function showRange(range: Range, answer: HTMLElement): void {
  const within = range.startContainer.parentElement?.closest<HTMLElement>('[role=group]');
  const inner = within && within !== answer && answer.contains(within) ? within : null;
  if (inner) inner.scrollTop += distance(range, inner);
  scrollAlone(answer, answer.scrollTop + distance(range, answer));
}

/** How far a panel must scroll to show the beginning of a range; 0 when it is in view. */
function distance(range: Range, panel: HTMLElement): number {
  const box = range.getClientRects?.()[0];
  if (!box) return 0;
  const frame = panel.getBoundingClientRect();
  const inView = box.top >= frame.top && box.bottom <= frame.bottom - 48;
  return inView ? 0 : box.top - frame.top - frame.height / 3;
}
