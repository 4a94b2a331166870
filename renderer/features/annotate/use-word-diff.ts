import { type RefObject, useEffect, useRef, useState } from 'react';
import type { OpenCase } from './annotate-store.ts';
import { onDiffStep } from './diff-choice.ts';
import type { WordDiff } from './word-diff.ts';
import {
  type DifferenceRanges,
  firstOnScreen,
  markDifferences,
  type ReadAnswers,
  rangesOf,
  showDifference,
} from './word-diff-marks.ts';
import { runWordDiff } from './word-diff-run.ts';
import { spokenDifference } from './word-diff-summary.ts';
import { readText } from './word-diff-text.ts';

export type DiffView = {
  /** Null until the words are compared. */
  found: WordDiff | null;
  /** The difference last gone to. */
  current: number | null;
  spoken: string;
};

type Answers = { a: HTMLElement; b: HTMLElement };
type Kept = { a: string; b: string; found: WordDiff };

/** What was compared once in a case is not compared again. */
const kept = new WeakMap<OpenCase, Kept>();

/** Compares the answers of a layer while it is on screen, marks what differs, and goes from one to the next. */
export function useWordDiff(layer: RefObject<HTMLElement | null>, one: OpenCase): DiffView {
  const [view, setView] = useState<DiffView>({ found: null, current: null, spoken: '' });
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => {
    const here = layer.current;
    const answers = answersIn(here);
    if (!answers || !here) return;
    here.dataset.diffOn = '';
    let marked: Marked = { read: null, ranges: [] };
    const setFound = (found: WordDiff, read: ReadAnswers) => {
      const ranges = found.kind === 'differences' ? rangesOf(read, found.differences) : [];
      marked = { read, ranges };
      markDifferences(ranges, null);
      setView({ found, current: null, spoken: '' });
    };
    const stopComparing = compareWhenStill(answers, one, setFound);
    const stopSteps = onDiffStep(here, (by) => {
      const next = stepped(latest.current, marked, { by, answers });
      if (next) setView(next);
    });
    return () => {
      stopComparing();
      stopSteps();
      delete here.dataset.diffOn;
      markDifferences([], null);
    };
  }, [layer, one]);
  return view;
}

type Marked = { read: ReadAnswers | null; ranges: DifferenceRanges[] };

function stepped(
  view: DiffView,
  { read, ranges }: Marked,
  { by, answers }: { by: 1 | -1; answers: Answers },
): DiffView | null {
  const { found } = view;
  if (!read || found?.kind !== 'differences') return null;
  const { length } = ranges;
  const start = view.current ?? firstOnScreen(ranges, answers) - (by === 1 ? 1 : 0);
  const current = (start + by + length) % length;
  const place = ranges[current];
  const difference = found.differences[current];
  if (!place || !difference) return null;
  markDifferences(ranges, current);
  showDifference(place, answers);
  const texts = { a: read.a.text, b: read.b.text };
  return { found, current, spoken: spokenDifference(difference, texts, { number: current + 1, of: length }) };
}

function answersIn(layer: HTMLElement | null): Answers | null {
  const a = layer?.querySelector<HTMLElement>('[data-answer=a]');
  const b = layer?.querySelector<HTMLElement>('[data-answer=b]');
  return a && b ? { a, b } : null;
}

/** Compares now, and again whenever the answers are laid out anew; off the frame that shows the case. */
function compareWhenStill(
  answers: Answers,
  one: OpenCase,
  onFound: (found: WordDiff, read: ReadAnswers) => void,
): () => void {
  let running = new AbortController();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const compare = async () => {
    const { signal } = running;
    const read = { a: readText(answers.a), b: readText(answers.b) };
    const texts = { a: read.a.text, b: read.b.text };
    const before = kept.get(one);
    const isKept = before && before.a === texts.a && before.b === texts.b;
    const found = isKept ? before.found : await runWordDiff(texts, signal);
    if (signal.aborted) return;
    kept.set(one, { ...texts, found });
    onFound(found, read);
  };
  const soon = () => {
    running.abort();
    running = new AbortController();
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void compare(), 0); // never rejects
  };
  const watcher = new MutationObserver(soon);
  for (const answer of [answers.a, answers.b])
    watcher.observe(answer, { childList: true, characterData: true, subtree: true });
  soon();
  return () => {
    watcher.disconnect();
    running.abort();
    if (timer) clearTimeout(timer);
  };
}
