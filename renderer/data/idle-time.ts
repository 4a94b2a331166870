/** An idle moment is waited for no longer than this: a page that is never idle must not put work off for ever. */
const latestMs = 2000;

/** Settles when the page has nothing else to do; where nobody can tell, at the next turn. */
export const whenIdle = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof requestIdleCallback === 'undefined') setTimeout(resolve, 0);
    else requestIdleCallback(() => resolve(), { timeout: latestMs });
  });
