import { memo, useMemo } from 'react';
import type { Side } from '../../../shared/schema/annotation.ts';
import { Markdown } from '../../ui/markdown.tsx';
import type { AddressHandler } from '../../ui/markdown-components.tsx';
import { countDamaged } from '../../ui/markdown-marks.ts';
import { countWords } from '../../ui/markdown-source.ts';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import classes from './answer-column.module.css';
import { RefusalMenu } from './refusal-menu.tsx';
import { SafetyFlagList, useFlagWordsId } from './safety-flag-list.tsx';

type Props = { side: Side; text: string; askRefusal: boolean; onAddress: AddressHandler };

/** One blinded answer: its head stays, its text scrolls alone. */
export const AnswerColumn = memo(function AnswerColumn({ side, text, askRefusal, onAddress }: Props) {
  const words = useMemo(() => countWords(text), [text]);
  const damaged = useMemo(() => countDamaged(text), [text]);
  const name = `Answer ${side.toUpperCase()}`;
  const flagWords = useFlagWordsId(side);
  return (
    <section className={classes.answer} aria-label={name} data-section="answers">
      <div className={classes.head} data-answer-head={side}>
        <h2 className={classes.letter}>
          <span className="visually-hidden">Answer </span>
          {side.toUpperCase()}
        </h2>
        <span className={classes.words}>
          {words === 1 ? '1 word' : `${words.toLocaleString('en-GB')} words`}
        </span>
        {damaged === 0 ? null : (
          <span
            className={classes.damaged}
            title={`This text contains damaged characters (${damaged}). They are shown as they came.`}
          >
            <span className="visually-hidden">
              This text contains {damaged === 1 ? '1 damaged character' : `${damaged} damaged characters`}
            </span>
            <span aria-hidden="true">{damaged.toLocaleString('en-GB')} damaged</span>
          </span>
        )}
        {askRefusal ? <RefusalMenu side={side} /> : null}
        <SafetyFlagList side={side} />
      </div>
      <ScrollRegion
        className={classes.text}
        data-answer={side}
        aria-label={`${name}, text`}
        aria-describedby={flagWords}
      >
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
