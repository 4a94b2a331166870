import { commandCenter } from '../../ui/command-center.ts';
import type { OpenCase } from './annotate-store.ts';
import {
  confidencePlace,
  correctionPlace,
  flagsPlace,
  preferencePlace,
  reasoningPlace,
} from './annotation-edit.ts';
import { showAnswer } from './answer-shown.ts';
import { anytime, type CaseCommand, judging, onCase } from './command-context.ts';
import { openMenu, openRefusal, prefer, rate, step, toggleBoth } from './command-judge.ts';
import { closeCover, uncoverContext } from './context-cover.ts';
import { differencesOff, stepDiff, toggleDiff } from './diff-choice.ts';
import { hasExperts, showsExperts } from './feedback-shown.ts';
import { openFind } from './find-store.ts';
import { focusPlace } from './focus-place.ts';
import { pageAnswers } from './linked-scroll.ts';
import { cannotFlag, flagText } from './safety-flag-command.ts';
import { jumpPart, jumpToQuestion } from './section-jump.ts';
import type { ShortcutId } from './shortcuts.ts';
import { hasVersions, showsVersions } from './versions-shown.ts';

/** Stands for a command whose part is not there; it takes no key and is listed nowhere. */
export const absent: CaseCommand = { blocked: () => null, run: () => false };

const page = (side: 'a' | 'b', by: 1 | -1) =>
  onCase((_one, { layer }) => {
    showAnswer(layer(), side);
    pageAnswers(layer(), side, by);
  });
const pageBoth = (by: 1 | -1) =>
  onCase((_one, { layer, target }) => {
    if (target instanceof HTMLTextAreaElement) return false;
    pageAnswers(layer(), 'both', by);
    return true;
  });

/** Opens the context first where it is folded or covered; its parts are there a frame later. */
const inContext = (go: (layer: HTMLElement | null) => boolean) =>
  onCase((_one, context) => {
    if (!uncoverContext(context)) return go(context.layer());
    requestAnimationFrame(() => go(context.layer()));
    return true;
  });

const notAsked = (part: 'confidence' | 'correction') => (one: OpenCase) =>
  one.loaded.rubric[part].ask ? null : 'This study does not ask for it';

/**
 * What each command of shortcuts.ts does and when it may: `anytime`, `onCase` (needs a case on screen) or
 * `judging` (changes its answers). Keys, palette and shortcut sheet all go through this record.
 */
export const commands: Record<ShortcutId, CaseCommand> = {
  rate: judging(rate),
  preference: judging((_one, { layer }) => focusPlace(layer(), preferencePlace)),
  prefer: judging(prefer),
  both: judging(toggleBoth),
  refusal: judging(openRefusal),
  why: judging((_one, { layer }) => focusPlace(layer(), reasoningPlace('evidence'))),
  flag: judging((_one, { layer }) => openMenu(layer(), flagsPlace)),
  'flag-text': judging((one, { layer, target }) => flagText(one, layer(), target), cannotFlag),
  confidence: judging((_one, { layer }) => focusPlace(layer(), confidencePlace), notAsked('confidence')),
  correct: judging((_one, { layer }) => openMenu(layer(), correctionPlace), notAsked('correction')),
  diff: onCase(toggleDiff),
  'next-difference': onCase((_one, { layer }) => stepDiff(layer(), 1), differencesOff),
  'previous-difference': onCase((_one, { layer }) => stepDiff(layer(), -1), differencesOff),
  'page-down': pageBoth(1),
  'page-up': pageBoth(-1),
  'a-down': page('a', 1),
  'a-up': page('a', -1),
  'b-down': page('b', 1),
  'b-up': page('b', -1),
  link: onCase((_one, { choices }) => choices.toggleLinked()),
  search: onCase((one, context) => {
    closeCover(context);
    return openFind(one);
  }),
  context: onCase((_one, context) => closeCover(context) || context.choices.toggleFold()),
  'context-place': onCase((_one, { choices }) => choices.togglePlace()),
  question: inContext(jumpToQuestion),
  'next-part': inContext((layer) => jumpPart(layer, 1)),
  'previous-part': inContext((layer) => jumpPart(layer, -1)),
  experts: onCase(
    (one, { session }) => session.showExperts(!showsExperts(one, one.store.getState())),
    (one) => (hasExperts(one) ? null : 'Experts have said nothing about this case yet'),
  ),
  versions: judging(
    (one, { session }) => session.showVersions(!showsVersions(one)),
    (one) => (hasVersions(one.store.getState()) ? null : 'This case was answered on one laptop only'),
  ),
  guidelines: anytime(({ setOverlay }) => setOverlay('guidelines')),
  submit: onCase((_one, { submit }) => submit()),
  back: anytime(({ session }) => void session.back()), // shows its own failure
  skip: judging((_one, { setOverlay }) => setOverlay('skip')),
  undo: judging((one, context) => step(one, context, 'undo')),
  redo: judging((one, context) => step(one, context, 'redo')),
  palette: anytime(commandCenter.openPalette),
  settings: anytime(commandCenter.openSettings),
  time: anytime(({ setOverlay }) => setOverlay('time')),
  sheet: anytime(({ setOverlay }) => setOverlay('sheet')),
};
