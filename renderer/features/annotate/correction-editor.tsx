import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { maxCorrectionLength, type Side } from '../../../shared/schema/annotation.ts';
import { preferredSide } from '../../../shared/schema/rubric-rules.ts';
import { Key } from '../../ui/key.tsx';
import { ariaKeys } from '../../ui/key-names.ts';
import { countWords } from '../../ui/markdown-source.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { correctionPlace } from './annotation-edit.ts';
import { useBody, useCase } from './case-context.ts';
import { wordCount } from './correction-chip.tsx';
import { type CorrectionDraft, useCorrectionDraft } from './correction-draft.ts';
import classes from './correction-editor.module.css';
import { CorrectionPane, type CorrectionView } from './correction-pane.tsx';
import { CorrectionStart } from './correction-start.tsx';

/** Words and preview follow the typing after this pause, milliseconds. */
const followAfterMs = 250;
/** From here on the editor says how much room is left, characters. */
const tellRoomBelow = 10_000;

const views: readonly { value: CorrectionView; label: string }[] = [
  { value: 'alone', label: 'Text alone' },
  { value: 'preview', label: 'Preview' },
  { value: 'changes', label: 'What I changed' },
];

/** `start`: where it begins is asked; `text`: it is being written. */
export type EditorStage = 'start' | 'text';
type Props = { onClose: () => void; onStage: (stage: EditorStage) => void };

/**
 * The answer as the physician would have given it, written under the two answers it is to replace. What is typed is
 * saved like everything else; the text area keeps its own undo, and the whole visit is one step outside it.
 */
export function CorrectionEditor({ onClose, onStage }: Props) {
  const { loaded, store } = useCase();
  const area = useRef<HTMLTextAreaElement>(null);
  const { write, flush, discard, isOwn } = useCorrectionDraft();
  const saved = useBody((body) => body.correction ?? null);
  const [draft, setDraft] = useState<CorrectionDraft | null>(saved);
  const [view, setView] = useState<CorrectionView>('preview');

  // Undo, redo or the other laptop's version changed it from outside.
  useEffect(() => {
    if (isOwn(saved)) return;
    setDraft(saved);
    if (saved && area.current) area.current.value = saved.text;
  }, [saved, isOwn]);

  const stage = draft === null ? 'start' : 'text';
  useLayoutEffect(() => onStage(stage), [onStage, stage]);
  // In a low window the panel scrolls inside itself; the editor stands at its head.
  const editor = useRef<HTMLElement>(null);
  useEffect(() => {
    if (editor.current?.parentElement) editor.current.parentElement.scrollTop = 0;
  }, []);

  const begin = (from: Side | null) => setDraft({ from, text: from === null ? '' : loaded.assignment[from] });
  const startAgain = () => {
    discard();
    setDraft(null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    } else if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
      // Goes on to submit the case, with the last keystrokes in it.
      flush();
      onClose();
    }
  };
  return (
    <section
      ref={editor}
      className={classes.editor}
      aria-label="Corrected answer"
      data-section="reasoning"
      data-place={correctionPlace}
      tabIndex={-1}
      onFocus={({ target, currentTarget }) => target === currentTarget && area.current?.focus()}
      onKeyDown={onKeyDown}
    >
      {draft === null ? (
        <CorrectionStart
          preferred={preferredSide(store.getState().history.present)}
          onBegin={begin}
          onClose={onClose}
        />
      ) : (
        <Writing
          key={draft.from}
          draft={draft}
          area={area}
          view={view}
          onView={setView}
          onWrite={write}
          onFlush={flush}
          onDiscard={startAgain}
          onClose={onClose}
        />
      )}
    </section>
  );
}

type WritingProps = {
  /** What it starts with; the text area itself holds what was typed since. */
  draft: CorrectionDraft;
  area: React.RefObject<HTMLTextAreaElement | null>;
  view: CorrectionView;
  onView: (view: CorrectionView) => void;
  onWrite: (draft: CorrectionDraft) => void;
  onFlush: () => void;
  onDiscard: () => void;
  onClose: () => void;
};

function Writing({ draft, area, view, onView, onWrite, onFlush, onDiscard, onClose }: WritingProps) {
  const { loaded } = useCase();
  const { from } = draft;
  const [text, follow] = useFollowing(draft.text);
  const start = from === null ? '' : loaded.assignment[from];
  useEffect(() => {
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(0, 0);
  }, [area]);
  const room = maxCorrectionLength - text.length;
  return (
    <>
      <header className={classes.head}>
        <h3 className={classes.title}>Corrected answer</h3>
        <p className={classes.state} role="status">
          {wordCount(countWords(text))}
          {from === null ? '' : `, from ${from.toUpperCase()}`}
          {text === start || text.trim() === '' ? ', nothing changed yet' : ''}
          {room < tellRoomBelow ? `, room for ${room.toLocaleString('en-GB')} characters` : ''}
        </p>
        <div className={classes.views}>
          <Segmented label="Beside the text" options={views} value={view} onChange={onView} size="small" />
        </div>
        <button
          type="button"
          className={classes.button}
          title="Takes this text away; Undo brings it back"
          onClick={onDiscard}
        >
          Discard, start again
        </button>
        <button type="button" className={classes.done} aria-keyshortcuts={ariaKeys('esc')} onClick={onClose}>
          Done <Key keys="esc" onAccent />
        </button>
      </header>
      <div className={classes.panes} data-view={view}>
        <textarea
          autoComplete="off"
          ref={area}
          className={classes.text}
          aria-label="Text of the corrected answer"
          placeholder="Write the answer as you would have given it. Markdown works."
          dir="auto"
          spellCheck
          maxLength={maxCorrectionLength}
          defaultValue={draft.text}
          onChange={(event) => {
            onWrite({ from, text: event.currentTarget.value });
            follow(event.currentTarget.value);
          }}
          onBlur={onFlush}
          onKeyDown={keepOwnUndo}
        />
        {view === 'alone' ? null : <CorrectionPane view={view} start={start} from={from} text={text} />}
      </div>
    </>
  );
}

/** The text area undoes its own typing; the case's history must not act on the same key. */
function keepOwnUndo(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (key === 'z' || key === 'y')) event.stopPropagation();
}

/** A text that follows what is typed after a pause, so that long texts do not slow the typing. */
function useFollowing(first: string): [string, (next: string) => void] {
  const [text, setText] = useState(first);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const follow = useCallback((next: string) => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => setText(next), followAfterMs);
  }, []);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  useEffect(() => setText(first), [first]);
  return [text, follow];
}
