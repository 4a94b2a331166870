import { useCallback } from 'react';
import { type Confidence, confidences } from '../../../shared/schema/annotation.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { confidencePlace } from './annotation-edit.ts';
import { confidenceLabels } from './answer-labels.ts';
import { useBody, useCase, useCaseState } from './case-context.ts';
import { CommandKey } from './command-key.tsx';
import classes from './confidence-choice.module.css';

const options = confidences.map((value) => ({ value, label: confidenceLabels[value] }));

/** How sure the physician is of the whole judgement: I, then 1 to 3. */
export function ConfidenceChoice() {
  const { edit, loaded } = useCase();
  const value = useBody((body) => body.confidence ?? null);
  const readOnly = useCaseState((state) => state.readOnly);
  const { required } = loaded.rubric.confidence;
  const choose = useCallback((next: Confidence) => edit({ type: 'confidence', value: next }), [edit]);
  const clear = useCallback(() => edit({ type: 'confidence', value: null }), [edit]);
  return (
    <div className={classes.confidence} data-place={confidencePlace}>
      <span className={classes.name} aria-hidden="true">
        Confidence{required ? <i>required</i> : null}
        <CommandKey of="confidence" />
      </span>
      <div className={classes.choice}>
        <Segmented
          label={required ? 'Confidence, required' : 'Confidence'}
          options={options}
          value={value}
          onChange={choose}
          onClear={clear}
          digits
          disabled={readOnly}
          size="small"
        />
      </div>
    </div>
  );
}
