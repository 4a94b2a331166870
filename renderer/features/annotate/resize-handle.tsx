import type { KeyboardEvent, PointerEvent } from 'react';
import { clampWidth, narrowestContext, usualLayout, widestContext } from './context-layout.ts';
import classes from './resize-handle.module.css';

type Props = { width: number; folded: boolean; onWidth: (width: number) => void };

const step = 16;
const widthAfter: Record<string, (width: number) => number> = {
  ArrowLeft: (width) => width - step,
  ArrowRight: (width) => width + step,
  Home: () => narrowestContext,
  End: () => widestContext,
};

/** The line between context and answers: drag it, move it with arrow keys, Home and End; a double click resets it. */
export function ResizeHandle({ width, folded, onWidth }: Props) {
  if (folded) return <div className={classes.line} />;
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture?.(event.pointerId)) return;
    const left = event.currentTarget.closest('[data-layer]')?.getBoundingClientRect().left ?? 0;
    onWidth(clampWidth(event.clientX - left));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = Object.hasOwn(widthAfter, event.key) ? widthAfter[event.key] : undefined;
    if (!next || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onWidth(clampWidth(next(width)));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a control, hr is not
    <div
      className={classes.line}
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the context"
      aria-valuemin={narrowestContext}
      aria-valuemax={widestContext}
      aria-valuenow={width}
      aria-valuetext={`${width} pixels`}
      title="Drag to widen the context; double-click for its usual width"
      onPointerDown={(event) => event.currentTarget.setPointerCapture?.(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => onWidth(usualLayout.width)}
      onKeyDown={onKeyDown}
    />
  );
}
