import { useStore } from 'zustand';
import type { AnnotateSession } from './annotate-session.ts';
import { useAriaKeys } from './command-key.tsx';
import classes from './pace-display.module.css';
import { clockText, inPaceSteps } from './time-words.ts';
import { useCaseTime } from './use-case-time.ts';

type Props = { session: AnnotateSession; onOpen: () => void };

/** The active time on this case beside one's own median: a figure, never a judgement, and told to nobody unasked. */
export function PaceDisplay({ session, onOpen }: Props) {
  const current = useStore(session.store, (state) => state.current);
  const paceMs = useStore(session.store, (state) => state.batch?.paceMs ?? null);
  const time = useCaseTime(session, current);
  const keys = useAriaKeys('time');
  if (!current) return null;
  return (
    <button
      type="button"
      className={classes.pace}
      aria-keyshortcuts={keys}
      title="Time on this case"
      onClick={onOpen}
    >
      <span className="visually-hidden">Time on this case</span>
      <span aria-hidden="true">{time ? clockText(inPaceSteps(time.activeMs)) : ''}</span>
      {paceMs === null ? null : (
        <span className={classes.usual} aria-hidden="true">
          median {clockText(paceMs)}
        </span>
      )}
    </button>
  );
}
