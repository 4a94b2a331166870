import { IconDeviceLaptop, IconInfoCircle, IconListCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { platform } from '../../platform.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { counted } from '../../ui/work-words.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import classes from './case-notice.module.css';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { ReturnedNotice } from './returned-notice.tsx';
import { rubricChangeOf, unfitWords } from './rubric-change.ts';
import { useAnnotateSession } from './session-context.ts';
import { otherVersions } from './version-choice.ts';
import { hasVersions, useShowsVersions } from './versions-shown.ts';

/** What the physician must know before judging: recalled or locked, returned, or two versions. */
export function CaseNotices() {
  const readOnly = useCaseState((state) => state.readOnly);
  const { recalled, recallReason } = useCaseState((state) => state.news);
  const isTouched = useCaseState((state) => state.work !== 'untouched');
  return (
    <>
      {readOnly ? (
        <p className={classes.notice} role="status">
          <IconInfoCircle size={17} stroke={1.7} aria-hidden="true" />
          <span>
            {recalled ? <b>Your lead took this case back.</b> : <b>Your lead locked this batch.</b>}
            {recallReason ? <q>{recallReason}</q> : null} You can read it; it cannot be changed. What you
            answered is kept and sent.
          </span>
          {recalled && isTouched ? <SaveCopy /> : null}
        </p>
      ) : null}
      <ReturnedNotice />
      <RubricNotice />
      <VersionsNotice />
    </>
  );
}

/** The rubric became another one: since the answers were given, or while the case is open. */
function RubricNotice() {
  const session = useAnnotateSession();
  const { loaded, id } = useCase();
  const newest = useCaseState((state) => state.news.rubricVersion);
  const readOnly = useCaseState((state) => state.readOnly);
  const present = useBody((body) => body);
  const isFinished = useCaseState(({ work }) => work === 'submitted' || work === 'skipped');
  if (readOnly) return null;
  if (newest !== undefined && loaded.rubricVersion !== undefined && newest !== loaded.rubricVersion)
    return (
      <div className={classes.notice} role="status" data-returned>
        <IconListCheck size={17} stroke={1.7} aria-hidden="true" />
        <span>
          <b>Your lead changed what is asked (rubric version {newest}).</b> This case is open under version{' '}
          {loaded.rubricVersion}; your answers are kept either way.
        </span>
        <button type="button" className={classes.use} onClick={() => void session.reopen(id)}>
          Ask by the new version
        </button>
      </div>
    );
  const change = rubricChangeOf(loaded, present);
  if (change === null) return null;
  const { from, to, unfit, missing } = change;
  return (
    <p className={classes.notice} role="status" data-returned={missing > 0 || undefined}>
      <IconListCheck size={17} stroke={1.7} aria-hidden="true" />
      <span>
        <b>
          You answered this under version {from} of the rubric; it asks by version {to} now.
        </b>{' '}
        {unfit.length === 0
          ? 'All you answered still fits.'
          : `No longer fits: ${unfitWords(unfit)}; kept beside your answers.`}{' '}
        {missing > 0 && !isFinished ? `${counted(missing, 'answer')} still asked for.` : ''}
        {isFinished ? 'What you submitted stands as it is, unless you change it.' : ''}
      </span>
    </p>
  );
}

/** What was answered, as a file of the physician's own: the case is theirs no more, their work is. */
function SaveCopy() {
  const { loaded } = useCase();
  const body = useBody((one) => one);
  const [told, setTold] = useState('');
  const save = async () => {
    const { id, title, position } = loaded.assignment;
    const copy = { assignmentId: id, title, rubric: loaded.rubric.name, answers: body };
    const bytes = new TextEncoder().encode(`${JSON.stringify(copy, null, 2)}\n`);
    const suggestedName = `case-${position + 1}-answers.json`;
    const savedAs = await platform().files.save({ suggestedName, bytes });
    if (savedAs !== null) setTold(`Saved as ${savedAs}.`);
  };
  return (
    <>
      <button
        type="button"
        className={classes.use}
        onClick={() => save().catch(() => setTold('The copy could not be saved; choose another folder.'))}
      >
        Save a copy of your answers
      </button>
      <span role="status" className={classes.told}>
        {told}
      </span>
    </>
  );
}

/** Two versions, while they are not side by side: whoever is answering is told, not interrupted. */
function VersionsNotice() {
  const session = useAnnotateSession();
  const has = useCaseState(hasVersions);
  const count = useCaseState(({ news }) => otherVersions(news).length + 1);
  const shown = useShowsVersions();
  const keys = useAriaKeys('versions');
  if (!has || shown) return null;
  return (
    <div className={classes.notice} role="status" data-returned>
      <IconDeviceLaptop size={17} stroke={1.7} aria-hidden="true" />
      <span>
        {count === 2 ? (
          <>
            <b>You answered this case on two laptops.</b> Both versions are kept; choose which answers count.
          </>
        ) : (
          <>
            <b>There are {count} versions of this case.</b> All of them are kept; choose which answers count.
          </>
        )}
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
