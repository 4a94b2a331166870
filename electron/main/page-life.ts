import type { BrowserWindow } from 'electron';

const patience = { crashes: 3, withinMs: 60_000 } as const;

/** True when the page may be loaded again; a page that keeps crashing is not. */
export function crashCounter(now: () => number): () => boolean {
  let crashes: number[] = [];
  return () => {
    crashes = [...crashes.filter((at) => now() - at < patience.withinMs), now()];
    return crashes.length < patience.crashes;
  };
}

/** Follows the page: what it held is given free when it goes, and a crashed one is loaded again. */
export function followPage(
  window: BrowserWindow,
  tell: {
    /** A new document stands in the window, or none at all: the one before it will not call again. */
    replaced: () => Promise<void>;
    loaded: () => void;
    givesUp: () => void;
  },
): void {
  const mayReload = crashCounter(Date.now);
  const { webContents } = window;
  // Calls of the new page are taken up after this one, because each journal keeps its calls in order.
  const replaced = () =>
    tell.replaced().catch((cause: unknown) => console.error('The page left something open:', cause));
  webContents.on('did-navigate', () => void replaced());
  webContents.on('did-finish-load', tell.loaded);
  webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    console.error(`The page stopped: ${reason}`);
    void replaced().then(() => {
      if (window.isDestroyed()) return;
      if (mayReload()) webContents.reload();
      else tell.givesUp();
    });
  });
}
