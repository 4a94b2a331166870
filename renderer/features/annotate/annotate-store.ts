import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  AnnotationBody,
  AnnotationTime,
  RevisionState,
  SkipReason,
} from '../../../shared/schema/annotation.ts';
import { type MissingAnswer, missingAnswers } from '../../../shared/schema/completeness.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { fittedTo } from '../../../shared/schema/rubric-fit.ts';
import { type BrokenRule, brokenRules } from '../../../shared/schema/rubric-rules.ts';
import type { CaseNews, LoadedCase, WorkState, Workspace } from '../../data/types.ts';
import { countWords } from '../../ui/markdown-source.ts';
import { type Edit, edited, type History, redone, startHistory, undone } from './annotation-edit.ts';
import { type Autosave, createAutosave, type SaveProgress } from './autosave.ts';
import { type CaseClock, createCaseClock, idleLimitMs } from './case-clock.ts';
import { changeWords } from './change-words.ts';
import { isOpenedFrozen } from './rubric-change.ts';
import { newsFrom } from './tell-news.ts';
import type { UnfinishedNotes } from './unfinished-notes.ts';
import { aboutOf, chosenBody, otherVersions, stateOfChoice, type VersionChoice } from './version-choice.ts';

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
  /** Answers that go against one another, asked about once before they are submitted. */
  asking: readonly BrokenRule[];
  /** What undo or redo has just changed, until the next change. */
  told: string | null;
  readOnly: boolean;
  /** What came in about the case, also while it is open. */
  news: CaseNews;
  /** What experts said, over the controls: `auto` after a practice submission, else when asked for. */
  experts: 'auto' | 'shown' | 'hidden';
  /** Two versions side by side, over the controls: `auto` where the case was opened with them. */
  versions: 'auto' | 'shown' | 'hidden';
};

export type OpenCase = {
  readonly id: AssignmentId;
  readonly loaded: LoadedCase;
  readonly store: StoreApi<CaseState>;
  readonly clock: CaseClock;
  /** How long without a sign counts as reading this case. */
  readonly idleLimitMs: number;
  /** Where the focus was, to come back to. */
  lastPlace: string | null;
  /** A note typed and not yet given, by its place; it outlives the form it was typed in. */
  unfinishedNote: (place: string) => string;
  keepUnfinishedNote: (place: string, note: string) => void;
  edit: (edit: Edit) => void;
  /** Returns the place that changed, or null when there was nothing to undo. */
  undo: () => string | null;
  redo: () => string | null;
  flush: () => Promise<void>;
  /** What was counted and no revision holds yet; null when that is next to nothing. */
  unsavedTime: () => AnnotationTime | null;
  /** The answers still missing; an empty list means it may be submitted. */
  check: () => readonly MissingAnswer[];
  /** False while answers that go against one another are asked about; asked again, it takes that for a yes. */
  settleRules: () => boolean;
  stopAsking: () => void;
  /** Hands the submission to the disk; rejects when it was not accepted, with everything as it was before. */
  submit: () => Promise<void>;
  skip: (reason: SkipReason, note: string) => Promise<void>;
  /**
   * Puts one of two versions, or parts of both, in force (rule S30). Settles a finished one as `submit` does; null
   * where the choice is a draft that is still to be submitted.
   */
  choose: (choice: VersionChoice) => Promise<void> | null;
};

type Options = {
  workspace: Workspace;
  /** Of a clock that never runs backwards, milliseconds. */
  now: () => number;
  /** Counted in an earlier session that saved no revision after it. */
  keptTime?: AnnotationTime | undefined;
  notes?: UnfinishedNotes;
};

/** The second half of a double press has read no question. */
const doublePressMs = 300;
/** Less than this is not worth keeping. */
const leastTimeMs = 1000;

export function openCase(loaded: LoadedCase, { workspace, now, keptTime, notes }: Options): OpenCase {
  const id = loaded.assignment.id;
  const savedTime = loaded.body.time;
  // Another laptop may have gone on since: the one that counted more stands.
  const base = keptTime && keptTime.activeMs > savedTime.activeMs ? keptTime : savedTime;
  const words = wordsOf(loaded);
  const clock = createCaseClock(base, words);
  let savedWallMs = savedTime.wallMs;
  const store = createStore<CaseState>(() => ({
    // What an earlier rubric asked and this one has no place for is set aside, and asked for anew.
    history: startHistory(isOpenedFrozen(loaded) ? loaded.body : fittedTo(loaded.rubric, loaded.body)),
    work: loaded.state,
    changedSinceSubmit: loaded.changedSinceSubmit,
    progress: 'clean',
    error: null,
    missing: [],
    asking: [],
    told: null,
    readOnly: loaded.assignment.recalled || loaded.locked,
    news: newsFrom(loaded),
    experts: 'auto',
    versions: 'auto',
  }));
  const withTime = (body: AnnotationBody): AnnotationBody => {
    const { sections: _, ...others } = body.time;
    const under = loaded.rubricVersion === undefined ? {} : { rubricVersion: loaded.rubricVersion };
    return { ...body, ...under, time: { ...others, ...clock.read(now()) } };
  };
  const save = async (body: AnnotationBody, state: RevisionState) => {
    await workspace.save(id, body, state);
    savedWallMs = Math.max(savedWallMs, body.time.wallMs);
  };
  const autosave = createAutosave({
    save: () => save(withTime(store.getState().history.present), 'draft'),
    onProgress: (progress, error) =>
      store.setState({
        progress,
        ...(progress === 'failed' ? { error: sentenceOf(error) } : clearedBy(progress)),
      }),
  });
  let askedAt = 0;
  const setHistory = (history: History, told: string | null = null) => {
    const { work, changedSinceSubmit } = store.getState();
    // In line for the disk first, rendered behind that; what is saved is read when its turn comes.
    autosave.touch();
    store.setState({
      history,
      work: 'draft',
      changedSinceSubmit: changedSinceSubmit || work === 'submitted',
      missing: stillMissing(store.getState().missing, loaded, history.present),
      asking: [],
      told,
    });
  };
  const one: OpenCase = {
    id,
    loaded,
    store,
    clock,
    idleLimitMs: idleLimitMs(words),
    lastPlace: null,
    unfinishedNote: (place) => notes?.of(id, place) ?? '',
    keepUnfinishedNote: (place, note) => notes?.keep(id, place, note),
    edit: (edit) => {
      const { history, readOnly } = store.getState();
      const next = readOnly ? history : edited(history, edit, now());
      if (next === history) return;
      // A drag or a run of typing is one step, and one edit.
      if (next.past !== history.past) clock.countEdit();
      setHistory(next);
    },
    undo: () => stepTo(undone(store.getState().history), 'Undone'),
    redo: () => stepTo(redone(store.getState().history), 'Redone'),
    flush: autosave.flush,
    unsavedTime: () => {
      const time = clock.read(now());
      return time.wallMs - savedWallMs >= leastTimeMs ? time : null;
    },
    check: () => {
      const missing = missingAnswers(loaded.rubric, store.getState().history.present);
      const shown = store.getState().missing;
      if (missing.length > 0 || shown.length > 0) store.setState({ missing });
      return missing;
    },
    settleRules: () => {
      const { asking, history } = store.getState();
      const broken = brokenRules(loaded.rubric, history.present);
      if (broken.length === 0) return true;
      if (asking.length === 0) {
        askedAt = now();
        store.setState({ asking: broken });
        return false;
      }
      if (now() - askedAt < doublePressMs) return false;
      const rules = broken.map(({ key }) => key);
      setHistory(edited(history, { type: 'confirm', rules, at: new Date().toISOString() }, now()));
      return true;
    },
    stopAsking: () => store.setState({ asking: [] }),
    submit: () => finish(autosave, store, 'submitted', { ...store.getState().history.present, skip: null }),
    skip: (reason, note) =>
      finish(autosave, store, 'skipped', { ...store.getState().history.present, skip: { reason, note } }),
    choose,
  };
  return one;

  function choose(choice: VersionChoice): Promise<void> | null {
    const { history, readOnly, news } = store.getState();
    const { other, rest } = aboutOf(otherVersions(news), choice);
    if (readOnly || other === null) return null;
    const chosen = chosenBody(history.present, other, choice, new Date().toISOString());
    // The other laptop may have answered under an earlier rubric.
    const body = fittedTo(loaded.rubric, chosen);
    clock.countEdit();
    setHistory(edited(history, { type: 'replace', body }, now()));
    const [next, ...more] = rest;
    // What was chosen stands beside the next version at once.
    if (next)
      store.setState({ versions: 'shown', news: { ...news, otherVersion: next, moreVersions: more } });
    else store.setState({ versions: 'hidden' });
    const saving = finishChoice(stateOfChoice(other, choice), body);
    const kept = next ? 'Chosen; another version is to be chosen about' : 'Chosen; all versions are kept';
    store.setState({ told: `${kept}. Undo opens the choice again` });
    return saving;
  }
  function finishChoice(state: RevisionState, body: AnnotationBody): Promise<void> | null {
    if (state === 'draft') return null;
    if (state === 'skipped' && body.skip) return one.skip(body.skip.reason, body.skip.note);
    return one.check().length === 0 && one.settleRules() ? one.submit() : null;
  }
  function stepTo(
    step: { history: History; place: string } | null,
    word: 'Undone' | 'Redone',
  ): string | null {
    const { history, readOnly } = store.getState();
    if (!step || readOnly) return null;
    clock.countEdit();
    const words = changeWords(loaded.rubric, history.present, step.history.present);
    setHistory(step.history, words && `${word}: ${words}`);
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
      missing: before.missing.length === 0 ? before.missing : [],
      asking: before.asking.length === 0 ? before.asking : [],
      told: null,
    });
    return line
      .write(() => save(withTime(body), work))
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
