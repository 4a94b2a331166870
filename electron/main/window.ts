import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { appOrigin } from './protocol.ts';
import type { Settings, WindowBounds } from './settings.ts';

const smallest = { width: 1024, height: 640 } as const;
const usual = { width: 1440, height: 900 } as const;
/** The page's own colours, so that nothing flashes before it is painted. */
const backgrounds = { light: '#f6f7f9', dark: '#14171c' } as const;

type Rectangle = { x: number; y: number; width: number; height: number };

/** The remembered place, as far as it is still on a screen: a laptop may have left its dock. */
export function placeOnScreen(kept: Rectangle | null, area: Rectangle): Partial<Rectangle> {
  const width = Math.min(kept?.width ?? usual.width, area.width);
  const height = Math.min(kept?.height ?? usual.height, area.height);
  if (kept === null) return { width, height };
  const within = (at: number, from: number, room: number) =>
    Math.min(Math.max(at, from), from + Math.max(0, room));
  return {
    x: within(kept.x, area.x, area.width - width),
    y: within(kept.y, area.y, area.height - height),
    width,
    height,
  };
}

function rememberBounds(window: BrowserWindow, settings: Settings): void {
  let timer: NodeJS.Timeout | null = null;
  const keep = () => {
    if (window.isDestroyed() || window.isMinimized()) return;
    const bounds: WindowBounds = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    settings
      .change({ bounds })
      .catch((cause: unknown) => console.warn('The window place was not kept:', cause));
  };
  const soon = () => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(keep, 500);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', keep);
  window.on('closed', () => timer && clearTimeout(timer));
}

/** The one window, locked down; it is shown when its page has been painted. */
export function createWindow(options: {
  settings: Settings;
  folder: string;
  isPackaged: boolean;
}): BrowserWindow {
  const { bounds } = options.settings.get();
  const display = bounds ? screen.getDisplayMatching(bounds) : screen.getPrimaryDisplay();
  const window = new BrowserWindow({
    ...placeOnScreen(bounds, display.workArea),
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Second Opinion',
    backgroundColor: nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light,
    webPreferences: {
      preload: join(options.folder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      devTools: !options.isPackaged,
      // The spelling checker would fetch its dictionaries from outside.
      spellcheck: false,
    },
  });
  if (bounds?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberBounds(window, options.settings);
  return window;
}

export const loadApp = (window: BrowserWindow) => window.loadURL(`${appOrigin}/`);
