/**
 * Honest time on one case. Wall time is how long the case was open. Active time counts every stretch between
 * two signs of life (key, pointer, scroll) up to a limit: reading is quiet work, so the limit grows with the
 * text (three words a second, at least a minute); what goes beyond it, and a hidden window, counts as away.
 */
export type CaseClock = {
  /** The case came on screen. */
  open: (at: number) => void;
  /** A key, a pointer or a scroll. */
  sign: (at: number) => void;
  /** The window went out of sight, and came back. */
  hide: (at: number) => void;
  show: (at: number) => void;
  /** The case left the screen. */
  close: (at: number) => void;
  read: (at: number) => { activeMs: number; wallMs: number };
};

const leastLimitMs = 60_000;
const wordsPerSecond = 3;

/** How long without a sign still counts as reading, milliseconds. */
export const idleLimitMs = (words: number) => Math.max(leastLimitMs, (words / wordsPerSecond) * 1000);

export function createCaseClock(before: { activeMs: number; wallMs: number }, words: number): CaseClock {
  const limit = idleLimitMs(words);
  let { activeMs, wallMs } = before;
  let opened = false;
  let hidden = false;
  let settledAt = 0;
  const settle = (at: number) => {
    if (!opened) return;
    const stretch = Math.max(0, at - settledAt);
    wallMs += stretch;
    if (!hidden) activeMs += Math.min(limit, stretch);
    settledAt = at;
  };
  const settled = (change: () => void) => (at: number) => {
    settle(at);
    change();
  };
  return {
    open: (at) => {
      if (opened) return;
      opened = true;
      hidden = false;
      settledAt = at;
    },
    sign: settle,
    hide: settled(() => {
      hidden = true;
    }),
    show: settled(() => {
      hidden = false;
    }),
    close: settled(() => {
      opened = false;
    }),
    read: (at) => {
      const stretch = opened ? Math.max(0, at - settledAt) : 0;
      const active = hidden ? 0 : Math.min(limit, stretch);
      return { activeMs: Math.round(activeMs + active), wallMs: Math.round(wallMs + stretch) };
    },
  };
}
