import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import type { OpenCase } from './annotate-store.ts';
import { keepUntilSaved, takeUnsaved, tryAgainMs } from './unsaved-cases.ts';

/** Read cases kept for going back and forth. */
const keptCases = 12;

type Options = {
  workspace: Workspace;
  read: (id: AssignmentId) => Promise<OpenCase>;
  /** A case is let go; what no revision holds yet of its time is kept. Never rejects. */
  onForget: (one: OpenCase) => void;
};

/** The cases read on one screen: which are kept open, and what of them the disk has refused. */
export type ReadCases = {
  /** Reads a case, unless it is open here or was left with answers that no disk has taken. */
  open: (id: AssignmentId) => Promise<OpenCase>;
  /** All that are open here. */
  opened: () => Promise<OpenCase[]>;
  /** Reads it anew the next time. */
  drop: (id: AssignmentId) => void;
  /** Of those that are saved, drops these. */
  dropAll: (isStale: (one: OpenCase) => boolean) => Promise<void>;
  /** Lets go of the oldest that are saved and not laid out. */
  dropOldest: (isLaidOut: (one: OpenCase) => boolean) => Promise<void>;
  isSaved: () => boolean;
  isRefused: () => boolean;
  /** Tries what was refused again from time to time, until the function it returns is called; what is left is kept. */
  start: () => () => void;
};

const progressOf = (one: OpenCase) => one.store.getState().progress;
const isSaved = (one: OpenCase) => progressOf(one) === 'clean';

export function createReadCases({ workspace, read, onForget }: Options): ReadCases {
  const openings = new Map<AssignmentId, Promise<OpenCase>>();
  /** Also those that were dropped with something unsaved. */
  const all = new Set<OpenCase>();
  const refused = () => [...all].filter((one) => progressOf(one) === 'failed');
  const tryAgain = () => {
    for (const one of refused()) void one.flush(); // never rejects
  };
  const readOrTake = async (id: AssignmentId) => {
    const one = takeUnsaved(workspace, id) ?? (await read(id));
    all.add(one);
    return one;
  };
  return {
    open: (id) => {
      const opening = openings.get(id) ?? readOrTake(id);
      openings.delete(id);
      openings.set(id, opening);
      opening.catch(() => openings.delete(id));
      return opening;
    },
    opened: async () => {
      const settled = await Promise.allSettled(openings.values());
      return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    },
    drop: (id) => void openings.delete(id),
    dropAll: async (isStale) => {
      for (const [id, opening] of [...openings]) {
        const one = await opening.catch(() => null);
        if (one && isSaved(one) && isStale(one)) openings.delete(id);
      }
    },
    dropOldest: async (isLaidOut) => {
      for (const [id, opening] of [...openings].slice(0, -keptCases)) {
        const one = await opening.catch(() => null);
        if (one && (!isSaved(one) || isLaidOut(one))) continue;
        if (one) {
          onForget(one);
          all.delete(one);
        }
        openings.delete(id);
      }
    },
    isSaved: () => [...all].every(isSaved),
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
