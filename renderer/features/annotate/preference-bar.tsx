import { useCallback } from 'react';
import type { Preference } from '../../../shared/schema/annotation.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { Segmented, type SegmentedOption } from '../../ui/segmented.tsx';
import { bothUnacceptablePlace, preferencePlace } from './annotation-edit.ts';
import classes from './case-actions.module.css';
import { useBody, useCase, useCaseState } from './case-context.ts';

export const preferenceOptions: readonly SegmentedOption<Preference>[] = [
  { value: -3, label: 'A much better' },
  { value: -2, label: 'A better' },
  { value: -1, label: 'A slightly' },
  { value: 0, label: 'Equal' },
  { value: 1, label: 'B slightly' },
  { value: 2, label: 'B better' },
  { value: 3, label: 'B much better' },
];

/** The graded preference, with "Equal" on the dividing line between the answers. */
export function PreferenceBar() {
  const { edit } = useCase();
  const value = useBody((body) => body.preference);
  const readOnly = useCaseState((state) => state.readOnly);
  const prefer = useCallback((next: Preference) => edit({ type: 'prefer', value: next }), [edit]);
  return (
    <div data-place={preferencePlace}>
      <Segmented
        label="Preference"
        options={preferenceOptions}
        value={value}
        onChange={prefer}
        digits
        disabled={readOnly}
      />
    </div>
  );
}

/** Neither answer may reach a patient; stands beside any preference. */
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
      aria-keyshortcuts={ariaKeys('u')}
      disabled={readOnly}
      onClick={() => edit({ type: 'both-unacceptable', on: !on })}
    >
      Both unacceptable <Key keys="u" />
    </button>
  );
}
