import { memo } from 'react';
import { CaseActions } from './case-actions.tsx';
import { useCase } from './case-context.ts';
import classes from './judging-panel.module.css';
import { PreferenceBar } from './preference-bar.tsx';
import { RatingRows } from './rating-rows.tsx';
import { ReasoningFields } from './reasoning-fields.tsx';

type Props = { hasBack: boolean; onBack: () => void; onSkip: () => void; onSubmit: () => void };

/** Everything that is asked about a case, under the two answers it is about. */
export const JudgingPanel = memo(function JudgingPanel(props: Props) {
  const { rubric } = useCase().loaded;
  return (
    <section className={classes.panel} aria-label="Your judgement">
      <RatingRows />
      <PreferenceBar />
      {rubric.reasoning.ask ? <ReasoningFields /> : null}
      <CaseActions {...props} />
    </section>
  );
});
