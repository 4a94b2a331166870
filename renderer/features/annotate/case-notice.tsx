import { IconDeviceLaptop, IconInfoCircle } from '@tabler/icons-react';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useCase, useCaseState } from './case-context.ts';
import classes from './case-notice.module.css';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { ReturnedNotice } from './returned-notice.tsx';
import { useAnnotateSession } from './session-context.ts';
import { hasVersions, useShowsVersions } from './versions-shown.ts';

/** What the physician must know before judging: recalled or locked, returned, or two versions. */
export function CaseNotices() {
  const readOnly = useCaseState((state) => state.readOnly);
  const recalled = useCaseState((state) => state.news.recalled);
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
      <VersionsNotice />
    </>
  );
}

/** Two versions, while they are not side by side: whoever is answering is told, not interrupted. */
function VersionsNotice() {
  const session = useAnnotateSession();
  const has = useCaseState(hasVersions);
  const shown = useShowsVersions();
  const keys = useAriaKeys('versions');
  if (!has || shown) return null;
  return (
    <div className={classes.notice} role="status" data-returned>
      <IconDeviceLaptop size={17} stroke={1.7} aria-hidden="true" />
      <span>
        <b>You answered this case on two laptops.</b> Both versions are kept; choose which answers count.
      </span>
      <button
        type="button"
        className={classes.use}
        aria-keyshortcuts={keys}
        onClick={() => session.showVersions(true)}
      >
        Compare and choose <CommandKey of="versions" />
      </button>
    </div>
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
