import type { Overlay } from './annotate-screen.tsx';
import type { AnnotateSession } from './annotate-session.ts';
import type { OpenCase } from './annotate-store.ts';
import type { ReadingChoices } from './use-reading-choices.ts';
import { showsVersions } from './versions-shown.ts';

/** What a command finds when it is asked for, whether by a key or in the palette. */
export type CommandContext = {
  session: AnnotateSession;
  /** The layer of the case on screen. */
  layer: () => HTMLElement | null;
  choices: ReadingChoices;
  submit: () => void;
  setOverlay: (overlay: Overlay) => void;
  /** Where the keyboard was; in the palette, where it was before the palette opened. */
  target: EventTarget | null;
  /** Of the commands that are asked for by a digit; null in the palette. */
  digit: number | null;
};

export type CaseCommand = {
  /** Null when it may run now, else why not, in words for the palette. */
  blocked: (context: CommandContext) => string | null;
  /** True when the key press is used up. */
  run: (context: CommandContext) => boolean;
};

/** Returns false to leave the key press to the browser. */
type Act = (one: OpenCase, context: CommandContext) => unknown;

const caseOf = ({ session }: CommandContext): OpenCase | null => {
  const { current, ended } = session.store.getState();
  return ended ? null : current;
};
const frozen = (one: OpenCase) => one.store.getState().readOnly;
const noCase = 'No case is open';
const readOnly = 'This case can be read, not changed';
const chooseFirst = 'Choose between the answers of your laptops first';

/** Runs at any time, with or without a case on screen. */
export const anytime = (act: (context: CommandContext) => unknown): CaseCommand => ({
  blocked: () => null,
  run: (context) => act(context) !== false,
});

/** Needs a case on screen; also where its answers cannot be changed. */
export const onCase = (act: Act, blocked: (one: OpenCase) => string | null = () => null): CaseCommand => ({
  blocked: (context) => {
    const one = caseOf(context);
    return one ? blocked(one) : noCase;
  },
  run: (context) => {
    const one = caseOf(context);
    return one !== null && blocked(one) === null && act(one, context) !== false;
  },
});

/** Changes the answers to the case on screen. */
export const judging = (act: Act, blocked: (one: OpenCase) => string | null = () => null): CaseCommand =>
  onCase(act, (one) => {
    if (frozen(one)) return readOnly;
    return showsVersions(one) ? chooseFirst : blocked(one);
  });
