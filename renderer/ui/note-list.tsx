import { useMemo } from 'react';
import { useGreyRepeated } from './context-choices.ts';
import { ContextSection } from './context-section.tsx';
import { type RepeatedRun, repeatedText } from './copy-forward.ts';
import classes from './note-list.module.css';
import { shortDate } from './series-trend.ts';

export type NoteShape = { date: string; kind: string; author?: string | undefined; text: string };

/** Notes, newest first; what a note only repeats from an older one is greyed, so that the news stands out. */
export function NoteList({ notes }: { notes: readonly NoteShape[] }) {
  const [grey, setGrey] = useGreyRepeated();
  const newestFirst = useMemo(
    () => [...notes].sort((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0)),
    [notes],
  );
  const runs = useMemo(() => repeatedText(newestFirst), [newestFirst]);
  const any = runs.some((one) => one.length > 0);
  return (
    <ContextSection
      part="notes"
      title="Notes"
      count={notes.length}
      tool={any ? <GreyToggle on={grey} onChange={setGrey} /> : null}
    >
      {newestFirst.map((note, index) => (
        <article key={note.date + String(index)} className={classes.note}>
          <h4 className={classes.head}>
            <time dateTime={note.date}>{shortDate(note.date)}</time> · {note.kind}
            {note.author ? `, ${note.author}` : ''}
          </h4>
          <div className={classes.text} dir="auto">
            {grey ? withRepeated(note.text, runs[index] ?? [], newestFirst) : note.text}
          </div>
        </article>
      ))}
    </ContextSection>
  );
}

function GreyToggle({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label className={classes.toggle} title="Text that a note only repeats from an older one">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      Repeated text greyed
    </label>
  );
}

function withRepeated(text: string, runs: readonly RepeatedRun[], notes: readonly NoteShape[]) {
  const parts = runs.map(({ start, end, from }, index) => {
    const source = shortDate(notes[from]?.date ?? '');
    return (
      <span key={start}>
        {text.slice(runs[index - 1]?.end ?? 0, start)}
        <span className={classes.repeated} title={`Repeated from ${source}`} data-repeated={true}>
          <span className="visually-hidden">repeated from {source}: </span>
          {text.slice(start, end)}
        </span>
      </span>
    );
  });
  return [...parts, text.slice(runs[runs.length - 1]?.end ?? 0)];
}
