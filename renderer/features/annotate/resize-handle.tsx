import type { KeyboardEvent, PointerEvent } from 'react';
import { clampWidth, narrowestContext, widestContext } from './context-layout.ts';
import classes from './resize-handle.module.css';

type Props = { width: number; folded: boolean; onWidth: (width: number) => void };

/** The line between context and answers: drag it, or move it with the arrow keys. */
export function ResizeHandle({ width, folded, onWidth }: Props) {
  if (folded) return <div className={classes.line} />;
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture?.(event.pointerId)) return;
    const left = event.currentTarget.closest('[data-layer]')?.getBoundingClientRect().left ?? 0;
    onWidth(clampWidth(event.clientX - left));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 16 : event.key === 'ArrowLeft' ? -16 : 0;
    if (by === 0) return;
    event.preventDefault();
    onWidth(clampWidth(width + by));
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
      onPointerDown={(event) => event.currentTarget.setPointerCapture?.(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
