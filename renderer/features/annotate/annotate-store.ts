import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AnnotationBody, RevisionState, SkipReason } from '../../../shared/schema/annotation.ts';
import { type MissingAnswer, missingAnswers } from '../../../shared/schema/completeness.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { LoadedCase, WorkState, Workspace } from '../../data/types.ts';
import { countWords } from '../../ui/markdown-source.ts';
import { type Edit, edited, type History, redone, startHistory, undone } from './annotation-edit.ts';
import { type Autosave, createAutosave, type SaveProgress } from './autosave.ts';
import { type CaseClock, createCaseClock } from './case-clock.ts';

/** What a reload may lose of one open case; the answers themselves are on the disk by then. */
export type CaseState = {
  history: History;
  work: WorkState;
  /** True once a submission was changed again: it must be submitted again to count. */
  changedSinceSubmit: boolean;
  progress: SaveProgress;
  /** Why the newest answers are not saved; null when they are, or soon will be. */
  error: string | null;
  /** Shown beside Submit after a try that lacked answers. */
  missing: readonly MissingAnswer[];
  readOnly: boolean;
};

export type OpenCase = {
  readonly id: AssignmentId;
  readonly loaded: LoadedCase;
  readonly store: StoreApi<CaseState>;
  readonly clock: CaseClock;
  /** Where the focus was, to come back to. */
  lastPlace: string | null;
  edit: (edit: Edit) => void;
  /** Returns the place that changed, or null when there was nothing to undo. */
  undo: () => string | null;
  redo: () => string | null;
  flush: () => Promise<void>;
  /** The answers still missing; an empty list means it may be submitted. */
  check: () => readonly MissingAnswer[];
  /** Hands the submission to the disk; rejects when it was not accepted, with everything as it was before. */
  submit: () => Promise<void>;
  skip: (reason: SkipReason, note: string) => Promise<void>;
};

type Options = { workspace: Workspace; now: () => number };

export function openCase(loaded: LoadedCase, { workspace, now }: Options): OpenCase {
  const id = loaded.assignment.id;
  const clock = createCaseClock(loaded.body.time, wordsOf(loaded));
  const store = createStore<CaseState>(() => ({
    history: startHistory(loaded.body),
    work: loaded.state,
    changedSinceSubmit: false,
    progress: 'clean',
    error: null,
    missing: [],
    readOnly: loaded.assignment.recalled,
  }));
  const withTime = (body: AnnotationBody): AnnotationBody => ({
    ...body,
    time: { ...body.time, ...clock.read(now()) },
  });
  const autosave = createAutosave({
    save: () => workspace.save(id, withTime(store.getState().history.present), 'draft'),
    onProgress: (progress, error) =>
      store.setState({
        progress,
        ...(progress === 'failed' ? { error: sentenceOf(error) } : clearedBy(progress)),
      }),
  });
  const setHistory = (history: History) => {
    const { work, changedSinceSubmit } = store.getState();
    store.setState({
      history,
      work: 'draft',
      changedSinceSubmit: changedSinceSubmit || work === 'submitted',
      missing: stillMissing(store.getState().missing, loaded, history.present),
    });
    autosave.touch();
  };
  return {
    id,
    loaded,
    store,
    clock,
    lastPlace: null,
    edit: (edit) => {
      const { history, readOnly } = store.getState();
      const next = readOnly ? history : edited(history, edit, now());
      if (next !== history) setHistory(next);
    },
    undo: () => stepTo(undone(store.getState().history)),
    redo: () => stepTo(redone(store.getState().history)),
    flush: autosave.flush,
    check: () => {
      const missing = missingAnswers(loaded.rubric, store.getState().history.present);
      store.setState({ missing });
      return missing;
    },
    submit: () => finish(autosave, store, 'submitted', { ...store.getState().history.present, skip: null }),
    skip: (reason, note) =>
      finish(autosave, store, 'skipped', { ...store.getState().history.present, skip: { reason, note } }),
  };

  function stepTo(step: { history: History; place: string } | null): string | null {
    if (!step || store.getState().readOnly) return null;
    setHistory(step.history);
    return step.place;
  }
  function finish(
    line: Autosave,
    state: StoreApi<CaseState>,
    work: RevisionState,
    body: AnnotationBody,
  ): Promise<void> {
    const before = state.getState();
    state.setState({
      work,
      changedSinceSubmit: false,
      history: { ...before.history, present: body },
      missing: [],
    });
    return line
      .write(() => workspace.save(id, withTime(body), work))
      .catch((error: unknown) => {
        const { work: workBefore, changedSinceSubmit, history } = before;
        state.setState({
          work: workBefore,
          changedSinceSubmit,
          history: { ...state.getState().history, present: history.present },
        });
        throw error;
      });
  }
}

const clearedBy = (progress: SaveProgress) => (progress === 'clean' ? { error: null } : {});

const stillMissing = (shown: readonly MissingAnswer[], loaded: LoadedCase, body: AnnotationBody) =>
  shown.length === 0 ? shown : missingAnswers(loaded.rubric, body);

function wordsOf({ assignment }: LoadedCase): number {
  const notes = assignment.context?.notes.map((note) => note.text) ?? [];
  const turns = assignment.prompt.map((turn) => turn.content);
  const texts = [assignment.a, assignment.b, assignment.contextText, ...turns, ...notes];
  return texts.reduce((sum, text) => sum + countWords(text), 0);
}

/** The sentence of an AppError; any other failure gets one that says what is known. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return error.message;
  return 'The answers could not be written to this laptop. They are still here; try again.';
}
