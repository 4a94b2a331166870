import { Checkbox, Modal } from '@mantine/core';
import { useStore } from 'zustand';
import { type AnnotationTime, type TimedSection, timedSections } from '../../../shared/schema/annotation.ts';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';
import classes from './time-details.module.css';
import { sectionNames, spanWords } from './time-words.ts';
import { useCaseTime } from './use-case-time.ts';
import type { PaceChoice } from './use-pace-choice.ts';

type Props = { session: AnnotateSession; opened: boolean; onClose: () => void; pace: PaceChoice };

/** Everything that is counted about the time on a case, what the words mean, and who gets to see it. */
export function TimeDetails({ opened, onClose, ...rest }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Time on this case" size={560}>
      {opened ? <Details {...rest} /> : null}
    </Modal>
  );
}

function Details({ session, pace }: Pick<Props, 'session' | 'pace'>) {
  const current = useStore(session.store, (state) => state.current);
  const paceMs = useStore(session.store, (state) => state.batch?.paceMs ?? null);
  const time = useCaseTime(session, current);
  return (
    <>
      {current && time ? <Figures one={current} time={time} paceMs={paceMs} /> : <p>No case is open.</p>}
      <p className={classes.text}>
        These figures are saved with your answers. Your lead sees your median active time in each batch; a
        reviewer who opens the case sees its active time. The other figures are shown on this screen only, and
        none is used to judge an answer.
      </p>
      <Checkbox
        className={classes.choice}
        label="Show the time beside the case number"
        checked={pace.shown}
        onChange={(event) => pace.setShown(event.currentTarget.checked)}
      />
    </>
  );
}

type FiguresProps = { one: OpenCase; time: AnnotationTime; paceMs: number | null };

function Figures({ one, time, paceMs }: FiguresProps) {
  const { activeMs, wallMs, sections, focusLost, edits = 0 } = time;
  const lost = focusLost ?? { times: 0, ms: 0 };
  const pausedMs = Math.max(0, wallMs - activeMs - lost.ms);
  return (
    <>
      <dl className={classes.figures}>
        <Figure name="Active" value={spanWords(activeMs)} strong />
        {paceMs === null ? null : <Figure name="Your median, last cases" value={spanWords(paceMs)} />}
        <Figure name="Open in all" value={spanWords(wallMs)} />
        <Figure name="In another window" value={lostWords(lost)} />
        <Figure name="Paused, no sign of you" value={spanWords(pausedMs)} />
        <Figure name="Changes, undo and redo included" value={edits.toLocaleString('en-GB')} />
      </dl>
      {sections ? <Sections sections={sections} activeMs={activeMs} /> : null}
      <p className={classes.text}>
        Active is the time this window is in front of you and in use. Reading counts: after the last key,
        pointer move or scroll, up to {spanWords(one.idleLimitMs)} on this case, longer on longer texts. What
        goes beyond is a pause. Working in another window is not active, even with this one in sight beside
        it.
      </p>
    </>
  );
}

const lostWords = ({ times, ms }: { times: number; ms: number }) =>
  times === 0 ? 'never' : `${times === 1 ? 'once' : `${times} times`}, ${spanWords(ms)}`;

function Figure({ name, value, strong = false }: { name: string; value: string; strong?: boolean }) {
  return (
    <div className={classes.figure} data-strong={strong || undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Sections({
  sections,
  activeMs,
}: {
  sections: Partial<Record<TimedSection, number>>;
  activeMs: number;
}) {
  return (
    <>
      <h3 className={classes.heading}>Active time by part</h3>
      <dl className={classes.figures}>
        {timedSections.map((section) => (
          <div key={section} className={classes.figure}>
            <dt>{sectionNames[section]}</dt>
            <dd className={classes.share}>
              <span className={classes.bar} aria-hidden="true">
                <i style={{ inlineSize: `${((sections[section] ?? 0) / Math.max(1, activeMs)) * 100}%` }} />
              </span>
              {spanWords(sections[section] ?? 0)}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
