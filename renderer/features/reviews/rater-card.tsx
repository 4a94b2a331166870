import { Button } from '@mantine/core';
import type { ArrivedAnnotation } from '../../../shared/contract/reviews.ts';
import { dateTimeText, minutesText } from '../../ui/dates.ts';
import { Markdown } from '../../ui/markdown.tsx';
import { Card } from '../../ui/page.tsx';
import {
  caseFlagWords,
  preferenceWords,
  responseNames,
  safetyFlagWords,
  skipWords,
  verdictWords,
} from './review-words.ts';
import classes from './reviews.module.css';

type Body = ArrivedAnnotation['body'];

const stateWords = { draft: 'Draft, not submitted yet', submitted: 'Submitted', skipped: 'Skipped' } as const;

function preferenceText(body: Body): string {
  const words = body.preference === null ? null : preferenceWords[body.preference];
  if (body.bothUnacceptable) return words === null ? 'both unacceptable' : `both unacceptable; ${words}`;
  return words ?? 'none given';
}

const verdictText = (body: Body, side: 'a' | 'b'): string => {
  const verdict = body.refusal[side];
  return verdict === null ? 'not judged' : verdictWords[verdict];
};

function SafetyFlags({ flags }: { flags: Body['safetyFlags'] }) {
  if (flags.length === 0) return null;
  return (
    <>
      <dt>Unsafe</dt>
      <dd>
        {flags.map((flag) => (
          <div key={flag.id} className={classes.flag}>
            <b className={classes.flagged}>
              {safetyFlagWords[flag.kind]}, {flag.severity}
            </b>{' '}
            in {responseNames[flag.side]}
            <span className={classes.quote}>{flag.quote}</span>
            {flag.note}
          </div>
        ))}
      </dd>
    </>
  );
}

function Reasons({ body }: { body: Body }) {
  const parts = [
    ['Evidence', body.reasoning.evidence],
    ['Alternatives', body.reasoning.alternatives],
    ['Conclusion', body.reasoning.conclusion],
  ] as const;
  const given = parts.filter(([, text]) => text.trim() !== '');
  if (given.length === 0)
    return (
      <>
        <dt>Why</dt>
        <dd className={classes.soft}>no reasons written</dd>
      </>
    );
  return given.map(([label, text]) => (
    <div key={label} style={{ display: 'contents' }}>
      <dt>{label}</dt>
      <dd dir="auto">{text}</dd>
    </div>
  ));
}

const keptWords = {
  own: 'the physician chose this version',
  other: 'the physician chose this version',
  parts: 'the physician chose answers of each',
} as const;

/** Whether this case was answered on more than one laptop apart, and what became of it. */
function divergedText({ diverged, divergedRevisions, body }: ArrivedAnnotation): string | null {
  if (!diverged && divergedRevisions === 0) return null;
  const kept = body.resolutions?.at(-1)?.kept;
  return `answered on more than one laptop, all kept${kept ? `: ${keptWords[kept]}` : ''}`;
}

function stateText(annotation: ArrivedAnnotation): string {
  const { state, late } = annotation;
  const extra = [late ? 'late: it came after a recall or a lock' : null, divergedText(annotation)];
  return [stateWords[state], ...extra].filter((part) => part !== null).join(' · ');
}

function Correction({ body }: { body: Body }) {
  const { correction } = body;
  if (!correction || correction.text.trim() === '') return null;
  return (
    <>
      <dt>Would have said</dt>
      <dd>
        {correction.from === null ? null : (
          <span className={classes.soft}>Written over {responseNames[correction.from]}.</span>
        )}
        <div className={classes.correction}>
          <Markdown source={correction.text} size="small" />
        </div>
      </dd>
    </>
  );
}

function Returned({ returned }: Pick<ArrivedAnnotation, 'returned'>) {
  if (!returned) return null;
  return (
    <>
      <dt>Returned</dt>
      <dd>
        <span className={returned.answered ? classes.soft : classes.waiting}>
          {dateTimeText(returned.at)},{' '}
          {returned.answered ? 'answered by what stands here' : 'waits for the physician'}
        </span>
        <span className={classes.quote} dir="auto">
          {returned.comment}
        </span>
      </dd>
    </>
  );
}

const isReturnable = ({ state, returned }: ArrivedAnnotation) =>
  state === 'submitted' && (returned === null || returned.answered);

type Props = {
  annotation: ArrivedAnnotation;
  /** Null while nothing of the batch may be given back. */
  onReturn: (() => void) | null;
};

/** All one rater said, in words, with the trace of where it came from. */
export function RaterCard({ annotation, onReturn }: Props) {
  const { body } = annotation;
  return (
    <Card
      title={annotation.rater}
      note={stateText(annotation)}
      actions={
        onReturn && isReturnable(annotation) ? (
          <Button variant="default" size="compact-sm" onClick={onReturn}>
            Return to the physician
          </Button>
        ) : null
      }
    >
      <dl className={classes.facts}>
        {body.skip === null ? null : (
          <>
            <dt>Skipped</dt>
            <dd>
              {skipWords[body.skip.reason]}
              {body.skip.note ? `: ${body.skip.note}` : ''}
            </dd>
          </>
        )}
        <Returned returned={annotation.returned} />
        <dt>Preference</dt>
        <dd>{preferenceText(body)}</dd>
        {body.confidence ? (
          <>
            <dt>Confidence</dt>
            <dd>{body.confidence}</dd>
          </>
        ) : null}
        <dt>Refusal</dt>
        <dd>
          Response 1: {verdictText(body, 'a')}
          <br />
          Response 2: {verdictText(body, 'b')}
        </dd>
        <Reasons body={body} />
        <Correction body={body} />
        <SafetyFlags flags={body.safetyFlags} />
        {body.caseFlags.length === 0 ? null : (
          <>
            <dt>Case flagged</dt>
            <dd className={classes.flagged}>
              {body.caseFlags
                .map((flag) => caseFlagWords[flag.kind] + (flag.note ? `: ${flag.note}` : ''))
                .join('; ')}
            </dd>
          </>
        )}
      </dl>
      <p className={classes.trace}>
        Saw Response 1 on the {annotation.shownSwapped ? 'right' : 'left'} · active{' '}
        {minutesText(body.time.activeMs)} · arrived {dateTimeText(annotation.receivedAt)} · revision{' '}
        {annotation.revisions} · hash{' '}
        <code title={annotation.bodyHash}>{annotation.bodyHash.slice(0, 12)}</code>
      </p>
    </Card>
  );
}
