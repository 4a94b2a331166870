import { memo, useMemo } from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import { Markdown } from '../../ui/markdown.tsx';
import type { AddressHandler } from '../../ui/markdown-components.tsx';
import { countWords } from '../../ui/markdown-source.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import classes from './answer-column.module.css';
import { RefusalMenu } from './refusal-menu.tsx';

type Props = { side: Side; text: string; askRefusal: boolean; onAddress: AddressHandler };

/** One blinded answer: its head stays, its text scrolls alone. */
export const AnswerColumn = memo(function AnswerColumn({ side, text, askRefusal, onAddress }: Props) {
  const words = useMemo(() => countWords(text), [text]);
  const name = `Answer ${side.toUpperCase()}`;
  return (
    <section className={classes.answer} aria-label={name}>
      <div className={classes.head} data-answer-head={side}>
        <h2 className={classes.letter}>
          <span className="visually-hidden">Answer </span>
          {side.toUpperCase()}
        </h2>
        <span className={classes.words}>
          {words === 1 ? '1 word' : `${words.toLocaleString('en-GB')} words`}
        </span>
        {askRefusal ? <RefusalMenu side={side} /> : null}
      </div>
      <ScrollRegion className={classes.text} data-answer={side} aria-label={`${name}, text`}>
        <div className={classes.measure}>
          {text.trim() === '' ? (
            <p className={classes.empty}>This answer is empty.</p>
          ) : (
            <Markdown source={text} onAddress={onAddress} />
          )}
        </div>
      </ScrollRegion>
    </section>
  );
});
