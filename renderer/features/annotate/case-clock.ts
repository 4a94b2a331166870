import type { AnnotationTime, TimedSection } from '../../../shared/schema/annotation.ts';

/**
 * Honest time on one case, in whole milliseconds of a clock that never runs backwards.
 * - Wall time: the case was open and the machine awake.
 * - Active time: of that, what was spent with the window in sight and in focus, up to a limit after the last sign
 *   of life (key, pointer, scroll). Reading is quiet work, so the limit grows with the text. It belongs to the
 *   part of the screen the last sign was in, so that the sections add up to it exactly.
 * - Focus lost: the window was out of sight, or another one had the focus. Two windows side by side count as this
 *   too: whether the chart in the other one or this case is being read cannot be known, so it is not called active.
 * - A stretch in which not even a timer ran (lid closed, tab frozen) is none of these.
 */
export type CaseClock = {
  /** The case came on screen; `present`: the window is in sight and in focus. */
  open: (at: number, present?: boolean) => void;
  /** A key, a pointer or a scroll, and where; null: outside every section, which stays what it was. */
  sign: (at: number, section: TimedSection | null) => void;
  /** A timer ran: the machine is awake. */
  tick: (at: number) => void;
  /** The window went out of sight or focus, and came back. */
  leave: (at: number) => void;
  comeBack: (at: number) => void;
  /** The case left the screen. */
  close: (at: number) => void;
  /** Something was answered, undone or redone. */
  countEdit: () => void;
  /** Counts up to a moment; no later reading tells less. */
  read: (at: number) => AnnotationTime;
};

const leastLimitMs = 60_000;
/** A screen holds no more text than this takes to read; further text takes a scroll, which is a sign. */
const longestLimitMs = 300_000;
const wordsPerSecond = 3;
/** Timers of a page in sight run every few seconds, of one out of sight at least once a minute. */
const asleepAfterMs = { present: 20_000, away: 150_000 };

/** How often the clock wants to hear that the machine is awake, milliseconds. */
export const tickMs = 5000;

/** How long without a sign still counts as reading, milliseconds. */
export const idleLimitMs = (words: number) =>
  Math.round(Math.min(longestLimitMs, Math.max(leastLimitMs, (words / wordsPerSecond) * 1000)));

type Sections = Partial<Record<TimedSection, number>>;
type State = {
  opened: boolean;
  present: boolean;
  /** Up to when everything is counted. */
  at: number;
  /** Since the last sign. */
  quietMs: number;
  section: TimedSection;
  activeMs: number;
  wallMs: number;
  /** Null: an app that did not know of sections counted before, so they could not add up. */
  sections: Sections | null;
  lost: { times: number; ms: number };
  edits: number;
};

const sumOf = (sections: Sections) => Object.values(sections).reduce((sum, ms) => sum + ms, 0);

function startingFrom(before: AnnotationTime): State {
  const sections = before.sections ?? {};
  return {
    opened: false,
    present: true,
    at: 0,
    quietMs: 0,
    section: 'answers',
    activeMs: before.activeMs,
    wallMs: before.wallMs,
    sections: sumOf(sections) === before.activeMs ? sections : null,
    lost: { times: before.focusLost?.times ?? 0, ms: before.focusLost?.ms ?? 0 },
    edits: before.edits ?? 0,
  };
}

/** Counts the stretch up to a moment; one that lies before what is counted adds nothing. */
function advanced(state: State, moment: number, limit: number): State {
  const at = Math.max(state.at, Math.round(moment));
  if (!state.opened) return state;
  const stretch = at - state.at;
  const asleep = stretch > (state.present ? asleepAfterMs.present : asleepAfterMs.away);
  // Whoever wakes the machine shows it by a sign.
  if (asleep) return { ...state, at, quietMs: limit };
  const wallMs = state.wallMs + stretch;
  if (!state.present) return { ...state, at, wallMs, lost: { ...state.lost, ms: state.lost.ms + stretch } };
  const active = Math.min(stretch, Math.max(0, limit - state.quietMs));
  const { section, sections } = state;
  return {
    ...state,
    at,
    wallMs,
    quietMs: state.quietMs + stretch,
    activeMs: state.activeMs + active,
    sections:
      active === 0 ? sections : sections && { ...sections, [section]: (sections[section] ?? 0) + active },
  };
}

const timeOf = ({ activeMs, wallMs, sections, lost, edits }: State): AnnotationTime => ({
  activeMs,
  wallMs,
  ...(sections && { sections }),
  focusLost: lost,
  edits,
});

/** @param before what earlier sessions counted, on this laptop or another */
export function createCaseClock(before: AnnotationTime, words: number): CaseClock {
  const limit = idleLimitMs(words);
  let state = startingFrom(before);
  const after = (at: number, change: (settled: State) => Partial<State>) => {
    const settled = advanced(state, at, limit);
    state = { ...settled, ...change(settled) };
  };
  const lostAgain = ({ lost }: State) => ({ times: lost.times + 1, ms: lost.ms });
  return {
    open: (at, present = true) => {
      if (state.opened) return;
      const lost = present ? state.lost : lostAgain(state);
      const from = Math.max(state.at, Math.round(at));
      state = { ...state, opened: true, present, at: from, quietMs: 0, section: 'answers', lost };
    },
    sign: (at, section) => after(at, (settled) => ({ quietMs: 0, section: section ?? settled.section })),
    tick: (at) => after(at, () => ({})),
    leave: (at) =>
      after(at, (settled) =>
        settled.opened && settled.present ? { present: false, lost: lostAgain(settled) } : {},
      ),
    comeBack: (at) => after(at, (settled) => (settled.present ? {} : { present: true, quietMs: 0 })),
    close: (at) => after(at, () => ({ opened: false })),
    countEdit: () => {
      state = { ...state, edits: state.edits + 1 };
    },
    read: (at) => {
      after(at, () => ({}));
      return timeOf(state);
    },
  };
}
