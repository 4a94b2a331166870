import { create } from 'zustand';
import type { AssignmentId } from '../../../shared/schema/ids.ts';
import { useSession } from '../../data/session-state.ts';
import type { Workspace } from '../../data/types.ts';
import type { OpenCase } from './annotate-store.ts';
import { registerOpenWork } from './open-work.ts';

/** A refused save is tried again this often. */
export const tryAgainMs = 10_000;

type Kept = { one: OpenCase; letGo: () => void };
const kept = new Map<Workspace, Map<AssignmentId, Kept>>();

/** How many cases hold answers that are on no disk, after their screen was left: a reload would lose them. */
export const useUnsavedCases = create<{ count: number }>(() => ({ count: 0 }));
const tell = () =>
  useUnsavedCases.setState({ count: [...kept.values()].reduce((sum, cases) => sum + cases.size, 0) });

const isSaved = (one: OpenCase) => one.store.getState().progress === 'clean';

function keep(workspace: Workspace, one: OpenCase): void {
  const cases = kept.get(workspace) ?? new Map<AssignmentId, Kept>();
  kept.set(workspace, cases);
  cases.get(one.id)?.letGo();
  const timer = setInterval(() => void one.flush(), tryAgainMs); // never rejects
  const ends = [
    () => clearInterval(timer),
    registerOpenWork(one.flush, { isSaved: () => isSaved(one), isRefused: () => true }),
    one.store.subscribe(() => isSaved(one) && letGo()),
    // Of work that is closed nothing can be saved any more.
    useSession.subscribe(({ session, sealed }) => {
      if (session?.workspace !== workspace && sealed?.workspace !== workspace) letGo();
    }),
  ];
  const letGo = () => {
    for (const end of ends) end();
    cases.delete(one.id);
    if (cases.size === 0) kept.delete(workspace);
    tell();
  };
  cases.set(one.id, { one, letGo });
  tell();
}

/** Of the cases of a screen that is left, keeps those that no disk has taken yet, and tries until one does. */
export function keepUntilSaved(workspace: Workspace, cases: Iterable<OpenCase>): void {
  for (const one of cases) if (!isSaved(one)) keep(workspace, one);
}

/** The case as it was left, where it is kept; whoever takes it sees to it from here on. */
export function takeUnsaved(workspace: Workspace, id: AssignmentId): OpenCase | null {
  const found = kept.get(workspace)?.get(id);
  found?.letGo();
  return found?.one ?? null;
}
