import { memo, useCallback, useEffect, useState } from 'react';
import { correctionPlace } from './annotation-edit.ts';
import { AreYouSure } from './are-you-sure.tsx';
import { CaseActions } from './case-actions.tsx';
import { useCase } from './case-context.ts';
import { ConfidenceChoice } from './confidence-choice.tsx';
import { CorrectionChip } from './correction-chip.tsx';
import { CorrectionEditor, type EditorStage } from './correction-editor.tsx';
import { focusPlace } from './focus-place.ts';
import classes from './judging-panel.module.css';
import { BothUnacceptable, PreferenceBar } from './preference-bar.tsx';
import { RatingRows } from './rating-rows.tsx';
import { ReasoningFields } from './reasoning-fields.tsx';

type Props = { hasBack: boolean; onBack: () => void; onSkip: () => void; onSubmit: () => void };

/** Everything that is asked about a case, under the two answers it is about. */
export const JudgingPanel = memo(function JudgingPanel(props: Props) {
  const { rubric } = useCase().loaded;
  const [writing, setWriting] = useWriting();
  const [stage, setStage] = useState<EditorStage>('start');
  const openEditor = useCallback(() => setWriting(true), [setWriting]);
  return (
    <section
      className={classes.panel}
      aria-label="Your judgement"
      data-section="judging"
      data-editor={writing ? stage : undefined}
    >
      <h2 className="visually-hidden">Your judgement</h2>
      {writing ? <Editor onClose={() => setWriting(false)} onStage={setStage} /> : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nothing under the editor takes the focus unseen: whatever gets it, gets the panel back */}
      <div className={classes.parts} onFocus={() => setWriting(false)}>
        <RatingRows />
        <PreferenceBar />
        {rubric.reasoning.ask ? <ReasoningFields /> : null}
        <div className={classes.foot}>
          <div className={classes.more}>
            <BothUnacceptable />
            {rubric.confidence.ask ? <ConfidenceChoice /> : null}
            <span className={classes.space} />
            {rubric.correction.ask ? <CorrectionChip onOpen={openEditor} /> : null}
          </div>
          <CaseActions {...props} />
          <AreYouSure onSubmit={props.onSubmit} />
        </div>
      </div>
    </section>
  );
});

/** Whether the corrected answer is being written; not any more once the case is handed in or frozen. */
function useWriting(): [boolean, (writing: boolean) => void] {
  const { store } = useCase();
  const [writing, setWriting] = useState(false);
  // Not read while rendering: a submission must not render the whole panel of a case that is being left.
  useEffect(
    () =>
      store.subscribe(({ readOnly, work }, before) => {
        const closes = readOnly || work === 'submitted' || work === 'skipped';
        if (closes && (readOnly !== before.readOnly || work !== before.work)) setWriting(false);
      }),
    [store],
  );
  return [writing, setWriting];
}

type EditorProps = { onClose: () => void; onStage: (stage: EditorStage) => void };

function Editor({ onClose, onStage }: EditorProps) {
  const { id } = useCase();
  const close = () => {
    const layer = document.querySelector<HTMLElement>(`[data-layer="${CSS.escape(id)}"]`);
    onClose();
    // Once the editor is gone: until then the place is its own. Who has gone on meanwhile is left alone.
    requestAnimationFrame(() => {
      if (!layer?.contains(document.activeElement)) focusPlace(layer, correctionPlace);
    });
  };
  return <CorrectionEditor onClose={close} onStage={onStage} />;
}
