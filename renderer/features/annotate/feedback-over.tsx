import type { ReactNode } from 'react';
import { useCase, useCaseState } from './case-context.ts';
import classes from './feedback-panel.module.css';
import { FeedbackPanel } from './feedback-panel.tsx';
import { useShowsExperts } from './feedback-shown.ts';
import { VersionPanel } from './version-panel.tsx';
import { useShowsVersions } from './versions-shown.ts';

type Props = { onSubmit: () => void; onAddress: (address: string) => void; children: ReactNode };

/** The physician's controls, and over them, where there is any, what experts said or the answers of two laptops. */
export function FeedbackOver({ onSubmit, onAddress, children }: Props) {
  const { practice } = useCase().loaded;
  const hasFeedback = useCaseState((state) => state.news.feedback !== null);
  const shown = useShowsExperts();
  const choosing = useShowsVersions();
  return (
    <div className={classes.judging}>
      <div className={classes.controls} inert={shown || choosing}>
        {children}
      </div>
      <VersionPanel />
      {practice || hasFeedback ? <FeedbackPanel onSubmit={onSubmit} onAddress={onAddress} /> : null}
    </div>
  );
}
