import { useEffect, useRef } from 'react';
import { commandCenter } from '../../ui/command-center.ts';
import type { CommandContext } from './command-context.ts';
import { listCommands } from './command-list.ts';

/** Offers everything this screen can do to the palette. */
export function useCaseCommands(options: Omit<CommandContext, 'target' | 'digit'>): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(
    () => commandCenter.offer((from) => listCommands({ ...latest.current, target: from, digit: null })),
    [],
  );
}
