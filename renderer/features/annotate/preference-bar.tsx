import { useCallback } from 'react';
import { type Preference, preferenceSteps } from '../../../shared/schema/annotation.ts';
import { Segmented, type SegmentedOption } from '../../ui/segmented.tsx';
import { bothUnacceptablePlace, preferencePlace } from './annotation-edit.ts';
import { preferenceLabels } from './answer-labels.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey, useAriaKeys } from './command-key.tsx';

export const preferenceOptions: readonly SegmentedOption<Preference>[] = preferenceSteps.map((value) => ({
  value,
  label: preferenceLabels[value],
}));

/** The graded preference, with "Equal" on the dividing line between the answers. */
export function PreferenceBar() {
  const { edit } = useCase();
  const value = useBody((body) => body.preference);
  const readOnly = useCaseState((state) => state.readOnly);
  const prefer = useCallback((next: Preference) => edit({ type: 'prefer', value: next }), [edit]);
  const clear = useCallback(() => edit({ type: 'prefer', value: null }), [edit]);
  return (
    <div className={classes.preference} data-place={preferencePlace}>
      <Segmented
        label="Preference"
        options={preferenceOptions}
        value={value}
        onChange={prefer}
        onClear={clear}
        digits
        disabled={readOnly}
      />
    </div>
  );
}

/** Neither answer may reach a patient; stands beside any preference, which is then no longer asked for. */
export function BothUnacceptable() {
  const { edit } = useCase();
  const on = useBody((body) => body.bothUnacceptable);
  const readOnly = useCaseState((state) => state.readOnly);
  return (
    <button
      type="button"
      data-place={bothUnacceptablePlace}
      className={classes.button}
      aria-pressed={on}
      aria-keyshortcuts={useAriaKeys('both')}
      title="Neither may reach a patient. You may still say which you prefer."
      disabled={readOnly}
      onClick={() => edit({ type: 'both-unacceptable', on: !on })}
    >
      Both unacceptable <CommandKey of="both" />
    </button>
  );
}
