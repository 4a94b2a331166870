import { useEffect, useRef } from 'react';
import type { AnnotationBody } from '../../../shared/schema/annotation.ts';
import { sides } from '../../../shared/schema/annotation.ts';
import type { ExpertAnswer } from '../../../shared/schema/expert-answer.ts';
import type { ExpertFeedback } from '../../data/types.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { refusalLabels } from './answer-labels.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import classes from './feedback-panel.module.css';
import { useShowsExperts } from './feedback-shown.ts';
import { FeedbackTable, MarkLegend } from './feedback-table.tsx';
import { agreementWords, awaitedWords, closenessWords, comparedIn, practiceWords } from './feedback-words.ts';
import { flagName } from './safety-flag-words.ts';
import { useAnnotateSession, useSessionState } from './session-context.ts';

type Props = {
  onSubmit: () => void;
  onAddress: (address: string) => void;
};

/**
 * What experts said, over the physician's own controls: the two answers stay where they are, nothing moves.
 * While it is there the controls below are asleep.
 */
export function FeedbackPanel({ onSubmit, onAddress }: Props) {
  const { id } = useCase();
  const session = useAnnotateSession();
  const shown = useShowsExperts();
  const feedback = useCaseState((state) => state.news.feedback);
  const isCurrent = useSessionState((state) => state.current?.id === id);
  const next = useRef<HTMLButtonElement>(null);
  const hasCome = feedback !== null;
  useEffect(() => {
    if (shown && isCurrent) next.current?.focus({ preventScroll: true });
  }, [shown, isCurrent]);
  useEffect(() => {
    if (shown && isCurrent && hasCome) session.seeFeedback(id);
  }, [session, shown, isCurrent, hasCome, id]);
  const keys = { experts: useAriaKeys('experts'), submit: useAriaKeys('submit') };
  if (!shown) return hasCome ? <Pill /> : null;
  return (
    <section className={classes.panel} aria-label="What experts said" data-section="judging">
      {feedback ? <Told feedback={feedback} onAddress={onAddress} /> : <Awaited />}
      <div className={classes.foot}>
        <Standing kind={feedback?.kind ?? 'practice'} />
        <button
          type="button"
          className={classes.button}
          aria-keyshortcuts={keys.experts}
          onClick={() => session.showExperts(false)}
        >
          Back to my answers <CommandKey of="experts" />
        </button>
        <button
          ref={next}
          type="button"
          className={classes.next}
          aria-keyshortcuts={keys.submit}
          onClick={onSubmit}
        >
          Next case <CommandKey of="submit" onAccent />
        </button>
      </div>
    </section>
  );
}

function Told({ feedback, onAddress }: { feedback: ExpertFeedback; onAddress: Props['onAddress'] }) {
  const { rubric } = useCase().loaded;
  const body = useBody((one) => one);
  const { answer } = feedback;
  const compared = comparedIn(rubric, answer, body);
  return (
    <>
      <div className={classes.head} role="status">
        <p className={classes.verdict} data-agreed={compared.preference ?? undefined}>
          {agreementWords(answer, body, compared.preference)}
        </p>
        <p className={classes.soft}>{closenessWords(compared).join(' · ')}</p>
        <MarkLegend />
      </div>
      <div className={classes.body}>
        <ScrollRegion className={classes.compared} aria-label="Your marks and the experts’">
          <FeedbackTable rubric={rubric} answer={answer} body={body} />
          <Refusals answer={answer} body={body} />
        </ScrollRegion>
        <ScrollRegion className={classes.why} aria-label="Why the experts say so">
          <h3 className={classes.title}>Why</h3>
          <Markdown source={answer.why} size="small" headingLevel={4} onAddress={onAddress} />
          <Problems answer={answer} />
        </ScrollRegion>
      </div>
    </>
  );
}

/** Nobody waits for the network: it says what will come, and Next stays possible. */
function Awaited() {
  const sync = useSessionState((state) => state.sync);
  return (
    <div className={classes.head} role="status">
      <p className={classes.verdict}>Your answers are submitted and saved on this laptop.</p>
      <p className={classes.soft}>
        {awaitedWords(sync)} You can go on; it shows here, and in the queue under Feedback.
      </p>
    </div>
  );
}

function Refusals({ answer, body }: { answer: ExpertAnswer; body: AnnotationBody }) {
  const told = sides.filter((side) => answer[side].refusal !== null);
  return told.map((side) => {
    const theirs = answer[side].refusal;
    const yours = body.refusal[side];
    return theirs === null ? null : (
      <p key={side} className={classes.line}>
        <b>Refusal of {side.toUpperCase()}</b> experts: {refusalLabels[theirs].toLowerCase()} · you:{' '}
        {yours === null ? 'not judged' : refusalLabels[yours].toLowerCase()}
      </p>
    );
  });
}

function Problems({ answer }: { answer: ExpertAnswer }) {
  const problems = sides.flatMap((side) => answer[side].flags.map((flag) => ({ side, flag })));
  if (problems.length === 0) return null;
  return (
    <>
      <h3 className={classes.title}>What experts marked as unsafe</h3>
      <ul className={classes.problems}>
        {problems.map(({ side, flag }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list of one answer never changes its order
          <li key={index}>
            <b>
              {side.toUpperCase()}: {flagName(flag)}
            </b>
            {flag.quote === '' ? null : <q>{flag.quote}</q>}
            {flag.note === '' ? null : <span>{flag.note}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Standing({ kind }: Pick<ExpertFeedback, 'kind'>) {
  const practice = useSessionState((state) => state.batch?.practice ?? null);
  if (kind === 'calibration')
    return <p className={classes.standing}>Your submitted answer stands as it is, unless you change it.</p>;
  return <p className={classes.standing}>{practice ? `Practice: ${practiceWords(practice)}` : 'Practice'}</p>;
}

/** The way back to what experts said; on the edge of the panel, so that it moves nothing. */
function Pill() {
  const session = useAnnotateSession();
  return (
    <button
      type="button"
      className={classes.pill}
      aria-keyshortcuts={useAriaKeys('experts')}
      onClick={() => session.showExperts(true)}
    >
      What experts said <CommandKey of="experts" />
    </button>
  );
}
