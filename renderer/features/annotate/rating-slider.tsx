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
  readOnly?: boolean;
};

/** One dimension of one answer. Click, drag, touch and keys; digits and moving on belong to the judging panel. */
export const RatingSlider = memo(function RatingSlider({
  dimension,
  side,
  value,
  onChange,
  readOnly = false,
}: Props) {
  const { scale } = dimension;
  const track = useRef<HTMLDivElement>(null);
  const [ghost, setGhost] = useState<number | null>(null);
  const { min, max } = scaleBounds(scale);

  const valueUnder = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    return box && box.width > 0 ? valueAtShare(scale, (event.clientX - box.left) / box.width) : min;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (readOnly || event.button !== 0) return;
    event.currentTarget.setPointerCapture?.(event.pointerId);
    setGhost(null);
    onChange(valueUnder(event));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (readOnly) return;
    if (event.buttons % 2 === 1) onChange(valueUnder(event));
    else if (event.pointerType === 'mouse') setGhost(valueUnder(event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (readOnly || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = valueAfterKey(scale, value, event.key);
    if (next === null) return;
    event.preventDefault();
    onChange(next);
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
      aria-valuetext={spokenValue(scale, value)}
      aria-readonly={readOnly || undefined}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerLeave={() => setGhost(null)}
      onKeyDown={onKeyDown}
    >
      <span className={classes.words} data-ghost={words !== null || undefined}>
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
