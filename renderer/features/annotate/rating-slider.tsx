import { type KeyboardEvent, memo, type PointerEvent, useRef, useState } from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import { type Dimension, scaleBounds } from '../../../shared/schema/rubric.ts';
import { ratingPlace } from './annotation-edit.ts';
import classes from './rating-slider.module.css';
import { shareOf, spokenValue, valueAfterKey, valueAtShare, valueWords } from './slider-scale.ts';

type Props = {
  dimension: Dimension;
  side: Side;
  /** Null: nobody has touched it, and it shows no position that could anchor a judgement. */
  value: number | null;
  onChange: (value: number) => void;
  /** Takes the rating back. */
  onClear?: () => void;
  /** The value under the pointer, for whoever shows its words in full; null when there is none. */
  onPoint?: (value: number | null) => void;
  readOnly?: boolean;
};

/** A finger that moved less than this is still a tap, CSS pixels. */
const tapSlack = 8;
type Touch = { id: number; x: number; y: number; moved: boolean };

const isTouch = ({ pointerType }: PointerEvent) => pointerType === 'touch' || pointerType === 'pen';
const isCommand = (event: KeyboardEvent) => event.ctrlKey || event.metaKey || event.altKey;

/** One dimension of one answer. Click, drag, touch and keys; digits and moving on belong to the judging panel. */
export const RatingSlider = memo(function RatingSlider(props: Props) {
  const { dimension, side, value, onChange, onClear, readOnly = false } = props;
  const { scale } = dimension;
  const track = useRef<HTMLDivElement>(null);
  const { ghost, ...pointer } = usePointer(props, track);
  const { min, max } = scaleBounds(scale);

  const onKeyDown = (event: KeyboardEvent) => {
    if (readOnly || isCommand(event)) return;
    const { key, shiftKey } = event;
    const clears = value !== null && !shiftKey && (key === 'Delete' || key === 'Backspace');
    const next = clears ? null : valueAfterKey(scale, value, key, shiftKey);
    if (!clears && next === null) return;
    event.preventDefault();
    if (next !== null) onChange(next);
    else onClear?.();
  };
  const words = ghost === null || ghost === value ? null : valueWords(scale, ghost);
  return (
    <div
      role="slider"
      tabIndex={0}
      data-place={ratingPlace(side, dimension.key)}
      data-side={side}
      data-unset={value === null || undefined}
      data-read-only={readOnly || undefined}
      className={classes.slider}
      aria-label={`${dimension.label}, answer ${side.toUpperCase()}`}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value ?? min}
      aria-valuetext={`${spokenValue(scale, value)}${value === null && !dimension.required ? ', optional' : ''}`}
      aria-readonly={readOnly || undefined}
      onKeyDown={onKeyDown}
      {...pointer}
    >
      <span className={classes.words} data-ghost={words !== null || undefined} dir="auto">
        {words ?? (value === null ? 'not rated' : valueWords(scale, value))}
      </span>
      <div className={classes.groove}>
        <div ref={track} className={classes.track}>
          {scale.kind === 'steps' ? <Ticks count={max} /> : null}
          {value === null ? null : <Position share={shareOf(scale, value)} />}
          {ghost === null ? null : (
            <i className={classes.ghost} style={{ left: `${shareOf(scale, ghost) * 100}%` }} />
          )}
        </div>
      </div>
    </div>
  );
});

/**
 * A mouse sets at once and drags. A finger or pen sets when it lifts or once it moves sideways: a vertical swipe
 * that only begins on a slider scrolls the page and rates nothing.
 */
function usePointer(
  { dimension: { scale }, onChange, onPoint, readOnly = false }: Props,
  track: React.RefObject<HTMLDivElement | null>,
) {
  const [ghost, setGhost] = useState<number | null>(null);
  const touch = useRef<Touch | null>(null);
  const point = (value: number | null) => {
    if (value === ghost) return;
    setGhost(value);
    onPoint?.(value);
  };
  const valueUnder = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    const share = box && box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    return valueAtShare(scale, share);
  };
  const set = (event: PointerEvent<HTMLElement>) => {
    point(null);
    onChange(valueUnder(event));
  };
  const drag = (event: PointerEvent<HTMLElement>, from: Touch) => {
    const [across, along] = [Math.abs(event.clientX - from.x), Math.abs(event.clientY - from.y)];
    from.moved ||= across >= tapSlack && across > along;
    if (from.moved) set(event);
  };
  const letGo = () => {
    touch.current = null;
    point(null);
  };
  return {
    ghost,
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (readOnly || event.button !== 0 || touch.current) return;
      event.currentTarget.setPointerCapture?.(event.pointerId);
      if (!isTouch(event)) return set(event);
      touch.current = { id: event.pointerId, x: event.clientX, y: event.clientY, moved: false };
      point(valueUnder(event));
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (readOnly) return;
      if (touch.current?.id === event.pointerId) drag(event, touch.current);
      else if (isTouch(event)) return;
      else if (event.buttons % 2 === 1) set(event);
      else point(valueUnder(event));
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const from = touch.current;
      if (from?.id !== event.pointerId) return;
      letGo();
      const near = Math.hypot(event.clientX - from.x, event.clientY - from.y) < 2 * tapSlack;
      if (!from.moved && near) set(event);
      event.currentTarget.focus({ preventScroll: true });
    },
    onPointerCancel: letGo,
    onPointerLeave: () => {
      if (!touch.current) point(null);
    },
  };
}

function Position({ share }: { share: number }) {
  return (
    <>
      <i className={classes.fill} style={{ width: `${share * 100}%` }} />
      <i className={classes.thumb} style={{ left: `${share * 100}%` }} />
    </>
  );
}

function Ticks({ count }: { count: number }) {
  return Array.from({ length: count }, (_, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: ticks never change their order
    <i key={index} className={classes.tick} style={{ left: `${(index / (count - 1)) * 100}%` }} />
  ));
}
