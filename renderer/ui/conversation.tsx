import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { usePartFold } from './context-choices.ts';
import classes from './conversation.module.css';
import { Markdown } from './markdown.tsx';
import type { AddressHandler } from './markdown-components.tsx';

export type TurnShape = { role: 'system' | 'user' | 'assistant'; content: string };

type Props = { turns: readonly TurnShape[]; onAddress?: AddressHandler };

const names: Record<TurnShape['role'], string> = {
  system: 'Instruction to the assistant',
  user: 'Asked before',
  assistant: 'Assistant answered',
};

/** Conversations with more earlier turns than these begin with only the newest of them. */
const usuallyShown = 4;
const shownFolded = 2;

/** What was asked: one question, or a whole conversation whose last turn is the one the responses answer. */
export const Conversation = memo(function Conversation({ turns, onAddress }: Props) {
  const [folded, setFolded] = usePartFold('turns', true);
  const last = turns.length - 1;
  const many = last > usuallyShown;
  const from = many && folded ? last - shownFolded : 0;
  return (
    <div className={classes.conversation} data-part={many ? 'turns' : undefined}>
      {many ? (
        <button
          type="button"
          className={classes.fold}
          aria-expanded={!folded}
          data-part-head={true}
          onClick={() => setFolded(!folded)}
        >
          {folded ? (
            <IconChevronRight size={14} stroke={2} aria-hidden="true" />
          ) : (
            <IconChevronDown size={14} stroke={2} aria-hidden="true" />
          )}
          {folded ? `Show ${last - shownFolded} earlier turns` : `Fold ${last - shownFolded} earlier turns`}
        </button>
      ) : null}
      <ol className={classes.turns} start={from + 1}>
        {turns.slice(from).map((turn, index) => {
          const asked = from + index === last;
          return (
            <li
              key={String(from + index) + turn.role}
              className={classes.turn}
              data-role={turn.role}
              data-asked={asked || undefined}
              data-part={asked ? 'question' : undefined}
              data-part-head={asked || undefined}
              tabIndex={asked ? -1 : undefined}
            >
              <h3 className={turns.length === 1 ? 'visually-hidden' : classes.who}>
                {asked ? 'Question to answer' : names[turn.role]}
              </h3>
              <Markdown source={turn.content} onAddress={onAddress} headingLevel={4} size="small" />
            </li>
          );
        })}
      </ol>
    </div>
  );
});
