import { z } from 'zod';
import { type AnnotationTime, annotationTimeSchema } from '../../../shared/schema/annotation.ts';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import type { OpenCase } from './annotate-store.ts';

/** A case read without an answer has no revision that could hold its time. */
const keptPreference = 'annotate.kept-time';
/** The newest ones; who leafs through a whole batch without an answer is not working on it. */
const keptCases = 40;

const keptSchema = z.array(z.tuple([z.string(), annotationTimeSchema]));

export type TimeKeeper = {
  timeOf: (id: AssignmentId) => Promise<AnnotationTime | undefined>;
  /** Keeps what these cases have unsaved and forgets what they have saved; never rejects. */
  keep: (cases: readonly OpenCase[]) => Promise<void>;
};

type Kept = Map<string, AnnotationTime>;

function parseKept(stored: string | null): Kept {
  try {
    return new Map(keptSchema.parse(JSON.parse(stored ?? '[]')));
  } catch {
    return new Map();
  }
}

/** Carries time that is in no revision over to the next session on this laptop. */
export function createTimeKeeper(workspace: Workspace): TimeKeeper {
  let stored: string | null = null;
  const reading: Promise<Kept> = workspace.loadPreference(keptPreference).then(
    (found) => {
      stored = found;
      return parseKept(found);
    },
    () => new Map(),
  );
  return {
    timeOf: async (id) => (await reading).get(id),
    keep: async (cases) => {
      const kept = await reading;
      for (const one of cases) {
        const time = one.unsavedTime();
        kept.delete(one.id);
        if (time) kept.set(one.id, time);
      }
      const text = JSON.stringify([...kept].slice(-keptCases));
      if (text === stored || (stored === null && kept.size === 0)) return;
      stored = text;
      // The time stays in memory; what cannot be kept is lost with the window, and nothing else is.
      await workspace.savePreference(keptPreference, text).catch(() => undefined);
    },
  };
}
