import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, memo, useCallback, useState } from 'react';
import { type Side, sides } from '../../../shared/schema/annotation.ts';
import type { Dimension } from '../../../shared/schema/rubric.ts';
import { ratingPlace } from './annotation-edit.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { focusPlace, placeOfFocus } from './focus-place.ts';
import { RatingHint } from './rating-hint.tsx';
import classes from './rating-rows.module.css';
import { RatingSlider } from './rating-slider.tsx';

type At = { key: string; side: Side };
type Pointed = { key: string; value: number | null };

/** A's sliders on the left under A, B's on the right under B, the dimension's name on the dividing line. */
export function RatingRows() {
  const { dimensions } = useCase().loaded.rubric;
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const [focused, setFocused] = useState<At | null>(null);
  const shown = dimensions.find(({ key }) => key === (pointed?.key ?? focused?.key)) ?? dimensions[0];
  const onPoint = useCallback((key: string, value: number | null) => setPointed({ key, value }), []);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const layer = event.currentTarget.closest<HTMLElement>('[data-layer]');
    const place = placeOfFocus(event.target);
    const next = place === null ? null : placeAfterKey(dimensions, place, event);
    if (next === null) return;
    event.preventDefault();
    focusPlace(layer, next);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the sliders inside are the controls; this moves between them
    <div className={classes.rows} onKeyDown={onKeyDown} onPointerLeave={() => setPointed(null)}>
      {shown ? (
        <RatingHint
          dimension={shown}
          pointed={pointed?.value ?? null}
          side={focused?.key === shown.key ? focused.side : null}
        />
      ) : null}
      {dimensions.map((dimension) => (
        <div
          key={dimension.key}
          className={classes.row}
          onPointerEnter={({ pointerType }) => {
            if (pointerType === 'mouse') setPointed({ key: dimension.key, value: null });
          }}
        >
          <Rating dimension={dimension} side="a" onPoint={onPoint} onFocus={setFocused} />
          <span
            className={classes.name}
            data-optional={dimension.required ? undefined : true}
            data-long={dimension.label.length > 16 || undefined}
            title={[dimension.label, dimension.description].filter((words) => words !== '').join(': ')}
            dir="auto"
          >
            {dimension.label}
          </span>
          <Rating dimension={dimension} side="b" onPoint={onPoint} onFocus={setFocused} />
        </div>
      ))}
    </div>
  );
}

type RatingProps = {
  dimension: Dimension;
  side: Side;
  onPoint: (key: string, value: number | null) => void;
  onFocus: (at: At) => void;
};

const Rating = memo(function Rating({ dimension, side, onPoint, onFocus }: RatingProps) {
  const { edit } = useCase();
  const { key, label } = dimension;
  const value = useBody((body) => body.ratings[side][key] ?? null);
  const readOnly = useCaseState((state) => state.readOnly);
  const onChange = useCallback(
    (next: number) => edit({ type: 'rate', side, dimension: key, value: next }),
    [edit, side, key],
  );
  const onClear = useCallback(() => edit({ type: 'unrate', side, dimension: key }), [edit, side, key]);
  const onPointHere = useCallback((next: number | null) => onPoint(key, next), [onPoint, key]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only follows which slider has the focus
    <div className={classes.rating} data-side={side} onFocus={() => onFocus({ key, side })}>
      <RatingSlider
        dimension={dimension}
        side={side}
        value={value}
        onChange={onChange}
        onClear={onClear}
        onPoint={onPointHere}
        readOnly={readOnly}
      />
      {value === null || readOnly ? null : (
        <button
          type="button"
          // The keyboard has Delete on the slider itself.
          tabIndex={-1}
          className={classes.clear}
          aria-label={`Take back ${label}, answer ${side.toUpperCase()}`}
          title="Take this rating back (Delete)"
          onClick={(event) => {
            onClear();
            focusPlace(event.currentTarget.closest('[data-layer]'), ratingPlace(side, key));
          }}
        >
          <IconX size={13} stroke={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
});

function placeAfterKey(dimensions: readonly Dimension[], place: string, event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const row = dimensions.findIndex(({ key }) => sides.some((side) => ratingPlace(side, key) === place));
  const here = dimensions[row];
  if (!here) return null;
  const side: Side = place === ratingPlace('a', here.key) ? 'a' : 'b';
  if (event.shiftKey) {
    if (event.key === 'ArrowLeft') return ratingPlace('a', here.key);
    return event.key === 'ArrowRight' ? ratingPlace('b', here.key) : null;
  }
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (by === 0) return null;
  const next = dimensions[row + by];
  if (next) return ratingPlace(side, next.key);
  return by > 0 ? 'preference' : place;
}
