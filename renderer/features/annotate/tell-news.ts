import type { CaseNews, LoadedCase, Workspace } from '../../data/types.ts';
import type { OpenCase } from './annotate-store.ts';

/** What is known of a case the moment it is opened. */
export const newsFrom = (loaded: LoadedCase): CaseNews => ({
  otherVersion: loaded.otherVersion,
  ...(loaded.moreVersions && { moreVersions: loaded.moreVersions }),
  changedSinceSubmit: loaded.changedSinceSubmit,
  returned: loaded.returned,
  feedback: loaded.feedback,
  locked: loaded.locked,
  recalled: loaded.assignment.recalled,
  waiting: false,
});

export const isFrozen = ({ locked, recalled }: Pick<CaseNews, 'locked' | 'recalled'>) => locked || recalled;

/** A reviewer waits for another submission. */
export const isReturnOpen = ({ returned }: Pick<CaseNews, 'returned'>) =>
  returned !== null && !returned.answered;

/** As it will be once the submission that is under way is on the disk. */
export const withAnsweredReturn = (news: CaseNews): CaseNews =>
  news.returned ? { ...news, returned: { ...news.returned, answered: true } } : news;

/** Tells open cases what came in about them; what is the same changes nothing on screen. */
export async function tellNews(workspace: Workspace, cases: readonly OpenCase[]): Promise<void> {
  await Promise.all(
    cases.map(async (one) => {
      const told = await workspace.news(one.id);
      const { news: before, readOnly: wasReadOnly } = one.store.getState();
      const news = JSON.stringify(told) === JSON.stringify(before) ? before : told;
      const readOnly = isFrozen(told);
      if (news !== before || readOnly !== wasReadOnly) one.store.setState({ news, readOnly });
    }),
  );
}
