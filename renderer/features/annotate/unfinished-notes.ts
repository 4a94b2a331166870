import { z } from 'zod';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import type { Workspace } from '../../data/types.ts';
import { createAutosave } from './autosave.ts';

/** Notes that belong to nothing yet: of a skip not yet confirmed, of a flag without a kind. */
const keptPreference = 'annotate.unfinished-notes';
/** The newest ones; more at once nobody has half-typed. */
const most = 40;

const keptSchema = z.array(z.tuple([z.string(), z.string()]));

export type UnfinishedNotes = {
  of: (id: AssignmentId, place: string) => string;
  /** An empty note is forgotten. */
  keep: (id: AssignmentId, place: string, note: string) => void;
  /** Settles, never rejects, when those of an earlier session are read. */
  ready: Promise<void>;
  /** Settles, never rejects, when what was typed is on the disk, or was refused by it. */
  flush: () => Promise<void>;
};

function parseKept(stored: string | null): [string, string][] {
  try {
    return keptSchema.parse(JSON.parse(stored ?? '[]'));
  } catch {
    return [];
  }
}

/** Keeps what was typed and not yet given, through a click beside it, an idle lock and a crash. */
export function createUnfinishedNotes(workspace: Workspace): UnfinishedNotes {
  const notes = new Map<string, string>();
  const keyOf = (id: AssignmentId, place: string) => `${id} ${place}`;
  const ready = workspace.loadPreference(keptPreference).then(
    (stored) => {
      // What was typed meanwhile is newer.
      for (const [key, note] of parseKept(stored)) if (!notes.has(key)) notes.set(key, note);
    },
    () => undefined,
  );
  const autosave = createAutosave({
    save: async () => {
      await ready;
      const kept = [...notes].filter(([, note]) => note !== '').slice(-most);
      await workspace.savePreference(keptPreference, JSON.stringify(kept));
    },
    // A disk that refuses is told by the case itself; the note is still on the screen.
    onProgress: () => {},
  });
  return {
    ready,
    of: (id, place) => notes.get(keyOf(id, place)) ?? '',
    keep: (id, place, note) => {
      const key = keyOf(id, place);
      if ((notes.get(key) ?? '') === note) return;
      notes.delete(key);
      // Kept empty rather than deleted, so that a note still being read does not come back.
      notes.set(key, note);
      autosave.touch();
    },
    flush: autosave.flush,
  };
}
