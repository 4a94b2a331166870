import { type KeyboardEvent, memo, useCallback, useState } from 'react';
import { type Side, sides } from '../../../shared/schema/annotation.ts';
import type { Dimension } from '../../../shared/schema/rubric.ts';
import { ratingPlace } from './annotation-edit.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { focusPlace, placeOfFocus } from './focus-place.ts';
import classes from './rating-rows.module.css';
import { RatingSlider } from './rating-slider.tsx';
import { anchorsOf } from './slider-scale.ts';

/** A's sliders on the left under A, B's on the right under B, the dimension's name on the dividing line. */
export function RatingRows() {
  const { dimensions } = useCase().loaded.rubric;
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const shown = dimensions.find(({ key }) => key === (pointed ?? focused)) ?? dimensions[0];

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
      {shown ? <Hint dimension={shown} /> : null}
      {dimensions.map((dimension) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only follows which row is meant, for the hint line
        <div
          key={dimension.key}
          className={classes.row}
          onPointerEnter={() => setPointed(dimension.key)}
          onFocus={() => setFocused(dimension.key)}
        >
          <Rating dimension={dimension} side="a" />
          <span
            className={classes.name}
            data-optional={dimension.required ? undefined : true}
            title={dimension.description}
          >
            {dimension.label}
          </span>
          <Rating dimension={dimension} side="b" />
        </div>
      ))}
    </div>
  );
}

const Rating = memo(function Rating({ dimension, side }: { dimension: Dimension; side: Side }) {
  const { edit } = useCase();
  const value = useBody((body) => body.ratings[side][dimension.key] ?? null);
  const readOnly = useCaseState((state) => state.readOnly);
  const onChange = useCallback(
    (next: number) => edit({ type: 'rate', side, dimension: dimension.key, value: next }),
    [edit, side, dimension.key],
  );
  return (
    <RatingSlider dimension={dimension} side={side} value={value} onChange={onChange} readOnly={readOnly} />
  );
});

/** What the row at hand asks, and the words of its scale; its place is always kept. */
function Hint({ dimension }: { dimension: Dimension }) {
  return (
    <div className={classes.hint}>
      <p className={classes.question}>
        <b>{dimension.label}</b> {dimension.description}
      </p>
      <p className={classes.anchors}>
        {anchorsOf(dimension.scale).map(({ value, word }) => (
          <span key={value}>
            <b>{value}</b> {word}
          </span>
        ))}
      </p>
    </div>
  );
}

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
