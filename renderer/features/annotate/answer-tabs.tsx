import { memo } from 'react';
import { type Side, sides } from '../../../shared/schema/annotation.ts';
import classes from './answer-tabs.module.css';
import { CommandKey } from './command-key.tsx';

type Props = { shown: Side; onShow: (side: Side) => void };

const keyOf = { a: 'a-down', b: 'b-down' } as const;

/** Chooses the answer in front; to be seen only where the window has no room for both. */
export const AnswerTabs = memo(function AnswerTabs({ shown, onShow }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings its own frame
    <div className={classes.tabs} role="group" aria-label="Answer in front">
      {sides.map((side) => (
        <button
          key={side}
          type="button"
          className={classes.tab}
          aria-pressed={side === shown}
          onClick={() => onShow(side)}
        >
          Answer {side.toUpperCase()} <CommandKey of={keyOf[side]} />
        </button>
      ))}
    </div>
  );
});
