import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef } from 'react';
import type { BrokenRule } from '../../../shared/schema/rubric-rules.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { ratingPlace } from './annotation-edit.ts';
import classes from './are-you-sure.module.css';
import { useCase, useCaseState } from './case-context.ts';
import { useAriaKeys } from './command-key.tsx';
import { focusPlace } from './focus-place.ts';

/**
 * Asks once, over the foot of the panel, about answers that go against one another. Enter or Submit keeps them and
 * goes on; Escape goes to the very slider. Any change of an answer withdraws the question.
 */
export function AreYouSure({ onSubmit }: { onSubmit: () => void }) {
  const asking = useCaseState((state) => state.asking);
  if (asking.length === 0) return null;
  return <Question asking={asking} onSubmit={onSubmit} />;
}

function Question({ asking, onSubmit }: { asking: readonly BrokenRule[]; onSubmit: () => void }) {
  const { stopAsking } = useCase();
  const id = useId();
  const strip = useRef<HTMLDivElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  const first = asking[0];
  useLayoutEffect(() => {
    const here = strip.current;
    // Withdrawn by a change made from within it: the focus must not fall to nowhere.
    return () => {
      if (first && here?.contains(document.activeElement))
        focusPlace(here.closest<HTMLElement>('[data-layer]'), ratingPlace(first.side, first.dimension));
    };
  }, [first]);

  const change = (rule: BrokenRule | undefined) => {
    const layer = strip.current?.closest<HTMLElement>('[data-layer]') ?? null;
    stopAsking();
    if (rule) focusPlace(layer, ratingPlace(rule.side, rule.dimension));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    change(first);
  };
  return (
    <div
      ref={strip}
      className={classes.strip}
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-rules`}
      onKeyDown={onKeyDown}
    >
      <div className={classes.words}>
        <h3 id={`${id}-title`} className={classes.title}>
          Are you sure?
        </h3>
        <ul id={`${id}-rules`} className={classes.rules}>
          {asking.map((rule) => (
            <li key={rule.key}>
              <button type="button" className={classes.rule} onClick={() => change(rule)} dir="auto">
                {rule.question}
              </button>
            </li>
          ))}
        </ul>
      </div>
      <div className={classes.actions}>
        <button
          type="button"
          className={classes.change}
          aria-keyshortcuts={ariaKeys('esc')}
          onClick={() => change(first)}
        >
          Change <Key keys="esc" />
        </button>
        <button
          ref={keep}
          type="button"
          className={classes.keep}
          aria-keyshortcuts={useAriaKeys('submit')}
          onClick={onSubmit}
        >
          Keep my answers and submit <Key keys="enter" onAccent />
        </button>
      </div>
    </div>
  );
}
