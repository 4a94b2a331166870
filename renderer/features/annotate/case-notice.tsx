import { IconInfoCircle } from '@tabler/icons-react';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useCase, useCaseState } from './case-context.ts';
import classes from './case-notice.module.css';
import { ReturnedNotice } from './returned-notice.tsx';

const stateWords = {
  draft: 'an unfinished draft',
  submitted: 'a submitted one',
  skipped: 'a skipped one',
} as const;

/** What the physician must know before judging: recalled or locked, returned, or two versions. */
export function CaseNotices() {
  const { edit } = useCase();
  const readOnly = useCaseState((state) => state.readOnly);
  const { otherVersion, recalled } = useCaseState((state) => state.news);
  return (
    <>
      {readOnly ? (
        <p className={classes.notice} role="status">
          <IconInfoCircle size={17} stroke={1.7} aria-hidden="true" />
          <span>
            {recalled ? <b>Your lead took this case back.</b> : <b>Your lead locked this batch.</b>} You can
            read it; it cannot be changed. What you answered is kept and sent.
          </span>
        </p>
      ) : null}
      <ReturnedNotice />
      {otherVersion && !readOnly ? (
        <div className={classes.notice} role="status">
          <IconInfoCircle size={17} stroke={1.7} aria-hidden="true" />
          <span>
            <b>Another laptop of yours has other answers to this case,</b> {stateWords[otherVersion.state]}.
            Both are kept; you see the one made here.
          </span>
          <button
            type="button"
            className={classes.use}
            onClick={() => edit({ type: 'replace', body: otherVersion.body })}
          >
            Use the other answers
          </button>
        </div>
      ) : null}
    </>
  );
}

/** A failed save, over the foot of the answers: it moves nothing. */
export function SaveError() {
  const { flush } = useCase();
  const error = useCaseState((state) => state.error);
  if (error === null) return null;
  return (
    <div className={classes.error}>
      <ErrorNote
        what={`Not saved: ${error}`}
        safe="Your answers are still here on the screen, and everything before them is safe."
        action={{ label: 'Try again', onClick: () => void flush() }}
      />
    </div>
  );
}
