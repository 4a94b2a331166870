/**
 * A stand-in for Electron's main-process module, for machines without the Electron runtime: the real compiled main
 * and preload run in Node, their window is a page in Chromium (playwright-core), with a profile that outlives the
 * process. It refuses what Electron would refuse, and some of what Electron would only warn about.
 *
 * What it cannot show, and only the real runtime can:
 * - the operating system's sandbox round the renderer, the fuses of a packaged app, signatures and updates;
 * - a world of its own for the preload: here it lives in the page's world, closed over and without globals, so a
 *   page that changes the built-in prototypes could reach into it;
 * - the custom scheme itself: app://host/p is carried as https://host.app.standin.invalid/p, so location.origin
 *   differs, requests carry Chromium's https headers, and dot segments are resolved by Chromium before the handler
 *   sees them (the driver's `ask` gives the handler an address exactly as written);
 * - Chromium's network stack under `net.fetch` (system proxy, system certificates): here it is Node's fetch;
 * - who started a navigation: one by the driver (`page.goto`) is shown to will-navigate as well;
 * - <webview>, downloads, several windows, native menus, dialogs, zoom, window sizes and focus: menus are checked for
 *   known roles, dialogs answer what the driver scripted, anything else fails loudly;
 * - the system's keyring: a key in a file of userData stands for it (STAND_IN_KEYRING=weak or locked for others);
 * - a page that crashed cannot be loaded again.
 */
export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog, shell } from './dialog.ts';
export { ipcMain } from './ipc-main.ts';
export { nativeTheme, net, powerMonitor, screen } from './machine.ts';
export { Menu } from './menu.ts';
export { protocol } from './protocol.ts';
export { safeStorage } from './safe-storage.ts';
export { session } from './session.ts';
