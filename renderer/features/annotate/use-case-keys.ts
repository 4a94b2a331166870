import { useEffect, useRef } from 'react';
import { commandCenter } from '../../ui/command-center.ts';
import { isTextField } from '../../ui/key-press.ts';
import { preferences } from '../../ui/preferences.ts';
import type { CommandContext } from './command-context.ts';
import { commands } from './command-table.ts';
import { type Asked, askedBy } from './shortcuts.ts';

type Options = Omit<CommandContext, 'target' | 'digit'> & {
  /** A dialog has the keyboard. */
  blocked: boolean;
};

/** The keyboard of the whole screen: shortcuts.ts says what is asked for, command-table.ts does it. */
export function useCaseKeys(options: Options): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || latest.current.blocked) return;
      if (commandCenter.get().open !== null) return;
      const asked = askedBy(event, isTextField(event.target), preferences.get().keys);
      if (!asked || !mayAct(event.target, asked)) return;
      const context = { ...latest.current, target: event.target, digit: asked.digit };
      if (commands[asked.id].run(context)) event.preventDefault();
    };
    // What is typed ahead is meant for the case that was asked for, never for the one that is about to go.
    const onEarly = (event: KeyboardEvent) => {
      if (!latest.current.session.isOpening() || !isInCase(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', onEarly, { capture: true });
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onEarly, { capture: true });
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}

const isInCase = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[data-layer]') !== null;

/** An open menu keeps its keys, but R goes on from A's verdict to B's. */
function mayAct(target: EventTarget | null, asked: Asked): boolean {
  if (!(target instanceof Element) || !target.closest('[role=menu]')) return true;
  return asked.id === 'refusal' || asked.id === 'submit' || asked.id === 'undo' || asked.id === 'redo';
}
