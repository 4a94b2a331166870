import type { CaseState, OpenCase } from './annotate-store.ts';
import { useCase, useCaseState } from './case-context.ts';
import { isReturnOpen } from './tell-news.ts';

/**
 * Whether what experts said covers the physician's own controls: by itself after a practice submission and where a
 * submitted case is opened that has it, else only when asked for. A case that was returned is opened to be changed.
 */
export function showsExperts({ loaded }: Pick<OpenCase, 'loaded'>, state: CaseState): boolean {
  const { experts, work, news } = state;
  const isSubmitted = work === 'submitted';
  // First which of two versions stands, then what experts say about it.
  if (news.otherVersion !== null && !state.readOnly) return false;
  if (experts === 'hidden' || !(news.feedback || (loaded.practice && isSubmitted))) return false;
  if (experts === 'shown') return true;
  return isSubmitted && !isReturnOpen(news) && (loaded.practice || loaded.feedback !== null);
}

/** Whether there is anything to show or to go back from. */
export const hasExperts = (one: OpenCase): boolean =>
  one.store.getState().news.feedback !== null || showsExperts(one, one.store.getState());

export function useShowsExperts(): boolean {
  const one = useCase();
  return useCaseState((state) => showsExperts(one, state));
}
