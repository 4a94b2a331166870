import { memo } from 'react';
import classes from './conversation.module.css';
import { Markdown } from './markdown.tsx';
import type { AddressHandler } from './markdown-components.tsx';

export type TurnShape = { role: 'system' | 'user' | 'assistant'; content: string };

type Props = { turns: readonly TurnShape[]; onAddress?: AddressHandler };

const names: Record<TurnShape['role'], string> = {
  system: 'Instruction to the assistant',
  user: 'Asked',
  assistant: 'Assistant answered',
};

/** What was asked: one question, or a whole conversation whose last turn is the one the responses answer. */
export const Conversation = memo(function Conversation({ turns, onAddress }: Props) {
  const last = turns.length - 1;
  return (
    <ol className={classes.turns}>
      {turns.map((turn, index) => (
        <li
          key={String(index) + turn.role}
          className={classes.turn}
          data-role={turn.role}
          data-asked={index === last || undefined}
        >
          <h3 className={turns.length === 1 ? 'visually-hidden' : classes.who}>
            {index === last ? 'Question to answer' : names[turn.role]}
          </h3>
          <Markdown source={turn.content} onAddress={onAddress} headingLevel={4} size="small" />
        </li>
      ))}
    </ol>
  );
});
