import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page, Request, Route } from 'playwright-core';
import { launchPersistentBrowser } from '../chromium.ts';
import { serveScheme } from './protocol.ts';
import { isAppHost, toApp } from './stand-in-addresses.ts';
import { must, preventable, userDataFolder } from './stand-in-state.ts';
import type { WebContents } from './web-contents.ts';

export const profileFolder = (userData: string) => join(userData, 'chromium-profile');
/** Chromium writes here at which port a driver may attach. */
export const portFile = (userData: string) => join(profileFolder(userData), 'DevToolsActivePort');

let context: BrowserContext | null = null;
const pages = new Map<Page, WebContents>();

export function chromiumContext(): BrowserContext {
  must(context, '[stand-in] Chromium is not running yet');
  return context;
}
export const adoptPage = (page: Page, contents: WebContents) => pages.set(page, contents);

function frameOf(request: Request) {
  try {
    return request.frame();
  } catch {
    // A page that is only being made has no frame yet: no window of ours.
    return null;
  }
}

/** True when main keeps the page from going there; everything that is no navigation goes on. */
function isNavigationDenied(request: Request): boolean {
  const frame = frameOf(request);
  const contents = frame && pages.get(frame.page());
  if (!contents) return true;
  if (!request.isNavigationRequest()) return false;
  const isMainFrame = frame.parentFrame() === null;
  const event = preventable({ url: toApp(request.url()), isMainFrame, isSameDocument: false });
  contents.emit('will-frame-navigate', event);
  if (isMainFrame) contents.emit('will-navigate', event, event.url);
  if (request.redirectedFrom()) contents.emit('will-redirect', event, event.url);
  return event.defaultPrevented;
}

async function answer(route: Route): Promise<void> {
  const request = route.request();
  if (isNavigationDenied(request)) return route.abort('aborted');
  if (isAppHost(new URL(request.url()).hostname)) return serveScheme(route);
  return route.continue();
}

/** Starts the browser with a profile that outlives it, so that IndexedDB is there after a restart. */
export async function startChromium(): Promise<void> {
  const userData = userDataFolder();
  rmSync(portFile(userData), { force: true });
  const started = await launchPersistentBrowser(profileFolder(userData), {
    serviceWorkers: 'block',
    args: ['--remote-debugging-port=0'],
  });
  context = started;
  await started.route('**/*', answer);
  started.on('page', (page) => void closeForeign(page));
}

/** A link with a target opens a page before anybody is asked; it is closed before it can load anything. */
async function closeForeign(page: Page): Promise<void> {
  const opener = await page.opener();
  const contents = opener && pages.get(opener);
  if (!contents || pages.has(page)) return;
  contents.refuseWindow(toApp(page.url()));
  await page.close();
}

export async function stopChromium(): Promise<void> {
  await context?.close().catch(() => undefined);
}
