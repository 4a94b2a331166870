import type { SafetyFlag, Side } from '../../../shared/schema/annotation.ts';
import {
  locatePassage,
  maxQuoteLength,
  type Passage,
  passageOf,
} from '../../../shared/schema/safety-flag.ts';
import { markdownRoot, rangeOfSource, sourceOfRange } from '../../ui/text-offsets.ts';
import type { OpenCase } from './annotate-store.ts';

export const answerRegion = (layer: Element | null, side: Side): HTMLElement | null =>
  layer?.querySelector<HTMLElement>(`[data-answer=${side}]`) ?? null;

export const answerRoot = (layer: Element | null, side: Side): HTMLElement | null =>
  markdownRoot(answerRegion(layer, side));

/** The part of the page that shows a passage; null while it is not laid out or not in the text. */
export function rangeOfPassage(
  one: OpenCase,
  layer: Element | null,
  side: Side,
  passage: Passage,
): Range | null {
  const known = ranges.get(passage);
  if (known && known.layer === layer && isLaidOut(known.range)) return known.range;
  const root = answerRoot(layer, side);
  const text = one.loaded.assignment[side];
  const place = locatePassage(text, passage);
  const range = root && place ? rangeOfSource(root, text, place) : null;
  if (range) ranges.set(passage, { layer, range });
  return range;
}

/** Passages never change; their ranges stand as long as their words are on the page. */
const ranges = new WeakMap<Passage, { layer: Element | null; range: Range }>();

const isLaidOut = ({ startContainer, endContainer, collapsed }: Range) =>
  !collapsed && startContainer.isConnected && endContainer.isConnected;

export type Chosen = { side: Side; passage: Passage | null };

/** The passage a range shows; `passage` is null when it is longer than a flag can hold. */
export function passageInRange(one: OpenCase, layer: Element, side: Side, range: Range): Chosen | null {
  const root = answerRoot(layer, side);
  const text = one.loaded.assignment[side];
  const span = root && sourceOfRange(root, text, range);
  if (!span) return null;
  const passage = passageOf(text, span.start, span.end);
  return passage || span.end - span.start > maxQuoteLength ? { side, passage } : null;
}

/** What is selected in one of the answers of a layer, or null. */
export function selectedPassage(one: OpenCase, layer: Element): Chosen | null {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const region = regionOf(range.startContainer) ?? regionOf(range.endContainer);
  const side = region?.dataset.answer;
  if (!region || !layer.contains(region) || (side !== 'a' && side !== 'b')) return null;
  return passageInRange(one, layer, side, within(region, range));
}

const regionOf = (node: Node): HTMLElement | null =>
  (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('[data-answer]') ?? null;

/** A selection may run on past its answer (three clicks select up to the next paragraph): only the answer counts. */
function within(region: HTMLElement, range: Range): Range {
  const part = range.cloneRange();
  if (!region.contains(range.startContainer)) part.setStart(region, 0);
  if (!region.contains(range.endContainer)) part.setEnd(region, region.childNodes.length);
  return part;
}

/** Scrolls a range into its answer's view, a third from the top, when it is not in view. */
export function scrollToRange(region: HTMLElement | null, range: Range | null, covered = 0): void {
  const box = range?.getBoundingClientRect?.();
  if (!region || !box) return;
  const frame = region.getBoundingClientRect();
  const foot = frame.bottom - covered;
  const fits = box.height < foot - frame.top;
  if (box.top >= frame.top && (fits ? box.bottom <= foot : box.top < foot)) return;
  region.scrollTop +=
    box.top - frame.top - (fits ? Math.min(frame.height / 3, foot - frame.top - box.height) : 8);
}

/** The flags under a point of the window, newest first. */
export function flagsAtPoint(
  one: OpenCase,
  layer: Element,
  side: Side,
  point: { clientX: number; clientY: number },
): SafetyFlag[] {
  const { safetyFlags } = one.store.getState().history.present;
  return safetyFlags
    .filter((flag) => flag.side === side && isAt(rangeOfPassage(one, layer, side, flag), point))
    .reverse();
}

function isAt(
  range: Range | null,
  { clientX: x, clientY: y }: { clientX: number; clientY: number },
): boolean {
  const place = caretAt(x, y);
  if (!range || !place) return false;
  if (!range.isPointInRange(place.node, place.offset)) return false;
  return [...range.getClientRects()].some(
    ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
  );
}

function caretAt(x: number, y: number): { node: Node; offset: number } | null {
  const { caretPositionFromPoint, caretRangeFromPoint } = document as Partial<Document>;
  const position = caretPositionFromPoint?.call(document, x, y);
  if (position) return { node: position.offsetNode, offset: position.offset };
  const range = caretRangeFromPoint?.call(document, x, y);
  return range ? { node: range.startContainer, offset: range.startOffset } : null;
}
