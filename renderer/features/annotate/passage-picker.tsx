import { type KeyboardEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { SafetyFlagKind, Side } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { combinationOf } from '../../ui/key-press.ts';
import { showAnswer } from './answer-shown.ts';
import { useCase } from './case-context.ts';
import { useKeysOf } from './command-key.tsx';
import { indexText, offsetOfPoint, rangeOfPlace, type TextIndex } from './find-index.ts';
import { findUi } from './find-store.ts';
import classes from './passage-picker.module.css';
import {
  extentOf,
  firstSentence,
  type PassageUnit,
  type PickedPassage,
  sentenceAt,
  stepPassage,
  type UnitText,
} from './passage-units.ts';
import { other } from './safety-flag-command.ts';
import { markPassages } from './safety-flag-marks.ts';
import { answerRegion, answerRoot, passageInRange, scrollToRange } from './safety-flag-page.ts';
import { endFlagging, flagUi } from './safety-flag-store.ts';
import { readFlagDigit, shortened } from './safety-flag-words.ts';

type Props = { side: Side; layer: RefObject<HTMLElement | null> };

/** The height of the bar with the keys, which lies over the answer's foot. */
const barHeight = 44;

/** Lets the arrow keys choose a passage of one answer: by sentences, blocks and words. */
export function PassagePicker({ side, layer }: Props) {
  const one = useCase();
  const holder = useRef<HTMLDivElement>(null);
  const region = () => answerRegion(layer.current, side);
  const text = useMemo(() => readUnits(answerRoot(layer.current, side)), [layer, side]);
  const [picked, setPicked] = useState<PickedPassage | null>(
    () => lastFound(text, region(), findUi(one).getState().range) ?? firstInView(text, region()),
  );
  const again = useKeysOf('flag-text');
  const range = text && picked ? rangeOfPlace(text.index, extentOf(text.units, picked)) : null;

  useLayoutEffect(() => {
    showAnswer(layer.current, side);
    holder.current?.focus({ preventScroll: true });
  }, [layer, side]);
  useLayoutEffect(() => {
    markPassages(one, 'picked', range ? [range] : null);
    scrollToRange(region(), range, barHeight);
  });
  // Before the form that follows marks the same words.
  useLayoutEffect(() => () => markPassages(one, 'picked', null), [one]);
  useOverFoot(holder, layer, side);

  const openForm = (kind: SafetyFlagKind | null) => {
    const chosen = range && layer.current ? passageInRange(one, layer.current, side, range) : null;
    if (chosen)
      flagUi(one).setState({
        picking: null,
        form: { ...chosen, flag: null, others: [], focused: true, kind },
      });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = stepOf(event, isRightToLeft(text, picked));
    const digit = /^(?:Digit|Numpad)([1-7])$/.exec(event.code)?.[1];
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (step && text && picked)
      setPicked(stepPassage(text.units, picked, step.unit, step.forward, event.shiftKey));
    else if (plain && (event.key === 'PageDown' || event.key === 'PageUp'))
      page(event.key === 'PageDown' ? 1 : -1);
    else if (event.key === 'Escape') endFlagging(one);
    else if (plain && event.key === 'Enter') openForm(null);
    else if (plain && digit !== undefined) openForm(readFlagDigit(null, Number(digit))?.kind ?? null);
    else if (again !== null && combinationOf(event.nativeEvent) === again)
      flagUi(one).setState({ picking: other(side) });
    else if (!plain || event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
  };
  const page = (by: 1 | -1) => {
    const box = region();
    if (box) box.scrollTop += by * box.clientHeight * 0.85;
    setPicked(firstInView(text, box) ?? picked);
  };
  return (
    <div
      ref={holder}
      role="application"
      data-section="answers"
      className={classes.bar}
      tabIndex={-1}
      aria-label={`Choosing a passage of answer ${side.toUpperCase()}. Left and right go by sentence, up and down by paragraph, Shift extends, Control goes by word. Enter flags it, Escape leaves.`}
      onKeyDown={onKeyDown}
      onBlur={({ relatedTarget }) => {
        // Whoever took the keyboard keeps it.
        if (relatedTarget !== null && flagUi(one).getState().picking === side)
          flagUi(one).setState({ picking: null });
      }}
    >
      <Hint keys={['left', 'right']} words="sentence" />
      <Hint keys={['up', 'down']} words="paragraph" />
      <Hint keys={['mod']} words="by word" />
      <Hint keys={['shift']} words="extend" />
      <Hint keys={['enter']} words="flag" />
      <Hint keys={again === null ? [] : [again]} words={`answer ${other(side).toUpperCase()}`} />
      <Hint keys={['esc']} words="leave" />
      <span className="visually-hidden" role="status">
        {range ? shortened(range.toString(), 400) : 'No words to choose in this answer.'}
      </span>
    </div>
  );
}

const Hint = ({ keys, words }: { keys: readonly string[]; words: string }) => (
  <span className={classes.hint} aria-hidden="true">
    {keys.map((key) => (
      <Key key={key} keys={key} />
    ))}
    {words}
  </span>
);

type Units = { index: TextIndex; units: UnitText };

function readUnits(root: Element | null): Units | null {
  if (!root) return null;
  const index = indexText(root);
  const blocks = index.blocks.map(({ start, end, element }) => ({
    start,
    end,
    lines: element.tagName === 'PRE',
  }));
  return { index, units: { text: index.text, blocks } };
}

/** The sentence with the words that were found last, as long as they are in view. */
function lastFound(
  text: Units | null,
  region: HTMLElement | null,
  range: Range | null,
): PickedPassage | null {
  const box = range?.getBoundingClientRect?.();
  const view = region?.getBoundingClientRect();
  if (!text || !range || !box || !view || box.top < view.top || box.bottom > view.bottom) return null;
  const at = offsetOfPoint(text.index, range.startContainer, range.startOffset);
  return at === null ? null : sentenceAt(text.units, at);
}

/** The first sentence that can be seen where the reader is. */
function firstInView(text: Units | null, region: HTMLElement | null): PickedPassage | null {
  if (!text || !region) return null;
  const { index, units } = text;
  const top = region.getBoundingClientRect().top + 2;
  const endsAbove = (place: { start: number; end: number }) =>
    (rangeOfPlace(index, place)?.getBoundingClientRect?.().bottom ?? Number.POSITIVE_INFINITY) <= top;
  let low = 0;
  let high = index.blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = index.blocks[middle];
    if (block && endsAbove(block)) low = middle + 1;
    else high = middle;
  }
  let picked = firstSentence(units, low);
  for (let tries = 0; picked && tries < 50 && endsAbove(extentOf(units, picked)); tries++)
    picked = sentenceAt(units, extentOf(units, picked).end + 1) ?? picked;
  return picked ?? firstSentence(units, 0);
}

type Step = { unit: PassageUnit; forward: boolean };

/** In right-to-left words, left goes on and right goes back. */
function stepOf(event: KeyboardEvent, turned: boolean): Step | null {
  const byWord = event.ctrlKey || event.altKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp':
      return byWord ? null : { unit: 'block', forward: event.key === 'ArrowDown' };
    case 'ArrowLeft':
    case 'ArrowRight':
      return { unit: byWord ? 'word' : 'sentence', forward: (event.key === 'ArrowRight') !== turned };
    default:
      return null;
  }
}

function isRightToLeft(text: Units | null, picked: PickedPassage | null): boolean {
  const block = text?.index.blocks.find(
    ({ end }) => picked !== null && end > Math.min(picked.anchor, picked.head),
  );
  return block !== undefined && getComputedStyle(block.element).direction === 'rtl';
}

/** Lies over the foot of its answer, and moves nothing. */
function useOverFoot(
  holder: RefObject<HTMLElement | null>,
  layer: RefObject<HTMLElement | null>,
  side: Side,
) {
  useLayoutEffect(() => {
    const place = () => {
      const view = answerRegion(layer.current, side)?.getBoundingClientRect();
      const frame = layer.current?.getBoundingClientRect();
      const bar = holder.current;
      if (!view || !frame || !bar) return;
      bar.style.left = `${Math.round(view.left - frame.left)}px`;
      bar.style.width = `${Math.round(view.width)}px`;
      bar.style.bottom = `${Math.round(frame.bottom - view.bottom)}px`;
    };
    place();
    window.addEventListener('resize', place);
    return () => window.removeEventListener('resize', place);
  }, [holder, layer, side]);
}
