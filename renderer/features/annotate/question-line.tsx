import { IconArrowUp } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './context-panel.module.css';
import { jumpToQuestion } from './section-jump.ts';

/** What A and B answer, in one line, while the question itself is scrolled out of sight. */
export function QuestionLine({ question }: { question: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [away, setAway] = useState(false);
  const keys = useAriaKeys('question');
  useEffect(() => {
    const scroller = place.current?.closest('aside')?.querySelector('[data-context]');
    const asked = scroller?.querySelector('[data-asked]');
    if (!scroller || !asked) return;
    const watch = new IntersectionObserver(
      // Below the edge it is only further down, where the reader goes anyway.
      ([entry]) =>
        setAway(
          entry !== undefined &&
            !entry.isIntersecting &&
            entry.boundingClientRect.top < (entry.rootBounds?.top ?? 0),
        ),
      { root: scroller, rootMargin: '-30px 0px 0px' },
    );
    watch.observe(asked);
    return () => watch.disconnect();
  }, []);
  return (
    <>
      <span ref={place} hidden={true} />
      {away ? (
        <button
          type="button"
          className={classes.question}
          aria-keyshortcuts={keys}
          title="Back to the question"
          onClick={(event) => jumpToQuestion(event.currentTarget.closest('aside'))}
        >
          <IconArrowUp size={14} stroke={2} aria-hidden="true" />
          <span className={classes.questionWords}>
            <span className="visually-hidden">Back to the question: </span>
            {inOneLine(question)}
          </span>
          <CommandKey of="question" />
        </button>
      ) : null}
    </>
  );
}

/** A question's words without the marks of its setting. */
const inOneLine = (markdown: string) =>
  markdown
    .slice(0, 400)
    .replace(/[#*_`>|]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
