import { EventEmitter } from 'node:events';
import type { BrowserContext, Page } from 'playwright-core';
import { protocol } from './protocol.ts';
import { needReady } from './stand-in-state.ts';

type RequestHandler = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: object,
) => void;
type CheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean;

/** Electron's name of a permission, and the one Chromium's protocol for testing has for it. */
const permissions = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['storage-access', 'storage-access'],
] as const;

class Session extends EventEmitter {
  readonly protocol = protocol;
  #request: RequestHandler | null = null;
  #check: CheckHandler | null = null;
  #device: ((details: object) => boolean) | null = null;

  setPermissionRequestHandler(handler: RequestHandler | null) {
    this.#request = handler;
  }
  setPermissionCheckHandler(handler: CheckHandler | null) {
    this.#check = handler;
  }
  setDevicePermissionHandler(handler: ((details: object) => boolean) | null) {
    this.#device = handler;
  }

  /** Electron grants everything where there is no handler, and so does the stand-in. */
  async #isGranted(contents: unknown, permission: string, origin: string): Promise<boolean> {
    if (this.#check && !this.#check(contents, permission, origin, { isMainFrame: true })) return false;
    const request = this.#request;
    if (!request) return true;
    return new Promise((resolve) => request(contents, permission, resolve, { isMainFrame: true }));
  }

  /** Asks the handlers about every permission and tells Chromium their answers for the page's origin. */
  async applyPermissions(
    context: BrowserContext,
    page: Page,
    contents: { getURL: () => string },
  ): Promise<void> {
    const origin = new URL(page.url()).origin;
    // Kept open: Chromium forgets the answers with the session that gave them.
    const client = await context.newCDPSession(page);
    for (const [name, chromiumName] of permissions) {
      const granted = await this.#isGranted(contents, name, `${new URL(contents.getURL()).origin}/`);
      const setting = granted ? 'granted' : 'denied';
      await client.send('Browser.setPermission', { permission: { name: chromiumName }, setting, origin });
    }
  }

  get allowsDevices(): boolean {
    return this.#device ? this.#device({ deviceType: 'usb', origin: '' }) : true;
  }
}

let first: Session | null = null;

export const session = {
  get defaultSession(): Session {
    needReady('session');
    first ??= new Session();
    return first;
  },
};
