import type { Workspace } from '../../data/types.ts';
import type { OpenCase } from './annotate-store.ts';
import { keepUntilSaved, tryAgainMs } from './unsaved-cases.ts';

/** Every case read on one screen, and what of them the disk has refused. */
export type ReadCases = {
  add: (one: OpenCase) => OpenCase;
  forget: (one: OpenCase) => void;
  isSaved: () => boolean;
  isRefused: () => boolean;
  /** Tries what was refused again from time to time, until the function it returns is called; what is left is kept. */
  start: () => () => void;
};

export function createReadCases(workspace: Workspace): ReadCases {
  const all = new Set<OpenCase>();
  const progressOf = (one: OpenCase) => one.store.getState().progress;
  const refused = () => [...all].filter((one) => progressOf(one) === 'failed');
  const tryAgain = () => {
    for (const one of refused()) void one.flush(); // never rejects
  };
  return {
    add: (one) => {
      all.add(one);
      return one;
    },
    forget: (one) => void all.delete(one),
    isSaved: () => [...all].every((one) => progressOf(one) === 'clean'),
    isRefused: () => refused().length > 0,
    start: () => {
      // Not every host can tell that there is room again.
      const timer = setInterval(tryAgain, tryAgainMs);
      return () => {
        clearInterval(timer);
        keepUntilSaved(workspace, all);
      };
    },
  };
}
