import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import classes from './case-actions.module.css';
import { useCaseState } from './case-context.ts';
import { FlagMenu } from './flag-menu.tsx';
import { BothUnacceptable } from './preference-bar.tsx';

type Props = { hasBack: boolean; onBack: () => void; onSkip: () => void; onSubmit: () => void };

/** The last line of the panel: what else can be said, what is still missing, and on to the next case. */
export function CaseActions({ hasBack, onBack, onSkip, onSubmit }: Props) {
  const readOnly = useCaseState((state) => state.readOnly);
  const work = useCaseState((state) => state.work);
  const missing = useCaseState((state) => state.missing);
  const again = useCaseState((state) => state.changedSinceSubmit);
  const nothingToSubmit = readOnly || work === 'submitted' || work === 'skipped';
  return (
    <div className={classes.actions}>
      <BothUnacceptable />
      <FlagMenu />
      <button
        type="button"
        className={classes.button}
        aria-keyshortcuts={ariaKeys('s')}
        disabled={readOnly}
        onClick={onSkip}
      >
        Skip… <Key keys="s" />
      </button>
      <p className={classes.missing} role="status">
        {missing.length === 0 ? '' : `Still needed: ${stillNeeded(missing.map(({ label }) => label))}`}
      </p>
      <button
        type="button"
        className={classes.button}
        aria-keyshortcuts={ariaKeys('b')}
        disabled={!hasBack}
        onClick={onBack}
      >
        ‹ Back <Key keys="b" />
      </button>
      <button
        type="button"
        className={classes.submit}
        aria-keyshortcuts={ariaKeys('mod+enter')}
        onClick={onSubmit}
      >
        <span>{nothingToSubmit ? 'Next case' : again ? 'Submit again' : 'Submit and next'}</span>
        <Key keys="mod+enter" onAccent />
      </button>
    </div>
  );
}

function stillNeeded(labels: readonly string[]): string {
  const first = (labels[0] ?? '').replace(', answer ', ' ');
  return labels.length === 1 ? first : `${first}, ${labels.length - 1} more`;
}
