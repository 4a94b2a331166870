import type { CaseState, OpenCase } from './annotate-store.ts';
import { useCase, useCaseState } from './case-context.ts';

/** Two versions to choose between; in a case that is frozen there is nothing to choose any more. */
export const hasVersions = ({ news, readOnly }: Pick<CaseState, 'news' | 'readOnly'>): boolean =>
  news.otherVersion !== null && !readOnly;

/** By itself only where the case was opened with them: whoever is answering is told, and not interrupted. */
const isShown = (opened: boolean, state: CaseState): boolean =>
  hasVersions(state) && (state.versions === 'shown' || (state.versions === 'auto' && opened));

/** Whether the two versions cover the physician's own controls. */
export const showsVersions = ({ loaded, store }: OpenCase): boolean =>
  isShown(loaded.otherVersion !== null, store.getState());

export function useShowsVersions(): boolean {
  const { loaded } = useCase();
  return useCaseState((state) => isShown(loaded.otherVersion !== null, state));
}
