import { type KeyboardEvent, useEffect, useRef } from 'react';
import classes from './segmented.module.css';

export type SegmentedOption<T> = { value: T; label: string; title?: string };

type Props<T> = {
  label: string;
  options: readonly SegmentedOption<T>[];
  /** Null: nothing is chosen yet, and nothing looks chosen. */
  value: T | null;
  onChange: (value: T) => void;
  /** Delete and Backspace take the choice back. */
  onClear?: () => void;
  /** 1 chooses the first option, 2 the second. */
  digits?: boolean;
  disabled?: boolean;
  size?: 'small' | 'base';
};

const step: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** A radio group drawn as one bar. Tab reaches it once; arrows, Home, End and digits choose. */
export function Segmented<T extends string | number>(props: Props<T>) {
  const { label, options, value, onChange, onClear, digits = false, disabled = false, size = 'base' } = props;
  const bar = useRef<HTMLDivElement>(null);
  const chosen = options.findIndex((option) => option.value === value);

  // The choice may change under the focus, by Undo for one: the focus is where the choice is.
  useEffect(() => {
    const radios = bar.current?.querySelectorAll<HTMLElement>('[role=radio]');
    if (chosen >= 0 && bar.current?.contains(document.activeElement)) radios?.[chosen]?.focus();
  }, [chosen]);

  const choose = (index: number) => {
    const option = options[index];
    if (!option || disabled) return;
    onChange(option.value);
    bar.current?.querySelectorAll<HTMLElement>('[role=radio]')[index]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const clears =
      onClear && !disabled && chosen >= 0 && (event.key === 'Delete' || event.key === 'Backspace');
    const index = indexFor(event.key, chosen, options.length, digits);
    if (clears) onClear();
    else if (index === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (index !== null) choose(index);
  };
  return (
    <div
      ref={bar}
      role="radiogroup"
      aria-label={label}
      aria-disabled={disabled || undefined}
      className={classes.bar}
      data-size={size}
      onKeyDown={onKeyDown}
    >
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useSemanticElements: an input cannot show "nothing chosen" with one tab stop and digits
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={index === chosen}
          disabled={disabled}
          tabIndex={index === Math.max(chosen, 0) ? 0 : -1}
          className={classes.option}
          title={option.title}
          onClick={() => choose(index)}
        >
          {digits ? (
            <span className={classes.digit} aria-hidden="true">
              {index + 1}
            </span>
          ) : null}
          {/* The bold copy keeps the width, so that choosing moves nothing. */}
          <span className={classes.label} data-label={option.label}>
            {option.label}
          </span>
        </button>
      ))}
    </div>
  );
}

function indexFor(key: string, chosen: number, count: number, digits: boolean): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (digits && /^[1-9]$/.test(key) && Number(key) <= count) return Number(key) - 1;
  const by = step[key];
  if (by === undefined) return null;
  if (chosen < 0) return by > 0 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, chosen + by));
}
