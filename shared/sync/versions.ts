import type { RevisionState } from '../schema/annotation.ts';
import { movesHead } from './revision-head.ts';

/** A revision as far as it matters for which versions of a case stand. */
export type Written = {
  id: string;
  /** The local database that wrote it; `me` for the one that looks. */
  writer: string;
  state: RevisionState;
  /** Revisions it says were chosen between (rule S30). */
  names: readonly string[];
};

/** A version nobody has gone on from. While a writer's newest revision chose about it, it is not asked about. */
export type OpenVersion = { id: string; chosenBy: string | null };

/** What stands of one case after a run of revisions: the head, and every version beside it, in the order they came. */
export type Standing = { head: string | null; open: readonly OpenVersion[] };

export type Reader = {
  /** @returns null for a revision this database knows nothing of */
  written: (id: string) => Written | null;
  /** Whether both give the same answers. */
  isSame: (a: string, b: string) => boolean;
};

export const me = 'me';
export const nothingStands: Standing = { head: null, open: [] };

const isFinished = ({ state }: Written): boolean => state !== 'draft';

/** Which of what stands the revision chose about. */
const chosenAmong = (came: Written, open: readonly OpenVersion[]): ReadonlySet<string> =>
  new Set(open.flatMap(({ id }) => (came.names.includes(id) ? [id] : [])));

/**
 * The head before, where the revision that took its place does not go on from it: a finished version that was not
 * written on it, or one's own that goes on from a version that stood beside it.
 */
function displaced(standing: Standing, came: Written, diverged: boolean, reader: Reader): OpenVersion[] {
  const { head, open } = standing;
  if (head === null) return [];
  const writerOf = (id: string) => reader.written(id)?.writer;
  const own = open.find(({ id }) => writerOf(id) === me);
  const stoodBeside =
    came.writer === me && own !== undefined && own.chosenBy === null && !reader.isSame(own.id, head);
  const isGoneOn = open.some(({ id }) => writerOf(id) === writerOf(head));
  return (diverged || stoodBeside) && !isGoneOn ? [{ id: head, chosenBy: null }] : [];
}

type Came = { came: Written; diverged: boolean; chosen: ReadonlySet<string> };

/** A version once another revision came: gone on from, chosen about, asked about again, settled, or as before. */
function leftOf(version: OpenVersion, { came, diverged, chosen }: Came, reader: Reader): OpenVersion[] {
  const writer = reader.written(version.id)?.writer;
  if (version.id === came.id || writer === came.writer) return [];
  if (chosen.has(version.id)) return [{ ...version, chosenBy: came.writer }];
  // Whoever finishes on the newest version settles what others wrote before; once some were chosen about, only those.
  const settles = isFinished(came) && chosen.size === 0 && !diverged;
  if (settles && (writer !== me || version.chosenBy === came.writer)) return [];
  return [version.chosenBy === came.writer ? { ...version, chosenBy: null } : version];
}

/** Beside the head, unless it says the same as something that stands. */
function withBeside(standing: Standing, came: Written, reader: Reader): Standing {
  const { head, open } = standing;
  if (head !== null && reader.isSame(came.id, head)) return standing;
  const others = open.filter(({ id }) => !reader.isSame(id, came.id));
  if (came.writer !== me && others.length < open.length) return standing;
  return { head, open: [...others, { id: came.id, chosenBy: null }] };
}

/**
 * What stands at a server that was put back, with what it has lost and a laptop still has beside it, unless that says the
 * same as something that stands. Nothing that was shown is gone, and what the server has is the head (rules S13, S30).
 */
export function withLost(standing: Standing, lost: readonly OpenVersion[], reader: Reader): Standing {
  let { open } = standing;
  for (const version of lost) {
    const all = standing.head === null ? open : [...open, { id: standing.head, chosenBy: null }];
    if (!all.some(({ id }) => id === version.id || reader.isSame(id, version.id))) open = [...open, version];
  }
  return { head: standing.head, open };
}

/**
 * What stands once a revision arrived at the server. Folding over all revisions of a case in the server's order gives its
 * head exactly (`movesHead`), and beside it what a physician is still to be asked about (rules S10, S30).
 * @param diverged the server's word that it was not written on the head
 */
export function afterRevision(
  standing: Standing,
  came: Written,
  diverged: boolean,
  reader: Reader,
): Standing {
  const before = standing.head === null ? null : reader.written(standing.head);
  const head = before && { revisionId: before.id, state: before.state };
  const moves = standing.head === null || movesHead(head, { state: came.state, diverged });
  const candidates = moves
    ? [...displaced(standing, came, diverged, reader), ...standing.open]
    : standing.open;
  const chosen = chosenAmong(came, candidates);
  const left = candidates.flatMap((version) => leftOf(version, { came, diverged, chosen }, reader));
  if (!moves) return withBeside({ head: standing.head, open: left }, came, reader);
  // What was chosen about is asked about again when the choice is undone, though it says the same now.
  const isOpen = ({ id, chosenBy }: OpenVersion) => chosenBy !== null || !reader.isSame(id, came.id);
  return { head: came.id, open: left.filter(isOpen) };
}

/** What a case's screen stands on: the version shown, those beside it (the head first), and what new work is based on. */
export type Shown = { main: string | null; beside: string[]; base: string | null };

/**
 * One's own version comes first as long as it waits for its receipt or stands beside the head; else the head is shown.
 * @param waiting one's own newest revision that no receipt has come for
 */
export function shownOf({ head, open }: Standing, waiting: string | null, reader: Reader): Shown {
  const asked = open.filter(({ chosenBy }) => chosenBy === null).map(({ id }) => id);
  const own = asked.findLast((id) => reader.written(id)?.writer === me) ?? null;
  const main = waiting ?? own ?? head;
  const all = head === null ? asked : [head, ...asked];
  const beside = all.filter((id) => id !== main && (main === null || !reader.isSame(id, main)));
  return { main, beside, base: head };
}
