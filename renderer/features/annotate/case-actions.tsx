import type { MissingAnswer } from '../../../shared/schema/completeness.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';
import { FlagMenu } from './flag-menu.tsx';
import { isReturnOpen } from './tell-news.ts';

type Props = { hasBack: boolean; onBack: () => void; onSkip: () => void; onSubmit: () => void };

/** The last line of the panel: what is wrong with the case, what is still missing, and on to the next case. */
export function CaseActions({ hasBack, onBack, onSkip, onSubmit }: Props) {
  const readOnly = useCaseState((state) => state.readOnly);
  const work = useCaseState((state) => state.work);
  const again = useCaseState((state) => state.changedSinceSubmit);
  const returned = useCaseState((state) => isReturnOpen(state.news));
  const { practice } = useCase().loaded;
  const isFinished = (work === 'submitted' || work === 'skipped') && !returned;
  const toSubmit = again || returned ? 'Submit again' : practice ? 'Submit' : 'Submit and next';
  return (
    <div className={classes.actions}>
      <button
        type="button"
        className={classes.button}
        aria-keyshortcuts={useAriaKeys('skip')}
        disabled={readOnly}
        onClick={onSkip}
      >
        Skip… <CommandKey of="skip" />
      </button>
      <FlagMenu />
      <Note />
      <button
        type="button"
        className={classes.button}
        aria-keyshortcuts={useAriaKeys('back')}
        disabled={!hasBack}
        onClick={onBack}
      >
        <span aria-hidden="true">‹ </span>Back <CommandKey of="back" />
      </button>
      <button
        type="button"
        className={classes.submit}
        data-submit
        aria-keyshortcuts={useAriaKeys('submit')}
        onClick={onSubmit}
      >
        <span>{readOnly || isFinished ? 'Next case' : toSubmit}</span>
        <CommandKey of="submit" onAccent />
      </button>
    </div>
  );
}

/** What undo just changed; what is missing after a try to submit; what "both unacceptable" does to the preference. */
function Note() {
  const missing = useCaseState((state) => state.missing);
  const both = useBody((body) => body.bothUnacceptable);
  const preference = useBody((body) => body.preference);
  const told = useCaseState((state) => state.told);
  if (told !== null)
    return (
      <p className={classes.note} role="status">
        {told}
      </p>
    );
  if (missing.length === 0 && both)
    return (
      <p className={classes.note} role="status">
        {preference === null
          ? 'Both unacceptable: a preference is welcome, not needed.'
          : 'Both unacceptable: your preference stands beside it.'}
      </p>
    );
  return (
    <p className={classes.missing} role="status" title={missing.map(({ label }) => label).join('; ')}>
      {missing.length === 0 ? '' : `Still needed: ${stillNeeded(missing)}`}
    </p>
  );
}

const shownMissing = 3;

/** Plain words for what is missing, the first first, because the focus is there. */
function stillNeeded(missing: readonly MissingAnswer[]): string {
  const labels = missing.map(({ label }) => label.replace(', answer ', ' '));
  const rest = labels.length - shownMissing;
  return rest > 0 ? `${labels.slice(0, shownMissing).join(', ')}, ${rest} more` : labels.join(', ');
}
